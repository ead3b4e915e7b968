import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Applications } from './applications.ts';
import { createApplications } from './applications.ts';
import type { ArgoCd } from './argocd.ts';
import { startArgoCd } from './argocd.ts';
import { createAuthority } from './certificates.ts';
import type { ChartServer } from './chartServer.ts';
import { startChartServer } from './chartServer.ts';
import type { ControlPlane } from './controlPlane.ts';
import { startApiServer, startControlPlane, startEtcd } from './controlPlane.ts';
import type { FleetRepository } from './gitServer.ts';
import { createRepository, serveGit } from './gitServer.ts';
import { startOperators } from './operators.ts';
import type { Run } from './process.ts';
import { startRun } from './process.ts';
import type { Tools } from './programs.ts';
import { loadTools } from './programs.ts';
import type { Proxy, Site } from './proxy.ts';
import { aggregatedApi, startProxy } from './proxy.ts';
import { chartRequestsOf, valuesOf } from './trees.ts';

/** The address that the trees of this repository name. */
const fleetUrl = /^git\.example\.com\/platform\/fleet\.git(\/.*)$/;

export interface WorldOptions {
  readonly name: string;
  /** Folders under the top of the fleet repository: `deploy/dev` → a folder of the file system. */
  readonly trees: Readonly<Record<string, string>>;
  /** Which of them is the cluster that Argo CD runs in; its settings come from there. */
  readonly hub: string;
  /** Clusters that this Argo CD manages too. */
  readonly spokes?: readonly string[];
  /** Changes to the settings that the tree gives to Argo CD. */
  readonly settings?: (settings: Record<string, string>) => Record<string, string>;
  readonly serverSideDiff?: boolean;
  /** Bare API servers and an Argo CD that renders and does nothing else. */
  readonly idle?: boolean;
  /** Changes the work tree before the first commit. */
  readonly prepare?: (worktree: string) => void;
  /** Without it the repository is not served; default: to everybody. */
  readonly login?: { readonly username: string; readonly password: string };
  /** Brings the objects of Argo CD into the cluster, in place of what is needed to run it. */
  readonly install?: (tools: Tools, hub: ControlPlane, network: Network) => void | Promise<void>;
}

/** How a program of the test reaches the hosts that the trees name. */
export type Network = Readonly<Record<'HTTPS_PROXY' | 'NO_PROXY' | 'SSL_CERT_FILE', string>>;

export interface World {
  readonly run: Run;
  readonly hub: ControlPlane;
  readonly spokes: Readonly<Record<string, ControlPlane>>;
  readonly repository: FleetRepository;
  readonly charts: ChartServer;
  readonly proxy: Proxy;
  readonly applications: Applications;
  readonly argocd: ArgoCd;
  /** Commits what stands in the work tree and packages the charts it asks for. */
  commit(message: string): Promise<string>;
}

/** `data` of argocd-cm as the tree has it: what somebody installs Argo CD with before the first `kubectl apply`. */
export function settingsOf(tree: string): Record<string, string> {
  const plain = join(tree, 'manifests/argocd/configmap-argocd-argocd-cm.yaml');
  if (existsSync(plain)) return (parse(readFileSync(plain, 'utf8')) as { data: Record<string, string> }).data;
  const configs = valuesOf(tree, 'argo-cd')['configs'] as { cm?: Record<string, unknown> } | undefined;
  return Object.fromEntries(Object.entries(configs?.cm ?? {}).map(([key, value]) => [key, String(value)]));
}

function givenSettings(worktree: string, { hub, settings }: WorldOptions): Record<string, string> {
  const found = settingsOf(join(worktree, 'deploy', hub));
  return settings?.(found) ?? found;
}

/** Binds an account that Argo CD acts for: the chart does it for its own cluster, `argocd cluster add` for others. */
async function bindAccount(plane: ControlPlane, namespace: string, name: string): Promise<void> {
  await plane.client.request('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: `e2e-${name}` },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', namespace, name }],
  });
}

const basicLogin = ({ username, password }: NonNullable<WorldOptions['login']>): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** Makes the Secret by which Argo CD knows another cluster. */
async function register(hub: ControlPlane, spoke: ControlPlane): Promise<void> {
  await bindAccount(spoke, 'kube-system', 'argocd-manager');
  await hub.client.request('POST', '/api/v1/namespaces/argocd/secrets', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `cluster-${spoke.name}`, labels: { 'argocd.argoproj.io/secret-type': 'cluster' } },
    stringData: {
      name: spoke.name,
      server: spoke.server,
      config: JSON.stringify({ bearerToken: spoke.token, tlsClientConfig: { insecure: true } }),
    },
  });
}

async function start(run: Run, options: WorldOptions): Promise<World> {
  const tools = loadTools();
  const repository = createRepository(run);
  const authority = createAuthority(join(run.folder, 'certificates'));
  const charts = await startChartServer(run, tools);
  const git: Site = (path, request, response) => {
    const found = fleetUrl.exec(path);
    if (found === null) return false;
    const { login } = options;
    const wanted = login === undefined ? undefined : basicLogin(login);
    if (wanted === undefined || request.headers.authorization === wanted)
      serveGit(repository.bare, found[1] ?? '', request, response);
    else response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    return true;
  };
  const proxy = await startProxy(run, authority, [git, charts.site, aggregatedApi]);
  for (const [to, from] of Object.entries(options.trees)) repository.copy(from, to);
  const trees = Object.keys(options.trees).map((path) => join(repository.worktree, path));
  options.prepare?.(repository.worktree);
  const commit = async (message: string): Promise<string> => {
    await charts.publish(chartRequestsOf(trees));
    return repository.commit(message);
  };
  await commit('trees');
  const etcd = await startEtcd(run, tools);
  const names = [options.hub, ...(options.spokes ?? [])];
  const network = { HTTPS_PROXY: proxy.url, NO_PROXY: '127.0.0.1,localhost', SSL_CERT_FILE: authority.bundle };
  const startPlane = options.idle === true ? startApiServer : startControlPlane;
  const planes = await Promise.all(names.map((name) => startPlane(run, tools, etcd, name, network)));
  const [hub, ...spokes] = planes;
  if (hub === undefined) throw new Error('no cluster');
  for (const plane of options.idle === true ? [] : planes) startOperators(run, plane.client, authority.bundle);
  // The stand-in of the chart has no roles.
  await bindAccount(hub, 'argocd', 'argocd-application-controller');
  await options.install?.(tools, hub, network);
  const argocd = await startArgoCd(run, tools, hub, proxy, authority, {
    ...(options.install === undefined ? { settings: givenSettings(repository.worktree, options) } : {}),
    ...(options.serverSideDiff === undefined ? {} : { serverSideDiff: options.serverSideDiff }),
    ...(options.idle === undefined ? {} : { idle: options.idle }),
  });
  for (const spoke of spokes) await register(hub, spoke);
  return {
    run,
    hub,
    spokes: Object.fromEntries(spokes.map((plane) => [plane.name, plane])),
    repository,
    charts,
    proxy,
    applications: createApplications(hub.client),
    argocd,
    commit,
  };
}

/** Everything from etcd to Argo CD, ready for the first `kubectl apply`. Call `stopWorld` in the end, whatever happens. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const run = startRun(options.name);
  try {
    return await start(run, options);
  } catch (error) {
    const logs = await run.stop(true);
    throw new Error(`${error instanceof Error ? error.message : String(error)}\nlogs: ${logs ?? ''}`, { cause: error });
  }
}
