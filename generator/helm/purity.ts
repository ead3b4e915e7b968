import type { Value, ValueMap } from '../model/values.ts';
import { isMap, member } from '../model/values.ts';
import { describeObject } from '../kubernetes/object.ts';
import type { ChartDocument } from './rendered.ts';

/** A field that another rendering of the same values has otherwise. */
export interface Unstable {
  /** `Secret monitoring/grafana` */
  readonly object: string;
  /** Path with dots; empty when the whole object came or went. */
  readonly field: string;
}

/** `lookup` finds nothing without a cluster, here and in Argo CD: always the same nothing. */
const alwaysTheSame: ReadonlySet<string> = new Set(['lookup']);

/** Functions that were called and whose results may differ the next time. */
export function unstableFunctions(called: readonly string[], declaredHarmless: readonly string[]): readonly string[] {
  return called.filter((name) => !alwaysTheSame.has(name) && !declaredHarmless.includes(name));
}

/** Functions of the clock, whose result need not differ between two renderings that follow each other. */
export const readsClock = (name: string): boolean => /^(?:now|ago|date|htmlDate)/.test(name);

/** The first field of each object in which two renderings differ. */
export function unstableFields(first: readonly ChartDocument[], second: readonly ChartDocument[]): readonly Unstable[] {
  const others = named(second);
  const found: Unstable[] = [];
  for (const [key, object] of named(first)) {
    const name = describeObject(object);
    const other = others.get(key);
    others.delete(key);
    const field = other === undefined ? '' : firstDifference(object, other, []);
    if (field !== undefined) found.push({ object: name, field });
  }
  return [...found, ...[...others.values()].map((object) => ({ object: describeObject(object), field: '' }))];
}

/** Objects by what they are called; several of one name (`generateName`) by their order. */
function named(documents: readonly ChartDocument[]): Map<string, ValueMap> {
  const times = new Map<string, number>();
  return new Map(
    documents.map(({ object }) => {
      const name = describeObject(object);
      times.set(name, (times.get(name) ?? 0) + 1);
      return [`${name} ${times.get(name)}`, object];
    }),
  );
}

function firstDifference(a: Value | undefined, b: Value | undefined, path: readonly string[]): string | undefined {
  if (isMap(a) && isMap(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const found = firstDifference(member(a, key), member(b, key), [...path, key]);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    const length = Math.max(a.length, b.length);
    for (let i = 0; i < length; i += 1) {
      const found = firstDifference(a[i] as Value, b[i] as Value, [...path, String(i)]);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return a === b ? undefined : path.join('.');
}
