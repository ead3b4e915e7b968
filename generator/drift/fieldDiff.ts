import type { Value, ValueMap } from '../model/values.ts';
import { asMap, compareText, isList, isMap, member, pointerStep, withName } from '../model/values.ts';
import type { OwnerTree } from './fieldOwners.ts';

/** One field that differs, with the ways to it. */
export interface Difference {
  readonly pointer: string;
  /** For people: list items by their keys. */
  readonly path: string;
  /** For managedFields. */
  readonly steps: readonly string[];
  readonly desired: Value | undefined;
  readonly live: Value | undefined;
}

interface Place {
  readonly pointer: string;
  readonly path: string;
  readonly steps: readonly string[];
}

const root: Place = { pointer: '', path: '', steps: [] };

const inMap = (at: Place, key: string): Place => ({
  pointer: `${at.pointer}/${pointerStep(key)}`,
  path: withName(at.path, key),
  steps: [...at.steps, `f:${key}`],
});

const inList = (at: Place, index: number, label: string, step: string): Place => ({
  pointer: `${at.pointer}/${index}`,
  path: `${at.path}[${label}]`,
  steps: [...at.steps, step],
});

/**
 * The smallest fields in which two objects of one API server differ. Which lists have keys, and which are sets, is read from
 * who owns their items; others are compared item by item where they are equally long, and as a whole where not.
 */
export function fieldDifferences(desired: ValueMap, live: ValueMap, owners: OwnerTree): Difference[] {
  const found: Difference[] = [];
  compare(desired, live, owners, root, found);
  return found;
}

function compare(
  desired: Value | undefined,
  live: Value | undefined,
  owners: OwnerTree | undefined,
  at: Place,
  found: Difference[],
): void {
  if (isMap(desired) && isMap(live)) {
    const keys = new Set([...Object.keys(desired), ...Object.keys(live)]);
    for (const key of keys)
      compare(member(desired, key), member(live, key), owners?.children.get(`f:${key}`), inMap(at, key), found);
    return;
  }
  if (isList(desired) && isList(live)) {
    compareLists(desired, live, owners, at, found);
    return;
  }
  if (!isSame(desired, live)) found.push({ ...at, desired, live });
}

function compareLists(
  desired: readonly Value[],
  live: readonly Value[],
  owners: OwnerTree | undefined,
  at: Place,
  found: Difference[],
): void {
  const steps = [...(owners?.children.keys() ?? [])];
  const keyed = steps.filter((s) => s.startsWith('k:'));
  if (keyed.length > 0) return compareKeyed(desired, live, { owners, names: keyNames(keyed) }, at, found);
  if (steps.some((s) => s.startsWith('v:'))) {
    const texts = (list: readonly Value[]): Set<string> => new Set(list.map((v) => JSON.stringify(v)));
    const only = (list: readonly Value[], other: ReadonlySet<string>, side: 'desired' | 'live'): void => {
      for (const [i, value] of list.entries()) {
        const text = JSON.stringify(value);
        if (other.has(text)) continue;
        found.push({ ...inList(at, i, text, `v:${text}`), desired: undefined, live: undefined, [side]: value });
      }
    };
    only(desired, texts(live), 'desired');
    only(live, texts(desired), 'live');
    return;
  }
  if (desired.length !== live.length) {
    found.push({ ...at, desired, live });
    return;
  }
  for (const [i, value] of desired.entries())
    compare(value, live[i], undefined, inList(at, i, String(i), `i:${i}`), found);
}

/** Names of the fields that tell the items of a list apart. */
const keyNames = (steps: readonly string[]): readonly string[] =>
  [...new Set(steps.flatMap((s) => Object.keys(asMap(parsed(s.slice(2))))))].sort(compareText);

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function compareKeyed(
  desired: readonly Value[],
  live: readonly Value[],
  { owners, names }: { readonly owners: OwnerTree | undefined; readonly names: readonly string[] },
  at: Place,
  found: Difference[],
): void {
  const keyOf = (item: Value): string =>
    JSON.stringify(
      Object.fromEntries(names.flatMap((n) => (member(item, n) === undefined ? [] : [[n, member(item, n)]]))),
    );
  const theirs = new Map(live.map((item, i) => [keyOf(item), i]));
  const ours = new Set(desired.map(keyOf));
  const place = (key: string, index: number): Place => {
    const label = Object.entries(asMap(parsed(key))).map(([n, v]) => `${n}=${String(v)}`);
    return inList(at, index, label.join(','), `k:${key}`);
  };
  for (const [i, item] of desired.entries()) {
    const key = keyOf(item);
    const index = theirs.get(key);
    compare(
      item,
      index === undefined ? undefined : live[index],
      owners?.children.get(`k:${key}`),
      place(key, index ?? i),
      found,
    );
  }
  for (const [key, index] of theirs)
    if (!ours.has(key)) compare(undefined, live[index], undefined, place(key, index), found);
}

export function isSame(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (isList(a) && isList(b)) return a.length === b.length && a.every((v, i) => isSame(v, b[i]));
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((k) => Object.hasOwn(b, k) && isSame(a[k], b[k]));
}
