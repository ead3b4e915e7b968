import { Optional } from '@marcbachmann/cel-js';
import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator';

/** What a list of a definition is besides its entries (`x-kubernetes-list-type`). */
export interface ListKind {
  readonly type: 'set' | 'map';
  /** Keys of the entries of a map, as CEL names them. */
  readonly keys: readonly string[];
}

const kinds = new WeakMap<object, ListKind>();

/** Marks a list, so that it is compared and added to as the API server does. */
export function withListKind<T extends object>(list: T, kind: ListKind): T {
  kinds.set(list, kind);
  return list;
}

export const listKindOf = (value: unknown): ListKind | undefined =>
  typeof value === 'object' && value !== null ? kinds.get(value) : undefined;

/** A value with an equality of its own, such as an address. */
export abstract class Comparable {
  abstract equals(other: this): boolean;
}

/**
 * Equality of CEL: numbers by value, lists in order, maps by key, sets and maps as lists without an order when they are on the
 * left (apiserver, pkg/cel/common/valuesunstructured.go).
 */
export function celEquals(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  const [left, right] = [numberOf(a), numberOf(b)];
  // eslint-disable-next-line eqeqeq
  if (left !== undefined || right !== undefined) return left == right;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) && Array.isArray(b)) return listEquals(a, b);
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
  if (a instanceof Duration && b instanceof Duration) return a.seconds === b.seconds && a.nanos === b.nanos;
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  if (a instanceof Optional && b instanceof Optional)
    return a.hasValue() && b.hasValue() ? celEquals(a.value(), b.value()) : a.hasValue() === b.hasValue();
  if (a instanceof Comparable) return a.constructor === b.constructor && a.equals(b as Comparable);
  if (!isPlain(a) || !isPlain(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((k) => Object.hasOwn(b, k) && celEquals(a[k], b[k]));
}

const numberOf = (value: unknown): number | bigint | undefined =>
  typeof value === 'number' || typeof value === 'bigint'
    ? value
    : value instanceof UnsignedInt
      ? value.value
      : undefined;

function listEquals(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  const kind = kinds.get(a);
  if (kind === undefined) return a.every((item, i) => celEquals(item, b[i]));
  const own = new Map(a.map((item) => [keyOf(item, kind), item]));
  return b.every((item) => {
    const key = keyOf(item, kind);
    return own.has(key) && celEquals(own.get(key), item);
  });
}

/** What entries of a set or map are told apart by. */
const keyOf = (item: unknown, { type, keys }: ListKind): string =>
  JSON.stringify(type === 'map' && isPlain(item) ? keys.map((key) => item[key]) : item, asKey);

/** Fields in one order, and what JSON has no form of as text. */
const asKey = (_: string, value: unknown): unknown => {
  const number = numberOf(value);
  if (number !== undefined) return Number(number);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)));
};

/** A set or map with the entries of another list: what has the same keys takes the place of what was there. */
export function merged(list: unknown, others: unknown): unknown {
  const kind = listKindOf(list);
  if (!Array.isArray(list) || !Array.isArray(others) || kind === undefined) throw new Error('no such overload');
  const out = new Map<string, unknown>();
  for (const item of [...(list as readonly unknown[]), ...(others as readonly unknown[])])
    out.set(keyOf(item, kind), item);
  return withListKind([...out.values()], kind);
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && value.constructor === Object;
