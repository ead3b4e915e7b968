import type { Value } from '../model/values.ts';

/** Lists and maps may be nested so deep; what Kubernetes holds is nowhere near, and no recursion fails on it. */
export const maxDepth = 100;

/** What a reader takes of one text; docs/limits.md has the reasons. */
export interface TextLimits {
  /** Length of the text. */
  readonly characters: number;
  /** Values in it, keys not counted; aliases count as often as they are used. */
  readonly values: number;
  readonly depth: number;
}

/** YAML and JSON that programs and other people wrote: what charts render, CRDs, indexes, answers. */
export const foreignLimits: TextLimits = { characters: 32 * 1024 * 1024, values: 1_000_000, depth: maxDepth };
/** Answers of API servers and OpenAPI documents are JSON, which takes a fraction of the memory. */
export const jsonLimits: TextLimits = { characters: 128 * 1024 * 1024, values: 4_000_000, depth: maxDepth };
/** What is read with positions, which takes a hundred times the memory of the text. */
export const placedLimits: TextLimits = { characters: 2 * 1024 * 1024, values: 50_000, depth: maxDepth };

/** A text that takes more than it may. The message goes on after `it` or a name, without a full stop. */
export class LimitError extends Error {
  override readonly name = 'LimitError';
  readonly limit: keyof TextLimits;
  constructor(limit: keyof TextLimits, limits: TextLimits) {
    super(limitText(limit, limits));
    this.limit = limit;
  }
}

function limitText(limit: keyof TextLimits, limits: TextLimits): string {
  if (limit === 'depth') return `it nests lists and maps more than ${limits.depth} deep`;
  if (limit === 'values') return `it has more than ${limits.values} values`;
  return `it has more than ${limits.characters / 1024 / 1024} MiB`;
}

/** Before a text of YAML is parsed. Throws LimitError. */
export function requireSize(text: string, limits: TextLimits = foreignLimits): void {
  if (text.length > limits.characters) throw new LimitError('characters', limits);
  if (valuesAtMost(text) > limits.values) throw new LimitError('values', limits);
}

/** Of what was read with aliases: their text is short, and what they stand for is not. Throws LimitError. */
export function requireValues(value: Value, limits: TextLimits = foreignLimits): void {
  if (valuesIn([value], limits) > limits.values) throw new LimitError('values', limits);
}

/** A value of JSON. Throws LimitError and SyntaxError. */
export function readJson(text: string, limits: TextLimits = jsonLimits): Value {
  if (text.length > limits.characters) throw new LimitError('characters', limits);
  requireNesting(text, limits);
  return JSON.parse(text) as Value;
}

const codeOf = (char: string): number => char.charCodeAt(0);
const [comma, list, map, listEnd, mapEnd] = [codeOf(','), codeOf('['), codeOf('{'), codeOf(']'), codeOf('}')];
const [colon, dash, query, space] = [codeOf(':'), codeOf('-'), codeOf('?'), codeOf(' ')];
const [quote, escape] = [codeOf('"'), codeOf('\\')];

/** No fewer than the values a parser finds: each but the first follows a sign of YAML. */
export function valuesAtMost(text: string): number {
  let count = 1;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === comma || code === list || code === map) count += 1;
    else if (code === colon || code === dash || code === query) {
      const next = text.charCodeAt(i + 1);
      // Not a Number: the end of the text
      if (!(next > space)) count += 1;
    }
  }
  return count;
}

/** Counts depth and values of JSON without reading it: what is nested too deep parses, and ends whoever walks it. */
function requireNesting(text: string, limits: TextLimits): void {
  let [depth, values] = [0, 1];
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === quote) i = endOfText(text, i);
    else if (code === list || code === map) {
      depth += 1;
      values += 1;
      if (depth > limits.depth) throw new LimitError('depth', limits);
    } else if (code === listEnd || code === mapEnd) depth -= 1;
    else if (code === comma) values += 1;
  }
  if (values > limits.values) throw new LimitError('values', limits);
}

/** Position of the quote that ends a text of JSON. */
function endOfText(text: string, from: number): number {
  for (let i = from + 1; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === quote) return i;
    if (code === escape) i += 1;
  }
  return text.length;
}

interface Extent {
  readonly size: number;
  readonly depth: number;
}
const leaf: Extent = { size: 1, depth: 0 };
/** Of a value that holds itself, as seen from inside. */
const endless: Extent = { size: Infinity, depth: Infinity };

/** How many values these are; what is there more than once, by alias, is walked once and counted as often. Throws LimitError. */
export function valuesIn(documents: readonly Value[], limits: TextLimits = foreignLimits): number {
  const known = new Map<object, Extent>();
  const extentOf = (value: Value): Extent => {
    if (typeof value !== 'object' || value === null) return leaf;
    const before = known.get(value);
    if (before !== undefined) return before;
    known.set(value, endless);
    let [size, depth] = [1, 1];
    for (const item of Object.values(value) as Value[]) {
      const inner = extentOf(item);
      size += inner.size;
      depth = Math.max(depth, inner.depth + 1);
    }
    if (depth > limits.depth) throw new LimitError('depth', limits);
    if (size > limits.values) throw new LimitError('values', limits);
    const extent = { size, depth };
    known.set(value, extent);
    return extent;
  };
  return documents.reduce<number>((sum, document) => sum + extentOf(document).size, 0);
}
