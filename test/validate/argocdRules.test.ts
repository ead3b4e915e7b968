import { describe, expect, it } from 'vitest';
import { createContext } from '../../generator/context.ts';
import { lintTree } from '../../generator/validate/lint/lint.ts';
import type { DiagnosticCode } from '../../generator/model/codes.ts';
import { lintCodes } from '../../generator/model/lintCodes.ts';
import type { Diagnostic } from '../../generator/model/diagnostic.ts';
import type { ClusterPlan, RenderedTree, TreeObject } from '../../generator/model/model.ts';
import type { ValueMap } from '../../generator/model/values.ts';
import { asMap, asString, asObject } from '../../generator/model/values.ts';
import { mergeMaps } from '../../generator/config/merge.ts';
import { createPipeline } from '../../generator/pipeline/pipeline.ts';
import { clusterSpec, demoCatalog } from '../helpers/demo.ts';
import { workspace } from '../helpers/workspace.ts';

interface Fleet {
  readonly manifests?: string;
  readonly argocd?: string;
  readonly component?: string;
  readonly contributes?: string;
  readonly spec?: string;
  readonly environment?: string;
  readonly prove?: boolean;
}

/** What is said of a cluster with one component of these manifests and objects beside it. */
async function findings({
  manifests = '',
  argocd = '',
  component = '',
  contributes = '',
  spec = '',
  environment,
  prove = false,
}: Fleet): Promise<Diagnostic[]> {
  const root = workspace({
    'catalog/catalog.yaml': demoCatalog['catalog/catalog.yaml'] ?? '',
    'catalog/demo/capability.yaml':
      'apiVersion: slipway.dev/v1alpha1\nkind: Capability\nmetadata: { name: demo }\nspec: { summary: Demo., options: { type: object, properties: {} } }\n',
    'catalog/demo/things/component.yaml': `apiVersion: slipway.dev/v1alpha1\nkind: Component\nmetadata: { name: things }\nspec:\n  summary: Things.\n  namespace: demo\n${component}`,
    'catalog/demo/things/contributes.yaml.hbs': `namespaces: [{ name: demo }]\n${contributes}`,
    'catalog/demo/things/manifests/x.yaml.hbs': manifests === '' ? object('v1', 'ConfigMap', '') : manifests,
    'catalog/demo/things/argocd/y.yaml.hbs': argocd,
    'clusters/a.yaml': clusterSpec('a', `  capabilities: { demo: {} }\n${spec}`),
    ...(environment === undefined
      ? {}
      : {
          'environments/all.yaml': `apiVersion: slipway.dev/v1alpha1\nkind: Environment\nmetadata: { name: all }\nspec:\n${environment}`,
        }),
  });
  const run = createPipeline(createContext(root, { quiet: true, verbose: false })).run({ clusters: [], prove });
  return [...(await run).diagnostics];
}

const object = (apiVersion: string, kind: string, annotations: string, more = ''): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: x\n  namespace: demo\n  annotations: { ${annotations} }\n${more}`;
const application = (fields: string, metadata = ''): string =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: extra, namespace: argocd${metadata} }\nspec:\n  project: a\n  destination: { server: "https://kubernetes.default.svc", namespace: demo }\n${fields}`;
const source =
  '  source: { repoURL: "https://git.example.com/fleet.git", targetRevision: refs/heads/main, path: other }\n';
const template = 'catalog/demo/things/manifests/x.yaml.hbs';
const beside = 'catalog/demo/things/argocd/y.yaml.hbs';

