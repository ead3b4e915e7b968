import type { MutableMap, Value, ValueMap } from '../model/values.ts';
import { isMap, member, setMember } from '../model/values.ts';

/** Steps from the top of the values; items of lists by their index. */
export type ValuePath = readonly string[];

/** What the chart renders to with other values; undefined when Helm refuses them. */
export type Attempt = (values: ValueMap) => Promise<string | undefined>;

/**
 * Paths of values that have no effect: the chart renders to the same bytes without them, and with another value in their
 * place. `base` is what it renders to with them. A map or list is named in place of its members when all of them have none.
 *
 * `isAccepted` says which are not asked.
 *
 * Texts and numbers are first replaced by marks, many at once: a mark that shows in the result proves the effect of its value.
 * Only what is left is tried one by one.
 */
export async function valuesWithoutEffect(
  values: ValueMap,
  base: string,
  attempt: Attempt,
  isAccepted: (path: ValuePath) => boolean = () => false,
): Promise<readonly ValuePath[]> {
  const every = leavesOf(values, []);
  const all = every.filter(({ path }) => !isAccepted(path));
  const markable = all.filter(({ value }) => typeof value === 'string' || typeof value === 'number');
  const marks = marksFor(markable, base);
  const proven = await shownMarks(values, markable, marks, attempt);
  const idle: Leaf[] = [];
  const doubtful = all.filter((leaf) => !proven.has(leaf));
  const hasEffect = await Promise.all(doubtful.map((leaf) => changesAnything(values, leaf, base, attempt)));
  doubtful.forEach((leaf, i) => {
    if (hasEffect[i] === false) idle.push(leaf);
  });
  return topmost(every, new Set(idle));
}

interface Leaf {
  readonly path: ValuePath;
  readonly value: Value;
}

function leavesOf(value: Value, path: ValuePath): Leaf[] {
  const entries = Array.isArray(value)
    ? value.map((item, i) => [String(i), item as Value] as const)
    : isMap(value)
      ? Object.entries(value as Readonly<Record<string, Value>>)
      : [];
  if (entries.length === 0) return path.length === 0 ? [] : [{ path, value }];
  return entries.flatMap(([key, item]) => leavesOf(item, [...path, key]));
}

/** Marks are DNS labels, so that most places take them, and numbers that a port may be; none of them stands in `base`. */
function marksFor(leaves: readonly Leaf[], base: string): ReadonlyMap<Leaf, Value> {
  let next = 20000;
  const fresh = (print: (n: number) => string): string => {
    for (;;) {
      const text = print((next += 1));
      if (!base.includes(text)) return text;
    }
  };
  return new Map(
    leaves.map((leaf) => [leaf, typeof leaf.value === 'number' ? Number(fresh(String)) : fresh((n) => `zq${n}x`)]),
  );
}

/** Leaves whose marks show. What Helm refuses (an enum, a size) is halved until the rest can be told. */
async function shownMarks(
  values: ValueMap,
  leaves: readonly Leaf[],
  marks: ReadonlyMap<Leaf, Value>,
  attempt: Attempt,
): Promise<ReadonlySet<Leaf>> {
  if (leaves.length === 0) return new Set();
  const marked = leaves.reduce<Value>((all, leaf) => replaced(all, leaf.path, marks.get(leaf)), values);
  const text = await attempt(marked as ValueMap);
  if (text !== undefined) return new Set(leaves.filter((leaf) => text.includes(String(marks.get(leaf)))));
  if (leaves.length === 1) return new Set(leaves); // Helm refuses the change: the chart reads it
  const middle = leaves.length >> 1;
  const [first, second] = await Promise.all([
    shownMarks(values, leaves.slice(0, middle), marks, attempt),
    shownMarks(values, leaves.slice(middle), marks, attempt),
  ]);
  return new Set([...first, ...second]);
}

async function changesAnything(values: ValueMap, leaf: Leaf, base: string, attempt: Attempt): Promise<boolean> {
  const other = otherValue(leaf.value);
  if (other !== undefined && (await attempt(replaced(values, leaf.path, other) as ValueMap)) !== base) return true;
  return (await attempt(replaced(values, leaf.path, undefined) as ValueMap)) !== base;
}

/** Something of the same type that differs; nothing for null, which only removes a default. */
function otherValue(value: Value): Value | undefined {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') return `${value}zq`;
  if (Array.isArray(value)) return ['zq'];
  return value === null ? undefined : { zq: 'zq' };
}

/** The same values with another one at a path; undefined takes it out. */
function replaced(values: Value, path: ValuePath, value: Value | undefined): Value {
  const [step, ...rest] = path;
  if (step === undefined) return value ?? {};
  if (Array.isArray(values)) {
    const list = [...(values as readonly Value[])];
    const i = Number(step);
    if (rest.length === 0 && value === undefined) list.splice(i, 1);
    else list[i] = replaced(list[i] ?? {}, rest, value);
    return list;
  }
  const map: MutableMap = { ...(values as ValueMap) };
  if (rest.length === 0 && value === undefined) delete map[step];
  else setMember(map, step, replaced(member(map, step) ?? {}, rest, value));
  return map;
}

/** The shortest paths below which every leaf is idle. */
function topmost(all: readonly Leaf[], idle: ReadonlySet<Leaf>): ValuePath[] {
  const alive = new Set<string>();
  for (const { path } of all.filter((leaf) => !idle.has(leaf)))
    for (let depth = 0; depth <= path.length; depth += 1) alive.add(keyOf(path.slice(0, depth)));
  const found = new Map<string, ValuePath>();
  for (const { path } of idle) {
    let depth = 1;
    while (depth < path.length && alive.has(keyOf(path.slice(0, depth)))) depth += 1;
    const top = path.slice(0, depth);
    found.set(keyOf(top), top);
  }
  return [...found.values()];
}

const keyOf = (path: ValuePath): string => JSON.stringify(path);
