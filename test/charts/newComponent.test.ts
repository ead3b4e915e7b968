import { sha } from '../../generator/util/digest.ts';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { load } from 'js-yaml';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Result } from '../../generator/commands/command.ts';
import { createContext } from '../../generator/context.ts';
import { ToolError, UsageError } from '../../generator/model/diagnostic.ts';
import type { ValueMap } from '../../generator/model/values.ts';
import { call } from '../helpers/call.ts';
import { chartPackage, chartYaml, indexYaml, routes, serve } from '../helpers/chartServer.ts';
import { demoCatalog } from '../helpers/demo.ts';
import { helmProgram } from '../helpers/helm.ts';
import { git, snapshot, workspace } from '../helpers/workspace.ts';

const values = `replicaCount: 2
image:
  repository: registry.example.com/shop
  tag: ""
podAnnotations: {}
resources: {}
persistence:
  enabled: true
  size: 8Gi
  storageClass: ""
serviceMonitor:
  enabled: false
  interval: 30s
database:
  replicas: 1
`;

const templates = `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: {{ .Release.Name }} }
spec:
  replicas: {{ .Values.replicaCount }}
  serviceName: {{ .Release.Name }}
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      containers:
        - { name: shop, image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.Version }}" }
  {{- if .Values.persistence.enabled }}
  volumeClaimTemplates:
    - metadata: { name: data }
      spec:
        accessModes: [ReadWriteOnce]
        resources: { requests: { storage: {{ .Values.persistence.size }} } }
  {{- end }}
`;

const service = `apiVersion: v1
kind: Service
metadata: { name: {{ .Release.Name }} }
spec: { clusterIP: None, selector: { app: shop } }
`;

const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: orders.shop.example.com }
spec:
  group: shop.example.com
  names: { kind: Order, plural: orders, singular: order, listKind: OrderList }
  scope: Namespaced
  versions:
    - { name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }
