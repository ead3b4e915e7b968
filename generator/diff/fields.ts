import type { MutableMap, Value, ValueMap } from '../model/values.ts';
import { asMap, compareText, isList, isMap, member, setMember, withName } from '../model/values.ts';
import { matchLists } from './lists.ts';

/** An item of a list: its place (before, or after for one that was added), and its key where it has one: `name=app`. */
export interface ItemStep {
  readonly index: number;
  readonly key?: string;
}

/** One step into a value: a member of a map or an item of a list. */
export type Step = string | ItemStep;

/** `order`: the items that stay stand in another order. */
export type FieldKind = 'added' | 'removed' | 'changed' | 'order';

/** One difference between two values, as deep in them as it can be said. */
export interface FieldChange {
  readonly kind: FieldKind;
  readonly path: readonly Step[];
  /** Absent where there was nothing. `order`: the keys of the items. */
  readonly before?: Value;
  readonly after?: Value;
  /** `order`: places before, in the order after, of the items that stay. */
  readonly places?: readonly number[];
}

/** What turns one value into the other; empty when they differ in order alone where order means nothing. */
export function diffValues(before: Value, after: Value, path: readonly Step[] = []): FieldChange[] {
  if (before === after) return [];
  if (isList(before) && isList(after)) return diffLists(before, after, path);
  if (isMap(before) && isMap(after)) return diffMaps(before, after, path);
  return [{ kind: 'changed', path, before, after }];
}

function diffMaps(before: ValueMap, after: ValueMap, path: readonly Step[]): FieldChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort(compareText);
  return keys.flatMap((key): FieldChange[] => {
    const [old, now] = [member(before, key), member(after, key)];
    const to = [...path, key];
    if (now === undefined) return old === undefined ? [] : [{ kind: 'removed', path: to, before: old }];
    return old === undefined ? [{ kind: 'added', path: to, after: now }] : diffValues(old, now, to);
  });
}

function diffLists(before: readonly Value[], after: readonly Value[], path: readonly Step[]): FieldChange[] {
  const last = path.at(-1);
  const { pairs, keys, isInOrder } = matchLists(typeof last === 'string' ? last : '', before, after);
  const step = (index: number, key: string | undefined): ItemStep => (key === undefined ? { index } : { index, key });
  const stays = new Set(pairs.map(([i]) => i));
  const known = new Set(pairs.map(([, j]) => j));
  const changes: FieldChange[] = pairs.flatMap(([i, j]) =>
    diffValues(before[i] as Value, after[j] as Value, [...path, step(i, keys?.before[i])]),
  );
  for (const [index, value] of before.entries())
    if (!stays.has(index))
      changes.push({ kind: 'removed', path: [...path, step(index, keys?.before[index])], before: value });
  for (const [index, value] of after.entries())
    if (!known.has(index))
      changes.push({ kind: 'added', path: [...path, step(index, keys?.after[index])], after: value });
  if (!isInOrder) changes.push(orderChange(before, pairs, keys?.before, path));
  return changes;
}

function orderChange(
  before: readonly Value[],
  pairs: readonly (readonly [number, number])[],
  keys: readonly string[] | undefined,
  path: readonly Step[],
): FieldChange {
  const places = [...pairs].sort(([, a], [, b]) => a - b).map(([i]) => i);
  const name = (i: number): Value => keys?.[i] ?? (isMap(before[i]) || isList(before[i]) ? i : (before[i] as Value));
  return { kind: 'order', path, before: pairs.map(([i]) => name(i)), after: places.map(name), places };
}

/** The other side of a difference, but for order that means nothing. Changes that do not fit the value are passed over. */
export function applyDiff(value: Value, changes: readonly FieldChange[], depth = 0): Value {
  const whole = changes.find((c) => c.path.length === depth && c.kind !== 'order');
  if (whole !== undefined) return whole.after ?? null;
  if (changes.length === 0) return value;
  return isList(value) ? applyToList(value, changes, depth) : applyToMap(asMap(value), changes, depth);
}

function applyToMap(map: ValueMap, changes: readonly FieldChange[], depth: number): ValueMap {
  const out: MutableMap = {};
  const byKey = groupedBy(changes, (c) => c.path[depth] as string);
  for (const key of new Set([...Object.keys(map), ...byKey.keys()])) {
    const own = byKey.get(key) ?? [];
    const [first] = own;
    if (first?.path.length === depth + 1 && first.kind === 'removed') continue;
    setMember(out, key, applyDiff(member(map, key) ?? null, own, depth + 1));
  }
  return out;
}

function applyToList(list: readonly Value[], changes: readonly FieldChange[], depth: number): Value[] {
  const isItem = (c: FieldChange): boolean => c.path.length === depth + 1;
  const indexOf = (c: FieldChange): number => (c.path[depth] as ItemStep).index;
  const added = changes.filter((c) => isItem(c) && c.kind === 'added');
  const removed = new Set(changes.filter((c) => isItem(c) && c.kind === 'removed').map(indexOf));
  const order = changes.find((c) => c.path.length === depth && c.kind === 'order');
  const inside = changes.filter((c) => c.path.length > depth && !added.includes(c));
  const byIndex = groupedBy(inside, indexOf);
  const places = order?.places ?? [...list.keys()].filter((i) => !removed.has(i));
  const out = places.map((i) => applyDiff(list[i] ?? null, byIndex.get(i) ?? [], depth + 1));
  for (const change of [...added].sort((a, b) => indexOf(a) - indexOf(b)))
    out.splice(indexOf(change), 0, change.after ?? null);
  return out;
}

function groupedBy<K>(changes: readonly FieldChange[], keyOf: (change: FieldChange) => K): Map<K, FieldChange[]> {
  const groups = new Map<K, FieldChange[]>();
  for (const change of changes) groups.set(keyOf(change), [...asGroup(groups.get(keyOf(change))), change]);
  return groups;
}

const asGroup = (group: FieldChange[] | undefined): FieldChange[] => group ?? [];

/** A path as people write it: `spec.containers[name=app].image`, `data["a.b"]`; empty for the whole. */
export function pathText(path: readonly Step[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step !== 'string') return `${text}[${step.key ?? step.index}]`;
    return withName(text, step);
  }, '');
}

/** The names on the way, without the items. */
export function namesOf(path: readonly Step[]): string[] {
  return path.filter((step) => typeof step === 'string');
}
