import { isStandIn } from './secretNames.ts';

/** A form by which a secret is known wherever it stands. */
interface SecretForm {
  /** As a noun: `a GitHub token`. */
  readonly what: string;
  /** Group 1 is what stays when it is shown, group 2 the secret. */
  readonly pattern: RegExp;
  /** Nobody can use it as it is, so it is said by a warning. */
  readonly isHash?: boolean;
  /** Whether such a text really is one; the pattern alone says so when there is no function. */
  readonly proves?: (secret: string) => boolean;
  /** A part that each such text has, in any case: the pattern is only tried where one of them is. */
  readonly parts: readonly string[];
}

/** A secret in a text: what it is, and its characters. */
export interface SecretSpan {
  readonly what: string;
  readonly isHash: boolean;
  readonly from: number;
  readonly to: number;
}

const decoded = (text: string): string => Buffer.from(text, 'base64').toString('latin1');

/** `user:password` in base64, and no other text that happens to read as base64. */
const isLogin = (text: string): boolean => {
  const login = decoded(text);
  return /^[\x20-\x7e]+$/.test(login) && login.slice(1, -1).includes(':');
};

/** Documentation shows tokens that are none. */
const isExample = (text: string): boolean => /EXAMPLE|x{6}|X{6}|0{10}|1234567890ab/.test(text);
const isNoExample = (text: string): boolean => !isExample(text);

