import type { Catalog, ClusterPlan, RenderedTree } from '../model/model.ts';
import type { Value } from '../model/values.ts';
import { isList, isMap, listAt, textAt } from '../model/values.ts';
import { kindOf } from '../kubernetes/object.ts';
import { hostClaims } from '../validate/hosts.ts';
import { allAt } from '../yaml/pointer.ts';

/** One row of a list: column → value; null where there is none. */
export type ListRow = Readonly<Record<string, Value>>;

/** The names of the lists that a catalog knows (`lists` of its kinds). */
export const listNames = (catalog: Pick<Catalog, 'kinds'>): readonly string[] => [
  ...new Set(catalog.kinds.lists.map(({ list }) => list)),
];

/**
 * A row for each object of the tree that is in a list of the catalog: the columns of the list, null where the kind has no such
 * column, its namespace and its component. An object without the first column of its kind has no row.
 */
export function objectRows(catalog: Pick<Catalog, 'kinds'>, tree: RenderedTree, list: string): readonly ListRow[] {
  const rules = catalog.kinds.lists.filter((rule) => rule.list === list);
  const names = [...new Set(rules.flatMap(({ columns }) => Object.keys(columns)))];
  return rules.flatMap(({ of, columns }) =>
    tree.objects
      .filter(({ object }) => kindOf(object) === of && valueAt(object, Object.values(columns)[0] ?? '') !== null)
      .map(({ object, namespace, component }) => ({
        ...Object.fromEntries(names.map((name) => [name, valueAt(object, columns[name] ?? '')])),
        namespace: namespace ?? null,
        component,
      })),
  );
}

/** What the first of several pointers leads to; with `*` in it, a list of it all. Null, or no items, where none leads to something. */
function valueAt(object: Value, places: string): Value {
  for (const pointer of places === '' ? [] : places.split('|')) {
    const found = allAt(object, pointer).filter((value) => value !== null && value !== '');
    if (found.length > 0) return pointer.split('/').includes('*') ? found : (found[0] ?? null);
  }
  return places.includes('/*') ? [] : null;
}

/** A row for each host name of a cluster and each of its owners. */
export function hostRows(tree: RenderedTree, plan: ClusterPlan): readonly ListRow[] {
  const rows = hostClaims(tree, plan).map(({ host, owners, component, at }) => ({
    host,
    owner: owners.join(', '),
    component,
    at: at === undefined ? null : `${at.file}:${at.line}`,
  }));
  return [...new Map(rows.map((row) => [`${row.host} ${row.owner}`, row])).values()];
}

/** A row for each tenant of a cluster: who it is, where it works, and what it may have. */
export function tenantRows(plan: ClusterPlan): readonly ListRow[] {
  return plan.cluster.tenants.map((tenant) => {
    const name = textAt(tenant, 'name') ?? '';
    const own = plan.namespaces.filter(({ labels }) => textAt(labels, 'slipway.dev/tenant') === name);
    return {
      tenant: name,
      groups: listAt(tenant, 'groups'),
      viewers: listAt(tenant, 'viewers'),
      role: textAt(tenant, 'role') ?? null,
      namespaces: own.map((namespace) => namespace.name),
      hosts: listAt(tenant, 'hosts'),
      quota: (isMap(tenant) ? tenant['quota'] : undefined) ?? null,
      virtualCluster: isMap(tenant) && tenant['virtualCluster'] === true,
      repositories: listAt(tenant, 'repositories'),
    };
  });
}

/** A value in a cell: items side by side, members as `name=value`, `-` for what is not there. */
export function cellText(value: Value | undefined): string {
  if (value === null || value === undefined || value === '') return '-';
  if (isList(value)) return value.map(cellText).join(' ') || '-';
  if (isMap(value))
    return (
      Object.entries(value)
        .map(([name, of]) => `${name}=${cellText(of)}`)
        .join(' ') || '-'
    );
  return String(value);
}
