import type { Change } from '../model/model.ts';
import type { ObjectRef } from '../model/diff.ts';
import type { ValueMap, KubernetesObject } from '../model/values.ts';
import { compareText, getAt, mapAt, textAt, asObject } from '../model/values.ts';
import { objectsIn } from '../yaml/objects.ts';
import { identityKeyOf, nameOf } from '../kubernetes/object.ts';
import { canonicalText } from './canonical.ts';
import { isApplicationFile, isLock, ownerOf, treeOwner } from '../tree/paths.ts';

/** One object of one side. */
export interface SideObject {
  readonly component: string;
  /** From the repository root; absent for objects that a chart makes. */
  readonly file?: string;
  readonly ref: ObjectRef;
  readonly object: KubernetesObject;
}

/** The same object on both sides, or an object that one side lacks. */
export interface ObjectPair {
  readonly before?: SideObject;
  readonly after?: SideObject;
}

/** The objects of the files of one cluster that differ. A text that is no object (edited by hand) has none. */
export function sideObjects(changes: readonly Change[], side: 'before' | 'after'): SideObject[] {
  return changes.flatMap((change) => {
    const text = change[side];
    if (text === undefined || isLock(change.path)) return [];
    return objectsIn(change.path, text).flatMap((found) => {
      if (!('object' in found)) return [];
      // what stands beside the Applications (projects of tenants) is the root's
      const isBeside = found.kind !== 'Application' && isApplicationFile(change.path);
      return [sideObject(found.object, isBeside ? treeOwner : ownerOf(change.path), change.path)];
    });
  });
}

export function sideObject(object: ValueMap, component: string, file?: string): SideObject {
  const namespace = textAt(object, 'metadata', 'namespace');
  const ref = {
    apiVersion: textAt(object, 'apiVersion') ?? '',
    kind: textAt(object, 'kind') ?? '',
    ...(namespace === undefined ? {} : { namespace }),
    name: nameOf(object),
  };
  return { component, ref, object: asObject(object), ...(file === undefined ? {} : { file }) };
}

/**
 * Pairs objects by identity in their component, then by identity in any component (moved), then by content (renamed); in the
 * order of components, kinds and names.
 */
export function pairObjects(before: readonly SideObject[], after: readonly SideObject[]): ObjectPair[] {
  const keys: readonly ((o: SideObject) => string | undefined)[] = [
    (o) => `${o.component} ${identity(o)}`,
    identity,
    contentOf,
  ];
  const pairs: ObjectPair[] = [];
  let left = before;
  let right = after;
  for (const key of keys) {
    const open = new Map<string, SideObject[]>();
    for (const o of left) {
      const own = key(o);
      if (own !== undefined) open.set(own, [...(open.get(own) ?? []), o]);
    }
    const taken = new Set<SideObject>();
    for (const o of right) {
      const other = open.get(key(o) ?? '')?.shift();
      if (other === undefined) continue;
      pairs.push({ before: other, after: o });
      taken.add(other).add(o);
    }
    left = left.filter((o) => !taken.has(o));
    right = right.filter((o) => !taken.has(o));
  }
  pairs.push(...left.map((o) => ({ before: o })), ...right.map((o) => ({ after: o })));
  return pairs.sort((a, b) => compareText(orderOf(a), orderOf(b)));
}

const identity = ({ ref }: SideObject): string => identityKeyOf(ref);

function orderOf({ before, after }: ObjectPair): string {
  const o = after ?? before;
  return o === undefined ? '' : `${o.component} ${identity(o)}`;
}

/** What an object says beside its own name and labels; undefined when that is too little to know it by. */
function contentOf({ ref, object, component }: SideObject): string | undefined {
  if (ref.kind === 'Application') return chartOf(object);
  const { metadata: _, ...content } = object;
  const text = canonicalText(content);
  if (text.length < ref.apiVersion.length + ref.kind.length + 40) return undefined;
  const names = [ref.name, component].filter((name) => name.length > 3).sort((a, b) => b.length - a.length);
  return names.reduce((now, name) => now.replaceAll(name, '\u0000'), text);
}

/** A chart with its values, wherever it is installed. */
function chartOf(application: ValueMap): string | undefined {
  const { helm, ...source } = mapAt(application, 'spec', 'source');
  if (source['chart'] === undefined) return undefined;
  return canonicalText({ ...source, values: getAt(helm, 'valuesObject') ?? null });
}
