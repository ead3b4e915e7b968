import type { Value } from '../model/values.ts';
import { isList, isMap } from '../model/values.ts';
import { canonicalText, isUnordered, itemKeys, leavesOf } from './canonical.ts';

/** Which items of two lists are the same one. */
export interface ListMatch {
  /** Index before, index after; in the order of `before`. */
  readonly pairs: readonly (readonly [number, number])[];
  /** Keys of the items (`name=app`), where something tells them apart. */
  readonly keys: { readonly before: readonly string[]; readonly after: readonly string[] } | undefined;
  /** False when the pairs stand in another order, and that means something. */
  readonly isInOrder: boolean;
}

/** Beyond so many comparisons items are compared by their place: one list must not take seconds. */
const maxComparisons = 250_000;
const maxSimilarities = 2500;

/** Items by their merge key; without one equal items first, then those that are most alike. */
export function matchLists(field: string, before: readonly Value[], after: readonly Value[]): ListMatch {
  const keys = itemKeys(field, before, after);
  const matched = keys === undefined ? bestMatch(before, after) : byKey(keys.before, keys.after);
  const pairs = [...matched].sort(([a], [b]) => a - b);
  const grows = pairs.every(([, j], i) => i === 0 || j > (pairs[i - 1]?.[1] ?? -1));
  return { pairs, keys, isInOrder: grows || isUnordered(field, before, after) };
}

type Pair = readonly [number, number];

function byKey(before: readonly string[], after: readonly string[]): Pair[] {
  const places = new Map(after.map((key, j) => [key, j]));
  return before.flatMap((key, i): Pair[] => {
    const j = places.get(key);
    return j === undefined ? [] : [[i, j]];
  });
}

function bestMatch(before: readonly Value[], after: readonly Value[]): Pair[] {
  const texts = { before: before.map((v) => canonicalText(v)), after: after.map((v) => canonicalText(v)) };
  const equal = equalItems(texts.before, texts.after);
  const left = {
    before: rest(
      before,
      equal.map(([i]) => i),
    ),
    after: rest(
      after,
      equal.map(([, j]) => j),
    ),
  };
  return [...equal, ...alike(before, after, left.before, left.after)];
}

function rest(list: readonly unknown[], taken: readonly number[]): number[] {
  const gone = new Set(taken);
  return [...list.keys()].filter((i) => !gone.has(i));
}

/** The longest common sequence, and equal items elsewhere. */
function equalItems(before: readonly string[], after: readonly string[]): Pair[] {
  const pairs = commonSequence(before, after);
  const left = rest(
    before,
    pairs.map(([i]) => i),
  );
  const places = new Map<string, number[]>();
  for (const j of rest(
    after,
    pairs.map(([, j2]) => j2),
  ))
    places.set(after[j] ?? '', [...(places.get(after[j] ?? '') ?? []), j]);
  const moved = left.flatMap((i): Pair[] => {
    const j = places.get(before[i] ?? '')?.shift();
    return j === undefined ? [] : [[i, j]];
  });
  return [...pairs, ...moved];
}

function commonSequence(before: readonly string[], after: readonly string[]): Pair[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  const head = Array.from({ length: start }, (_, i): Pair => [i, i]);
  const tail = Array.from({ length: end }, (_, i): Pair => [before.length - end + i, after.length - end + i]);
  const inner = longest(before.slice(start, before.length - end), after.slice(start, after.length - end));
  return [...head, ...inner.map(([i, j]): Pair => [i + start, j + start]), ...tail];
}

function longest(before: readonly string[], after: readonly string[]): Pair[] {
  const width = after.length + 1;
  if (before.length === 0 || after.length === 0 || before.length * width > maxComparisons) return [];
  const lengths = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1)
    for (let j = after.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const pairs: Pair[] = [];
  for (let i = 0, j = 0; i < before.length && j < after.length;)
    if (before[i] === after[j]) pairs.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  return pairs;
}

/** Of what is left, the most alike first; too many of them by their place. */
function alike(
  before: readonly Value[],
  after: readonly Value[],
  left: readonly number[],
  right: readonly number[],
): Pair[] {
  if (left.length === 1 && right.length === 1) {
    const [i = 0, j = 0] = [left[0], right[0]];
    return isSameForm(before[i], after[j]) ? [[i, j]] : [];
  }
  if (left.length * right.length > maxSimilarities)
    return left.slice(0, right.length).flatMap((i, n): Pair[] => {
      const j = right[n] ?? 0;
      return isSameForm(before[i], after[j]) ? [[i, j]] : [];
    });
  const leaves = {
    before: left.map((i) => new Set(leavesOf(before[i] ?? null))),
    after: right.map((j) => new Set(leavesOf(after[j] ?? null))),
  };
  const scored = left.flatMap((i, a) =>
    right.map((j, b) => {
      const score = isSameForm(before[i], after[j])
        ? likeness(before[i], after[j], leaves.before[a], leaves.after[b])
        : 0;
      return { i, j, score };
    }),
  );
  const taken = { before: new Set<number>(), after: new Set<number>() };
  const order = scored.filter((s) => s.score >= 0.3).sort((a, b) => b.score - a.score || a.i - b.i || a.j - b.j);
  return order.flatMap(({ i, j }): Pair[] => {
    if (taken.before.has(i) || taken.after.has(j)) return [];
    taken.before.add(i);
    taken.after.add(j);
    return [[i, j]];
  });
}

const formOf = (value: Value | undefined): string => (isList(value) ? 'list' : isMap(value) ? 'map' : 'scalar');
const isSameForm = (a: Value | undefined, b: Value | undefined): boolean => formOf(a) === formOf(b);

function likeness(
  a: Value | undefined,
  b: Value | undefined,
  left: ReadonlySet<string> = new Set(),
  right: ReadonlySet<string> = new Set(),
): number {
  if (typeof a === 'string' && typeof b === 'string') return flagOf(a) !== undefined && flagOf(a) === flagOf(b) ? 1 : 0;
  let shared = 0;
  for (const leaf of left) if (right.has(leaf)) shared += 1;
  return shared / Math.max(left.size, right.size, 1);
}

/** `--name` of `--name=value`. */
const flagOf = (text: string): string | undefined => /^(--?[\w.-]+)=/.exec(text)?.[1];
