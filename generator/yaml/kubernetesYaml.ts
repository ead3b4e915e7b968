import {
  binaryTag,
  defineMappingTag,
  defineScalarTag,
  mergeTag,
  NOT_RESOLVED,
  Schema,
  seqTag,
  strTag,
  YAMLException,
} from 'js-yaml';
import type { MutableMap, Value } from '../model/values.ts';
import { LimitError, readYaml } from './limits.ts';
import { isMap, setMember } from '../model/values.ts';

/** A text that Helm, kubectl and Argo CD cannot read. */
export interface YamlProblem {
  readonly reason: string;
  /** Line of the text, from 1. */
  readonly line: number;
}

/** Plain scalars that are words, as go-yaml 2 (which sigs.k8s.io/yaml reads with) knows them. */
const words = new Map<string, boolean | null>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((w) => [w, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((w) => [w, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((w) => [w, null] as const),
]);
const notFinite = /^(?:\.(?:nan|NaN|NAN)|[-+]?\.(?:inf|Inf|INF))$/;
const integer = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|([1-9][0-9]*|0))$/;
const decimal = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
/** strconv.ParseFloat takes underscores between digits. */
const point = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?$/;

/** The number a plain scalar stands for, or undefined for text. JSON has no infinities: they throw. */
function plainNumber(source: string): number | undefined {
  if (notFinite.test(source)) throw new YAMLException(`${source} is not a value that JSON has`);
  const plain = source.includes('_') ? source.replaceAll('_', '') : source;
  if (source.startsWith('.')) return finite(point.test(source) ? Number(plain) : undefined);
  return integerOf(plain) ?? finite(decimal.test(plain) ? Number(plain) : undefined);
}

const finite = (value: number | undefined): number | undefined => (Number.isFinite(value) ? value : undefined);

/** What fits into 64 bits, signed or not; the rest is read as a decimal number, if it is one. */
function integerOf(plain: string): number | undefined {
  const [, sign, hex, binary, octal, digits] = integer.exec(plain) ?? [];
  const [text, base] =
    hex !== undefined
      ? [hex, 16]
      : binary !== undefined
        ? [binary, 2]
        : [octal ?? digits, octal === undefined ? 10 : 8];
  if (text === undefined) return undefined;
  const value = parseInt(text, base);
  if (Number.isSafeInteger(value)) return sign === '-' && value !== 0 ? -value : value;
  const prefix = { 16: '0x', 8: '0o', 2: '0b', 10: '' }[base] ?? '';
  const exact = BigInt(prefix + text);
  const limit = sign === '' ? 2n ** 64n - 1n : sign === '-' ? 2n ** 63n : 2n ** 63n - 1n;
  if (exact > limit) return undefined;
  return sign === '-' ? -Number(exact) : Number(exact);
}

const never = (): boolean => false;
const wordTag = defineScalarTag<boolean | null>('tag:yaml.org,2002:bool', {
  implicit: true,
  implicitFirstChars: ['', ...'yYnNtTfFoO~'],
  resolve: (source) => words.get(source) ?? (words.has(source) ? null : NOT_RESOLVED),
  identify: never,
});
const nullTag = defineScalarTag<null>('tag:yaml.org,2002:null', {
  resolve: (source) => (words.get(source) === null ? null : NOT_RESOLVED),
  identify: never,
});
const numberTag = defineScalarTag<number>('tag:yaml.org,2002:int', {
  implicit: true,
  implicitFirstChars: [...'+-.0123456789'],
  resolve: (source) => plainNumber(source) ?? NOT_RESOLVED,
  identify: never,
});
const floatTag = defineScalarTag<number>('tag:yaml.org,2002:float', {
  resolve: (source) => plainNumber(source) ?? NOT_RESOLVED,
  identify: never,
});

/** Keys are text in JSON; go-yaml's are made text as sigs.k8s.io/yaml does. Of two equal keys the last one holds. */
function keyText(key: unknown): string | undefined {
  if (typeof key === 'string') return key;
  if (typeof key === 'boolean') return String(key);
  if (typeof key === 'number') return Number.isInteger(key) ? String(key) : singlePrecision(key);
  return undefined;
}

/** As few digits as tell a number of single precision from others: strconv.FormatFloat(key, 'g', -1, 32). */
function singlePrecision(key: number): string {
  const single = Math.fround(key);
  const digits =
    [1, 2, 3, 4, 5, 6, 7, 8].find((count) => Math.fround(Number(single.toPrecision(count))) === single) ?? 9;
  const [mantissa = '', exponent = '0'] = single.toExponential(digits - 1).split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(Number(single.toPrecision(digits)));
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

const mapTag = defineMappingTag<MutableMap>('tag:yaml.org,2002:map', {
  create: () => ({}),
  addPair: (map, key, value) => {
    const text = keyText(key);
    if (text === undefined) return 'a key has to be text';
    setMember(map, text, value as Value);
    return '';
  },
  has: (map, key) => Object.hasOwn(map, String(key)),
  keys: (map) => Object.keys(map),
  get: (map, key) => map[String(key)],
  identify: isMap,
});

const schema = new Schema([strTag, mapTag, seqTag, wordTag, nullTag, numberTag, floatTag, mergeTag, binaryText()]);

/** `!!binary` is text for Kubernetes. */
function binaryText(): ReturnType<typeof defineScalarTag<string>> {
  return defineScalarTag<string>('tag:yaml.org,2002:binary', {
    resolve: (source, isExplicit, name) => {
      const bytes = binaryTag.resolve(source, isExplicit, name);
      return typeof bytes === 'symbol' ? NOT_RESOLVED : new TextDecoder().decode(bytes);
    },
    identify: never,
  });
}

/** The first document of a text as Helm, kubectl and Argo CD read it (sigs.k8s.io/yaml); null where nothing but comments is. */
export function readKubernetesYaml(text: string): { readonly value: Value } | { readonly problem: YamlProblem } {
  const problem = (error: YAMLException): { readonly problem: YamlProblem } => ({
    problem: { reason: error.reason, line: (error.mark?.line ?? 0) + 1 },
  });
  let indented = text;
  for (let tries = 0; ; tries++) {
    const read = load(indented);
    if (!('error' in read)) return read;
    const next =
      tries < Math.min(mostTries, mostReread / text.length) ? withIndentation(indented, read.error) : undefined;
    if (next === undefined) return problem(read.error);
    indented = next;
  }
}

function load(text: string): { readonly value: Value } | { readonly error: YAMLException } {
  try {
    return { value: readYaml(text, { schema, json: true })[0] ?? null };
  } catch (error) {
    if (error instanceof LimitError) return { error: new YAMLException(error.message) };
    if (!(error instanceof YAMLException)) throw error;
    return { error };
  }
}

/**
 * Quoted texts and lines of `[]` and `{}` that are given their indentation before the reader gives up: fewer in a text that takes
 * long to read again.
 */
const mostTries = 500;
const mostReread = 32 * 1024 * 1024;

/**
 * YAML wants lines that continue a quoted text, a list in `[]` or a map in `{}` further right than what holds them; go-yaml
 * takes them as they are (dashboards in charts rely on it), and space in front of them means nothing. Undefined where that is
 * not what is wrong.
 */
function withIndentation(text: string, { reason, mark }: YAMLException): string | undefined {
  if (reason !== 'deficient indentation' || mark === undefined) return undefined;
  const from = text.lastIndexOf('\n', mark.position - 1) + 1;
  if (/^(?:---|\.\.\.)(?:\s|$)/.test(text.slice(from, from + 4))) return undefined;
  const open = load(text.slice(0, from));
  const what = 'error' in open ? open.error.reason : '';
  const end = what.endsWith('quoted scalar')
    ? endOfQuoted(text, from, what.includes('single') ? "'" : '"')
    : text.indexOf('\n', from);
  const stop = end === -1 ? text.length : end;
  const lines = text.slice(from, stop).replace(/^(?!(?:---|\.\.\.)(?:\s|$))(?=[^\n])/gm, ' '.repeat(80));
  return text.slice(0, from) + lines + text.slice(stop);
}

/** Position of the quote that ends a text, from a position inside it; -1 when none does. */
function endOfQuoted(text: string, from: number, quote: "'" | '"'): number {
  const next = quote === "'" ? /''|(')/g : /\\[^]|(")/g;
  next.lastIndex = from;
  for (let found = next.exec(text); found !== null; found = next.exec(text))
    if (found[1] !== undefined) return found.index;
  return -1;
}
