import { afterEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import type { ClusterResult } from '../../generator/pipeline/pipeline.ts';
import { chartFleet, prove, said } from '../helpers/chartFleet.ts';
import type { ChartFleet } from '../helpers/chartFleet.ts';

afterEach(() => void vi.unstubAllEnvs());

const rendered = '  delivery: rendered\n';
const config = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata: { mode: "on", port: "08" }\n';
const definition = (plural: string, kind: string, scope: string): string =>
  `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: ${plural}.example.com }
spec:
  group: example.com
  names: { plural: ${plural}, kind: ${kind} }
  scope: ${scope}
  versions:
    - { name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } } }
`;
const job = (name: string, annotations: string): string =>
  `---\napiVersion: batch/v1\nkind: Job\nmetadata:\n  name: ${name}\n  annotations: ${annotations}\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers: [{ name: a, image: "a:1" }]\n`;

interface Run {
  readonly cluster: ClusterResult | undefined;
  readonly said: readonly string[];
  readonly paths: readonly string[];
  object(path: string): Record<string, unknown>;
}

async function run(fleet: ChartFleet): Promise<Run> {
  const result = await prove(chartFleet(fleet));
  const cluster = result.clusters[0];
  const files = cluster?.tree?.files ?? new Map<string, string>();
  return {
    cluster,
    said: said(result.diagnostics),
    paths: [...files.keys()].filter((p) => p.startsWith('manifests/web') || p.startsWith('apps/web')).sort(),
    object: (path) => parse(files.get(path) ?? '') as Record<string, unknown>,
  };
}

const annotationsOf = (object: Record<string, unknown>): unknown =>
  (object['metadata'] as { annotations?: unknown }).annotations;

describe('delivery rendered', () => {
  it('writes one object per file, with its namespace, and an Application that reads the folder', async () => {
    const tree = await run({ chart: { 'templates/c.yaml': config }, spec: rendered });
    expect(tree.said).toEqual([]);
    expect(tree.paths).toEqual(['apps/web.yaml', 'manifests/web/configmap-web-c.yaml']);
    expect(tree.object('manifests/web/configmap-web-c.yaml')).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', namespace: 'web' },
      data: { mode: 'on', port: '08' },
    });
    expect((tree.object('apps/web.yaml')['spec'] as { source: unknown }).source).toEqual({
      repoURL: 'https://git.example.com/fleet.git',
      targetRevision: 'refs/heads/main',
      path: 'deploy/a/manifests/web',
      directory: { recurse: true },
    });
    // Argo CD would look in git for the last revision it saw, which may be the version of the chart
    expect(annotationsOf(tree.object('apps/web.yaml'))).not.toHaveProperty([
      'argocd.argoproj.io/manifest-generate-paths',
    ]);
    expect(tree.cluster?.tree?.lock.components['web']).toMatchObject({ delivery: 'rendered', version: '1.0.0' });
  });

  it('is said per component, per cluster and in the catalog, the nearest one counts', async () => {
    const chart = { 'templates/c.yaml': config };
    const deliveries = await Promise.all(
      [
        { chart, component: '  delivery: rendered\n' },
        { chart, component: '  delivery: rendered\n', spec: '  delivery: chart\n' },
        { chart, spec: '  delivery: rendered\n  components: { web: { delivery: chart } }\n' },
        { chart, spec: '  components: { web: { delivery: rendered } }\n' },
      ].map(async (fleet) => (await run(fleet)).cluster?.plan?.components.find((c) => c.name === 'web')?.delivery),
    );
    expect(deliveries).toEqual(['rendered', 'chart', 'chart', 'rendered']);
  });

  it('gives definitions an Application of their own in the wave before, also those from templates', async () => {
    const chart = {
      'crds/a.yaml': definition('as', 'A', 'Cluster'),
      'templates/b.yaml': definition('bs', 'B', 'Namespaced'),
      'templates/o.yaml':
        'apiVersion: example.com/v1\nkind: A\nmetadata: { name: a }\n---\napiVersion: example.com/v1\nkind: B\nmetadata: { name: b }\n',
    };
    const component = '  crds: [example.com/A, example.com/B]\n';
    const tree = await run({ chart, component, spec: rendered });
    expect(tree.said.filter((s) => !s.startsWith('warning tree/no-schema'))).toEqual([]);
    expect(tree.paths).toEqual([
      'apps/web-crds.yaml',
      'apps/web.yaml',
      'manifests/web-crds/customresourcedefinition-as.example.com.yaml',
      'manifests/web-crds/customresourcedefinition-bs.example.com.yaml',
      'manifests/web/a-a.yaml',
      'manifests/web/b-web-b.yaml',
    ]);
    const wave = (name: string): number =>
      Number(
        (annotationsOf(tree.object(`apps/${name}.yaml`)) as Record<string, string>)['argocd.argoproj.io/sync-wave'],
      );
    expect(wave('web-crds')).toBeLessThan(wave('web'));
    expect((tree.object('apps/web-crds.yaml')['metadata'] as { finalizers?: unknown }).finalizers).toBeUndefined();
  });

  it('keeps a chart of definitions alone in one Application, and asks for those the catalog does not know', async () => {
    const only = await run({
      chart: { 'crds/a.yaml': definition('as', 'A', 'Cluster') },
      component: '  crds: [example.com/A]\n',
      spec: rendered,
    });
    expect(only.paths).toEqual(['apps/web.yaml', 'manifests/web/customresourcedefinition-as.example.com.yaml']);
    const chart = { 'crds/a.yaml': definition('as', 'A', 'Cluster'), 'templates/c.yaml': config };
    expect((await run({ chart, spec: rendered })).said).toEqual([
      'error delivery/undeclared-crds catalog/demo/web/component.yaml:4:9 The chart of "web" brings example.com/A, which component.yaml does not list.',
    ]);
  });

  it("turns Helm's hooks into Argo CD's, and leaves out what would never run", async () => {
    const chart = {
      'templates/jobs.yaml':
        job(
          'before',
          '{ helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-weight: "-5", helm.sh/hook-delete-policy: "before-hook-creation,hook-succeeded" }',
        ) +
        job('after', '{ helm.sh/hook: post-install, kept: "1" }') +
        job('gone', '{ helm.sh/hook: post-delete }') +
        job('own', '{ helm.sh/hook: pre-install, argocd.argoproj.io/hook: Sync }') +
        job('late', '{ helm.sh/hook-weight: "3" }') +
        job('rolled', '{ helm.sh/hook: pre-rollback }') +
        job('tried', '{ helm.sh/hook: test }'),
    };
    const tree = await run({ chart, spec: rendered });
    expect(tree.said).toEqual([
      'warning delivery/hook catalog/demo/web/component.yaml:4:9 Job rolled (web/templates/jobs.yaml) is a Helm hook for pre-rollback, for which Argo CD has nothing.',
    ]);
    const hooks = Object.fromEntries(
      tree.paths.filter((p) => p.includes('/job-')).map((p) => [p.slice(18, -5), annotationsOf(tree.object(p))]),
    );
    expect(hooks).toEqual({
      'web-before': {
        'argocd.argoproj.io/hook': 'PreSync',
        'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation,HookSucceeded',
        'argocd.argoproj.io/sync-wave': '-5',
      },
      'web-after': { 'argocd.argoproj.io/hook': 'PostSync', kept: '1' },
      'web-gone': { 'argocd.argoproj.io/hook': 'PostDelete' },
      'web-own': { 'argocd.argoproj.io/hook': 'Sync' },
      'web-late': { 'argocd.argoproj.io/sync-wave': '3' },
    });
  });

  it('takes lists apart, drops nulls, and takes namespaces off what has none', async () => {
    const chart = {
      'templates/l.yaml':
        'apiVersion: v1\nkind: ConfigMapList\nitems:\n  - { apiVersion: v1, kind: ConfigMap, metadata: { name: a, labels: null, namespace: other } }\n  - { apiVersion: v1, kind: Namespace, metadata: { name: extra, namespace: web } }\n',
    };
    const tree = await run({ chart, spec: rendered });
    expect(tree.object('manifests/web/configmap-other-a.yaml')['metadata']).toEqual({ name: 'a', namespace: 'other' });
    expect(tree.object('manifests/web/namespace-extra.yaml')['metadata']).toEqual({ name: 'extra' });
  });

  it('refuses Secrets in git, unless the catalog says that they hold none', async () => {
    const chart = {
      'templates/s.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: { name: conf }\nstringData: { a: b }\n',
    };
    expect((await run({ chart, spec: rendered })).said).toEqual([
      'error tree/secret catalog/demo/web/component.yaml:4:9 Secret conf would put its content into git.',
    ]);
    const component = '  publicSecrets: [{ name: "co*", reason: Public. }]\n';
    expect((await run({ chart, component, spec: rendered })).said).toEqual([]);
    expect((await run({ chart })).said).toEqual([]);
  });

  it('refuses charts that would never be current, and is refused without a Helm', async () => {
    const chart = {
      'templates/c.yaml': `${config.replace('08', '{{ randNumeric 9 }}')}`,
    };
    expect((await run({ chart, spec: rendered })).said[0]).toBe(
      'error helm/impure catalog/demo/web/component.yaml:7:10 web 1.0.0 calls randNumeric: ConfigMap c at data.port differs in every rendering.',
    );
    const fleet = chartFleet({ chart: { 'templates/c.yaml': config }, spec: rendered });
    vi.stubEnv('SLIPWAY_ENGINE', 'off');
    vi.stubEnv('SLIPWAY_HELM', undefined);
    vi.stubEnv('PATH', '/nowhere');
    expect(said((await prove(fleet)).diagnostics)).toEqual([
      'error helm/missing clusters/a.yaml:10:13 Delivery rendered (of "web") needs Helm, and there is none.',
    ]);
  });

  it('renders for the APIs of the cluster, the same bytes each time', async () => {
    const chart = {
      'templates/c.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata:\n  version: {{ .Capabilities.KubeVersion.Version | quote }}\n  monitors: {{ .Capabilities.APIVersions.Has "monitoring.coreos.com/v1/ServiceMonitor" | quote }}\n  pods: {{ .Capabilities.APIVersions.Has "v1/Pod" | quote }}\n  own: {{ .Capabilities.APIVersions.Has "argoproj.io/v1alpha1" | quote }}\n',
    };
    const component = '  crds: [argoproj.io/Application]\n';
    const data = async (): Promise<unknown> =>
      (await run({ chart, component, spec: rendered })).object('manifests/web/configmap-web-c.yaml')['data'];
    const first = await data();
    expect(first).toEqual({ version: 'v1.34.0', monitors: 'false', pods: 'true', own: 'true' });
    vi.stubEnv('TZ', 'Pacific/Kiritimati');
    vi.stubEnv('LANG', 'tr_TR.UTF-8');
    expect(await data()).toEqual(first);
  });
});

