import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useWorld } from './harness/session.ts';
import { applicationsOf, chartRequestsOf } from './harness/trees.ts';
import { createWorkspace } from './harness/workspace.ts';

const workspace = createWorkspace();
const tree = workspace.tree('mirrored');
const spec = `spec:
  domain: mirrored.example.com
  kubernetes: { version: "1.34" }
  git: { repoURL: https://git.example.com/platform/fleet.git, branch: main }
  charts:
    mirrors:
      https://charts.jetstack.io: oci://registry.internal.example.com/jetstack
      https://: https://charts.internal.example.com/
      oci://: oci://registry.internal.example.com/
  capabilities:
    gitops: {}
    tls: { issuer: selfSigned, replicas: 1 }
    kafka: { brokers: 1 }
`;

beforeAll(() => {
  workspace.render('mirrored', spec);
});
afterAll(() => workspace.remove());
const world = useWorld(() => ({ name: 'mirrored', trees: { 'deploy/mirrored': tree }, hub: 'mirrored' }));

test('a cluster comes up from mirrors alone, over HTTP and OCI', async () => {
  const requests = chartRequestsOf([tree]);
  const hosts = new Set(requests.map(({ repoURL }) => repoURL.replace(/^https:\/\//, '').split('/')[0]));
  expect(hosts).toEqual(new Set(['registry.internal.example.com', 'charts.internal.example.com']));
  const { hub, applications, repository, proxy } = world();
  hub.kubectl(['apply', '-f', join(repository.worktree, 'deploy/mirrored/root.yaml')]);
  await applications.settled(
    applicationsOf(tree).map((app) => app.metadata.name),
    300,
  );
  expect(proxy.unknown).toEqual([]);
  const lock = readFileSync(join(tree, 'tree.lock'), 'utf8');
  expect(lock).toContain('repository: https://charts.jetstack.io\n');
  expect(lock).not.toContain('internal.example.com');
});
