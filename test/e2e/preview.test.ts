import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { packageCharts } from './harness/chartServer.ts';
import { createDiscovery } from './harness/discovery.ts';
import { isChosen } from './harness/examples.ts';
import type { Json } from './harness/kubeClient.ts';
import { addProbe, applied, identityOf, installDefinitions, previewOf, probe, unmarked } from './harness/previews.ts';
import { loadTools } from './harness/programs.ts';
import { useWorld } from './harness/session.ts';
import { applicationsOf, chartRequestsOf } from './harness/trees.ts';
import { chartFolder, createWorkspace } from './harness/workspace.ts';

const repository = resolve(import.meta.dirname, '../..');
const deploy = join(repository, 'deploy');
const workspace = createWorkspace();

const worlds = [
  { hub: 'dev', spokes: [] },
  { hub: 'staging', spokes: [] },
  { hub: 'gpu', spokes: [] },
  { hub: 'prod-eu', spokes: ['prod-us'] },
].filter(({ hub }) => isChosen(hub));

/** Group and kind of the definitions that components of a tree say to bring. */
function kindsOf(components: readonly string[]): string[] {
  const catalog = join(repository, 'catalog');
  return (readdirSync(catalog, { recursive: true }) as string[])
    .filter((path) => path.endsWith('/component.yaml'))
    .map((path) => parse(readFileSync(join(catalog, path), 'utf8')) as { metadata: Json; spec: { crds?: string[] } })
    .filter(({ metadata }) => components.includes(String(metadata['name'])))
    .flatMap(({ spec }) => spec.crds ?? []);
}

beforeAll(async () => {
  const clusters = worlds.flatMap(({ hub, spokes }) => [hub, ...spokes]);
  const requests = chartRequestsOf(clusters.map((name) => join(deploy, name)));
  await packageCharts(requests, loadTools(), join(workspace.root, chartFolder));
  addProbe(workspace);
  // the version of the API server, to the last number: charts may print it
  workspace.examples(clusters, (text) => text.replace(/(kubernetes: \{ version: )"[^"]*"/, '$1"1.34.4"'));
});
afterAll(() => workspace.remove());

describe.each(worlds)('$hub $spokes', ({ hub, spokes }) => {
  const clusters = [hub, ...spokes];
  const world = useWorld(() => ({
    name: `preview-${hub}`,
    trees: {
      ...Object.fromEntries(clusters.map((name) => [`deploy/${name}`, workspace.tree(name)])),
      [probe.chart]: join(workspace.root, probe.chart),
    },
    hub,
    spokes,
    idle: true,
  }));

  test.each(clusters)('slipway preview %s prints what Argo CD would apply', async (cluster) => {
    const { repository: fleet, argocd, hub: main, spokes: others, proxy } = world();
    const asked = Date.now();
    const previewed = previewOf(workspace, cluster);
    const previewSeconds = (Date.now() - asked) / 1000;
    const components = previewed.map(({ component }) => component);
    const client = (others[cluster] ?? main).client;
    await installDefinitions(client, previewed, kindsOf(components));
    const tree = join(fleet.worktree, 'deploy', cluster);
    main.kubectl([
      'apply',
      '--server-side',
      '--validate=false',
      '-f',
      join(tree, 'root.yaml'),
      '-f',
      join(tree, 'apps'),
    ]);
    const ours: Record<string, Json> = {};
    const theirs: Record<string, Json> = {};
    const started = Date.now();
    const discovery = createDiscovery(client);
    const apps = applicationsOf(tree);
    for (const { component, objects } of previewed) {
      for (const object of objects) ours[`${component}: ${identityOf(object)}`] = unmarked(object);
      const name = `${cluster}-${component}`;
      const app = apps.find(({ metadata }) => metadata.name === name);
      for (const object of await argocd.openManifestsOf(name)) {
        const theirsApplied = await applied(unmarked(object), discovery, app?.spec.destination?.namespace ?? '');
        theirs[`${component}: ${identityOf(theirsApplied)}`] = theirsApplied;
      }
    }
    const count = Object.keys(theirs).length;
    const seconds = (Date.now() - started) / 1000;
    process.stdout.write(
      `${cluster}: ${count} objects of ${components.length} components; slipway ${previewSeconds} s, Argo CD ${seconds} s\n`,
    );
    expect(components).toContain(probe.component);
    expect(count).toBeGreaterThan(100);
    expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort());
    expect(ours).toEqual(theirs);
    expect(proxy.unknown).toEqual([]);
  });
});
