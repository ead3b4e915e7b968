import { withoutSecret } from '../../../generator/kubernetes/object.ts';
import type { ValueMap } from '../../../generator/model/values.ts';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fixtures } from './chartServer.ts';
import { definitionsOf, establish } from './crds.ts';
import type { Discovery } from './discovery.ts';
import type { Json, KubeClient } from './kubeClient.ts';
import type { Workspace } from './workspace.ts';
import { waitFor } from './wait.ts';

/** What `slipway preview <cluster> -o json` prints of one component. */
export interface Previewed {
  readonly component: string;
  readonly objects: readonly Json[];
}

export function previewOf(workspace: Workspace, cluster: string): readonly Previewed[] {
  return (JSON.parse(workspace.slipway('preview', cluster, '-o', 'json')) as { data: readonly Previewed[] }).data;
}

/** A component of the workspace's own, in a capability that every cluster has, whose chart writes down what it is told. */
export const probe = { component: 'capabilities', chart: 'charts/capabilities' };

export function addProbe({ root }: Workspace): void {
  cpSync(join(fixtures, 'capabilities'), join(root, probe.chart), { recursive: true });
  const file = join(root, 'custom/tls', probe.component, 'component.yaml');
  mkdirSync(dirname(file), { recursive: true });
  const head = `apiVersion: slipway.dev/v1alpha1\nkind: Component\nmetadata:\n  name: ${probe.component}\n`;
  const chart = `{ repository: ./charts/capabilities, name: capabilities, version: 1.0.0 }`;
  writeFileSync(
    file,
    `${head}spec:\n  summary: What a chart is told of its cluster.\n  chart: ${chart}\n  namespace: cert-manager\n`,
  );
}

/**
 * Brings the definitions that a cluster has once it is up: those that the components print, and those that stand-ins leave
 * out and operators bring while they run. Answers when the API server tells of them.
 */
export async function installDefinitions(
  client: KubeClient,
  previewed: readonly Previewed[],
  kinds: readonly string[],
): Promise<void> {
  const printed = previewed.flatMap(({ objects }) => objects).filter((o) => o['kind'] === 'CustomResourceDefinition');
  const known = new Set(
    printed
      .map(({ spec }) => spec as { group: string; names: { kind: string } })
      .map((s) => `${s.group}/${s.names.kind}`),
  );
  const left = kinds
    .filter((kind) => !known.has(kind))
    .flatMap((name) => definitionsOf([name.split('/')[0] ?? ''], new Set([name.split('/')[1] ?? ''])));
  const all = [...printed, ...left];
  await establish(client, all);
  await waitFor('discovery', async () => {
    for (const { spec } of all) {
      const { group, versions } = spec as { group: string; versions: { name: string; served: boolean }[] };
      for (const { name, served } of versions) if (served) await client.request('GET', `/apis/${group}/${name}`);
    }
    return true;
  });
}

/** Without the mark of Argo CD, and without what Secrets hold, which a preview does not show. It goes into the annotations, also where a chart left them empty: those count as none. */
export function unmarked(object: Json): Json {
  const { annotations: all, ...metadata } = object['metadata'] as Json;
  const { 'argocd.argoproj.io/tracking-id': _mark, ...annotations } = (all ?? {}) as Json;
  const own = { ...object, metadata: Object.keys(annotations).length > 0 ? { ...metadata, annotations } : metadata };
  return withoutSecret(own as ValueMap) as Json;
}

/**
 * What the repo-server made as the controller applies it: in the namespace of the Application where none is written, in none
 * where the kind has none.
 */
export async function applied(object: Json, discovery: Discovery, namespace: string): Promise<Json> {
  const { namespace: own, ...metadata } = object['metadata'] as Json;
  const path = await discovery.pathOf({ ...object, metadata: { ...metadata, namespace: 'any' } });
  if (path?.includes('/namespaces/any/') !== false) metadata['namespace'] = own ?? namespace;
  return { ...object, metadata };
}

export const identityOf = ({ apiVersion, kind, metadata }: Json): string => {
  const { namespace, name, generateName } = metadata as { namespace?: string; name?: string; generateName?: string };
  return `${String(apiVersion)} ${String(kind)} ${namespace ?? ''}/${name ?? generateName ?? ''}`;
};