`;

const chartFiles = {
  'values.yaml': values,
  'templates/shop.yaml': templates,
  'templates/service.yaml': service,
  'crds/order.yaml': crd,
};
const about = 'description: A shop\n  that sells\n';

beforeEach(() => {
  const home = workspace({});
  for (const [name, value] of [
    ['SLIPWAY_CACHE_DIR', `${home}/cache`],
    ['SLIPWAY_HELM', helmProgram()],
    ['SLIPWAY_ENGINE', 'off'],
    ['HOME', home],
  ] as const)
    vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
});

const act = (root: string, ...words: readonly string[]): Promise<Result> =>
  call(createContext(root, { quiet: true, verbose: false, offline: words.includes('--offline') }), ...words);

const chartOf = (root: string): unknown => {
  const text = snapshot(join(root, 'custom')).get('shop/shop/component.yaml') ?? '';
  return ((load(text) as ValueMap)['spec'] as ValueMap)['chart'];
};

/** Validates, and passes its own tests, with nothing said. */
async function expectSound(root: string): Promise<void> {
  const validated = await act(root, 'validate');
  expect(validated.diagnostics).toEqual([]);
  const tested = await act(root, 'catalog', 'test', 'shop');
  expect(tested.diagnostics).toEqual([]);
  expect(tested.text).toMatch(/\nshop +shop \S+ +1 +ok +ok/);
}

describe('new component --chart', () => {
  it('takes the newest release of a repository', async () => {
    const versions = ['1.0.0', '1.2.0', '2.0.0-rc.1'];
    const packages = await Promise.all(
      versions.map((v) => chartPackage('shop', v, { ...chartFiles, 'Chart.yaml': chartYaml('shop', v, about) })),
    );
    const index = indexYaml({ shop: versions.map((v) => [v, `shop-${v}.tgz`] as const) });
    const files = Object.fromEntries(versions.map((v, i) => [`/shop-${v}.tgz`, packages[i] ?? 404]));
    const server = await serve(routes({ '/index.yaml': index, ...files }));
    const root = workspace(demoCatalog);
    const { data, diagnostics } = await act(root, 'new', 'component', 'shop', '--chart', `${server.url}/`);
    expect(diagnostics).toEqual([]);
    expect(data).toMatchObject({
      kinds: { CustomResourceDefinition: 1, Service: 1, StatefulSet: 1 },
      crds: ['shop.example.com/Order'],
    });
    expect(chartOf(root)).toEqual({ repository: server.url, name: 'shop', version: '1.2.0' });
    const made = snapshot(join(root, 'custom'));
    expect([...made.keys()]).toEqual([
      'shop/README.md',
      'shop/capability.yaml',
      'shop/examples/minimal.yaml',
      'shop/shop/component.yaml',
      'shop/shop/contributes.yaml.hbs',
      'shop/shop/values.yaml.hbs',
    ]);
    expect(made.get('shop/shop/component.yaml')).toContain(
      `  summary: A shop that sells.\n  chart:\n    repository: ${server.url}\n`,
    );
    expect(made.get('shop/shop/component.yaml')).toContain(
      '  crds:\n    - shop.example.com/Order\n  dataHolding: true\n',
    );
    expect(made.get('shop/shop/values.yaml.hbs')?.split('\n').slice(2)).toEqual([
      'replicaCount: {{options.replicas}}',
      '# image:',
      '#   repository: registry.example.com/shop',
      '#   tag: ""',
      '# resources: {}',
      'persistence:',
      '  # enabled: true',
      '  size: {{options.storage}}',
      '  # storageClass: ""',
      '# serviceMonitor:',
      '#   enabled: false',
      '#   interval: "30s"',
      '# database:',
      '#   replicas: 1',
      '',
    ]);
    await expectSound(root);
  });

  it('takes a chart of a registry', async () => {
    const bytes = await chartPackage('shop', '3.1.0', chartFiles);
    const digest = sha(bytes);
    const layers = [{ mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', digest: `sha256:${digest}` }];
    const server = await serve(
      routes({
        '/v2/charts/shop/tags/list': JSON.stringify({ name: 'charts/shop', tags: ['3.0.0', '3.1.0'] }),
        '/v2/charts/shop/manifests/3.1.0': JSON.stringify({ schemaVersion: 2, layers }),
        [`/v2/charts/shop/blobs/sha256:${digest}`]: bytes,
      }),
    );
    const root = workspace(demoCatalog);
    await act(root, 'new', 'component', 'shop', '--chart', `oci+http://${server.host}/charts`);
    expect(chartOf(root)).toEqual({ repository: `oci+http://${server.host}/charts`, name: 'shop', version: '3.1.0' });
    await expectSound(root);
  });

  it('takes a chart of git at its newest tag', async () => {
    const folder = workspace({});
    for (const [path, text] of Object.entries({ ...chartFiles, 'Chart.yaml': chartYaml('shop', '4.0.0') })) {
      mkdirSync(dirname(join(folder, 'charts/shop', path)), { recursive: true });
      writeFileSync(join(folder, 'charts/shop', path), text);
    }
    git(folder, 'init', '-q');
    git(folder, 'add', '.');
    git(folder, 'commit', '-qm', 'a chart');
    git(folder, 'tag', 'shop-4.0.0');
    const root = workspace(demoCatalog);
    const repository = `git+file://${folder}//charts/shop?ref=shop-{version}`;
    await act(root, 'new', 'component', 'shop', '--chart', repository);
    expect(chartOf(root)).toEqual({ repository, name: 'shop', version: '4.0.0' });
    expect((await act(root, 'catalog', 'test', 'shop')).diagnostics).toEqual([]);
  });

  it('joins a capability that is there, with the spec of its first example', async () => {
    const root = workspace({
      ...demoCatalog,
      'catalog/demo/examples/first.yaml': 'spec:\n  capabilities: { demo: { text: one } }\n',
      ...Object.fromEntries(Object.entries(chartFiles).map(([path, text]) => [`charts/shop/${path}`, text])),
      'charts/shop/Chart.yaml': chartYaml('shop', '1.0.0'),
    });
    await act(root, 'new', 'component', 'demo/shop', '--chart', './charts/shop');
    const made = snapshot(join(root, 'custom'));
    expect([...made.keys()]).toEqual([
      'demo/examples/shop.yaml',
      'demo/shop/README.md',
      'demo/shop/component.yaml',
      'demo/shop/contributes.yaml.hbs',
      'demo/shop/values.yaml.hbs',
    ]);
    expect(made.get('demo/examples/shop.yaml')).toContain('    demo:\n      text: one\n');
    expect(made.get('demo/shop/values.yaml.hbs')).toContain('\n# replicaCount: 2\n');
    expect((await act(root, 'validate')).diagnostics).toEqual([]);
  });

  it('reads values as Helm does: words, anchors, and what would be a template here', async () => {
    const root = workspace({
      ...demoCatalog,
      'charts/shop/Chart.yaml': chartYaml('shop', '1.0.0', 'description: "It is {{ a }} shop: 100 %"\n'),
      'charts/shop/values.yaml':
        'ingress: &off { enabled: no, hosts: ["{{ .Release.Name }}.example.com"] }\nmetrics: *off\nreplicas: 0\n"on": 1\n',
      'charts/shop/templates/a.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { a: {{ .Values.replicas | quote }} }\n',
    });
    await act(root, 'new', 'component', 'shop', '--chart', './charts/shop');
    const text = snapshot(join(root, 'custom')).get('shop/shop/values.yaml.hbs') ?? '';
    expect(text.split('\n').slice(2)).toEqual([
      '# ingress:',
      '#   enabled: false',
      '# metrics:',
      '#   enabled: false',
      'replicas: {{options.replicas}}',
      '',
    ]);
    await expectSound(root);
  });

  it('says what Helm refuses, and writes the component all the same', async () => {
    const root = workspace({
      ...demoCatalog,
      'charts/shop/Chart.yaml': chartYaml('shop', '1.0.0'),
      'charts/shop/templates/a.yaml': 'a: {{ required "a password is needed" .Values.password }}\n',
    });
    const { diagnostics } = await act(root, 'new', 'component', 'shop', '--chart', './charts/shop');
    expect(diagnostics).toMatchObject([
      { code: 'helm/refused', severity: 'warning', at: { file: 'custom/shop/shop/values.yaml.hbs', line: 1 } },
    ]);
  });

  it.each([
    [['shop', '--chart', 'https://charts.example.com', '--offline'], 'chart/offline'],
    [['shop', '--chart', '{url}'], 'chart/missing'],
    [['other', '--chart', '{url}', '--chart-name', 'known', '--chart-version', '9.9.9'], 'chart/missing'],
  ])('%j ends with %s, and nothing is written', async (words, code) => {
    const server = await serve(routes({ '/index.yaml': indexYaml({ known: [['1.0.0', 'known-1.0.0.tgz']] }) }));
    const root = workspace(demoCatalog);
    const failure = act(root, 'new', 'component', ...words.map((w) => w.replace('{url}', server.url)));
    await expect(failure).rejects.toMatchObject({ code });
    await expect(failure).rejects.toBeInstanceOf(ToolError);
    expect(snapshot(join(root, 'custom')).size).toBe(0);
  });

  it.each([
    ['shop', '--chart', 'charts/shop'],
    ['shop', '--chart', './charts/none'],
    ['demo-chart', '--chart', 'https://charts.example.com'],
    ['a/b/c', '--chart', 'https://charts.example.com'],
    ['shop', '--chart-version', '1.0.0'],
  ])('refuses %s %s %s', async (...words) => {
    await expect(act(workspace(demoCatalog), 'new', 'component', ...words)).rejects.toBeInstanceOf(UsageError);
  });
});
