import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reasonOf, waveOf } from './harness/applications.ts';
import type { Tracked } from './harness/inventory.ts';
import { inventoryOf } from './harness/inventory.ts';
import type { KubeObject } from './harness/kubeClient.ts';
import { hangingObjects, removalsTable, removedTooEarly, watchRemovals } from './harness/removals.ts';
import { timelineOf } from './harness/order.ts';
import { useWorld } from './harness/session.ts';
import { applicationsOf } from './harness/trees.ts';
import { waitFor } from './harness/wait.ts';
import { createWorkspace } from './harness/workspace.ts';

const workspace = createWorkspace();
const tree = workspace.tree('removal');

interface Choices {
  readonly capabilities: boolean;
  /** Components whose data may be lost. */
  readonly consent?: readonly string[];
}

const specOf = ({ capabilities, consent = [] }: Choices): string => `spec:
  domain: removal.example.com
  kubernetes: { version: "1.34" }
  git: { repoURL: https://git.example.com/platform/fleet.git, branch: main }
  capabilities:
    gitops: {}
    secrets: { generate: true }
    tls: { issuer: selfSigned, replicas: 1 }
${capabilities ? '    edge: {}\n    postgres: { clusters: [{ name: main, storage: 5Gi, databases: [{ name: app, owner: app }] }] }\n' : ''}${
  consent.length > 0 ? `  components: {${consent.map((name) => ` ${name}: { removal: delete }`).join(',')} }\n` : ''
}`;

let names: string[] = [];
function render(choices: Choices, ...flags: readonly string[]): void {
  workspace.render('removal', specOf(choices), ...flags);
  names = applicationsOf(tree).map((app) => app.metadata.name);
}

beforeAll(() => render({ capabilities: true }));
afterAll(() => workspace.remove());
const world = useWorld(() => ({ name: 'removal', trees: { 'deploy/removal': tree }, hub: 'removal' }));

async function change(choices: Choices, ...flags: readonly string[]): Promise<void> {
  render(choices, ...flags);
  const { repository, applications, commit } = world();
  repository.copy(tree, 'deploy/removal');
  await commit(JSON.stringify(choices));
  await applications.refresh();
  await applications.settled(names, 240);
}

/** Takes the capabilities out, and gives what was there before, what is there after, and what should have gone. */
async function takeOut(): Promise<{ before: Map<string, Tracked>; after: Map<string, Tracked>; expected: string[] }> {
  const { hub, applications } = world();
  const before = await inventoryOf(hub.client);
  const apps = (await applications.list()) as readonly KubeObject[];
  const all = names;
  const watch = watchRemovals(applications);
  await change({ capabilities: false }, '--allow-delete');
  const removed = all.filter((name) => !names.includes(name));
  const cascading = apps
    .filter(({ metadata }) => removed.includes(metadata.name) && (metadata.finalizers ?? []).length > 0)
    .map(({ metadata }) => metadata.name);
  const expected = [...before]
    .filter(
      ([key, { application, kept }]) =>
        routes.includes(key) ||
        (key.includes('/applications ') ? removed.includes(nameIn(key)) : cascading.includes(application) && !kept),
    )
    .map(([key]) => key)
    .sort();
  // what is deleted in the background goes a moment after its Application
  const after = await waitFor('the objects to go', async () => {
    const now = await inventoryOf(hub.client);
    const left = expected.filter((key) => now.get(key)?.uid === before.get(key)?.uid);
    if (left.length > 0) throw new Error(`still there: ${left.join(', ')}`);
    return now;
  });
  const removals = await watch.stop();
  process.stdout.write(`wave, asked, gone in seconds\n${removalsTable(removals)}\n`);
  expect(removals.map((r) => r.name).sort()).toEqual([...removed].sort());
  expect(new Set(apps.filter(({ metadata }) => removed.includes(metadata.name)).map(waveOf)).size).toBeGreaterThan(2);
  expect(removedTooEarly(removals)).toEqual([]);
  expect(await hangingObjects(hub.client)).toEqual([]);
  return { before, after, expected };
}

const nameIn = (key: string): string => key.slice(key.lastIndexOf('/') + 1);
const uidsOf = (objects: ReadonlyMap<string, Tracked>): Record<string, string> =>
  Object.fromEntries([...objects].map(([key, { uid }]) => [key, uid]));
const goneOf = (before: ReadonlyMap<string, Tracked>, after: ReadonlyMap<string, Tracked>): string[] =>
  [...before]
    .filter(([key, { uid }]) => after.get(key)?.uid !== uid)
    .map(([key]) => key)
    .sort();

const database = '/apis/postgresql.cnpg.io/v1/databases postgres/main-app';
const cluster = '/apis/postgresql.cnpg.io/v1/clusters postgres/main';
const operator = '/apis/apps/v1/deployments cnpg-system/cloudnative-pg';
/** Other components see the gateway go: this is theirs. */
const routes = ['/apis/gateway.networking.k8s.io/v1/httproutes argocd/argocd'];
const applicationKey = (name: string): string => `/apis/argoproj.io/v1alpha1/applications argocd/removal-${name}`;
const operatorFile = 'catalog/postgres/databases-operator/component.yaml';
const gatewayClass = '/apis/gateway.networking.k8s.io/v1/gatewayclasses /shared';

