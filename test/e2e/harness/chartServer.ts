import { execFile } from 'node:child_process';
import {
  createReadStream,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { definitionsOf, kindsMade } from './crds.ts';
import type { Json } from './kubeClient.ts';
import { freePort } from './ports.ts';
import type { Run } from './process.ts';
import type { Tools } from './programs.ts';
import type { Site } from './proxy.ts';
import { forward } from './proxy.ts';
import type { ChartRequest } from './trees.ts';
import { documentsOf } from './trees.ts';
import { answers, waitFor } from './wait.ts';

export const fixtures = join(import.meta.dirname, '../../fixtures/charts');
const execute = promisify(execFile);

interface Shape {
  /** Folder of test/fixtures/charts. */
  readonly fixture: string;
  /** API groups whose CRDs the real chart carries. */
  readonly groups?: readonly string[];
  /** The CRDs are those of the Argo CD that runs here. */
  readonly own?: boolean;
  /** Of the CRDs, the webhook that converts them has no caBundle until somebody fills it in. */
  readonly conversion?: boolean;
  /** The CRDs carry `helm.sh/resource-policy: keep`, which Argo CD honours. */
  readonly keep?: boolean;
}

/** Which shape stands for which chart; `workload` for all that are not here. */
const shapes: Readonly<Record<string, Shape>> = {
  'argo-cd': { fixture: 'argo-cd', own: true, keep: true },
  'cert-manager': { fixture: 'operator-webhook', groups: ['cert-manager.io', 'acme.cert-manager.io'], keep: true },
  'cloudnative-pg': { fixture: 'operator-webhook', groups: ['postgresql.cnpg.io'], keep: true },
  'external-secrets': {
    fixture: 'operator-webhook',
    groups: ['external-secrets.io', 'generators.external-secrets.io'],
  },
  'fission-all': { fixture: 'operator-webhook' },
  'gateway-crds-helm': { fixture: 'crds-only', groups: ['gateway.networking.k8s.io', 'gateway.envoyproxy.io'] },
  'gateway-helm': { fixture: 'operator-webhook' },
  'gpu-operator': { fixture: 'operator', groups: ['nvidia.com'] },
  'knative-operator': { fixture: 'operator-webhook', groups: ['operator.knative.dev'], conversion: true },
  'kube-prometheus-stack': { fixture: 'stack' },
  'node-feature-discovery': { fixture: 'operator', groups: ['nfd.k8s-sigs.io'] },
  'plugin-barman-cloud': { fixture: 'operator-webhook', groups: ['barmancloud.cnpg.io'] },
  'prometheus-operator-crds': { fixture: 'crds-only', groups: ['monitoring.coreos.com'], keep: true },
  'strimzi-access-operator': { fixture: 'operator', groups: ['access.strimzi.io'] },
  'strimzi-kafka-operator': { fixture: 'operator', groups: ['kafka.strimzi.io', 'core.strimzi.io'] },
  'trust-manager': { fixture: 'operator-webhook', groups: ['trust.cert-manager.io'], keep: true },
};

function shapeOf(chart: string): Shape {
  return shapes[chart] ?? { fixture: 'workload' };
}

function converted(definition: Json, chart: string): Json {
  const service = { name: `${chart}-webhook`, namespace: chart, path: '/convert' };
  const conversion = { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig: { service } } };
  return { ...definition, spec: { ...(definition['spec'] as Json), conversion } };
}

function keptOn(definition: Json): Json {
  const metadata = definition['metadata'] as Json;
  const annotations = { ...(metadata['annotations'] as Json | undefined), 'helm.sh/resource-policy': 'keep' };
  return { ...definition, metadata: { ...metadata, annotations } };
}

/** An API server takes long over many definitions: fixtures bring those that somebody makes objects of. */
const kinds = kindsMade();

function crdsOf(shape: Shape, chart: string, tools: Tools): Json[] {
  const folder = tools.share('argocd', 'crds');
  const own = readdirSync(folder)
    .filter((file) => file.endsWith('-crd.yaml'))
    .flatMap((file) => documentsOf(readFileSync(join(folder, file), 'utf8')));
  return (shape.own === true ? own : definitionsOf(shape.groups ?? [], kinds))
    .map((crd) => (shape.conversion === true ? converted(crd, chart) : crd))
    .map((crd) => (shape.keep === true ? keptOn(crd) : crd));
}

