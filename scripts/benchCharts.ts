import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';

/** Rendered delivery against the floor: as many `helm` processes side by side as there are cores, and nothing else. */
export interface ChartRow {
  readonly what: string;
  readonly ms: number;
  readonly budgetMs: number;
}

interface Bench {
  readonly root: string;
  readonly cli: string;
  /** Program of helm. */
  readonly helm: string;
  /** Folder of real packages, where somebody has them. */
  readonly realCharts: string | undefined;
  report(...rows: readonly ChartRow[]): void;
}

const head = (kind: string, name: string): string =>
  `apiVersion: slipway.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name} }\n`;

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** A fleet whose components are all delivered rendered; `charts` by name, with the values template of each. */
function fleet(root: string, clusters: number, charts: ReadonlyMap<string, string>): void {
  write(
    root,
    'catalog/catalog.yaml',
    `${head('Catalog', 'bench')}spec:\n  version: 1.0.0\n  kubernetes: { minimum: "1.34" }\n  argocd: { version: v3.4.4 }\n`,
  );
  write(
    root,
    'catalog/all/capability.yaml',
    `${head('Capability', 'all')}spec:\n  summary: All.\n  options: { type: object, properties: { replicas: { type: integer, default: 2, description: Pods. } } }\n`,
  );
  for (const [file, values] of charts) {
    const [, chart = '', version = ''] = /^(.+?)-(v?\d.*)\.tgz$/.exec(file) ?? [];
    write(
      root,
      `catalog/all/c-${chart}/component.yaml`,
      `${head('Component', `c-${chart}`)}spec:\n  summary: A chart.\n  chart: { repository: "https://charts.example.com", name: ${chart}, version: ${version} }\n  namespace: ${chart}\n  publicSecrets: [{ name: "*", reason: Nothing here is secret. }]\n  crds: []\n`,
    );
    write(root, `catalog/all/c-${chart}/values.yaml.hbs`, values);
    write(root, `catalog/all/c-${chart}/contributes.yaml.hbs`, `namespaces:\n  - { name: ${chart} }\n`);
  }
  for (let i = 0; i < clusters; i += 1) cluster(root, i, 2);
}

/** What the large charts name: their definitions are left out, and what their operators make is nobody's here. */
const externals = ['apiextensions.k8s.io/CustomResourceDefinition', 'Secret', 'ConfigMap', 'ServiceAccount', 'Service']
  .map((kind) => `    - { kind: ${kind}, name: "*", reason: Nothing here is applied. }\n`)
  .join('');

function cluster(root: string, i: number, replicas: number): void {
  write(
    root,
    `clusters/b${i}.yaml`,
    `${head('Cluster', `b${i}`)}spec:\n  domain: b${i}.example.com\n  delivery: rendered\n  kubernetes: { version: "1.34" }\n  git: { repoURL: "https://git.example.com/fleet.git" }\n  capabilities: { all: { replicas: ${replicas} } }\n  externals:\n${externals}`,
  );
}

