import {
  isLiteralSecret,
  isSecretText,
  isStandIn,
  namedSecrets,
  nameOfItem,
  isDefinition,
  nameOfMember,
  secretName,
} from './secretNames.ts';
import { secretForms } from './secretForms.ts';

/** What stands in place of what nobody else should see. */
const mark = '***';

const urls = /\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s"'<>`\\]+/gi;
const login = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)@/i;
const secretQuery =
  /([?&;](?:[a-z_-]*token|api[_-]?key|key|sig|signature|x-amz-signature|x-amz-security-token|password|passwd|pwd|secret|client_secret|auth)=)([^&#;]+)/gi;

/** Addresses that are their own password: who knows the path may write there. */
const secretPaths: readonly RegExp[] = [
  /^(https?:\/\/hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/)([^?#]+)/i,
  /^(https?:\/\/(?:\w+\.)?discord(?:app)?\.com\/api\/webhooks\/)([^?#]+)/i,
  /^(https?:\/\/[\w.-]+\.webhook\.office\.com\/)([^?#]+)/i,
  /^(https?:\/\/api\.telegram\.org\/(?:file\/)?bot)([^/?#]+)/i,
];

/** A user without password is a name (`git@`, the organization at Azure), unless it looks like a token. */
const isToken = (user: string): boolean => user.length >= 20 && /\d/.test(user) && !/^[\d.]+$/.test(user);

function isLogin(userinfo: string): boolean {
  const [colon] = /:|%3a/i.exec(userinfo) ?? [];
  if (colon === undefined) return isToken(userinfo);
  const password = userinfo.slice(userinfo.indexOf(colon) + colon.length);
  return password !== '' && !isStandIn(password);
}

function maskedUrl(url: string): string {
  const [head = '', scheme = '', userinfo = ''] = login.exec(url) ?? [];
  let shown = head !== '' && isLogin(userinfo) ? `${scheme}${mark}@${url.slice(head.length)}` : url;
  for (const path of secretPaths)
    shown = shown.replace(path, (whole, before: string, rest: string) => (isStandIn(rest) ? whole : before + mark));
  return shown.replace(secretQuery, (whole, before: string, value: string) =>
    isStandIn(value) ? whole : before + mark,
  );
}

/** Whether an address holds a password, a token, or is one by its path. */
export const hasLogin = (url: string): boolean => maskedUrl(url) !== url;

/** The addresses in a text that hold a login. */
export const urlsWithLogin = (text: string): string[] =>
  text.includes('://') ? (text.match(urls) ?? []).filter(hasLogin) : [];

/**
 * A login before a host without a scheme, as of `scp` and of addresses that lack theirs; no digest of an image, and no version of a
 * package (`npm:catalog@1.2.0`), which has at most three numbers.
 */
const bareLogin =
  /(?<![\w/.%+~-])((?:\/\/)?)[\w.%+~-]{1,64}:([^\s"'<>`\\/@:]{1,256})@(?!sha\d|v?\d+(?:\.\d+){0,2}(?:[-+][\w.-]{1,100})?[:/])(?=[a-z0-9][a-z0-9.-]{0,253}[:/])/gi;

/** A text with the passwords and tokens of the addresses in it masked; the rest stays as it is. */
export function maskUrls(text: string): string {
  const shown = text.includes('://') ? text.replace(urls, maskedUrl) : text;
  if (!shown.includes('@')) return shown;
  return shown.replace(bareLogin, (whole, slashes: string, password: string) =>
    password === 'git' || isStandIn(password) ? whole : `${slashes}${mark}@`,
  );
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** A text with these characters masked. */
function withoutSpans(text: string, spans: readonly Span[]): string {
  let [shown, at] = ['', 0];
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from || b.to - a.to)) {
    if (from >= at) shown += text.slice(at, from) + mark;
    at = Math.max(at, to);
  }
  return shown + text.slice(at);
}

/**
 * A text without what is a secret by its form or by the name beside it, wherever it stands: logins of addresses, tokens, private
 * keys, headers, connection strings, `--password=…`, `password: …`.
 */
export function maskSecrets(text: string): string {
  const shown = maskUrls(text);
  const spans = [...secretForms(shown), ...namedSecrets(shown)];
  return spans.length === 0 ? shown : withoutSpans(shown, spans);
}

/** The same for every text in plain data, keys included; `name` is what the value is called. */
export const maskAll = <T>(value: T, name = ''): T => maskedData(value, name, isLiteralSecret);

/** Data with every value masked that is a secret by its form or may be one by its name; `name` is the path of the value itself. */
export const maskNamed = <T>(value: T, name = ''): T => maskedData(value, name, isSecretText);

/** Whether a secret is unlike any other word, so that it can be masked wherever it stands. */
const isDistinct = (secret: string): boolean =>
  secret.length >= 8 && /[A-Za-z]/.test(secret) && /[^A-Za-z]/.test(secret);

/** Plain data without these secrets, wherever they stand in a text; short ones and plain words are left to the other masks. */
export function maskKnown<T>(value: T, secrets: Iterable<string>): T {
  const known = [...new Set(secrets)].filter(isDistinct).sort((a, b) => b.length - a.length);
  if (known.length === 0) return value;
  const any = new RegExp(known.map((secret) => secret.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g');
  const walk = (item: unknown): unknown => {
    if (typeof item === 'string') return item.replace(any, mark);
    if (Array.isArray(item)) return item.map(walk);
    if (item instanceof Map || item instanceof Set || typeof item !== 'object' || item === null) return item;
    return Object.fromEntries(Object.entries(item).map(([key, member]) => [key.replace(any, mark), walk(member)]));
  };
  return walk(value) as T;
}

/** The secrets of a text themselves, never to be shown. */
export const secretsOfText = (text: string): readonly string[] =>
  [...secretForms(text), ...namedSecrets(text)].map(({ from, to }) => text.slice(from, to));

function maskedData<T>(value: T, name: string, isHidden: (name: string, text: string) => boolean): T {
  if (typeof value === 'string') return (isHidden(name, value) ? mark : maskSecrets(value)) as T;
  if (Array.isArray(value))
    return value.map((item: unknown, i) => maskedData(item, nameOfItem(value, i, name), isHidden)) as T;
  if (value instanceof Map || value instanceof Set || typeof value !== 'object' || value === null) return value;
  const map = value as Readonly<Record<string, unknown>>;
  const hides = isDefinition(map) ? (): boolean => false : isHidden;
  return Object.fromEntries(
    Object.entries(map).map(([key, item]) => [maskSecrets(key), maskedData(item, nameOfMember(map, key, name), hides)]),
  ) as T;
}

/** A value that says nothing: a stand-in, a template, a number, true or false, or the start of a list or map. */
const saysNothing =
  '(?!["\']?(?:\\{\\{|\\$[({])|(?:true|false|null|~|[0-9.]{1,3}[a-z%]{0,3})\\s*(?:[,}#]|$)|[{[&*#]|[|>][-+0-9]*\\s*$)';
const quotedOr = (bare: string): string => `(?:"[^"]*"|'[^']*'|${bare})`;
const keyOfLine = new RegExp(
  `^(\\s*(?:#+\\s*)?(?:-\\s+)?["']?${secretName}["']?\\s*:\\s+)${saysNothing}${quotedOr('[^#\\s].*')}`,
  'i',
);
const keyInFlow = new RegExp(
  `([{,]\\s*["']?${secretName}["']?\\s*:\\s*)${saysNothing}${quotedOr('[^,}\\]\\s]+')}`,
  'gi',
);
const variableInFlow = new RegExp(
  `(name["']?\\s*:\\s*["']?${secretName}["']?\\s*,\\s*["']?value["']?\\s*:\\s*)${quotedOr('[^,}\\]\\s]+')}`,
  'gi',
);
const nameOfVariable = new RegExp(`^\\s*(?:-\\s+)?["']?name["']?\\s*:\\s*["']?${secretName}["']?,?\\s*$`, 'i');
const valueOfVariable = /^(\s*["']?value["']?\s*:\s*)\S.*$/i;
const blockOfSecret = new RegExp(`^(\\s*)(?:-\\s+)?["']?${secretName}["']?\\s*:\\s*[|>][-+0-9]*\\s*$`, 'i');

/** The lines of a source, or of a part of one, as they may be shown. */
export function maskLines(text: string): readonly string[] {
  const spans = [...secretForms(text), ...namedSecrets(text)];
  const lines = text.split('\n');
  let start = 0;
  return lines.map((line, i) => {
    const [from, to] = [start, start + line.length];
    start = to + 1;
    const own = spans
      .filter((s) => s.from < to && s.to > from)
      .map((s) => ({ from: Math.max(0, s.from - from), to: Math.min(line.length, s.to - from) }));
    return maskedLine(line, withoutSpans(line, own), lines.slice(Math.max(0, i - near), i));
  });
}

/** As many lines above a line may say what it is about. */
const near = 30;

function maskedLine(line: string, shown: string, before: readonly string[]): string {
  if (nameOfVariable.test(before.at(-1) ?? '')) return shown.replace(valueOfVariable, `$1${mark}`);
  const indent = line.length - line.trimStart().length;
  const block = before.findLast((l) => l.trim() !== '' && l.length - l.trimStart().length < indent);
  if (block !== undefined && blockOfSecret.test(block)) return `${' '.repeat(indent)}${mark}`;
  return maskUrls(shown)
    .replace(keyOfLine, `$1${mark}`)
    .replace(keyInFlow, `$1${mark}`)
    .replace(variableInFlow, `$1${mark}`);
}
