import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Application } from './harness/applications.ts';
import { waveOf } from './harness/applications.ts';
import { packageCharts } from './harness/chartServer.ts';
import { createDiscovery } from './harness/discovery.ts';
import * as examples from './harness/examples.ts';
import type { Json, KubeObject } from './harness/kubeClient.ts';
import { outOfOrder, timelineOf } from './harness/order.ts';
import { loadTools } from './harness/programs.ts';
import { useWorld } from './harness/session.ts';
import { chartRequestsOf, documentsOf } from './harness/trees.ts';
import { chartFolder, createWorkspace } from './harness/workspace.ts';
import type { World } from './harness/world.ts';

const deploy = resolve(import.meta.dirname, '../../deploy');
const workspace = createWorkspace();
const worlds = [
  { hub: 'dev', spokes: [], fleets: [] },
  { hub: 'staging', spokes: [], fleets: [] },
  { hub: 'gpu', spokes: [], fleets: [] },
  { hub: 'prod-eu', spokes: ['prod-us'], fleets: ['fleet-prod-eu'] },
].filter(({ hub }) => examples.isChosen(hub));

interface Hook {
  readonly application: string;
  readonly object: KubeObject;
  /** Only those of a sync. */
  readonly phases: readonly string[];
}

/** The hooks in the manifests of a cluster. */
function hooksOf(cluster: string): Hook[] {
  const folder = join(workspace.tree(cluster), 'manifests');
  return (readdirSync(folder, { recursive: true }) as string[])
    .filter((path) => path.endsWith('.yaml'))
    .flatMap((path) => {
      const application = `${cluster}-${path.split('/')[0] ?? ''}`;
      return documentsOf(readFileSync(join(folder, path), 'utf8')).map((object) => ({ application, object }));
    })
    .map(({ application, object }) => {
      const annotations = ((object['metadata'] as Json)['annotations'] ?? {}) as Record<string, string>;
      const phases = (annotations['argocd.argoproj.io/hook'] ?? '').split(',');
      return { application, object: object as KubeObject, phases: phases.filter((phase) => phase.endsWith('Sync')) };
    })
    .filter(({ phases }) => phases.length > 0);
}

/** Every hook ran in each of its phases and succeeded, and what is to go after that is gone. */
async function expectHooksRan(world: World, apps: readonly Application[], cluster: string): Promise<void> {
  const hooks = hooksOf(cluster);
  const ran = examples
    .childrenOf(apps, cluster)
    .flatMap(({ metadata, status }) =>
      (status?.operationState?.syncResult?.resources ?? [])
        .filter(({ hookType }) => hookType !== undefined && hookType !== '')
        .map((r) => `${metadata.name}: ${r.hookType ?? ''} ${r.kind}/${r.name} ${r.hookPhase ?? ''}`),
    );
  const wanted = hooks.flatMap(({ application, object: { kind, metadata }, phases }) =>
    phases.map((phase) => `${application}: ${phase} ${kind ?? ''}/${metadata.name} Succeeded`),
  );
  process.stdout.write(`${wanted.length} hooks\n`);
  expect(ran.sort()).toEqual(wanted.sort());
  for (const { application, object } of hooks) {
    const app = apps.find(({ metadata }) => metadata.name === application);
    const client = app === undefined ? world.hub.client : examples.clientOf(world)(app);
    const policies = object.metadata.annotations?.['argocd.argoproj.io/hook-delete-policy'] ?? 'BeforeHookCreation';
    const path = (await createDiscovery(client).pathOf(object)) ?? '';
    expect([path, (await client.get(path)) === undefined]).toEqual([path, policies.includes('HookSucceeded')]);
  }
}

/** Pairs of an Application of definitions and the one that needs them. */
const definitionPairs = (apps: readonly Application[]): (readonly [Application, Application])[] =>
  apps.flatMap((crds) => {
    const component = apps.find(({ metadata }) => `${metadata.name}-crds` === crds.metadata.name);
    return component === undefined ? [] : [[crds, component] as const];
  });

beforeAll(async () => {
  const clusters = worlds.flatMap(({ hub, spokes }) => [hub, ...spokes]);
  const requests = chartRequestsOf(clusters.map((name) => join(deploy, name)));
  await packageCharts(requests, loadTools(), join(workspace.root, chartFolder));
  workspace.examples(clusters, (text) =>
    text.replace(/(kind: Cluster\n[\s\S]*?\nspec:\n)/, '$1  delivery: rendered\n'),
  );
});
afterAll(() => workspace.remove());

describe.each(worlds)('$hub $spokes, delivered rendered', ({ hub, spokes, fleets }) => {
  const clusters = [hub, ...spokes];
  const names = (): string[] => [
    ...clusters.flatMap((cluster) => examples.namesIn(workspace.tree(cluster))),
    ...fleets,
  ];
  const world = useWorld(() => ({
    name: `rendered-${hub}`,
    trees: Object.fromEntries(
      [...clusters, ...(spokes.length > 0 ? ['fleet'] : [])].map((name) => [`deploy/${name}`, workspace.tree(name)]),
    ),
    hub,
    spokes,
  }));

  test('comes up by one kubectl apply, wave after wave, definitions before their component', async () => {
    const { hub: plane, applications, repository, proxy } = world();
    for (const cluster of clusters) expect(chartRequestsOf([workspace.tree(cluster)])).toEqual([]);
    plane.kubectl(['apply', '-f', join(repository.worktree, 'deploy', hub, 'root.yaml')]);
    const apps = await applications.settled(names(), clusters.length * examples.patience);
    process.stdout.write(`wave, made, started, done in seconds\n${timelineOf(apps)}\n`);
    for (const cluster of clusters) {
      const children = examples.childrenOf(apps, cluster);
      expect(outOfOrder(children)).toEqual([]);
      const pairs = definitionPairs(children);
      expect(pairs.length).toBeGreaterThan(2);
      for (const [crds, component] of pairs) expect(waveOf(crds)).toBeLessThan(waveOf(component));
    }
    expect(apps.flatMap((app) => app.status?.conditions ?? [])).toEqual([]);
    expect(proxy.unknown).toEqual([]);
  });

  test.each(clusters)('the hooks of %s ran', async (cluster) => {
    await expectHooksRan(world(), await world().applications.list(), cluster);
  });

  test('stays Synced and Healthy over three hard refreshes', () => examples.expectStaysSettled(world(), names()));

  test('the API servers take every object of the tree', () => examples.expectAccepted(world()));
});
