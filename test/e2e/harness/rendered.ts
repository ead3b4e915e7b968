import type { Application } from './applications.ts';
import type { ArgoCd } from './argocd.ts';
import type { Discovery } from './discovery.ts';
import { createDiscovery } from './discovery.ts';
import type { Json, KubeClient, Trial } from './kubeClient.ts';

/** AppProjects have a finalizer whose name Argo CD chose before Kubernetes began to ask for a path in it. */
const isOfArgoCd = (warning: string): boolean => warning.includes('prefer a domain-qualified finalizer name');

/**
 * What the API server says of an object, without what it says of everything that is Argo CD's. One that names no namespace
 * goes to the given one, if its kind has namespaces.
 */
export async function tryOn(
  client: KubeClient,
  discovery: Discovery,
  object: Json,
  namespace?: string,
): Promise<Trial> {
  const path = await discovery.pathOf({ ...object, metadata: { namespace, ...(object['metadata'] as Json) } });
  if (path === undefined) return { status: 404, message: 'the API server does not know this kind', warnings: [] };
  const trial = await client.tryApply(path, object);
  return { ...trial, warnings: trial.warnings.filter((warning) => !isOfArgoCd(warning)) };
}

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
    const name = `${app.metadata.name}: ${String(object['kind'])} ${String((object['metadata'] as Json)['name'])}`;
    const { status, message, warnings } = await tryOn(client, discovery, object, app.spec.destination?.namespace);
    for (const text of [...(status < 300 ? [] : [`${status} ${message}`]), ...warnings]) said.push(`${name}: ${text}`);
  }
  return { objects: rendered.length, seconds: (Date.now() - started) / 1000, said };
}
