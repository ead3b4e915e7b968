import type { Application } from './applications.ts';
import type { ArgoCd } from './argocd.ts';
import { createDiscovery } from './discovery.ts';
import type { Json, KubeClient } from './kubeClient.ts';

/** AppProjects have a finalizer whose name Argo CD chose before Kubernetes began to ask for a path in it. */
export const isOfArgoCd = (warning: string): boolean => warning.includes('prefer a domain-qualified finalizer name');

export interface Verdict {
  readonly objects: number;
  readonly seconds: number;
  /** Refusals and warnings, with the object. */
  readonly said: readonly string[];
}

/**
 * Asks the API server about every object that Argo CD makes of Applications: charts as Helm renders them, folders as they
 * are. A strict server-side apply, of which nothing is stored.
 */
export async function askServer(
  argocd: ArgoCd,
  clientOf: (app: Application) => KubeClient,
  apps: readonly Application[],
): Promise<Verdict> {
  const rendered: { app: Application; object: Json }[] = [];
  for (const app of apps)
    for (const object of await argocd.manifestsOf(app.metadata.name)) rendered.push({ app, object });
  const started = Date.now();
  const said: string[] = [];
  const discoveries = new Map<KubeClient, ReturnType<typeof createDiscovery>>();
  for (const { app, object } of rendered) {
    const client = clientOf(app);
    const discovery = discoveries.get(client) ?? createDiscovery(client);
    discoveries.set(client, discovery);
    const metadata: Json = { namespace: app.spec.destination?.namespace, ...(object['metadata'] as Json) };
    const name = `${app.metadata.name}: ${String(object['kind'])} ${String(metadata['name'])}`;
    const path = await discovery.pathOf({ ...object, metadata });
    if (path === undefined) {
      said.push(`${name}: the API server does not know this kind`);
      continue;
    }
    const { status, message, warnings } = await client.tryApply(path, object);
    if (status >= 300) said.push(`${name}: ${status} ${message}`);
    said.push(...warnings.filter((warning) => !isOfArgoCd(warning)).map((warning) => `${name}: ${warning}`));
  }
  return { objects: rendered.length, seconds: (Date.now() - started) / 1000, said };
}