/** Packages of small charts: a Deployment, a Service and a ConfigMap each. */
function smallCharts(root: string, count: number, helm: string): readonly string[] {
  for (let i = 0; i < count; i += 1) {
    const at = `charts/small${i}`;
    write(root, `${at}/Chart.yaml`, `apiVersion: v2\nname: small${i}\nversion: 1.0.0\n`);
    write(root, `${at}/values.yaml`, 'replicas: 1\nimage: { tag: "1" }\nlabels: {}\n');
    write(
      root,
      `${at}/templates/all.yaml`,
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: {{ .Release.Name }}, labels: {{ toJson .Values.labels }} }\nspec:\n  replicas: {{ .Values.replicas }}\n  selector: { matchLabels: { app: web } }\n  template:\n    metadata: { labels: { app: web } }\n    spec:\n      containers: [{ name: web, image: "web:{{ .Values.image.tag }}" }]\n---\napiVersion: v1\nkind: Service\nmetadata: { name: {{ .Release.Name }} }\nspec: { selector: { app: web }, ports: [{ port: 80 }] }\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ .Release.Name }} }\ndata: { replicas: {{ .Values.replicas | quote }} }\n`,
    );
    const packed = spawnSync(helm, ['package', join(root, at), '-d', join(root, 'packages')], { encoding: 'utf8' });
    if (packed.status !== 0) throw new Error(packed.stderr);
  }
  return Array.from({ length: count }, (_, i) => `small${i}-1.0.0.tgz`);
}

/** Milliseconds that parallel `helm template` processes take for every chart of every cluster. */
async function floor(helm: string, folder: string, files: readonly string[], clusters: number): Promise<number> {
  const jobs = Array.from({ length: clusters }, () => files).flat();
  const start = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let file = jobs[next++]; file !== undefined; file = jobs[next++]) await template(helm, join(folder, file));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return performance.now() - start;
}

function template(helm: string, file: string): Promise<void> {
  return new Promise((done, failed) => {
    const child = spawn(helm, ['template', 'x', file, '--include-crds', '--skip-tests'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.on('close', (code) => (code === 0 ? done() : failed(new Error(`helm template ${file} ended with ${code}`))));
  });
}

function slipway({ cli }: Bench, root: string, env: NodeJS.ProcessEnv): number {
  const start = performance.now();
  const result = spawnSync(process.execPath, [cli, 'render'], { cwd: root, encoding: 'utf8', env });
  if (result.status !== 0) throw new Error(result.stderr.slice(-2000));
  return performance.now() - start;
}

/** Cold, warm and with one value changed, with the engine and without, beside the floor. */
async function series(
  bench: Bench,
  name: string,
  folder: string,
  files: readonly string[],
  clusters: number,
  values: (file: string) => string,
  share: Readonly<Record<'engine' | 'process', number>> = { engine: 0.5, process: 0.9 },
): Promise<void> {
  const report = (what: string, ms: number, budgetMs: number): void =>
    bench.report({ what: `${name}: ${what}`, ms: Math.round(ms), budgetMs: Math.round(budgetMs) });
  const least = await floor(bench.helm, folder, files, clusters);
  report('helm processes', least, 0);
  for (const [kind, engine] of [
    ['engine', undefined],
    ['process', 'off'],
  ] as const) {
    const root = join(bench.root, `${name}-${kind}`.replaceAll(/[^a-z0-9]+/gi, '-'));
    fleet(root, clusters, new Map(files.map((file) => [file, values(file)])));
    const env = {
      ...process.env,
      SLIPWAY_CHARTS: folder,
      SLIPWAY_CACHE_DIR: join(root, 'cache'),
      SLIPWAY_HELM: bench.helm,
      ...(engine === undefined ? {} : { SLIPWAY_ENGINE: engine }),
    };
    report(`cold, ${kind}`, slipway(bench, root, env), least * share[kind]);
    report(`warm, ${kind}`, slipway(bench, root, env), 1000);
    cluster(root, 0, 3);
    report(`one value, ${kind}`, slipway(bench, root, env), 0);
    rmSync(root, { recursive: true, force: true });
  }
}

/** Other values in each cluster, with which large charts render to the same each time, and leave their definitions out. */
const giants: Readonly<Record<string, string>> = {
  'kube-prometheus-stack':
    'crds: { enabled: false }\ngrafana: { adminPassword: {{str "bench"}}, replicas: {{options.replicas}} }\nprometheus: { prometheusSpec: { externalLabels: { cluster: {{cluster.name}} } } }\n',
  'argo-cd':
    'crds: { install: false }\nserver: { replicas: {{options.replicas}} }\nglobal: { domain: {{cluster.domain}} }\n',
  'cert-manager': 'replicaCount: {{options.replicas}}\npodLabels: { cluster: {{cluster.name}} }\n',
};
const giantOf = (file: string): string | undefined =>
  Object.keys(giants).find((name) => new RegExp(`^${name}-v?\\d`).test(file));

export async function benchCharts(bench: Bench): Promise<void> {
  const small = smallCharts(bench.root, 20, bench.helm);
  const folder = join(bench.root, 'packages');
  const values = (): string => 'replicas: {{options.replicas}}\nlabels: { cluster: {{cluster.name}} }\n';
  await series(bench, '20 × 10 charts', folder, small.slice(0, 10), 20, values);
  await series(bench, '50 × 20 charts', folder, small, 50, values);
  const { realCharts } = bench;
  if (realCharts === undefined || !existsSync(realCharts)) return;
  const large = readdirSync(realCharts).filter((file) => giantOf(file) !== undefined);
  const own = (file: string): string => giants[giantOf(file) ?? ''] ?? '';
  await series(bench, '10 × large charts', realCharts, large, 10, own, { engine: 0.6, process: 0.9 });
}
