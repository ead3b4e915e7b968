import { durationOf } from '../kubernetes/duration.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { asMap, asString, isList, isMap, member, pointerStep, withName } from '../model/values.ts';
import { nanosOf } from '../kubernetes/quantity.ts';
import type { Difference } from './fieldDiff.ts';
import type { OwnerTree } from './fieldOwners.ts';

interface Place {
  readonly pointer: string;
  readonly path: string;
  readonly steps: readonly string[];
}

/**
 * Fields of the tree that the live object does not have, without knowing the server's defaults and conversions: every field of
 * the tree has to be in the live object, whatever else is there. What may be equal in another form counts as equal.
 */
export function subsetDifferences(desired: ValueMap, live: ValueMap, owners: OwnerTree): Difference[] {
  const found: Difference[] = [];
  within(desired, live, owners, { pointer: '', path: '', steps: [] }, found);
  return found;
}

const isNothing = (value: Value | undefined): boolean =>
  value === undefined ||
  value === null ||
  (isList(value) && value.length === 0) ||
  (isMap(value) && Object.values(value).every((v) => isNothing(v as Value)));

function within(
  desired: Value,
  live: Value | undefined,
  owners: OwnerTree | undefined,
  at: Place,
  found: Difference[],
): void {
  if (isNothing(desired) && isNothing(live)) return;
  if (isMap(desired) && isMap(live)) {
    for (const [key, value] of Object.entries(desired)) {
      const place = {
        pointer: `${at.pointer}/${pointerStep(key)}`,
        path: withName(at.path, key),
        steps: [...at.steps, `f:${key}`],
      };
      within(value as Value, member(live, key), owners?.children.get(`f:${key}`), place, found);
    }
    return;
  }
  if (isList(desired) && isList(live)) return withinList(desired, live, owners, at, found);
  if (!isEquivalent(desired, live)) found.push({ ...at, desired, live });
}

function withinList(
  desired: readonly Value[],
  live: readonly Value[],
  owners: OwnerTree | undefined,
  at: Place,
  found: Difference[],
): void {
  const step = [...(owners?.children.keys() ?? [])].find((s) => s.startsWith('k:'));
  // a list that somebody owns as a whole has no keys
  const isWhole = owners !== undefined && step === undefined;
  const names = step === undefined ? ['name'] : Object.keys(asMap(JSON.parse(step.slice(2)) as unknown));
  const isKeyed =
    !isWhole &&
    [...desired, ...live].every(
      (item) => isMap(item) && names.some((n) => asString(item[n]) !== undefined || typeof item[n] === 'number'),
    );
  if (!isKeyed && desired.length !== live.length) {
    found.push({ ...at, desired, live });
    return;
  }
  for (const [i, item] of desired.entries()) {
    // a key that the tree leaves out has a default
    const isIt = (other: Value): boolean =>
      names.every((n) => member(item, n) === undefined || member(item, n) === member(other, n));
    const index = isKeyed ? live.findIndex(isIt) : i;
    const label = isKeyed ? names.map((n) => `${n}=${String(member(item, n) ?? '')}`).join(',') : String(i);
    const other = index < 0 ? undefined : live[index];
    const key = JSON.stringify(Object.fromEntries(names.map((n) => [n, member(other ?? item, n) ?? null])));
    const place = {
      pointer: `${at.pointer}/${index < 0 ? i : index}`,
      path: `${at.path}[${label}]`,
      steps: [...at.steps, isKeyed ? `k:${key}` : `i:${i}`],
    };
    within(item, other, owners?.children.get(`k:${key}`), place, found);
  }
}

/** Equal, or the same quantity or duration in another form. */
function isEquivalent(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (typeof a === 'object' || typeof b === 'object' || a === undefined || b === undefined) return false;
  const [x, y] = [String(a), String(b)];
  const [m, n] = [nanosOf(x), nanosOf(y)];
  if (m !== undefined && n !== undefined) return m === n;
  const [p, q] = [durationOf(x), durationOf(y)];
  return p !== undefined && p === q;
}