/** What breaks each rule, and where that is said. */
const rules: readonly (readonly [DiagnosticCode, Fleet, file: string, line: number])[] = [
  [
    'argocd/annotation',
    { manifests: object('v1', 'ConfigMap', 'argocd.argoproj.io/sync-option: Prune=false') },
    template,
    2,
  ],
  [
    'argocd/annotation',
    { manifests: object('v1', 'ConfigMap', 'argocd.argoproj.io/compare-options: "IgnoreExtraneous, X"') },
    template,
    2,
  ],
  ['argocd/annotation', { manifests: object('v1', 'ConfigMap', 'argocd.argoproj.io/hook: PreSyncs') }, template, 2],
  [
    'argocd/annotation',
    {
      manifests: object(
        'v1',
        'ConfigMap',
        'argocd.argoproj.io/hook: PreSync, argocd.argoproj.io/hook-delete-policy: hook-succeeded',
      ),
    },
    template,
    2,
  ],
  [
    'argocd/hook-policy',
    { manifests: object('v1', 'ConfigMap', 'argocd.argoproj.io/hook-delete-policy: HookSucceeded') },
    template,
    2,
  ],
  ['argocd/wave', { manifests: object('v1', 'ConfigMap', 'argocd.argoproj.io/sync-wave: "1.5"') }, template, 2],
  ['argocd/wave', { manifests: object('v1', 'ConfigMap', 'argocd.argoproj.io/sync-wave: " 1"') }, template, 2],
  ['argocd/wave', { manifests: object('v1', 'ConfigMap', 'argocd.argoproj.io/sync-wave: "2147483648"') }, template, 2],
  ['argocd/tracking', { manifests: object('v1', 'ConfigMap', 'argocd.argoproj.io/tracking-id: a') }, template, 2],
  [
    'argocd/generated-name',
    { manifests: object('v1', 'ConfigMap', '').replace('name: x', 'generateName: x-') },
    template,
    2,
  ],
  ['argocd/excluded-kind', { manifests: object('coordination.k8s.io/v1', 'Lease', '') }, template, 2],
  [
    'argocd/unprotected',
    { manifests: object('v1', 'PersistentVolumeClaim', 'argocd.argoproj.io/sync-options: Prune=false') },
    template,
    2,
  ],
  [
    'argocd/force-replace',
    {
      manifests: object(
        'v1',
        'PersistentVolumeClaim',
        'argocd.argoproj.io/sync-options: "Prune=false,Delete=false,Replace=true,Force=true"',
      ),
    },
    template,
    2,
  ],
  [
    'argocd/allow-empty',
    { argocd: application(`${source}  syncPolicy: { automated: { allowEmpty: true } }\n`) },
    beside,
    2,
  ],
  [
    'argocd/server-side-diff',
    { argocd: application(`${source}  syncPolicy: { syncOptions: [ServerSideApply=true] }\n`) },
    beside,
    2,
  ],
  [
    'argocd/namespace-metadata',
    { argocd: application(`${source}  syncPolicy: { managedNamespaceMetadata: { labels: { a: b } } }\n`) },
    beside,
    2,
  ],
  [
    'argocd/namespace-metadata',
    { argocd: application(`${source}  syncPolicy: { syncOptions: [CreateNamespace=true] }\n`) },
    beside,
    2,
  ],
  [
    'argocd/finalizer',
    { argocd: application(source, ', finalizers: [resources-finalizer.argocd.argoproj.io]') },
    beside,
    2,
  ],
  ['argocd/name', { argocd: application(source).replace('name: extra', 'name: extra.one') }, beside, 2],
  [
    'argocd/revision',
    {
      argocd: application(
        '  source: { repoURL: "https://git.example.com/fleet.git", targetRevision: HEAD, path: other }\n',
      ),
    },
    beside,
    2,
  ],
  [
    'argocd/revision',
    {
      argocd: application(
        '  source: { repoURL: "https://git.example.com/fleet.git", targetRevision: 1.x, chart: c }\n',
      ),
    },
    beside,
    2,
  ],
  ['argocd/path', { argocd: application(source.replace('path: other', 'path: deploy/a/manifests/thing')) }, beside, 2],
  ['argocd/repository', { argocd: application(source.replace('fleet.git', 'fleet')) }, beside, 2],
  ['argocd/project', { argocd: application(source.replace('git.example.com', 'github.com')) }, beside, 2],
  ['argocd/project', { argocd: application(source).replace('project: a', 'project: default') }, beside, 2],
  [
    'argocd/ignore-differences',
    { argocd: application(`${source}  ignoreDifferences: [{ kind: Deployment, jsonPointers: [/spec/replicas] }]\n`) },
    beside,
    2,
  ],
  [
    'argocd/ignore-differences',
    {
      argocd: application(
        `${source}  ignoreDifferences: [{ group: apps, kind: Deployment, jsonPointers: [spec.replicas] }]\n`,
      ),
    },
    beside,
    2,
  ],
  [
    'argocd/ignore-differences',
    {
      argocd: application(
        `${source}  syncPolicy: { automated: { selfHeal: true } }\n  ignoreDifferences: [{ group: apps, kind: Deployment, jsonPointers: [/spec/replicas] }]\n`,
      ),
    },
    beside,
    2,
  ],
  [
    'argocd/ignore-differences',
    { component: '  ignoreDifferences: [{ kind: Deployment, jsonPointers: [/spec/replicas], reason: R. }]\n' },
    'catalog/demo/things/component.yaml',
    3,
  ],
];

