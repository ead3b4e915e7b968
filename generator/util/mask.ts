/** What stands in place of what nobody else should see. */
const mark = '***';

/** What stands for a value that comes from elsewhere: `$(NAME)`, `${NAME}`, `$NAME`, `%s`, `***`. */
const standIn = /^(?:\$\(.*\)|\$\{.*\}|\$\w+|%\w|\*+|…|\.\.\.)$/;

export const isStandIn = (text: string): boolean => standIn.test(text);

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
  const colon = userinfo.indexOf(':');
  if (colon === -1) return isToken(userinfo);
  const password = userinfo.slice(colon + 1);
  return password !== '' && !standIn.test(password);
}

function maskedUrl(url: string): string {
  const [head = '', scheme = '', userinfo = ''] = login.exec(url) ?? [];
  let shown = head !== '' && isLogin(userinfo) ? `${scheme}${mark}@${url.slice(head.length)}` : url;
  for (const path of secretPaths)
    shown = shown.replace(path, (whole, before: string, rest: string) => (standIn.test(rest) ? whole : before + mark));
  return shown.replace(secretQuery, (whole, before: string, value: string) =>
    standIn.test(value) ? whole : before + mark,
  );
}

/** Whether an address holds a password, a token, or is one by its path. */
export const hasLogin = (url: string): boolean => maskedUrl(url) !== url;

/** The addresses in a text that hold a login. */
export const urlsWithLogin = (text: string): string[] =>
  text.includes('://') ? (text.match(urls) ?? []).filter(hasLogin) : [];

/** A text with the passwords and tokens of the addresses in it masked; the rest stays as it is. */
export const maskUrls = (text: string): string => (text.includes('://') ? text.replace(urls, maskedUrl) : text);

/** Forms by which a token is known wherever it stands. */
const tokens =
  /\b(?:gh[pousr]_\w{20,}|github_pat_\w{22,}|glpat-[\w-]{16,}|xox[abeoprs]-[\w-]{10,}|npm_[A-Za-z0-9]{30,}|hv[bs]\.[\w-]{20,}|sk_live_\w{16,}|AIza[\w-]{35}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,})/g;
const privateKeys = /(-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----)[\s\S]*?(?:(?=-----END )|$)/g;
const headers = /\b((?:proxy-)?authorization["']?\s*[:=]\s*["']?(?:basic|bearer|token)\s+)[^\s"',]+/gi;

/** A text without what is a secret by its form, wherever it stands: logins of addresses, tokens, private keys, headers. */
export function maskSecrets(text: string): string {
  const shown = maskUrls(text).replace(tokens, mark).replace(headers, `$1${mark}`);
  return shown.includes('PRIVATE KEY') ? shown.replace(privateKeys, `$1${mark}`) : shown;
}

/** The same for every text in plain data, keys included. */
export function maskAll<T>(value: T): T {
  if (typeof value === 'string') return maskSecrets(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => maskAll(item)) as T;
  if (value instanceof Map || value instanceof Set || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [maskSecrets(key), maskAll(item)])) as T;
}

const secretName =
  '[\\w.-]*(?:password|passwd|passphrase|token|api[_-]?key|secret[_-]?key|access[_-]?key|private[_-]?key|client[_-]?secret)';

/** Whether a path ends at what is a secret by its name: `adminPassword`, the value of the variable `DB_TOKEN`. */
export const isSensitivePath = (path: string): boolean => sensitivePath.test(path);
const sensitivePath = new RegExp(`(?:(?:^|[.\\["])${secretName}(?:"?\\])?|\\[name=${secretName}\\]\\.value)$`, 'i');

/** A value that says nothing: a stand-in, a template, a number, true or false, or the start of a list or map. */
const saysNothing =
  '(?!["\']?(?:\\{\\{|\\$[({])|(?:true|false|null|~|[0-9.]+[a-z%]{0,3})\\s*(?:[,}#]|$)|[{[&*#]|[|>][-+0-9]*\\s*$)';
const quotedOr = (bare: string): string => `(?:"[^"]*"|'[^']*'|${bare})`;
const keyOfLine = new RegExp(
  `^(\\s*(?:-\\s+)?["']?${secretName}["']?\\s*:\\s+)${saysNothing}${quotedOr('[^#\\s].*')}`,
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

/** A line of a source as it may be shown; `before` are the lines above it, as far as they are near. */
export function maskLine(line: string, before: readonly string[] = []): string {
  const above = before.at(-1) ?? '';
  if (nameOfVariable.test(above)) return line.replace(valueOfVariable, `$1${mark}`);
  const indent = line.length - line.trimStart().length;
  const block = before.findLast((l) => l.trim() !== '' && l.length - l.trimStart().length < indent);
  if (block !== undefined && blockOfSecret.test(block)) return `${' '.repeat(indent)}${mark}`;
  return maskSecrets(line)
    .replace(keyOfLine, `$1${mark}`)
    .replace(keyInFlow, `$1${mark}`)
    .replace(variableInFlow, `$1${mark}`);
}

/** Whether a text is a secret by the path it stands at: no stand-in, number or time span. */
export const isSecretText = (path: string, text: string): boolean =>
  isSensitivePath(path) && !standIn.test(text) && !/^[0-9.]+[a-z%]{0,3}$/i.test(text);

/** Data with the values masked that are secrets by their name; `name` is the path of the value itself. */
export function maskNamed<T>(value: T, name = ''): T {
  if (typeof value === 'string') return (isSecretText(name, value) ? mark : value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => maskNamed(item, name)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const variable = 'name' in value && typeof value.name === 'string' && isSensitivePath(value.name) ? value.name : '';
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      maskNamed(item, key === 'value' && variable !== '' ? variable : key),
    ]),
  ) as T;
}