/** Writes the folder of a chart: the fixture under the name and version that the tree asks for, with its CRDs. */
function writeChart(folder: string, { chart, version }: ChartRequest, tools: Tools): void {
  const shape = shapeOf(chart);
  cpSync(join(fixtures, shape.fixture), folder, { recursive: true });
  const meta = parse(readFileSync(join(folder, 'Chart.yaml'), 'utf8')) as Json;
  writeFileSync(join(folder, 'Chart.yaml'), stringify({ ...meta, name: chart, version }));
  const definitions = crdsOf(shape, chart, tools);
  if (definitions.length === 0) return;
  const text = definitions.map((crd) => stringify(crd, { compat: 'yaml-1.1' })).join('---\n');
  const target = shape.fixture === 'operator' ? 'crds' : 'files';
  mkdirSync(join(folder, target), { recursive: true });
  writeFileSync(join(folder, target, 'crds.yaml'), text);
}

/** Packages of the real charts, `<name>-<version>.tgz`, where somebody has them; the tests then run with those. */
const realCharts = process.env['SLIPWAY_E2E_CHARTS'];

type HelmCommand = (...args: string[]) => Promise<unknown>;

function helmIn(folder: string, tools: Tools): HelmCommand {
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, HELM_CACHE_HOME: join(folder, 'helm') };
  return (...args) => execute(tools.program('helm'), args, { env });
}

/** Packages of what trees ask for, all in one folder: what SLIPWAY_CHARTS names. */
export async function packageCharts(requests: readonly ChartRequest[], tools: Tools, folder: string): Promise<void> {
  const sources = join(folder, '.sources');
  const helm = helmIn(sources, tools);
  await Promise.all(requests.map((request) => packageChart(request, tools, sources, folder, helm)));
}

/** Puts the package of a chart into a folder; the answer is the file. */
async function packageChart(
  request: ChartRequest,
  tools: Tools,
  sources: string,
  target: string,
  helm: HelmCommand,
): Promise<string> {
  const name = `${request.chart}-${request.version}.tgz`;
  mkdirSync(target, { recursive: true });
  if (realCharts === undefined) {
    const folder = join(sources, request.version, request.chart);
    writeChart(folder, request, tools);
    await helm('package', folder, '--destination', target);
  } else {
    const real = join(realCharts, name);
    if (!existsSync(real)) throw new Error(`SLIPWAY_E2E_CHARTS: ${realCharts} has no ${name}`);
    cpSync(real, join(target, name));
  }
  return join(target, name);
}

const isOci = (repoURL: string): boolean => !/^https?:\/\//.test(repoURL);
const hostAndPath = (repoURL: string): string => repoURL.replace(/^https?:\/\//, '').replace(/\/+$/, '');

export interface ChartServer {
  readonly site: Site;
  /** Packages what a tree asks for and is not there yet. */
  publish(requests: readonly ChartRequest[]): Promise<void>;
}

/** Chart repositories over HTTP and an OCI registry, filled with fixture charts. */
export async function startChartServer(run: Run, tools: Tools): Promise<ChartServer> {
  const root = join(run.folder, 'charts');
  const port = await freePort();
  const registry = run.start({ name: 'registry', program: tools.program('registry'), args: ['-port', String(port)] });
  await waitFor('OCI registry', () => (registry.check(), answers(`http://127.0.0.1:${port}/v2/`)));
  const helm = helmIn(run.folder, tools);
  const done = new Map<string, Promise<void>>();
  const publishOne = async (request: ChartRequest): Promise<void> => {
    const at = hostAndPath(request.repoURL);
    const file = await packageChart(request, tools, join(root, 'sources', at), join(root, 'http', at), helm);
    if (!isOci(request.repoURL)) return;
    // docker.io/envoyproxy is asked for as registry-1.docker.io/envoyproxy: only the path tells charts apart.
    const path = request.repoURL.split('/').slice(1).join('/');
    await helm('push', file, `oci://127.0.0.1:${port}/${path}`, '--plain-http');
  };
  return {
    async publish(requests) {
      for (const request of requests) {
        const key = JSON.stringify(request);
        if (!done.has(key)) done.set(key, publishOne(request));
      }
      await Promise.all(done.values());
      const repositories = new Set(requests.filter((r) => !isOci(r.repoURL)).map((r) => hostAndPath(r.repoURL)));
      for (const repository of repositories) await helm('repo', 'index', join(root, 'http', repository));
    },
    site(path, request, response) {
      if (/^[^/]+\/v2(?:\/|$)/.test(path)) {
        forward(port, request, response);
        return true;
      }
      const file = join(root, 'http', path);
      if (path.includes('..') || !existsSync(file) || !statSync(file).isFile()) return false;
      createReadStream(file).pipe(response);
      return true;
    },
  };
}