describe('rules for Argo CD', () => {
  it.each(rules)('%s %#', async (code, fleet, file, line) => {
    const said = (await findings(fleet)).filter((d) => d.code.startsWith('argocd/'));
    expect(said.map((d) => [d.code, d.at?.file, d.at?.line])).toEqual([[code, file, line]]);
  });

  it('a tree that keeps them says nothing', async () => {
    const protectedClaim = object(
      'v1',
      'PersistentVolumeClaim',
      'argocd.argoproj.io/sync-options: "Prune=confirm,Delete=confirm"',
    );
    const said = await findings({ manifests: protectedClaim, argocd: application(source) });
    expect(said.filter((d) => d.code.startsWith('argocd/'))).toEqual([]);
  });

  it.each([
    'argocd.argoproj.io/sync-options: " Prune=false , Delete=false,"',
    'argocd.argoproj.io/compare-options: "IgnoreExtraneous, ServerSideDiff=true"',
    'argocd.argoproj.io/hook: "PreSync , PostSync"',
    'argocd.argoproj.io/sync-wave: "+2"',
  ])('what Argo CD reads with spaces and signs is taken: %s', async (annotation) => {
    expect(
      await findings({
        manifests: object(
          'v1',
          'PersistentVolumeClaim',
          `${annotation}${annotation.includes('sync-options') ? '' : ', argocd.argoproj.io/sync-options: "Prune=false, Delete=false"'}`,
          'spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }\n',
        ),
      }),
    ).toEqual([]);
  });

  it('argocd/project: namespaces and kinds that a project does not permit', async () => {
    const { tree, plan } = await demo();
    const project = (spec: ValueMap): RenderedTree => changed(tree, 'AppProject', { spec });
    expect(
      lintTree(
        project({ destinations: [{ server: 'https://kubernetes.default.svc', namespace: 'kube-*' }] }),
        plan,
      ).map((d) => d.code),
    ).toContain('argocd/project');
    expect(
      lintTree(project({ clusterResourceWhitelist: [{ group: 'apps', kind: '*' }] }), plan).map((d) => d.message),
    ).toEqual([expect.stringContaining('does not permit Namespace')]);
    expect(lintTree(project({ destinations: [{ server: '*', namespace: '*' }] }), plan).map((d) => d.code)).toEqual([
      'argocd/project',
    ]);
  });

  it('argocd/project: no account, where Argo CD syncs in the name of accounts', async () => {
    const { tree, plan } = await demo();
    const data = { 'application.sync.impersonation.enabled': 'true' };
    const thing = tree.objects.find((o) => o.kind === 'ConfigMap');
    if (thing === undefined) throw new Error('no ConfigMap');
    const settings = { ...thing, name: 'argocd-cm', object: { ...thing.object, data } };
    const said = (accounts: readonly ValueMap[], objects: readonly TreeObject[]): unknown[] => {
      const without = changed(tree, 'AppProject', { spec: { destinationServiceAccounts: accounts } });
      return lintTree({ ...without, objects: [...without.objects, ...objects] }, plan).map((d) => d.code);
    };
    const local = { server: 'https://kubernetes.default.svc', namespace: '*', defaultServiceAccount: 'a:b' };
    expect(said([], [])).toEqual([]);
    expect(said([local], [settings])).toEqual([]);
    expect(new Set(said([], [settings]))).toEqual(new Set(['argocd/project']));
    expect(said([{ ...local, namespace: 'kube-*' }], [settings])).toContain('argocd/project');
    expect(said([{ ...local, server: 'https://10.0.0.1' }], [settings])).toContain('argocd/project');
  });

  it('argocd/wave: an Application that does not come after what it waits for', async () => {
    const { tree, plan } = await demo();
    const late = changed(tree, 'Application', { metadata: { annotations: { 'argocd.argoproj.io/sync-wave': '0' } } });
    expect(lintTree(late, plan).map((d) => d.code)).toEqual(['argocd/wave']);
  });

  it('argocd/size and argocd/crd-size', async () => {
    const { tree, plan } = await demo();
    const path = [...tree.files.keys()].find((p) => p.startsWith('manifests/things/')) ?? '';
    const sized = (bytes: number, objects = tree.objects): RenderedTree => ({
      ...tree,
      objects,
      files: new Map([...tree.files, [path, 'x'.repeat(bytes)]]),
    });
    const said = (t: RenderedTree): unknown[] => lintTree(t, plan).map((d) => [d.code, d.severity]);
    expect(said(sized(6 * 1024 * 1024))).toEqual([['argocd/size', 'warning']]);
    expect(said(sized(11 * 1024 * 1024))).toEqual([['argocd/size', 'error']]);
    const definition = tree.objects.map((o): TreeObject =>
      o.path === path ? { ...o, kind: 'CustomResourceDefinition' } : o,
    );
    const onServer = definition;
    expect(said(sized(300_000, onServer))).toEqual([]);
    const onClient = definition.map((o): TreeObject =>
      o.path === path
        ? {
            ...o,
            object: asObject(
              mergeMaps(o.object, {
                metadata: { annotations: { 'argocd.argoproj.io/sync-options': 'ServerSideApply=false' } },
              }),
            ),
          }
        : o,
    );
    expect(said(sized(300_000, onClient))).toEqual([['argocd/crd-size', 'error']]);
  });

  it('argocd/cluster-secret: two of one name', async () => {
    const { tree, plan } = await demo();
    const secret = (name: string): TreeObject => ({
      path: `manifests/things/${name}.yaml`,
      component: 'things',
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      namespace: 'argocd',
      name,
      template: undefined,
      object: {
        apiVersion: 'external-secrets.io/v1',
        kind: 'ExternalSecret',
        metadata: { name },
        spec: {
          target: {
            template: { metadata: { labels: { 'argocd.argoproj.io/secret-type': 'cluster' } }, data: { name: 'eu' } },
          },
        },
      },
    });
    const twice = { ...tree, objects: [...tree.objects, secret('one'), secret('two')] };
    expect(lintTree(twice, plan).map((d) => d.code)).toEqual(['argocd/cluster-secret']);
  });

  it('every code of a rule is in this file', () => {
    const told = new Set<string>([
      ...rules.map(([code]) => code),
      'argocd/size',
      'argocd/crd-size',
      'argocd/cluster-secret',
      'spec/silence',
      'spec/unused-silence',
    ]);
    expect([...told].sort()).toEqual(
      Object.keys(lintCodes)
        .filter((c) => !/^promote\/|^spec\/(?:host|shared|tenant-kind)$|deletion$|acceptance$/.test(c))
        .sort(),
    );
  });
});