describe('taking capabilities out', () => {
  test('comes up', async () => {
    const { hub, applications, repository } = world();
    hub.kubectl(['apply', '-f', join(repository.worktree, 'deploy/removal/root.yaml')]);
    const apps = await applications.settled(names, 300);
    process.stdout.write(`wave, made, started, done in seconds\n${timelineOf(apps)}\n`);
  });

  test('removes exactly their objects, in reverse order, and keeps what holds data', async () => {
    const { before, after, expected } = await takeOut();
    expect(before.has(gatewayClass)).toBe(true);
    expect(goneOf(before, after)).toEqual(expected);
    expect([...after.keys()].filter((key) => !before.has(key))).toEqual([]);
    for (const key of [cluster, database, operator]) expect(after.get(key)?.uid).toBe(before.get(key)?.uid);
    expect(after.has(gatewayClass)).toBe(false);
    expect(after.has('/api/v1/namespaces /postgres')).toBe(true);
  });

  test('putting them back takes over what was kept and makes the rest anew', async () => {
    const { hub } = world();
    const before = uidsOf(await inventoryOf(hub.client));
    await change({ capabilities: true });
    const after = await inventoryOf(hub.client);
    for (const [key, uid] of Object.entries(before)) expect(after.get(key)?.uid).toBe(uid);
    expect(after.has(gatewayClass)).toBe(true);
  });

  const consent = ['cloudnative-pg', 'postgres-clusters'];

  test('consent alone removes nothing', async () => {
    const { hub } = world();
    const before = await inventoryOf(hub.client);
    await change({ capabilities: true, consent });
    const after = await inventoryOf(hub.client);
    expect(goneOf(before, after)).toEqual([]);
    expect(before.get(cluster)?.kept).toBe(true);
    expect(after.get(cluster)?.kept).toBe(false);
  });

  test('with consent the data goes too, operators last, and no finalizer holds anything back', async () => {
    const { before, after, expected } = await takeOut();
    expect(goneOf(before, after)).toEqual(expected);
    for (const key of [cluster, database, operator]) expect([key, after.has(key)]).toEqual([key, false]);
    expect(after.has('/api/v1/namespaces /postgres')).toBe(true);
  });

  test('and it can be put back again', async () => {
    const { hub } = world();
    await change({ capabilities: true });
    const after = await inventoryOf(hub.client);
    for (const key of [cluster, database, operator]) expect([key, after.has(key)]).toEqual([key, true]);
    expect(await hangingObjects(hub.client)).toEqual([]);
  });
});

describe('a catalog that moves on', () => {
  const renamed: Readonly<Record<string, string>> = {
    'cloudnative-pg': 'databases-operator',
    'postgres-clusters': 'databases',
  };

  test('an upgrade of charts makes nothing anew', async () => {
    const { hub } = world();
    const before = await inventoryOf(hub.client);
    workspace.edit('catalog/postgres/cloudnative-pg/component.yaml', 'version: 0.29.0', 'version: 0.29.1');
    workspace.edit('catalog/edge/envoy-gateway/component.yaml', 'version: v1', 'version: v91');
    workspace.edit('catalog/catalog.yaml', 'version: ', 'version: 1');
    await change({ capabilities: true });
    expect(goneOf(before, await inventoryOf(hub.client))).toEqual([]);
    const { metadata } = (await hub.client.get(
      '/apis/apps/v1/namespaces/cnpg-system/deployments/cloudnative-pg',
    )) as KubeObject;
    expect(metadata.labels?.['helm.sh/chart']).toBe('cloudnative-pg-0.29.1');
  });

  test('a renamed component that says so takes over, and nothing is made anew', async () => {
    const { hub } = world();
    const before = await inventoryOf(hub.client);
    for (const [from, to] of Object.entries(renamed)) {
      workspace.renameComponent('postgres', from, to);
      workspace.edit(
        `catalog/postgres/${to}/component.yaml`,
        'spec:\n',
        'spec:\n  syncOptions: [{ option: FailOnSharedResource=false, reason: It had another name before. }]\n',
      );
    }
    workspace.edit(operatorFile, '  namespace: cnpg-system\n', '  namespace: cnpg-system\n  release: cloudnative-pg\n');
    await change({ capabilities: true }, '--allow-delete');
    const after = await inventoryOf(hub.client);
    expect(goneOf(before, after)).toEqual(Object.keys(renamed).map(applicationKey).sort());
    expect(after.get(cluster)?.application).toBe('removal-databases');
    expect(after.get(database)?.application).toBe('removal-databases');
    expect(after.get(operator)?.application).toBe('removal-databases-operator');
  });

  test('one that does not is refused what it holds, and the next commit recovers', async () => {
    const { hub, applications, repository, commit } = world();
    const before = await inventoryOf(hub.client);
    workspace.renameComponent('postgres', 'databases', 'stores');
    workspace.edit('catalog/postgres/stores/component.yaml', 'FailOnSharedResource=false', 'PruneLast=true');
    render({ capabilities: true }, '--allow-delete');
    repository.copy(tree, 'deploy/removal');
    await commit('renamed, and does not say so');
    await applications.refresh();
    await waitFor('the refusal', async () => {
      const text = reasonOf(await applications.get('removal-stores'));
      if (text.includes('SharedResourceWarning')) return true;
      throw new Error(text);
    });
    workspace.renameComponent('postgres', 'stores', 'databases');
    await change({ capabilities: true }, '--allow-delete');
    const after = await inventoryOf(hub.client);
    expect(goneOf(before, after).filter((key) => key !== applicationKey('databases'))).toEqual([]);
    expect(after.get(cluster)?.application).toBe('removal-databases');
  });
});
