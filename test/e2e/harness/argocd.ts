import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import type { Authority } from './certificates.ts';
import type { ControlPlane } from './controlPlane.ts';
import type { Json } from './kubeClient.ts';
import { served } from './kubeClient.ts';
import { freePort } from './ports.ts';
import type { ProcessOptions, Run, Running } from './process.ts';
import type { Tools } from './programs.ts';
import type { Proxy } from './proxy.ts';
import { answers, waitFor } from './wait.ts';

export interface ArgoCdOptions {
  /** `data` of argocd-cm; without it, somebody has installed the objects of Argo CD already. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly serverSideDiff?: boolean;
  /** Nothing is compared and nothing applied: only what renders. */
  readonly idle?: boolean;
}

export interface ArgoCd {
  /** What the repo-server makes of the source of an Application, asked through the API of Argo CD. */
  manifestsOf(application: string): Promise<Json[]>;
  /** The same with the values of Secrets, which the API hides: as the repo-server keeps it, for one state of the cluster. */
  openManifestsOf(application: string): Promise<Json[]>;
}

/** Writable folders for everything that Argo CD keeps beside the cluster; nothing of the machine's own settings. */
function environment(
  run: Run,
  tools: Tools,
  plane: ControlPlane,
  proxy: Proxy,
  authority: Authority,
): Record<string, string> {
  const folder = join(run.folder, 'argocd');
  const bin = join(folder, 'bin');
  const home = join(folder, 'home');
  const inside = ['bin', 'home', 'tls', 'ssh', 'gnupg', 'gpg', 'plugins', 'tmp'];
  for (const name of inside) mkdirSync(join(folder, name), { recursive: true });
  for (const script of ['git-verify-wrapper.sh', 'gpg-wrapper.sh', 'git-ask-pass.sh']) {
    cpSync(join(tools.share('argocd', 'hack'), script), join(bin, script));
    chmodSync(join(bin, script), 0o755);
  }
  cpSync(tools.program('helm'), join(bin, 'helm'));
  // git asks it for the login of a private repository
  symlinkSync(tools.program('argocd'), join(bin, 'argocd'));
  writeFileSync(join(folder, 'ssh/ssh_known_hosts'), '');
  writeFileSync(join(folder, 'gitconfig'), '[safe]\n\tdirectory = *\n');
  return {
    // The cluster that Argo CD runs in is the one of this kubeconfig.
    ARGOCD_FAKE_IN_CLUSTER: 'true',
    KUBECONFIG: plane.kubeconfig,
    ARGOCD_TLS_DATA_PATH: join(folder, 'tls'),
    ARGOCD_SSH_DATA_PATH: join(folder, 'ssh'),
    ARGOCD_GNUPGHOME: join(folder, 'gnupg'),
    ARGOCD_GPG_DATA_PATH: join(folder, 'gpg'),
    ARGOCD_PLUGINSOCKFILEPATH: join(folder, 'plugins'),
    ARGOCD_GPG_ENABLED: 'false',
    // The socket of the repo-server has one fixed name in here: two runs need two folders.
    TMPDIR: join(folder, 'tmp'),
    HOME: home,
    HOSTNAME: 'argocd-e2e-0',
    // Seconds between waves; 2 without it.
    ARGOCD_SYNC_WAVE_DELAY: '1',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: join(folder, 'gitconfig'),
    GODEBUG: 'tarinsecurepath=0,zipinsecurepath=0',
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    HTTPS_PROXY: proxy.url,
    NO_PROXY: '127.0.0.1,localhost',
    SSL_CERT_FILE: authority.bundle,
    GIT_SSL_CAINFO: authority.bundle,
  };
}

async function installObjects(
  tools: Tools,
  plane: ControlPlane,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  const apply = (...args: string[]): string => plane.kubectl(['apply', '--server-side', '--force-conflicts', ...args]);
  plane.kubectl(['create', 'namespace', 'argocd']);
  const files = (share: string): string[] =>
    readdirSync(tools.share('argocd', share))
      .filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml')
      .flatMap((file) => ['-f', join(tools.share('argocd', share), file)]);
  apply(...files('crds'));
  for (const plural of ['applications', 'appprojects'])
    await served(plane.client, `/apis/argoproj.io/v1alpha1/${plural}`);
  apply('-n', 'argocd', ...files('config'));
  const labels = { 'app.kubernetes.io/part-of': 'argocd' };
  const objects: Json[] = [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'argocd-cm', labels }, data: settings },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'argocd-secret', labels },
      stringData: { 'server.secretkey': 'only for this run' },
    },
  ];
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  plane.kubectl(['apply', '--server-side', '--force-conflicts', '-n', 'argocd', '-f', '-'], list);
}

