import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { operations } from './harness/order.ts';
import { useWorld } from './harness/session.ts';
import type { ApplicationManifest } from './harness/trees.ts';
import { applicationsOf } from './harness/trees.ts';
import { waitFor } from './harness/wait.ts';
import { createWorkspace } from './harness/workspace.ts';

const catalog = resolve(import.meta.dirname, '../../catalog');
const workspace = createWorkspace();
const tree = workspace.tree('differences');
/** Has every component of the catalog that ignores a difference. The one of the root has its own test (gate.test.ts). */
const spec = `spec:
  domain: differences.example.com
  kubernetes: { version: "1.34" }
  git: { repoURL: https://git.example.com/platform/fleet.git, branch: main }
  capabilities:
    gitops: {}
    tls: { issuer: selfSigned, replicas: 1 }
    edge: {}
    faas: { provider: fission }
`;

interface Rule {
  readonly group?: string;
  readonly kind: string;
}

interface Ignoring {
  readonly spec: { readonly ignoreDifferences?: readonly Rule[]; readonly syncPolicy: { syncOptions: string[] } };
}

const rulesOf = (app: ApplicationManifest): readonly Rule[] =>
  (app as unknown as Ignoring).spec.ignoreDifferences ?? [];
const componentOf = (app: ApplicationManifest): string => app.metadata.labels?.['slipway.dev/component'] ?? '';
const ignoring = (): ApplicationManifest[] =>
  applicationsOf(tree).filter((app) => componentOf(app) !== '' && rulesOf(app).length > 0);

beforeAll(() => workspace.render('differences', spec));
afterAll(() => workspace.remove());
const world = useWorld(() => ({ name: 'differences', trees: { 'deploy/differences': tree }, hub: 'differences' }));

describe('differences that are ignored', () => {
  const names = (): string[] => applicationsOf(tree).map((app) => app.metadata.name);

  test('are all here', () => {
    const inCatalog = (readdirSync(catalog, { recursive: true }) as string[])
      .filter((path) => path.endsWith('/component.yaml'))
      .map((path) => parse(readFileSync(join(catalog, path), 'utf8')) as { metadata: { name: string }; spec: object })
      .filter((component) => 'ignoreDifferences' in component.spec)
      .map((component) => component.metadata.name);
    expect(ignoring().map(componentOf).sort()).toEqual(inCatalog.sort());
    expect(inCatalog.length).toBeGreaterThan(0);
  });

  test('are enough: nothing else differs, over three hard refreshes', async () => {
    const { hub, applications, repository } = world();
    hub.kubectl(['apply', '-f', join(repository.worktree, 'deploy/differences/root.yaml')]);
    const before = await applications.settled(names(), 300);
    for (let round = 0; round < 3; round++) {
      await applications.hardRefresh();
      expect(operations(await applications.settled(names(), 60))).toEqual(operations(before));
    }
  });

  test('are needed, each of them: without it the object differs and is synced again', async () => {
    const { applications, repository, commit } = world();
    for (const app of ignoring())
      for (const rule of rulesOf(app)) {
        const file = `deploy/differences/apps/${componentOf(app)}.yaml`;
        const good = readFileSync(join(repository.worktree, file), 'utf8');
        const left = rulesOf(app).filter((other) => other !== rule);
        const broken = parse(good) as { spec: { ignoreDifferences: readonly Rule[] } };
        broken.spec.ignoreDifferences = left;
        const started = operations(await applications.list())[app.metadata.name];
        repository.write(file, stringify(broken));
        await commit(`${componentOf(app)} without ${rule.kind}`);
        await applications.refresh();
        await waitFor(`${rule.kind} to differ`, async () => {
          const { status } = await applications.get(app.metadata.name);
          const differs = status?.resources?.some((r) => r.kind === rule.kind && r.status === 'OutOfSync') ?? false;
          // self-heal may be faster than a look at it
          return differs || status?.operationState?.startedAt !== started ? true : undefined;
        });
        repository.write(file, good);
        await commit(`${componentOf(app)} with it`);
        await applications.refresh();
        await applications.settled(names(), 120);
      }
  });
});
