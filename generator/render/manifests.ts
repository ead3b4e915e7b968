import type { TreeObject } from '../model/model.ts';
import { compareText } from '../model/values.ts';
import { identityKeyOf } from '../kubernetes/object.ts';
import { sha } from '../util/digest.ts';

/** `<kind>-<namespace>-<name>`, lower case, safe on every file system. */
export function objectFileName(object: Pick<TreeObject, 'kind' | 'namespace' | 'name'>): string {
  const raw = [object.kind, object.namespace, object.name]
    .filter((p) => p !== undefined && p !== '')
    .join('-')
    .toLowerCase();
  const safe = raw.replace(/[^a-z0-9.-]+/g, '-');
  return safe === raw && safe.length <= 120 ? safe : `${safe.slice(0, 110)}-${sha(raw).slice(0, 8)}`;
}

/**
 * Gives each object its path; names that fall together, or with a path that is taken already, get a hash of the identity.
 */
export function assignPaths(
  folder: string,
  objects: readonly Omit<TreeObject, 'path'>[],
  others: readonly TreeObject[] = [],
): TreeObject[] {
  const taken = new Map<string, number>();
  const standing = new Set(others.map((o) => o.path));
  for (const o of objects) taken.set(objectFileName(o), (taken.get(objectFileName(o)) ?? 0) + 1);
  const given = new Map<string, number>();
  return objects
    .map((o) => {
      const name = objectFileName(o);
      const isTaken = (taken.get(name) ?? 0) > 1 || standing.has(`${folder}/${name}.yaml`);
      const own = isTaken ? `${name}-${sha(identityKeyOf(o)).slice(0, 8)}` : name;
      // hooks whose names are completed later may be the same so far
      const times = (given.get(own) ?? 0) + 1;
      given.set(own, times);
      return { ...o, path: `${folder}/${times === 1 ? own : `${own}-${times}`}.yaml` };
    })
    .sort((a, b) => compareText(a.path, b.path));
}