it('what a component asks Argo CD to leave alone is not applied either', async () => {
  const manifests = object('batch/v1', 'Job', '', 'spec: {}\n');
  const excluded = async (rule: string): Promise<number> =>
    (await findings({ manifests, contributes: `resourceExclusions: [{ ${rule} }]\n` })).filter(
      (d) => d.code === 'argocd/excluded-kind',
    ).length;
  expect(await excluded('apiGroups: [batch], kinds: [Job]')).toBe(1);
  expect(await excluded('apiGroups: ["b*"], kinds: ["*"], clusters: ["*"]')).toBe(1);
  expect(await excluded('apiGroups: [batch], kinds: [CronJob]')).toBe(0);
  expect(await excluded('apiGroups: [batch], kinds: [Job], clusters: ["https://other.example.com"]')).toBe(0);
});

describe('silence', () => {
  const lease = object('coordination.k8s.io/v1', 'Lease', '');
  const entry = (fields: string): string => `  silence: [{ ${fields}, reason: So. }]\n`;
  const said = async (fleet: Fleet): Promise<string[]> =>
    (await findings({ manifests: lease, ...fleet })).map((d) => d.code).filter((c) => /^(?:argocd|spec)\//.test(c));

  it('in the spec, by code, component and name', async () => {
    expect(await said({})).toEqual(['argocd/excluded-kind']);
    expect(await said({ spec: entry('code: argocd/excluded-kind') })).toEqual([]);
    expect(await said({ spec: entry('code: argocd/excluded-kind, component: thing*, name: x') })).toEqual([]);
    expect(await said({ spec: entry('code: argocd/excluded-kind, name: zz') })).toEqual(['argocd/excluded-kind']);
    expect(await said({ spec: entry('code: argocd/excluded-kind, component: other') })).toEqual([
      'argocd/excluded-kind',
    ]);
  });

  it('in an environment, and in the component', async () => {
    expect(await said({ spec: '  environment: all\n', environment: entry('code: argocd/excluded-kind') })).toEqual([]);
    expect(await said({ component: entry('code: argocd/excluded-kind') })).toEqual([]);
  });

  it('a code that cannot be silenced, or is none', async () => {
    const found = await findings({ spec: entry('code: tree/secret') });
    expect(found.map((d) => [d.code, d.at?.file, d.at?.line])).toEqual([['spec/silence', 'clusters/a.yaml', 9]]);
    expect((await findings({ spec: entry('code: argocd/nme') }))[0]?.message).toContain('Did you mean "argocd/name"?');
  });

  it('one that silences nothing is said by validate', async () => {
    const unused = await findings({ spec: entry('code: argocd/size'), prove: true });
    expect(unused.map((d) => [d.code, d.severity, d.at?.line])).toEqual([['spec/unused-silence', 'warning', 9]]);
    expect(await said({ spec: entry('code: argocd/excluded-kind'), prove: true })).toEqual([]);
  });
});

/** The tree of a cluster with one component, and its plan. */
async function demo(): Promise<{ readonly tree: RenderedTree; readonly plan: ClusterPlan }> {
  const root = workspace({
    ...Object.fromEntries(Object.entries(demoCatalog).filter(([p]) => p === 'catalog/catalog.yaml')),
    'catalog/demo/capability.yaml':
      'apiVersion: slipway.dev/v1alpha1\nkind: Capability\nmetadata: { name: demo }\nspec: { summary: Demo., options: { type: object, properties: {} } }\n',
    'catalog/demo/things/component.yaml':
      'apiVersion: slipway.dev/v1alpha1\nkind: Component\nmetadata: { name: things }\nspec:\n  summary: Things.\n  namespace: demo\n',
    'catalog/demo/things/contributes.yaml.hbs': 'namespaces: [{ name: demo }]\n',
    'catalog/demo/things/manifests/x.yaml.hbs': object('v1', 'ConfigMap', ''),
    'clusters/a.yaml': clusterSpec('a', '  capabilities: { demo: {} }\n'),
  });
  const pipeline = createPipeline(createContext(root, { quiet: true, verbose: false }));
  const [cluster] = (await pipeline.run({ clusters: [], keepObjects: true })).clusters;
  if (cluster?.tree === undefined || cluster.plan === undefined) throw new Error('the demo does not render');
  expect(lintTree(cluster.tree, cluster.plan)).toEqual([]);
  return { tree: cluster.tree, plan: cluster.plan };
}

/** The tree with something merged into all objects of a kind that belong to the platform. */
function changed(tree: RenderedTree, kind: string, over: ValueMap): RenderedTree {
  const objects = tree.objects.map((o): TreeObject => {
    if (
      o.kind !== kind ||
      asString(asMap(o.object['metadata'])['name']) === undefined ||
      (o.name === 'a' && kind === 'Application')
    )
      return o;
    return { ...o, object: asObject(mergeMaps(o.object, over)) };
  });
  return { ...tree, objects };
}
