import type { Json, KubeClient, KubeObject } from './kubeClient.ts';

/** One object that Argo CD keeps. */
export interface Tracked {
  readonly uid: string;
  /** Application that keeps it. */
  readonly application: string;
  /** With `Prune=false,Delete=false`, or `helm.sh/resource-policy: keep`, which Argo CD takes for the same. */
  readonly kept: boolean;
}

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

/** Paths of the kinds that can be listed. */
export async function resourcePaths(client: KubeClient): Promise<string[]> {
  const groups = ((await client.request('GET', '/apis'))['groups'] ?? []) as {
    preferredVersion: { groupVersion: string };
  }[];
  const bases = ['/api/v1', ...groups.map((group) => `/apis/${group.preferredVersion.groupVersion}`)];
  const found = bases.map(async (base) => {
    const { resources } = (await client.request('GET', base)) as { resources: readonly Resource[] } & Json;
    return resources
      .filter(({ name, verbs }) => verbs.includes('list') && !name.includes('/') && name !== 'events')
      .map(({ name }) => `${base}/${name}`);
  });
  return (await Promise.all(found)).flat();
}

/** Every object with the tracking annotation of Argo CD: path of its kind, namespace and name → what it is. */
export async function inventoryOf(client: KubeClient): Promise<Map<string, Tracked>> {
  const found = new Map<string, Tracked>();
  for (const path of await resourcePaths(client))
    for (const { metadata } of await client.list(path)) {
      const tracking = metadata.annotations?.['argocd.argoproj.io/tracking-id'];
      // Pods and the like copy annotations of what made them: the id names another kind then.
      if (tracking === undefined || !tracking.endsWith(`/${metadata.name}`)) continue;
      // Hooks are made anew by every sync.
      if (['helm.sh/hook', 'argocd.argoproj.io/hook'].some((hook) => metadata.annotations?.[hook] !== undefined))
        continue;
      const options = metadata.annotations?.['argocd.argoproj.io/sync-options'] ?? '';
      found.set(`${path} ${metadata.namespace ?? ''}/${metadata.name}`, {
        uid: metadata.uid ?? '',
        application: tracking.slice(0, tracking.indexOf(':')),
        kept: options.includes('Delete=false') || metadata.annotations?.['helm.sh/resource-policy'] === 'keep',
      });
    }
  return found;
}

/** The values that a fixture chart was given, read back from the cluster. */
export async function valuesSeenBy(client: KubeClient, namespace: string, release: string): Promise<Json> {
  const found = await client.get(`/api/v1/namespaces/${namespace}/configmaps/${release}-values`);
  if (found === undefined) throw new Error(`no ConfigMap ${release}-values in ${namespace}`);
  const { data } = found as KubeObject & { data: { 'values.json': string } };
  return JSON.parse(data['values.json']) as Json;
}
