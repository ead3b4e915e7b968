import type { Value, ValueMap } from '../model/values.ts';
import { asList, compareText, isList, isMap, textAt } from '../model/values.ts';

/**
 * What tells the items of a list apart, by the list's name: the merge keys of Kubernetes (`x-kubernetes-patch-merge-key`,
 * `x-kubernetes-list-map-keys`). The order of such lists means nothing.
 */
const mergeKeys: Readonly<Record<string, readonly (readonly string[])[]>> = {
  containers: [['name']],
  initContainers: [['name']],
  ephemeralContainers: [['name']],
  volumes: [['name']],
  volumeMounts: [['mountPath']],
  volumeDevices: [['devicePath']],
  env: [['name']],
  imagePullSecrets: [['name']],
  hostAliases: [['ip']],
  ports: [
    ['containerPort', 'protocol'],
    ['port', 'protocol'],
  ],
  topologySpreadConstraints: [['topologyKey', 'whenUnsatisfiable']],
  ownerReferences: [['uid']],
  conditions: [['type']],
  webhooks: [['name']],
  resourceClaims: [['name']],
  matchConditions: [['name']],
  listeners: [['name']],
};

/** Lists that are sets. */
const sets: ReadonlySet<string> = new Set([
  'finalizers',
  'accessModes',
  'verbs',
  'apiGroups',
  'resources',
  'resourceNames',
  'nonResourceURLs',
  'sourceRepos',
]);

/** Members that tell items of other lists apart, where each item has another; their order may mean something. */
const usualKeys: readonly string[] = ['name', 'id', 'key'];

/** Whether the order of a list called `field` says nothing: then it is no difference. */
export function isUnordered(field: string, ...sides: readonly (readonly Value[])[]): boolean {
  if (sets.has(field)) return sides.flat().every((item) => typeof item === 'string');
  if (!Object.hasOwn(mergeKeys, field) || field === 'initContainers') return false; // these run one after the other
  // a variable may use those before it
  return field !== 'env' || !sides.flat().some((item) => (textAt(item, 'value') ?? '').includes('$('));
}

/** The key of each item of both lists, `name=app`; undefined when nothing tells their items apart. */
export function itemKeys(
  field: string,
  before: readonly Value[],
  after: readonly Value[],
): { readonly before: readonly string[]; readonly after: readonly string[] } | undefined {
  const own = Object.hasOwn(mergeKeys, field) ? (mergeKeys[field] ?? []) : [];
  for (const names of [...own, ...usualKeys.map((name) => [name])]) {
    const keys = { before: before.map((i) => keyOf(i, names)), after: after.map((i) => keyOf(i, names)) };
    if (areDistinct(keys.before) && areDistinct(keys.after)) return keys as ReturnType<typeof itemKeys>;
  }
  return undefined;
}

function areDistinct(keys: readonly (string | undefined)[]): boolean {
  return !keys.includes(undefined) && new Set(keys).size === keys.length;
}

function keyOf(item: Value, names: readonly string[]): string | undefined {
  if (!isMap(item)) return undefined;
  const parts = names.map((name) => {
    const value = Object.hasOwn(item, name) ? item[name] : name === 'protocol' ? 'TCP' : undefined;
    return typeof value === 'string' || typeof value === 'number' ? `${name}=${String(value)}` : undefined;
  });
  return parts.includes(undefined) ? undefined : parts.filter((p) => p !== 'protocol=TCP').join(',');
}

/** The same text for values that differ in nothing but order where order means nothing. */
export function canonicalText(value: Value, field = ''): string {
  if (isList(value)) {
    const items = value.map((item) => canonicalText(item));
    return `[${(isUnordered(field, value) ? items.sort(compareText) : items).join(',')}]`;
  }
  if (!isMap(value)) return scalarText(value);
  const keys = Object.keys(value).sort(compareText);
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalText(value[key] as Value, key)}`).join(',')}}`;
}

/** -0 is 0 in YAML and JSON. */
const scalarText = (value: Value): string => (value === 0 ? '0' : JSON.stringify(value));

/** The leaves of a value, each with its path: what two values have in common is what they are alike in. */
export function leavesOf(value: Value, path = ''): string[] {
  if (isMap(value) && Object.keys(value).length > 0)
    return Object.entries(value as ValueMap).flatMap(([key, item]) => leavesOf(item as Value, `${path}/${key}`));
  if (isList(value) && value.length > 0) return asList(value).flatMap((item) => leavesOf(item, `${path}/-`));
  return [`${path}=${scalarText(isList(value) ? [] : value)}`];
}
