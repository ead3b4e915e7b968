import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageCharts } from './harness/chartServer.ts';
import { briefly, namesIn, patience } from './harness/examples.ts';
import { inventoryOf } from './harness/inventory.ts';
import type { KubeClient } from './harness/kubeClient.ts';
import { operations } from './harness/order.ts';
import { loadTools } from './harness/programs.ts';
import { hangingObjects, watchPrunes } from './harness/removals.ts';
import { useWorld } from './harness/session.ts';
import { chartRequestsOf } from './harness/trees.ts';
import { chartFolder, createWorkspace } from './harness/workspace.ts';

type Delivery = 'chart' | 'rendered';

const workspace = createWorkspace();
const tree = workspace.tree('move');
/** Operators with definitions and custom resources, hooks, a StatefulSet with volumes, and Argo CD itself. */
const specOf = (delivery: Delivery): string => `spec:
  domain: move.example.com
  delivery: ${delivery}
  kubernetes: { version: "1.34", distribution: k3s }
  git: { repoURL: https://git.example.com/platform/fleet.git, branch: main }
  capabilities:
    gitops: {}
    secrets: { generate: true }
    tls: { issuer: selfSigned, replicas: 1 }
    postgres: { clusters: [{ name: main, storage: 5Gi }] }
    monitoring: { logs: { enabled: false }, dashboards: false }
`;

beforeAll(async () => {
  workspace.render('move', specOf('chart'));
  await packageCharts(chartRequestsOf([tree]), loadTools(), join(workspace.root, chartFolder));
});
afterAll(() => workspace.remove());
const world = useWorld(() => ({ name: 'move', trees: { 'deploy/move': tree }, hub: 'move' }));

const database = '/apis/postgresql.cnpg.io/v1/clusters postgres/main';
/** What holds data or runs, and what nobody tracks: definitions and volumes. */
const watched = [
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  '/api/v1/persistentvolumeclaims',
  '/api/v1/persistentvolumes',
  '/api/v1/namespaces',
  '/apis/apps/v1/deployments',
  '/apis/apps/v1/statefulsets',
  '/apis/apps/v1/daemonsets',
];

/** uid of every object that Argo CD keeps or that is watched; of what runs the generation too: another one restarts it. */
async function stateOf(client: KubeClient): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [key, { uid }] of await inventoryOf(client)) found[key] = uid;
  for (const path of watched)
    for (const { metadata } of await client.list(path)) {
      const generation = path.startsWith('/apis/apps/') ? ` generation ${metadata.generation ?? 0}` : '';
      found[`${path} ${metadata.namespace ?? ''}/${metadata.name}`] = `${metadata.uid ?? ''}${generation}`;
    }
  return found;
}

interface Move {
  /** Objects that are gone, made anew or restarted. */
  readonly gone: readonly string[];
  readonly made: readonly string[];
  readonly pruned: readonly string[];
}

async function moveTo(delivery: Delivery): Promise<Move> {
  const { hub, applications, repository, commit } = world();
  const before = await stateOf(hub.client);
  workspace.render('move', specOf(delivery));
  repository.copy(tree, 'deploy/move');
  await commit(`delivered ${delivery}`);
  const watch = watchPrunes(applications);
  try {
    await applications.refresh();
    await applications.settled(namesIn(tree), patience);
    await applications.hardRefresh();
    await applications.settled(namesIn(tree), briefly);
  } finally {
    await watch.stop();
  }
  const pruned = await watch.stop();
  const after = await stateOf(hub.client);
  return {
    gone: Object.keys(before).filter((key) => before[key] !== after[key]),
    made: Object.keys(after).filter((key) => before[key] === undefined),
    pruned,
  };
}

async function expectCalm(): Promise<void> {
  const { hub, applications } = world();
  const before = await applications.list();
  expect(before.flatMap((app) => app.status?.conditions ?? [])).toEqual([]);
  await applications.hardRefresh();
  expect(operations(await applications.settled(namesIn(tree), briefly))).toEqual(operations(before));
  expect(await hangingObjects(hub.client)).toEqual([]);
}

describe('a running cluster that changes its delivery', () => {
  const applicationKey = (name: string): string => `/apis/argoproj.io/v1alpha1/applications argocd/${name}`;
  /** The AppProject; the root beside it is in another wave when the definitions of charts take one. */
  const projectText = (): string => readFileSync(join(tree, 'root.yaml'), 'utf8').split('\n---\n')[0] ?? '';
  let definitions: string[] = [];

  test('comes up with charts', async () => {
    const { hub, applications, repository } = world();
    hub.kubectl(['apply', '-f', join(repository.worktree, 'deploy/move/root.yaml')]);
    await applications.settled(namesIn(tree), patience);
    const state = await stateOf(hub.client);
    expect(state).toHaveProperty([database]);
    const ofKind = (path: string): string[] => Object.keys(state).filter((key) => key.startsWith(`${path} `));
    for (const path of watched) expect([path, ofKind(path).length > 0]).toEqual([path, !path.endsWith('daemonsets')]);
  });

  test('from charts to manifests: nothing goes, nothing is made anew, nothing restarts', async () => {
    const charts = namesIn(tree);
    const permitted = projectText();
    const { gone, made, pruned } = await moveTo('rendered');
    definitions = namesIn(tree).filter((name) => !charts.includes(name));
    expect(chartRequestsOf([tree])).toEqual([]);
    // or Applications that wait for their wave could not read their charts any more
    expect(projectText()).toBe(permitted);
    expect(definitions).toEqual([
      'move-argocd-crds',
      'move-cert-manager-crds',
      'move-cloudnative-pg-crds',
      'move-external-secrets-crds',
      'move-trust-manager-crds',
    ]);
    expect({ gone, pruned }).toEqual({ gone: [], pruned: [] });
    expect([...made].sort()).toEqual(definitions.map(applicationKey));
    await expectCalm();
  });

  test('and back: the Applications of the definitions go, and nothing with them', async () => {
    const { gone, made, pruned } = await moveTo('chart');
    expect(made).toEqual([]);
    expect([...gone].sort()).toEqual(definitions.map(applicationKey));
    expect(pruned).toEqual(definitions.map((name) => `move: Application/${name}`));
    await expectCalm();
  });
});
