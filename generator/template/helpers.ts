import type { Value, ValueMap } from '../model/values.ts';
import { compareText, isList, isMap, member } from '../model/values.ts';
import { sha } from '../util/digest.ts';
import { emitYaml } from '../yaml/emit.ts';

/** A helper refuses its arguments; the template engine adds the place. */
export class HelperError extends Error {
  override readonly name = 'HelperError';
}

export type Helper = (args: readonly Value[], hash: ValueMap) => Value;

/** Helpers whose result is printed as it is; every other result is printed as JSON. */
export const rawHelpers: ReadonlySet<string> = new Set(['json', 'text', 'sqlIdent', 'sqlLiteral', 'fail']);

function text(value: Value | undefined, what: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new HelperError(`${what} needs text, not ${describe(value)}`);
}

function number(value: Value | undefined, what: string): number {
  if (typeof value === 'number') return value;
  throw new HelperError(`${what} needs a number, not ${describe(value)}`);
}

function list(value: Value | undefined, what: string): readonly Value[] {
  if (isList(value)) return value;
  throw new HelperError(`${what} needs a list, not ${describe(value)}`);
}

function map(value: Value | undefined, what: string): ValueMap {
  if (isMap(value)) return value;
  throw new HelperError(`${what} needs a map, not ${describe(value)}`);
}

function describe(value: Value | undefined): string {
  return value === undefined
    ? 'something undefined'
    : value === null
      ? 'null'
      : isList(value)
        ? 'a list'
        : `a ${isMap(value) ? 'map' : typeof value}`;
}

export function truthy(value: Value | undefined): boolean {
  return !(
    value === undefined ||
    value === null ||
    value === false ||
    value === 0 ||
    value === '' ||
    (isList(value) && value.length === 0)
  );
}

function same(a: Value | undefined, b: Value | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function compare(args: readonly Value[], what: string): number {
  const [a, b] = args;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  return number(a, what) - number(b, what);
}

function dnsLabel(value: string): string {
  const label = value
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return label.length <= 63 ? label : `${label.slice(0, 54).replace(/-+$/, '')}-${sha(value).slice(0, 8)}`;
}

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 };
const bytesOf: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

function seconds(value: string): number {
  let total = 0;
  const rest = value.replace(/([0-9]+)([smhdw])/g, (_, n: string, unit: string) => {
    total += Number(n) * (secondsOf[unit] ?? 0);
    return '';
  });
  if (rest !== '' || value === '') throw new HelperError(`"${value}" is not a duration like 30d or 1h30m`);
  return total;
}

function bytes(value: string): number {
  const m = /^([0-9]+(?:\.[0-9]+)?)(|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)$/.exec(value);
  if (m === null) throw new HelperError(`"${value}" is not a quantity like 200Gi`);
  return Math.round(Number(m[1]) * (bytesOf[m[2] ?? ''] ?? 1));
}

const integerDiv = (a: number, b: number): number => {
  if (b === 0) throw new HelperError('division by zero');
  return Math.trunc(a / b);
};

function sqlText(value: string): string {
  if (value.includes('\0')) throw new HelperError('SQL text cannot hold a NUL');
  return value;
}

/** Letters, digits and harmless punctuation on one line; anything else could break out of a block scalar's content. */
function harmless(value: string): string {
  if (!/^[A-Za-z0-9 _./:@%+,=*()-]*$/.test(value)) {
    throw new HelperError(
      `${JSON.stringify(value)} has characters that "text" does not print; use json, sqlIdent or sqlLiteral`,
    );
  }
  return value;
}

const outputHelpers: Readonly<Record<string, Helper>> = {
  json: ([v]) => JSON.stringify(v ?? null),
  jsonText: ([v]) => JSON.stringify(v ?? null),
  yamlText: ([v]) => emitYaml(v ?? null),
  str: (args) => args.map((a) => text(a, 'str')).join(''),
  text: ([v]) => harmless(text(v, 'text')),
  sqlIdent: ([v]) => `"${sqlText(text(v, 'sqlIdent')).replaceAll('"', '""')}"`,
  sqlLiteral: ([v]) => {
    const value = sqlText(text(v, 'sqlLiteral'));
    // E'' whenever a backslash or a line break occurs: independent of standard_conforming_strings, and one line
    const body = value.replaceAll("'", "''");
    return /[\\\n\r]/.test(body)
      ? `E'${body.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`
      : `'${body}'`;
  },
  fail: ([message]) => {
    throw new HelperError(text(message, 'fail'));
  },
};

const logicHelpers: Readonly<Record<string, Helper>> = {
  eq: ([a, b]) => same(a, b),
  ne: ([a, b]) => !same(a, b),
  gt: (a) => compare(a, 'gt') > 0,
  gte: (a) => compare(a, 'gte') >= 0,
  lt: (a) => compare(a, 'lt') < 0,
  lte: (a) => compare(a, 'lte') <= 0,
  and: (args) => args.every(truthy),
  or: (args) => args.find(truthy) ?? args.at(-1) ?? false,
  not: ([a]) => !truthy(a),
  in: ([needle, haystack]) =>
    isList(haystack)
      ? haystack.some((h) => same(h, needle))
      : isMap(haystack)
        ? Object.hasOwn(haystack, text(needle, 'in'))
        : text(haystack, 'in').includes(text(needle, 'in')),
  default: ([v, fallback]) => (v === null || v === undefined || v === '' ? (fallback ?? null) : v),
  ternary: ([condition, a, b]) => (truthy(condition) ? (a ?? null) : (b ?? null)),
};

