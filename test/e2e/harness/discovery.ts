import type { Json, KubeClient } from './kubeClient.ts';

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Where objects stand on an API server. */
export interface Discovery {
  /** The path of an object; undefined when the server does not know its kind. */
  pathOf(object: Json): Promise<string | undefined>;
}

export function createDiscovery(client: KubeClient): Discovery {
  const known = new Map<string, Promise<readonly Resource[]>>();
  const resourcesOf = (base: string): Promise<readonly Resource[]> => {
    const found =
      known.get(base) ??
      client.request('GET', base).then(
        (answer) => answer['resources'] as readonly Resource[],
        () => [],
      );
    known.set(base, found);
    return found;
  };
  return {
    async pathOf({ apiVersion, kind, metadata }) {
      if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
      const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
      const resource = (await resourcesOf(base)).find((r) => r.kind === kind && !r.name.includes('/'));
      if (resource === undefined) return undefined;
      const { name, namespace } = (metadata ?? {}) as { name?: string; namespace?: string };
      const inside = resource.namespaced ? `/namespaces/${encodeURIComponent(namespace ?? 'default')}` : '';
      return `${base}${inside}/${resource.name}/${encodeURIComponent(name ?? '')}`;
    },
  };
}
