import type { Environment } from '@marcbachmann/cel-js';
import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator';
import { celEquals, listKindOf, merged } from './equality.ts';

type List = readonly unknown[];

type Ordered = string | number | bigint | boolean;

const isOrdered = (value: unknown): value is Ordered =>
  ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Values that CEL orders; they are of one type, for the list was checked. */
export const orderedOf = (list: List): readonly Ordered[] =>
  list.map((item) => {
    if (item instanceof Uint8Array) return hex(item);
    if (item instanceof Date) return item.getTime();
    if (item instanceof Duration) return nanosOf(item);
    if (item instanceof UnsignedInt) return item.value;
    if (!isOrdered(item)) throw new Error('the entries cannot be compared');
    return item;
  });

const nanosOf = ({ seconds, nanos }: Duration): bigint => seconds * 1_000_000_000n + BigInt(nanos);

function extreme(list: List, isBetter: (a: Ordered, b: Ordered) => boolean, name: string): unknown {
  const keys = orderedOf(list);
  if (keys.length === 0) throw new Error(`${name} called on empty list`);
  let best = 0;
  for (const [i, key] of keys.entries()) if (isBetter(key, keys[best] as Ordered)) best = i;
  return list[best];
}

function sum(list: List): unknown {
  if (list.every((item) => typeof item === 'bigint')) return list.reduce<bigint>((all, item) => all + item, 0n);
  if (list.every((item) => typeof item === 'number' || typeof item === 'bigint'))
    return list.reduce<number>((all, item) => all + Number(item), 0);
  if (list.every((item) => item instanceof Duration))
    return list.reduce<Duration>((all, item) => all.addDuration(item), new Duration(0n));
  if (list.every((item) => item instanceof UnsignedInt))
    return new UnsignedInt(list.reduce<bigint>((all, item) => all + item.value, 0n));
  throw new Error('the entries cannot be added');
}

function sorted(list: List, by: List): List {
  const keys = orderedOf(by);
  const order = keys
    .map((_, i) => i)
    .toSorted((i, j) => ((keys[i] as Ordered) < (keys[j] as Ordered) ? -1 : keys[i] === keys[j] ? 0 : 1));
  return order.map((i) => list[i]);
}

/** The entries of all of these maps. Throws when two have the same key. */
function oneMap(maps: readonly Readonly<Record<string, unknown>>[]): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, value] of maps.flatMap((map) => Object.entries(map))) {
    if (Object.hasOwn(out, key)) throw new Error(`insert failed: key ${key} already exists`);
    out[key] = value;
  }
  return out;
}

function slice(list: List, start: bigint, end: bigint): List {
  if (start < 0n || end < 0n || start > end || end > BigInt(list.length)) throw new Error('slice is out of range');
  return list.slice(Number(start), Number(end));
}

const indexOf = (list: List, item: unknown): bigint => BigInt(list.findIndex((entry) => celEquals(entry, item)));
const lastIndexOf = (list: List, item: unknown): bigint =>
  BigInt(list.findLastIndex((entry) => celEquals(entry, item)));
const holds = (list: List, item: unknown): boolean => list.some((entry) => celEquals(entry, item));
const containsAll = (list: List, others: List): boolean => others.every((item) => holds(list, item));

function flatten(list: List, depth: bigint): List {
  if (depth < 0n) throw new Error('level must be non-negative');
  return list.flat(Number(depth));
}

class Namespace {}
class SetsNamespace {}
class ListsNamespace {}

/** Lists of Kubernetes and of CEL, sets, and what rewritten comprehensions need (see rewrite.ts). */
export function registerCollections(cel: Environment): void {
  cel
    .registerFunction('list.isSorted(): bool', (list: List) => {
      const keys = orderedOf(list);
      return keys.every((key, i) => i === 0 || (keys[i - 1] as Ordered) <= key);
    })
    .registerFunction('list.sum(): dyn', sum)
    .registerFunction('list.min(): dyn', (list: List) => extreme(list, (a, b) => a < b, 'min'))
    .registerFunction('list.max(): dyn', (list: List) => extreme(list, (a, b) => a > b, 'max'))
    .registerFunction('list.indexOf(dyn): int', indexOf)
    .registerFunction('list.lastIndexOf(dyn): int', lastIndexOf)
    .registerFunction('list.slice(int, int): list<dyn>', slice)
    .registerFunction('list.flatten(): list<dyn>', (list: List) => flatten(list, 1n))
    .registerFunction('list.flatten(int): list<dyn>', flatten)
    .registerFunction('list.reverse(): list<dyn>', (list: List) => list.toReversed())
    .registerFunction('list.distinct(): list<dyn>', (list: List) =>
      list.filter((item, i) => indexOf(list, item) === BigInt(i)),
    )
    .registerFunction('list.sort(): list<dyn>', (list: List) => sorted(list, list))
    .registerFunction('sortedBy(list, list): list<dyn>', sorted)
    .registerFunction('oneMap(list): map<dyn, dyn>', oneMap)
    .registerFunction('sameAs(dyn, dyn): bool', celEquals)
    .registerFunction('isList(dyn): bool', (value: unknown) => Array.isArray(value))
    .registerFunction('holds(dyn, dyn): bool', (list: List, item: unknown) => holds(list, item))
    .registerFunction('isMerged(dyn): bool', (value: unknown) => listKindOf(value) !== undefined)
    .registerFunction('merged(dyn, dyn): dyn', merged)
    .registerType('slipway.Sets', { ctor: SetsNamespace, fields: {} })
    .registerConstant('sets', 'slipway.Sets', new SetsNamespace())
    .registerFunction('slipway.Sets.contains(list, list): bool', (_: Namespace, a: List, b: List) => containsAll(a, b))
    .registerFunction(
      'slipway.Sets.equivalent(list, list): bool',
      (_: Namespace, a: List, b: List) => containsAll(a, b) && containsAll(b, a),
    )
    .registerFunction('slipway.Sets.intersects(list, list): bool', (_: Namespace, a: List, b: List) =>
      b.some((item) => holds(a, item)),
    )
    .registerType('slipway.Lists', { ctor: ListsNamespace, fields: {} })
    .registerConstant('lists', 'slipway.Lists', new ListsNamespace())
    .registerFunction('slipway.Lists.range(int): list<int>', (_: Namespace, size: bigint) => {
      if (size > 1_000_000n) throw new Error('the range is too long');
      return Array.from({ length: Number(size) }, (_item, i) => BigInt(i));
    })
    .registerFunction('keysOf(list): list<dyn>', (list: List) => list.map((_, i) => BigInt(i)))
    .registerFunction('keysOf(map): list<dyn>', (map: Record<string, unknown>) => Object.keys(map))
    .registerFunction('mapOf(list, list): map<dyn, dyn>', (keys: List, values: List) =>
      Object.fromEntries(keys.map((key, i) => [String(key), values[i]])),
    );
}