const dataHelpers: Readonly<Record<string, Helper>> = {
  object: (_, hash) => hash,
  list: (args) => [...args],
  merge: (args) => Object.assign({}, ...args.map((a) => (a === null ? {} : map(a, 'merge')))) as ValueMap,
  concat: (args) => args.flatMap((a) => (a === null ? [] : [...list(a, 'concat')])),
  keys: ([m]) => Object.keys(map(m, 'keys')).sort(compareText),
  values: ([m]) =>
    Object.keys(map(m, 'values'))
      .sort(compareText)
      .map((k) => member(m, k) ?? null),
  get: ([m, key]) => (m === null ? null : (member(map(m, 'get'), text(key, 'get')) ?? null)),
  first: ([l]) => list(l, 'first')[0] ?? null,
  len: ([v]) => (typeof v === 'string' || isList(v) ? v.length : isMap(v) ? Object.keys(v).length : 0),
  where: ([l, key, value]) => list(l, 'where').filter((i) => same(member(i, text(key, 'where')), value)),
  pluck: ([l, key]) => list(l, 'pluck').map((i) => member(i, text(key, 'pluck')) ?? null),
  uniq: ([l]) => list(l, 'uniq').filter((a, i, all) => all.findIndex((b) => same(a, b)) === i),
  sortBy: ([l, key]) =>
    [...list(l, 'sortBy')].sort((a, b) =>
      compareText(text(member(a, text(key, 'sortBy')), 'sortBy'), text(member(b, text(key, 'sortBy')), 'sortBy')),
    ),
  range: ([n]) => Array.from({ length: Math.max(0, Math.min(10_000, number(n, 'range'))) }, (_, i) => i),
};

const textHelpers: Readonly<Record<string, Helper>> = {
  join: ([l, sep]) =>
    list(l, 'join')
      .map((i) => text(i, 'join'))
      .join(text(sep, 'join')),
  split: ([s, sep]) => text(s, 'split').split(text(sep, 'split')),
  replace: ([s, from, to]) => text(s, 'replace').replaceAll(text(from, 'replace'), text(to, 'replace')),
  lower: ([s]) => text(s, 'lower').toLowerCase(),
  upper: ([s]) => text(s, 'upper').toUpperCase(),
  trimPrefix: ([s, p]) =>
    text(s, 'trimPrefix').startsWith(text(p, 'trimPrefix')) ? text(s, '').slice(text(p, '').length) : (s ?? ''),
  trimSuffix: ([s, p]) =>
    text(p, 'trimSuffix') !== '' && text(s, 'trimSuffix').endsWith(text(p, ''))
      ? text(s, '').slice(0, -text(p, '').length)
      : (s ?? ''),
  startsWith: ([s, p]) => text(s, 'startsWith').startsWith(text(p, 'startsWith')),
  endsWith: ([s, p]) => text(s, 'endsWith').endsWith(text(p, 'endsWith')),
  sha: ([s, n]) => sha(text(s, 'sha')).slice(0, n === undefined ? 8 : number(n, 'sha')),
  dnsLabel: ([s]) => dnsLabel(text(s, 'dnsLabel')),
};

const numberHelpers: Readonly<Record<string, Helper>> = {
  add: (args) => args.reduce<number>((sum, a) => sum + number(a, 'add'), 0),
  sub: ([a, b]) => number(a, 'sub') - number(b, 'sub'),
  mul: ([a, b]) => number(a, 'mul') * number(b, 'mul'),
  div: ([a, b]) => integerDiv(number(a, 'div'), number(b, 'div')),
  min: (args) => Math.min(...args.map((a) => number(a, 'min'))),
  max: (args) => Math.max(...args.map((a) => number(a, 'max'))),
  seconds: ([s]) => seconds(text(s, 'seconds')),
  bytes: ([s]) => bytes(text(s, 'bytes')),
};

/** Every pure helper by name; kubeAtLeast is added by the engine, which knows the cluster. */
export const helpers: Readonly<Record<string, Helper>> = {
  ...outputHelpers,
  ...logicHelpers,
  ...dataHelpers,
  ...textHelpers,
  ...numberHelpers,
};

/** True when version `have` ("1.34" or "1.34.2") is `want` or newer. */
export function kubeAtLeast(have: string, want: string): boolean {
  const parts = (v: string): number[] => v.split('.').map(Number);
  const [hMajor = 0, hMinor = 0] = parts(have);
  const [wMajor = 0, wMinor = 0] = parts(want);
  return hMajor > wMajor || (hMajor === wMajor && hMinor >= wMinor);
}
