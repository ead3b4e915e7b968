import { schemaPattern } from '../../util/regex.ts';
import { parseCidr, parseIp } from '../addresses.ts';
import { parseUrl } from '../url.ts';

/** Whether a date is one of the calendar; `text` is `2006-01-02`. */
function isDate(text: string): boolean {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (day === '' || Number(month) < 1 || Number(month) > 12 || Number(day) < 1) return false;
  return Number(day) <= new Date(Date.UTC(2000 + (Number(year) % 400), Number(month), 0)).getUTCDate();
}

/** What strfmt takes: letters of either case, any sign before the fraction. */
function isDateTime(text: string): boolean {
  const [date = '', time] = text.toLowerCase().split('t');
  const [, hour = '', minute = '', second = ''] =
    /^(\d{2}):(\d{2}):(\d{2})(?:.\d+)?(?:z|[+-]\d{2}:\d{2})$/.exec(time ?? '') ?? [];
  return isDate(date) && second !== '' && hour <= '23' && minute <= '59' && second <= '59';
}

/** What Go's time.Parse(time.RFC3339) takes: metav1.Time of built-in kinds. */
export const isGoTime = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:[.,]\d+)?(?:Z|[+-](?:[01]\d|2[0-4]):(?:[0-5]\d|60))$/.test(
    text,
  ) && isDate(text.slice(0, 10));

const goDuration = /^[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;
/** Units of Scala, with their seconds; the last name of each may be longer (`hours`). */
const units: readonly (readonly [seconds: number, ...names: string[]])[] = [
  [1e-9, 'ns', 'nano'],
  [1e-6, 'us', 'µs', 'micro'],
  [1e-3, 'ms', 'milli'],
  [1, 's', 'sec'],
  [60, 'm', 'min'],
  [3600, 'h', 'hr', 'hour'],
  [86_400, 'd', 'day'],
  [604_800, 'w', 'wk', 'week'],
];
const secondsOf = (unit: string): number =>
  units.find(([, ...names]) => names.includes(unit) || unit.startsWith(names.at(-1) ?? ' '))?.[0] ?? 0;

/** Seconds of a duration of Go or Scala (`1h30m`, `22 days`), as strfmt reads it; undefined for anything else. */
export function secondsIn(text: string): number | undefined {
  if (goDuration.test(text)) {
    const parts = text.replaceAll('μ', 'µ').matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g);
    const sum = [...parts].reduce((all, [, number, unit = '']) => all + Number(number) * secondsOf(unit), 0);
    return text.startsWith('-') ? -sum : sum;
  }
  const parts = [...text.matchAll(/(\d+)\s*([A-Za-zµ]+)/g)].map(
    ([, number, unit = '']) => Number(number) * secondsOf(unit.toLowerCase()),
  );
  const known = [...text.matchAll(/\d+\s*([A-Za-zµ]+)/g)].some(([, unit = '']) => secondsOf(unit.toLowerCase()) > 0);
  return known ? parts.reduce((all, part) => all + part, 0) : undefined;
}
const isDuration = (text: string): boolean => secondsIn(text) !== undefined;

const hostnameForm = schemaPattern(
  '^([a-zA-Z0-9\\p{S}\\p{L}]((-?[a-zA-Z0-9\\p{S}\\p{L}]{0,62})?)|([a-zA-Z0-9\\p{S}\\p{L}](([a-zA-Z0-9-\\p{S}\\p{L}]{0,61}[a-zA-Z0-9\\p{S}\\p{L}])?)(\\.)){1,}([a-zA-Z\\p{L}]){2,63})$',
);
const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
const isHostname = (text: string): boolean =>
  hostnameForm.test(text) && bytesOf(text) <= 255 && text.split('.').every((part) => bytesOf(part) <= 63);

/** The forms of net/mail.ParseAddress that people write: `a@b`, `Name <a@b>`, `"Name" <a@b>`. */
const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\-\\x{80}-\\x{10ffff}]+";
const address = `(?:${atom}(?:\\.${atom})*|"(?:[^"\\\\\\r\\n]|\\\\.)*")@(?:${atom}(?:\\.${atom})*|\\[[^\\[\\]\\\\]*\\])`;
const emailForm = schemaPattern(
  `^\\s*(?:${address}|(?:(?:${atom}|"(?:[^"\\\\\\r\\n]|\\\\.)*"|[. ])+\\s*)?<${address}>)\\s*$`,
);

