import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareWithBase } from '../../generator/pipeline/compareTrees.ts';
import type { ChartJob, ChartRenderer } from '../../generator/helm/renderer.ts';
import { createContext } from '../../generator/context.ts';
import { diffTrees } from '../../generator/diff/tree.ts';
import type { ClusterResult } from '../../generator/pipeline/pipeline.ts';
import { withRendered } from '../../generator/diff/charts.ts';
import type { Change } from '../../generator/model/model.ts';
import { clusterSpec, demoCatalog } from '../helpers/demo.ts';
import { git, snapshot, workspace } from '../helpers/workspace.ts';

const spec = (name: string, extra = ''): string =>
  clusterSpec(name, `  environment: base\n${extra}  capabilities:\n    demo: { replicas: 3 }\n`);
const environment = (name: string, text: string): string =>
  `apiVersion: slipway.dev/v1alpha1\nkind: Environment\nmetadata: { name: ${name} }\nspec: ${text}\n`;

/** A fleet in a subfolder of a repository, everything committed. */
function repo(files: Readonly<Record<string, string>>): string {
  const inside = Object.entries({ ...demoCatalog, ...files }).map(([path, text]) => [`fleet/${path}`, text]);
  const top = workspace(Object.fromEntries(inside));
  git(top, 'init', '-q', '-b', 'main');
  git(top, 'add', '-A');
  git(top, 'commit', '-q', '-m', 'start');
  return join(top, 'fleet');
}

const compare = (root: string) =>
  compareWithBase(createContext(root, { quiet: true, verbose: false }), { revision: 'main', clusters: [], jobs: 1 });
const paths = (changes: readonly Change[]): string[] => changes.map((c) => c.path).filter((p) => !p.endsWith('.lock'));

const files = {
  'environments/root.yaml': environment('root', '{ capabilities: { demo: { text: one } } }'),
  'environments/base.yaml': environment('base', '{ extends: root }'),
  'environments/other.yaml': environment('other', '{}'),
  'clusters/a.yaml': spec('a'),
  'clusters/b.yaml': spec('b').replace('environment: base', 'environment: other'),
};

describe('compareWithBase', () => {
  it('renders nothing when no input differs, and writes nothing', async () => {
    const root = repo(files);
    const before = snapshot(root);
    const { changes, before: base, after } = await compare(root);
    expect([changes, base, after]).toEqual([[], [], []]);
    expect(snapshot(root)).toEqual(before);
  });

  it('renders the clusters of an environment that another one extends, and no others', async () => {
    const root = repo(files);
    writeFileSync(
      join(root, 'environments/root.yaml'),
      environment('root', '{ capabilities: { demo: { text: two } } }'),
    );
    const { changes, before, after } = await compare(root);
    expect([...before, ...after].map((c) => c.name)).toEqual(['a', 'a']);
    expect(paths(changes)).toEqual(['deploy/a/manifests/demo-config/configmap-demo-demo.yaml']);
  });

  it('renders every cluster when the catalog differs, with files that git does not know yet', async () => {
    const root = repo(files);
    const folder = join(root, 'catalog/demo/demo-config');
    writeFileSync(
      join(folder, 'manifests/more.yaml.hbs'),
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: more, namespace: demo }\n',
    );
    const { changes } = await compare(root);
    expect(paths(changes)).toEqual(['a', 'b'].map((c) => `deploy/${c}/manifests/demo-config/configmap-demo-more.yaml`));
    expect(changes.every((c) => c.kind === 'add' || c.path.endsWith('tree.lock'))).toBe(true);
  });

  it('renders every cluster when a text that a template takes in differs', async () => {
    const file = 'catalog/demo/demo-config/files/a.sql';
    const root = repo({ ...files, [file]: 'SELECT 1;' });
    writeFileSync(join(root, file), 'SELECT 2;');
    expect((await compare(root)).after.map((c) => c.name)).toEqual(['a', 'b']);
  });

  it('renders none for a README or an example', async () => {
    const root = repo(files);
    writeFileSync(join(root, 'catalog/demo/README.md'), 'new');
    expect((await compare(root)).after).toEqual([]);
  });

  it('sees that the root of a hub changes with its clusters', async () => {
    const root = repo({ ...files, 'clusters/c.yaml': spec('c', '  argocd: { hub: a }\n') });
    writeFileSync(join(root, 'clusters/d.yaml'), spec('d', '  argocd: { hub: a }\n'));
    const { changes } = await compare(root);
    expect(paths(changes).filter((p) => !p.startsWith('deploy/d/'))).toEqual(['deploy/fleet/a/root.yaml']);
  });
});

describe('withRendered', () => {
  /** Renders every chart to one Deployment; packages of version 9.9.9 are not here. */
  const charts = {
    prepare: async (plan: ChartJob['plan']) =>
      plan.chart?.version === '9.9.9' ? { diagnostics: [] } : { value: { plan }, diagnostics: [] },
    output: async ({ plan }: ChartJob) => {
      const containers = [{ name: 'web', image: `web:${plan.chart?.version}` }];
      const spec = { replicas: plan.overrideValues?.['replicaCount'] ?? null, template: { spec: { containers } } };
      const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec };
      return { value: { documents: [{ source: 'web.yaml', object }], impure: [] }, diagnostics: [] };
    },
  } as unknown as ChartRenderer;
  const plansOf = (clusters: readonly ClusterResult[]) =>
    new Map(clusters.flatMap((c) => (c.plan === undefined ? [] : [[c.name, c.plan] as const])));

  async function rendered(version: string) {
    const root = repo(files);
    const file = join(root, 'catalog/demo/demo-chart/component.yaml');
    writeFileSync(file, (demoCatalog['catalog/demo/demo-chart/component.yaml'] ?? '').replace('1.2.3', version));
    writeFileSync(join(root, 'clusters/a.yaml'), spec('a').replace('replicas: 3', 'replicas: 5'));
    const { changes, before, after, kinds } = await compare(root);
    const plans = { before: plansOf(before), after: plansOf(after) };
    return withRendered(diffTrees(changes, 'main', kinds), changes, plans, kinds, charts);
  }

  it('says what becomes of the objects of a chart, with its images and replicas', async () => {
    const { diff, absent } = await rendered('1.3.0');
    const [a, b] = diff.clusters;
    const chart = a?.components.find((c) => c.name === 'demo-chart');
    expect(chart?.rendered?.flatMap((o) => o.fields.map((f) => [f.path, f.before, f.after]))).toEqual([
      ['spec.replicas', 3, 5],
      ['spec.template.spec.containers[name=web].image', 'web:1.2.3', 'web:1.3.0'],
    ]);
    expect(b?.notes.map((n) => `${n.concern} ${n.text}`)).toEqual([
      'version chart demo 1.2.3 → 1.3.0',
      'image spec.template.spec.containers[name=web].image: web:1.2.3 → web:1.3.0',
    ]);
    expect(absent).toEqual([]);
  });

  it('names the charts that are not here', async () => {
    const { diff, absent } = await rendered('9.9.9');
    expect(absent).toEqual(['demo 9.9.9']);
    expect(diff.clusters.flatMap((c) => c.components).some((c) => c.rendered !== undefined)).toBe(false);
  });
});
