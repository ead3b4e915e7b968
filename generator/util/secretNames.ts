/**
 * What stands for a value that comes from elsewhere: `$(NAME)`, `${NAME}`, `$NAME`, `$secret:key`, `%s`, `<password>`,
 * `{{ .password }}`, `***`, `ENC[…]`.
 */
const standIn =
  /^(?:\$\([^]*\)|\$\{[^]*\}|\$[A-Za-z_][^\s$]*|\$\{?\d\}?|%\w|%\(?\w+\)?[s%]|\*+|…|\.\.\.|<[^<>]*>|\{\{[^]*\}\}|\[\[[^]*\]\]|x{3,}|X{3,}|ENC\[[^]*\]|REDACTED|\(?hidden\)?|__\w+__|@\w+@)$/;

export const isStandIn = (text: string): boolean => standIn.test(text);

/** Endings of names of passwords, which nobody gives a name of something else. */
const password = '(?:pass(?:word|wd|phrase|code)|pwd|requirepass|masterauth|dockerconfigjson|dockercfg)';
const token =
  '(?:token|client[_-]?secret|(?:jwt|cookie|session|shared|webhook|hmac|app|oauth2?|oidc)[_-]?secret|connection[_-]?string|client[_-]?key[_-]?data)';
/** Names of keys, below which the name of a key in a Secret often stands. */
const key = '(?:(?:api|secret|access|private|account|encryption|signing|master|auth|shared[_-]?access)[_-]?key)';

/** The end of a name that says that its value is a secret; a source for patterns. */
export const secretName = `[\\w.-]*(?:${password}|${token}|${key})`;

const sensitivePath = new RegExp(`(?:(?:^|[.\\["])${secretName}(?:"?\\])?|\\[name=${secretName}\\]\\.value)$`, 'i');
/** A variable of a program may hold what a field would only name. */
const secretVariable = /^[A-Z][A-Z0-9_]*_(?:SECRET|PASS|CREDENTIALS?)$/;

const paths = new Map<string, boolean>();

/** Whether a path ends at what is a secret by its name: `adminPassword`, the value of the variable `DB_TOKEN`. */
export function isSensitivePath(path: string): boolean {
  const known = paths.get(path);
  if (known !== undefined) return known;
  const answer = sensitivePath.test(path) || secretVariable.test(path);
  if (paths.size > 50_000) paths.clear();
  paths.set(path, answer);
  return answer;
}

/** A number of few digits or a time span: a limit, which no password is. */
export const isAmount = (text: string): boolean => /^(?:[0-9.]{1,3}|[0-9.]+(?:ms|s|m|h|d|w|y|%))$/i.test(text);

/** Whether a text is a secret by the path it stands at: no stand-in, number or time span. */
export const isSecretText = (path: string, text: string): boolean =>
  isSensitivePath(path) && !isStandIn(text) && !isAmount(text);

/** `--no-password` says that there is none; a trust store holds certificates, which everybody may read. */
const isNoSecret = /^-{0,2}no-|trust[_-]?store/i;
const isPassword = new RegExp(`${password}(?:"?\\])?$`, 'i');
const isKey = new RegExp(`${key}(?:"?\\])?$`, 'i');
const isVariable = /^[A-Z][A-Z0-9_]*$/;

const word =
  /^(?:true|false|yes|no|on|off|null|none|nil|undefined|auto|default|optional|required|enabled|disabled|string|any|env|file|plain|hash|prompt|generate|random|token|\?\*|\*|-+)$/i;
const path = /^(?:file:|~?\/[\w@.-]+(?:\/|$)|\.{1,2}\/|[A-Za-z]:\\)/;
/** Where a program finds the value: `vault:…`, `ref+vault://…`, `arn:aws:…`, `env:NAME`. */
const reference =
  /^(?:[a-z][\w+.-]*:\/\/|(?:vault|bao|env|ref\+\w+|secret|arn|ssm|sm|op|gcp|aws|azure|akv|doppler|sops|k8s|keychain):)/i;