const hex = '[0-9a-fA-F]';
const macForm = new RegExp(
  `^(?:${hex}{2}(?::${hex}{2}){5}|${hex}{2}(?:-${hex}{2}){5}|${hex}{4}(?:\\.${hex}{4}){2}` +
    `|${hex}{2}(?::${hex}{2}){7}|${hex}{2}(?:-${hex}{2}){7}|${hex}{4}(?:\\.${hex}{4}){3}` +
    `|(?:${hex}{12}|${hex}{16}|${hex}{40})|${hex}{2}(?::${hex}{2}){19}|${hex}{2}(?:-${hex}{2}){19}|${hex}{4}(?:\\.${hex}{4}){9})$`,
);
const uuid = (third: string, fourth: string): RegExp =>
  new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${third}[0-9a-f]{3}-?${fourth}[0-9a-f]{3}-?[0-9a-f]{12}$`, 'i');

function isIsbn10(text: string): boolean {
  const digits = text.replaceAll(/[\s-]+/g, '');
  if (!/^(?:\d{9}X|\d{10})$/.test(digits)) return false;
  const sum = [...digits].reduce((all, digit, i) => all + (i + 1) * (digit === 'X' ? 10 : Number(digit)), 0);
  return sum % 11 === 0;
}

function isIsbn13(text: string): boolean {
  const digits = text.replaceAll(/[\s-]+/g, '');
  if (!/^\d{13}$/.test(digits)) return false;
  const sum = [...digits.slice(0, 12)].reduce((all, digit, i) => all + (i % 2 === 0 ? 1 : 3) * Number(digit), 0);
  return Number(digits[12]) === (10 - (sum % 10)) % 10;
}

const creditCard =
  /^(?:4\d{12}(?:\d{3})?|5[1-5]\d{14}|6(?:011|5\d\d)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|(?:2131|1800|35\d{3})\d{11})$/;
function isCreditCard(text: string): boolean {
  const digits = text.replaceAll(/\D+/g, '');
  const sum = [...digits].toReversed().reduce((all, digit, i) => {
    const value = Number(digit) * (i % 2 === 0 ? 1 : 2);
    return all + (value >= 10 ? value - 9 : value);
  }, 0);
  return creditCard.test(digits) && sum % 10 === 0;
}

/** Base64 as Go's encoding/json reads []byte: line breaks do not count. */
const goBytes = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const colour = '(?:0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])';

/**
 * Formats of text that every API server of the last versions checks in definitions (`k8s-short-name` and `k8s-long-name` are
 * new in 1.35) (apiextensions-apiserver 0.36, validation/formats.go; strfmt of
 * kube-openapi), by their names without dashes. `gotime` and `gobytes` are what the types of built-in kinds take instead of
 * `datetime` and `byte`.
 */
export const textFormats: Readonly<Record<string, (text: string) => boolean>> = {
  bsonobjectid: (text) => /^[0-9a-fA-F]{24}$/.test(text),
  byte: (text) => text !== '' && goBytes.test(text),
  cidr: (text) => parseCidr(text, true) !== undefined,
  creditcard: isCreditCard,
  date: isDate,
  datetime: isDateTime,
  duration: isDuration,
  email: (text) => emailForm.test(text),
  gobytes: (text) => goBytes.test(text.replaceAll(/[\r\n]/g, '')),
  gotime: isGoTime,
  hexcolor: (text) => /^#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/.test(text),
  hostname: isHostname,
  ipv4: (text) => text.includes('.') && parseIp(text, true) !== undefined,
  ipv6: (text) => text.includes(':') && parseIp(text) !== undefined,
  isbn: (text) => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  mac: (text) => macForm.test(text),
  password: () => true,
  rgbcolor: (text) =>
    new RegExp(
      `^rgb\\([\\t\\n\\f\\r ]*${colour}[\\t\\n\\f\\r ]*,[\\t\\n\\f\\r ]*${colour}[\\t\\n\\f\\r ]*,[\\t\\n\\f\\r ]*${colour}[\\t\\n\\f\\r ]*\\)$`,
    ).test(text),
  ssn: (text) => text.length === 11 && /^\d{3}[- ]?\d{2}[- ]?\d{4}$/.test(text),
  uri: (text) => parseUrl(text) !== undefined,
  uuid: (text) => uuid('[0-9a-f]', '[0-9a-f]').test(text),
  uuid3: (text) => uuid('3', '[0-9a-f]').test(text),
  uuid4: (text) => uuid('4', '[89ab]').test(text),
  uuid5: (text) => uuid('5', '[89ab]').test(text),
};

/** The name under which a format of text is checked, or undefined: the API server lets anything pass then. */
export function textFormat(name: string): string | undefined {
  const plain = name.replaceAll('-', '');
  return Object.hasOwn(textFormats, plain) && !plain.startsWith('go') ? plain : undefined;
}

/** Whether a number is whole for the API server: it counts in floats, and lets their rounding pass. */
export function isWhole(value: number): boolean {
  if (Number.isInteger(value)) return true;
  if (!Number.isFinite(value) || Math.abs(value) > 2 ** 53) return false;
  const near = Math.trunc(value);
  if (near === 0) return false;
  return Math.abs(value - near) / (Math.abs(value) + Math.abs(near)) < 1e-9;
}

/**
 * Whether a number is a multiple, as the API server counts: steps below one in inverse, so that 0.3 is a multiple of 0.1; but a
 * whole number by the whole part of the step, so that nothing whole is a multiple of 0.1 (kube-openapi, validate/values.go).
 */
export function isMultiple(value: number, factor: number): boolean {
  if (Number.isInteger(value)) return Math.trunc(factor) > 0 && value % Math.trunc(factor) === 0;
  return isWhole(factor < 1 ? (1 / factor) * value : value / factor);
}