describe('definitions that a chart brings', () => {
  const site = (versions: string): string =>
    `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: sites.example.com }\nspec:\n  group: example.com\n  names: { plural: sites, kind: Site }\n  scope: Namespaced\n  versions:\n${versions}`;
  const version = (name: string): string =>
    `    - { name: ${name}, served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { host: { type: string, maxLength: 3 } } } } } } }\n`;
  const object = (v: string, host: string): string =>
    `apiVersion: example.com/${v}\nkind: Site\nmetadata: { name: s }\nspec: { host: ${host} }\n`;

  it.each(['', rendered])('decide about its objects (spec: %j)', async (spec) => {
    const component = '  crds: [example.com/Site]\n';
    const fleet = (text: string): ChartFleet => ({
      chart: { 'crds/s.yaml': site(version('v1')), 'templates/s.yaml': text },
      component,
      spec,
    });
    const codes = async (text: string): Promise<string[]> =>
      (await run(fleet(text))).said.map((s) => s.replace(/^(\w+ \S+) .*: (?=\S+\.?\S* )/, '$1 '));
    expect(await codes(object('v1', 'abc'))).toEqual([]);
    expect((await codes(object('v1', 'abcd'))).length).toBeGreaterThan(0);
    const [found] = (await run(fleet(object('v2', 'abc')))).said;
    expect(found).toContain('apiVersion is no version that the definition of its kind serves (example.com/v1)');
  });
});