const template = /\{\{|\}\}|\$\(|\$\{|\$__|<\w[\w :.#/-]*>/;

/** Words joined by `-`, `_` or `.`, or in camel case, without a digit: how things are named. */
const nameOfSomething = /^[A-Za-z]+(?:[-_./][A-Za-z]+)*$/;

/**
 * Whether somebody wrote a password, token or key down as the value of this name. It is none when it is empty or a stand-in, a
 * path, an address, a template, the place of a value, true or false, or a sentence; of a token also a name of something that
 * holds one (`argocd-token`), and of a key any name (`secretKey: password`).
 */
export function isLiteralSecret(name: string, value: string): boolean {
  if (name === '' || isNoSecret.test(name) || !isSensitivePath(name)) return false;
  const text = value.trim();
  if (text.length < 3 || isStandIn(text) || isAmount(text) || word.test(text) || path.test(text)) return false;
  if (reference.test(text) || template.test(text) || isPluralOf(name, text)) return false;
  if (isPassword.test(name)) return !/\s/.test(text) || isPassphrase(text);
  if (/\s/.test(text)) return false;
  if (isVariable.test(name)) return !/^\d+$/.test(text) && !(secretVariable.test(name) && isNameOf(text));
  return isKey.test(name) ? !nameOfSomething.test(text) && !isSensitivePath(text) && text.length >= 8 : !isNameOf(text);
}

/** A name that says what it names: `argocd-token`, `S3_SECRET_KEY`. */
const isNameOf = (text: string): boolean =>
  (nameOfSomething.test(text) && /[-_./]/.test(text)) || isSensitivePath(text);

/** How resources are called, of kinds such as Password. */
const isPluralOf = (name: string, text: string): boolean => text.toLowerCase() === `${name.toLowerCase()}s`;

/** A few small words, and no sentence. */
const isPassphrase = (text: string): boolean =>
  /^[a-z0-9-]+(?: [a-z0-9-]+){2,9}$/.test(text) &&
  !/\b(?:the|a|an|is|of|to|for|if|or|and|your|with|this|must)\b/.test(text);

const flag = /^--?[\w.-]+$/;
const nameInPath = /\[name=([^[\]]+)\]\.value$/;

/**
 * What a member of a map is called: by its key, by the name or path beside it (`{ name: DB_PASSWORD, value }`,
 * `{ path: /spec/password, value }`), or by the name `above` that it is the default of.
 */
export function nameOfMember(map: Readonly<Record<string, unknown>>, key: string, above: string): string {
  if (key === 'secretKey' && ('remoteRef' in map || 'sourceRef' in map)) return '';
  if (key === 'value' && typeof map['name'] === 'string') return map['name'];
  const place = /^(?:value|before|after)$/.test(key) ? (map['path'] ?? map['pointer']) : undefined;
  if (typeof place === 'string') return nameInPath.exec(place)?.[1] ?? place.replaceAll('/', '.');
  return key === 'default' || key === 'const' ? above : key;
}

/** Whether the names in a map are those of a definition, whose defaults are public. */
export const isDefinition = (map: Readonly<Record<string, unknown>>): boolean =>
  map['kind'] === 'CustomResourceDefinition';

/** What an item of a list is called: the flag that it stands after, as in `[--password, …]`. */
export function nameOfItem(list: readonly unknown[], index: number, above: string): string {
  const before = list[index - 1];
  return typeof before === 'string' && flag.test(before) ? before : above;
}

const quoted = `"((?:[^"\\\\\\n]|\\\\.)*)"|'([^'\\n]*)'`;
const space = '[ \\t]';

/** How a name and its value stand together in a text: group 1 is the name, one of the others the value. */
const pairs: readonly RegExp[] = [
  // --password=…, PGPASSWORD=…, ;Password=…, spring.datasource.password = …
  `(?<![\\w.$-])-{0,2}(${secretName})["']?${space}*=${space}*(?:${quoted}|([^\\s"'\`;&,<>(){}\\[\\]]+)(?=[\\s"'\`;&,)}\\]]|$))`,
  // --password … in a command; a lone word there is prose
  `(?<![\\w.$-])--(${secretName})${space}+(?:${quoted}|(?![a-z]+\\b(?![^\\s]))([^\\s"',\\]-][^\\s"',\\]]*))`,
  // --password and its value as two items of a list
  `(?<![\\w.$-])--(${secretName})(?:["']?,${space}*|["']?${space}*\\n${space}*-${space}+)(?:${quoted}|([^\\s"',\\]-][^\\s"',\\]]*)(?=${space}*(?:[,\\]]|$)))`,
  // a line of YAML
  `^${space}*(?:#+${space}*)?(?:-${space}+)?["']?(${secretName})["']?${space}*:${space}+(?:&\\w+${space}+)?(?:${quoted}|([^\\s"'#&*|>{\\[][^\\n]*))`,
  // JSON, also within quotes, and maps of YAML on one line
  `[{,]\\s*\\\\?["']?(${secretName})\\\\?["']?\\s*:\\s*(?:\\\\"([^"\\\\]*)\\\\"|${quoted}|([^\\s"'\\\\#&*|>{\\[,}][^\\n#,}]*))`,
  // an entry of env, an operation of a patch
  `\\b(?:name|path)\\\\?["']?${space}*:${space}*\\\\?["']?(?:/[\\w.~/-]*/)?(${secretName})\\\\?["']?${space}*[,\\n]\\s*\\\\?["']?value\\\\?["']?${space}*:${space}*(?:\\\\"([^"\\\\]*)\\\\"|${quoted}|([^\\s"'\\\\#&*|>{\\[,}][^\\n#,}]*))`,
].map((source) => new RegExp(source, 'gim'));

const anyName = /(?:pass|pwd|token|secret|key|masterauth|string|docker)[\w-]{0,40}\\?["']?\s{0,20}[=:,\s]/i;

export interface NamedSpan {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** The secrets that a text names, with their characters: command lines, connection strings, variables, properties, YAML, JSON. */
export function namedSecrets(text: string): readonly NamedSpan[] {
  if (text.length < 8 || !anyName.test(text)) return [];
  return pairs.flatMap((pattern) => [...text.matchAll(pattern)].flatMap(spanOf));
}

function spanOf(match: RegExpExecArray): NamedSpan[] {
  const [whole, name = '', ...values] = match;
  const bare = values.at(-1);
  const value =
    bare === undefined
      ? (values.find((v) => v !== undefined) ?? '')
      : bare.replace(/\s#.*/, '').trimEnd().replace(/,$/, '').trimEnd();
  if (!isLiteralSecret(name, value)) return [];
  const from = match.index + whole.length - (bare ?? `${value}"`).length;
  return [{ name: name.replace(/^[-.]+/, ''), from, to: from + value.length }];
}
