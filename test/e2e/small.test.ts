import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Application } from './harness/applications.ts';
import { waveOf } from './harness/applications.ts';
import { operations, outOfOrder, timelineOf } from './harness/order.ts';
import { useWorld } from './harness/session.ts';
import { applicationsOf } from './harness/trees.ts';
import { createWorkspace } from './harness/workspace.ts';

const workspace = createWorkspace();
const spec = `spec:
  domain: small.example.com
  kubernetes: { version: "1.34" }
  git: { repoURL: https://git.example.com/platform/fleet.git, branch: main }
  capabilities:
    gitops: {}
    secrets: { generate: true }
    tls: { issuer: selfSigned, replicas: 1 }
    postgres: { clusters: [{ name: main, storage: 5Gi }] }
`;

beforeAll(() => {
  workspace.render('small', spec);
});
afterAll(() => workspace.remove());
const world = useWorld(() => ({
  name: 'small',
  trees: { 'deploy/small': workspace.tree('small') },
  hub: 'small',
}));

describe('a small cluster', () => {
  const children = (apps: readonly Application[]): Application[] =>
    apps.filter((app) => app.metadata.labels?.['app.kubernetes.io/part-of'] === 'small');

  test('one kubectl apply brings up everything, in the order of the waves', async () => {
    const { hub, applications, repository, proxy } = world();
    const names = applicationsOf(workspace.tree('small')).map((app) => app.metadata.name);
    expect(names.length).toBeGreaterThan(8);
    hub.kubectl(['apply', '-f', join(repository.worktree, 'deploy/small/root.yaml')]);
    const apps = await applications.settled(names, 240);
    process.stdout.write(`wave, made, started, done in seconds\n${timelineOf(apps)}\n`);
    expect(new Set(children(apps).map(waveOf)).size).toBeGreaterThan(3);
    expect(outOfOrder(children(apps))).toEqual([]);
    expect(apps.flatMap((app) => app.status?.conditions ?? [])).toEqual([]);
    expect(proxy.unknown).toEqual([]);
  });

  test('stays Synced and Healthy over three hard refreshes, without a new operation', async () => {
    const { applications } = world();
    const before = await applications.list();
    for (let round = 0; round < 3; round++) {
      await applications.hardRefresh();
      const names = before.map((app) => app.metadata.name);
      const after = await applications.settled(names, 30);
      expect(operations(after)).toEqual(operations(before));
    }
  });
});
