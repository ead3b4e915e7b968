import type { TreeObject } from '../model/model.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { asString, compareText, listAt, mapAt, textAt, valueAt } from '../model/values.ts';

/** What the secret store has to hold, under the name that the store itself knows it by. */
export interface StoreEntry {
  readonly name: string;
  /** The namespace of the Secret, where the store is a namespace of the cluster. */
  readonly namespace: string | undefined;
  readonly keys: readonly string[];
  /** The Secrets that are made from it, as namespace/name. */
  readonly readBy: readonly string[];
}

/** The entries that the ExternalSecrets of a tree read and nothing in the tree draws, by name. */
export function storeEntries(objects: readonly TreeObject[]): readonly StoreEntry[] {
  const namespace = storeNamespace(objects);
  const found = objects.filter(isExternalSecret).map((o) => ({ ...o, spec: mapAt(o.object, 'spec') }));
  const drawn = new Set(
    found
      .filter((o) => o.namespace === namespace && listAt(o.spec, 'dataFrom').length > 0)
      .map((o) => asString(valueAt(o.spec, '/target/name')) ?? o.name),
  );
  const entries = new Map<string, { keys: Set<string>; readBy: Set<string> }>();
  for (const secret of found) {
    for (const { name, key } of referencesOf(secret.spec)) {
      if (namespace !== undefined && drawn.has(name)) continue;
      const entry = entries.get(name) ?? { keys: new Set(), readBy: new Set() };
      entry.keys.add(key);
      entry.readBy.add(`${secret.namespace ?? ''}/${secret.name}`);
      entries.set(name, entry);
    }
  }
  return [...entries]
    .map(([name, { keys, readBy }]) => ({ name, namespace, keys: [...keys], readBy: [...readBy].sort(compareText) }))
    .sort((a, b) => compareText(a.name, b.name));
}

/** The names of the store that one Secret is made from; empty: it is not made by an ExternalSecret. */
export function storeNames(objects: readonly TreeObject[], namespace: string, name: string): readonly string[] {
  const maker = objects.find((o) => isExternalSecret(o) && o.namespace === namespace && o.name === name);
  return [...new Set(referencesOf(mapAt(maker?.object, 'spec')).map((r) => r.name))];
}

const isExternalSecret = (o: TreeObject): boolean =>
  o.kind === 'ExternalSecret' && o.apiVersion.startsWith('external-secrets.io/');

/** `spec.provider` of the ClusterSecretStore; empty where there is none. */
export function storeProvider(objects: readonly TreeObject[]): ValueMap {
  const store = objects.find((o) => o.kind === 'ClusterSecretStore' && o.apiVersion.startsWith('external-secrets.io/'));
  return mapAt(store?.object, 'spec', 'provider');
}

/** The namespace that is the store; undefined: the store is outside the cluster. */
const storeNamespace = (objects: readonly TreeObject[]): string | undefined =>
  textAt(storeProvider(objects), 'kubernetes', 'remoteNamespace');

function referencesOf(spec: ValueMap): { readonly name: string; readonly key: string }[] {
  return listAt(spec, 'data').map((item: Value) => {
    const remote = mapAt(item, 'remoteRef');
    return { name: textAt(remote, 'key') ?? '', key: textAt(remote, 'property') ?? '' };
  });
}