const forms: readonly SecretForm[] = [
  {
    what: 'what looks like a token',
    pattern:
      /(^|[^A-Za-z0-9_-])(gh[pousr]_\w{20,}|github_pat_\w{22,}|gl(?:pat|ptt|dt|rt|soat|ft)-[\w-]{16,}|npm_[A-Za-z0-9]{30,}|pypi-[\w-]{40,}|hv[bsr]\.[\w-]{20,}|[sr]k_(?:live|test)_\w{16,}|AIza[\w-]{35}|SG\.[\w-]{16,}\.[\w-]{16,}|dop_v1_\w{32,}|dckr_(?:pat|oat)_[\w-]{16,}|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}|lin_api_\w{32,}|ops_ey[\w-]{40,}|hf_[A-Za-z]{30,}|glsa_\w{32,}|sk-(?:ant|proj|svcacct)-[\w-]{20,}|sk-[A-Za-z0-9]{32,}|A[KS]IA[0-9A-Z]{16}|xox[abeoprs]-[\w-]{10,}|AGE-SECRET-KEY-1[0-9A-Z]{20,})(?![A-Za-z0-9])/g,
    parts:
      'ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- glptt- gldt- glrt- glsoat- glft- npm_ pypi- hvb. hvs. hvr. k_live_ k_test_ aiza sg. dop_v1_ dckr_ shpat_ shpca_ shppa_ shpss_ lin_api_ ops_ey hf_ glsa_ sk- akia asia xox age-secret-key-1'.split(
        ' ',
      ),
    proves: isNoExample,
  },
  { what: 'a signed token (JWT)', pattern: /(\b)(eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,})/g, parts: ['eyj'] },
  {
    what: 'a private key',
    pattern: /(-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----)((?:\s|\\n)*[^\s<.$\\-][\s\S]*?)(?=-----END |$)/g,
    parts: ['private key'],
  },
  {
    what: 'a private key in base64',
    pattern: /(\b)(LS0tLS1CRUdJTi[A-Za-z0-9+/=]{40,}(?:\s+[A-Za-z0-9+/=]{30,})*)/g,
    parts: ['ls0tls1crudjti'],
    proves: (text) => decoded(text).includes('PRIVATE KEY'),
  },
  {
    what: 'a login for a registry',
    pattern: /(\bauth\\?["']?\s*:\s*\\?["']?)([A-Za-z0-9+/]{6,}={0,2})(?=[\\"'\s,}]|$)/g,
    parts: ['auth'],
    proves: isLogin,
  },
  {
    what: 'a login for a registry in base64',
    pattern: /(\b)(e[yw][A-Za-z0-9+/]{30,}={0,2})/g,
    parts: ['ey', 'ew'],
    proves: (text) => {
      const [, ...logins] = decoded(text).split('"auths"');
      return /"(?:auth|password)"/.test(logins.join());
    },
  },
  {
    what: 'a header with a login or a token',
    pattern: /(\b(?:proxy-)?authorization\\?["']?\s*[:=,]\s*\\?["']?(?:basic|bearer|token|apikey)\s+)([^\s"',\\]+)/gi,
    parts: ['authorization'],
    proves: (text) =>
      text.length >= 4 && !/^(?:token|auth|authentication|authorization|header|scheme|credentials)\b/i.test(text),
  },
  {
    what: 'a header with a login',
    pattern: /(\bbasic\s+)([A-Za-z0-9+/]{6,}={0,2})(?![\w+/])/gi,
    parts: ['basic'],
    proves: isLogin,
  },
  {
    what: 'a line of .netrc',
    pattern: /(\b(?:machine\s+\S+|default)\s+login\s+\S+\s+password\s+)(\S+)/g,
    parts: ['login'],
  },
  {
    what: 'a key of a connection string',
    pattern: /(\b(?:AccountKey|SharedAccessKey|SharedAccessSignature|SharedSecretValue)=)([^;\s"']{8,})/gi,
    parts: ['accountkey', 'sharedaccess', 'sharedsecret'],
  },
  {
    what: 'a connection string with a password',
    pattern: /(\bjdbc:oracle:\w+:[^/\s@"']+\/)([^@\s"']+)(?=@)/gi,
    parts: ['jdbc:oracle'],
  },
  {
    what: 'a connection string with a password',
    pattern: /(\b[\w.-]{1,80}:)([^@\s:/"']{1,200})(?=@(?:tcp|unix)\()/g,
    parts: ['@tcp(', '@unix('],
  },
  {
    what: 'a password on a command line',
    pattern: /(\bcurl\b[^\n|;&]{0,300}?\s["']?(?:-u|--user)[ =]["']?[\w.@-]{1,80}:)([^\s"']+)/g,
    parts: ['curl'],
  },
  {
    what: 'a password on a command line',
    pattern:
      /(\b(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump|sshpass)\b[^\n|;&]{0,300}?\s-p\s?["']?)([^\s"'-][^\s"']*)/g,
    parts: ['mysql', 'mariadb', 'sshpass'],
  },
  {
    what: 'a password on a command line',
    pattern: /(\bredis-cli\b[^\n|;&]{0,300}?\s(?:-a|--pass)\s+["']?)([^\s"'-][^\s"']*)/g,
    parts: ['redis-cli'],
  },
  {
    what: 'a password of Redis',
    pattern:
      /(^[ \t]*(?:requirepass|masterauth|user[ \t]+\S+[ \t]+(?:on|off)[ \t][^\n]{0,300}?>)[ \t]*["']?)([^\s"']+)/gm,
    parts: ['requirepass', 'masterauth', 'user '],
  },
  {
    what: 'the hash of a password',
    isHash: true,
    pattern:
      /(^|[^\w$])(\$(?:2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}|(?:apr1|1|5|6|y)\$[^\s$"']{1,40}\$[./A-Za-z0-9]{16,}|6\$rounds=\d+\$[^\s$]+\$[./A-Za-z0-9]{60,}|argon2(?:id?|d)\$[^\s"']{20,}|pbkdf2[\w-]*\$[^\s"']{20,})|\{S?SHA(?:256|512)?\}[A-Za-z0-9+/=]{20,}|SCRAM-SHA-256\$\d+:[^\s"']{30,})/g,
    parts: [
      '$2',
      '$apr1$',
      '$1$',
      '$5$',
      '$6$',
      '$y$',
      '$argon2',
      '$pbkdf2',
      'sha}',
      'sha256}',
      'sha512}',
      'scram-sha-256$',
    ],
  },
];

/** One pattern tells whether a text may hold any of them. */
const anyPart = new RegExp(
  [...new Set(forms.flatMap(({ parts }) => parts))]
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('|'),
  'i',
);

/** Whether a text has a part that a known form has: most have none. */
export const mayHoldForm = (text: string): boolean => text.length >= 8 && anyPart.test(text);

/** The secrets in a text that are known by their form, without those in addresses; in the order of the text. */
export function secretForms(text: string): readonly SecretSpan[] {
  if (!mayHoldForm(text)) return [];
  const lower = text.toLowerCase();
  return forms
    .filter(({ parts }) => parts.some((part) => lower.includes(part)))
    .flatMap((form) => spansOf(form, text))
    .sort((a, b) => a.from - b.from || b.to - a.to);
}

function spansOf({ what, pattern, proves, isHash = false }: SecretForm, text: string): SecretSpan[] {
  return [...text.matchAll(pattern)].flatMap((match) => {
    const [, before = '', secret = ''] = match;
    if (secret === '' || isStandIn(secret) || proves?.(secret) === false) return [];
    const from = match.index + before.length;
    return [{ what, isHash, from, to: from + secret.length }];
  });
}