async function startRedis(run: Run, tools: Tools): Promise<string> {
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  run.start({ name: 'redis', program: tools.program('redis-server'), args });
  return `127.0.0.1:${port}`;
}

/** Argo CD beside a cluster: redis, repo-server, application controller unless idle, its API server when somebody asks. */
export async function startArgoCd(
  run: Run,
  tools: Tools,
  plane: ControlPlane,
  proxy: Proxy,
  authority: Authority,
  options: ArgoCdOptions,
): Promise<ArgoCd> {
  if (options.settings !== undefined) await installObjects(tools, plane, options.settings);
  const env = environment(run, tools, plane, proxy, authority);
  const redis = await startRedis(run, tools);
  const [repoPort, repoMetrics] = [await freePort(), await freePort()];
  const role = (name: string, args: readonly string[]): Running => {
    const start: ProcessOptions = {
      name: `argocd-${name}`,
      program: tools.program('argocd'),
      args,
      env: { ...env, ARGOCD_BINARY_NAME: `argocd-${name}` },
    };
    return run.start(start);
  };
  const repoServer = role('repo-server', [
    ...['--address', '127.0.0.1', '--port', String(repoPort), '--redis', redis],
    ...['--metrics-address', '127.0.0.1', '--metrics-port', String(repoMetrics)],
  ]);
  await waitFor(
    'repo-server',
    () => (repoServer.check(), answers(`http://127.0.0.1:${repoMetrics}/healthz?full=true`)),
  );
  if (options.idle !== true) {
    const metrics = await freePort();
    const controller = role('application-controller', [
      ...['--kubeconfig', plane.kubeconfig, '--namespace', 'argocd', '--redis', redis],
      ...['--repo-server', `127.0.0.1:${repoPort}`, '--metrics-port', String(metrics)],
      ...['--app-resync', '30', '--app-resync-jitter', '0'],
      ...['--status-processors', '20', '--operation-processors', '10'],
      ...(options.serverSideDiff === false ? [] : ['--server-side-diff-enabled']),
    ]);
    await waitFor('application controller', () => (controller.check(), answers(`http://127.0.0.1:${metrics}/healthz`)));
  }
  const manifestsOf = serverOf(plane, redis, `127.0.0.1:${repoPort}`, role);
  return {
    manifestsOf,
    async openManifestsOf(application) {
      await manifestsOf(application);
      return keptIn(redis, tools, application);
    },
  };
}

/** Argo CD flushes what it packs, and never closes it. */
const unclosed = { finishFlush: constants.Z_SYNC_FLUSH };

/** What the repo-server put into redis for an Application (reposerver/cache/cache.go). */
function keptIn(redis: string, tools: Tools, application: string): Json[] {
  const port = redis.slice(redis.lastIndexOf(':') + 1);
  const ask = (...words: string[]): Buffer =>
    execFileSync(tools.program('redis-cli'), ['-p', port, ...words], { maxBuffer: 256 * 1024 * 1024 });
  const keys = ask('--scan', '--pattern', `mfst|*|${application}|*`).toString().trim().split('\n');
  const [key = ''] = keys;
  if (key === '' || keys.length > 1) throw new Error(`kept of ${application}: ${keys.join(' ')}`);
  const { manifestResponse } = JSON.parse(gunzipSync(ask('get', key), unclosed).toString()) as {
    manifestResponse: { manifests?: string[] };
  };
  return (manifestResponse.manifests ?? []).map((m) => JSON.parse(m) as Json);
}

/** The API server of Argo CD, started when it is asked for the first time. */
function serverOf(
  plane: ControlPlane,
  redis: string,
  repoServer: string,
  role: (name: string, args: readonly string[]) => Running,
): (application: string) => Promise<Json[]> {
  const start = async (): Promise<string> => {
    const [port, metrics] = [await freePort(), await freePort()];
    const server = role('server', [
      ...['--kubeconfig', plane.kubeconfig, '--namespace', 'argocd', '--redis', redis, '--repo-server', repoServer],
      ...['--insecure', '--disable-auth', '--address', '127.0.0.1', '--port', String(port)],
      ...['--metrics-address', '127.0.0.1', '--metrics-port', String(metrics)],
    ]);
    const url = `http://127.0.0.1:${port}`;
    await waitFor('API server of Argo CD', () => (server.check(), answers(`${url}/healthz`)));
    return url;
  };
  let started: Promise<string> | undefined;
  return async (application) => {
    const url = await (started ??= start());
    const response = await fetch(`${url}/api/v1/applications/${application}/manifests`);
    const text = await response.text();
    if (!response.ok) throw new Error(`manifests of ${application}: ${response.status} ${text}`);
    return ((JSON.parse(text) as { manifests?: string[] }).manifests ?? []).map((m) => JSON.parse(m) as Json);
  };
}
