import { bounded } from '../../util/concurrency.ts';
import type { ServedKind } from './kinds.ts';
import { describeKind } from './kinds.ts';
import type { TreeApplication } from '../desired.ts';
import { isExtraneousIgnored, isHook, trackedApplication } from '../desired.ts';
import { identityOf, identityKey } from '../../kubernetes/object.ts';
import type { Comparison } from './objects.ts';
import type { ObjectDrift } from '../../model/drift.ts';
import type { ValueMap } from '../../model/values.ts';
import { listAt } from '../../model/values.ts';

/** A kind that is looked through for objects that the tree does not have. */
export interface SearchedKind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Where the tree has objects of it: looked into one by one when the account may not list them all. */
  readonly namespaces: ReadonlySet<string>;
}

/**
 * Objects that carry the mark of one of these Applications and are not in the tree. Definitions have no mark; what others own,
 * hooks and what says IgnoreExtraneous does not count, as for Argo CD.
 */
export async function findExtras(
  kinds: readonly SearchedKind[],
  applications: ReadonlyMap<string, TreeApplication>,
  comparison: Comparison,
): Promise<ObjectDrift[]> {
  const found = await bounded(kinds, 8, async ({ apiVersion, kind, namespaces }) => {
    const served = await comparison.kinds.find(apiVersion, kind);
    if (served === undefined || typeof served === 'string' || kind === 'CustomResourceDefinition') return [];
    const items = await itemsOf(served, { apiVersion, kind, namespaces }, comparison);
    return items.flatMap((item) => {
      const object = { ...item, apiVersion, kind };
      const application = applications.get(trackedApplication(object) ?? '');
      return application === undefined || !isExtra(object, comparison) ? [] : [extra(object, application)];
    });
  });
  return found.flat();
}

function isExtra(object: ValueMap, { wanted }: Comparison): boolean {
  const isOwned = listAt(object, 'metadata', 'ownerReferences').length > 0;
  return !isOwned && !isHook(object) && !isExtraneousIgnored(object) && !wanted.has(identityKey(identityOf(object)));
}

function extra(object: ValueMap, application: TreeApplication): ObjectDrift {
  const { kind, namespace, name } = identityOf(object);
  return {
    component: application.component,
    application: application.name,
    state: 'extra',
    apiVersion: String(object['apiVersion']),
    kind,
    namespace,
    name,
    fields: [],
    by: 'server',
  };
}

async function itemsOf(
  { base, resource, isNamespaced }: ServedKind,
  { apiVersion, kind, namespaces }: SearchedKind,
  { api, unchecked }: Comparison,
): Promise<readonly ValueMap[]> {
  const what = `extra objects: ${describeKind({ apiVersion, kind })}`;
  const all = await api.listMetadata(`${base}/${resource}`);
  if (all.status < 300) return all.items;
  if (all.status !== 403 || !isNamespaced) {
    const why = all.status === 403 ? 'the account may not list them' : `the API server answers ${all.status}`;
    unchecked.add(what, why);
    return [];
  }
  const items: ValueMap[] = [];
  for (const namespace of namespaces) {
    const some = await api.listMetadata(`${base}/namespaces/${encodeURIComponent(namespace)}/${resource}`);
    items.push(...(some.status < 300 ? some.items : []));
    if (some.status >= 300) unchecked.add(what, `the account may not list them in ${namespace}`);
  }
  unchecked.add(what, 'the account may not list them outside of the namespaces of the tree');
  return items;
}
