import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeClient } from './kubeClient.ts';
import { createClient } from './kubeClient.ts';
import { startNodes } from './kwok.ts';
import { freePort } from './ports.ts';
import type { Run } from './process.ts';
import type { Tools } from './programs.ts';
import { answers, waitFor } from './wait.ts';

const token = 'e2e-admin-token';

export interface ControlPlane {
  readonly name: string;
  /** What its programs keep beside etcd. */
  readonly folder: string;
  readonly server: string;
  readonly token: string;
  readonly kubeconfig: string;
  readonly client: KubeClient;
  /** Runs kubectl; throws with what it said. */
  kubectl(args: readonly string[], input?: string): string;
}

export async function startEtcd(run: Run, tools: Tools): Promise<string> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const peer = `http://127.0.0.1:${await freePort()}`;
  const etcd = run.start({
    name: 'etcd',
    program: tools.program('etcd'),
    args: [
      ...['--name', 'e2e', '--data-dir', join(run.folder, 'etcd'), '--unsafe-no-fsync'],
      ...['--listen-client-urls', url, '--advertise-client-urls', url],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `e2e=${peer}`],
    ],
  });
  await waitFor('etcd', () => (etcd.check(), answers(`${url}/health`)));
  return url;
}

function kubeconfigText(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'e2e', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'e2e', context: { cluster: 'e2e', user: 'admin' } }],
    'current-context': 'e2e',
  });
}

function apiServerArgs(folder: string, etcd: string, prefix: string, port: number): string[] {
  return [
    `--etcd-servers=${etcd}`,
    `--etcd-prefix=${prefix}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${join(folder, 'certs')}`,
    '--endpoint-reconciler-type=none',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--authorization-mode=Node,RBAC',
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${join(folder, 'sa.key')}`,
    `--service-account-signing-key-file=${join(folder, 'sa.key')}`,
    '--allow-privileged',
    // Nobody answers the webhooks of operators that do not run.
    '--disable-admission-plugins=ValidatingAdmissionWebhook,MutatingAdmissionWebhook',
    '--max-requests-inflight=0',
    '--max-mutating-requests-inflight=0',
    '--enable-priority-and-fairness=false',
    '--profiling=false',
  ];
}

/** API server, controller manager, scheduler and a node that plays its pods. */
export async function startControlPlane(
  run: Run,
  tools: Tools,
  etcd: string,
  name: string,
  network: Readonly<Record<string, string>>,
): Promise<ControlPlane> {
  const plane = await startApiServer(run, tools, etcd, name, network);
  await startControllers(run, tools, plane);
  await startNodes(run, tools, plane);
  return plane;
}

/** An API server without anybody who acts on its objects; `network` is how it reaches the Services of aggregated APIs. */
export async function startApiServer(
  run: Run,
  tools: Tools,
  etcd: string,
  name: string,
  network: Readonly<Record<string, string>> = {},
): Promise<ControlPlane> {
  const folder = join(run.folder, name);
  mkdirSync(join(folder, 'certs'), { recursive: true });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(folder, 'sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  writeFileSync(join(folder, 'tokens.csv'), `${token},admin,admin,"system:masters"\n`, { mode: 0o600 });
  const port = await freePort();
  const server = `https://127.0.0.1:${port}`;
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigText(server), { mode: 0o600 });
  const api = run.start({
    name: `${name}-kube-apiserver`,
    program: tools.program('kube-apiserver'),
    args: apiServerArgs(folder, etcd, `/registry-${name}`, port),
    env: network,
  });
  const client = createClient(server, token);
  run.onStop(() => client.close());
  const ready = async (): Promise<true> => (api.check(), await client.request('GET', '/readyz'), true);
  await waitFor(`API server of ${name}`, ready);
  return {
    name,
    folder,
    server,
    token,
    kubeconfig,
    client,
    kubectl: (args, input) =>
      execFileSync(tools.program('kubectl'), ['--kubeconfig', kubeconfig, ...args], {
        encoding: 'utf8',
        maxBuffer: 256 * 1024 * 1024,
        env: { PATH: process.env['PATH'] ?? '', HOME: folder },
        stdio: ['pipe', 'pipe', 'pipe'],
        ...(input === undefined ? {} : { input }),
      }),
  };
}

async function startControllers(run: Run, tools: Tools, { name, folder, kubeconfig }: ControlPlane): Promise<void> {
  const scheduler = join(folder, 'scheduler.json');
  writeFileSync(
    scheduler,
    JSON.stringify({
      apiVersion: 'kubescheduler.config.k8s.io/v1',
      kind: 'KubeSchedulerConfiguration',
      clientConnection: { kubeconfig },
      leaderElection: { leaderElect: false },
    }),
  );
  const shared = (port: number, part: string): string[] => [
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${join(folder, part)}`,
    '--authentication-skip-lookup=true',
  ];
  run.start({
    name: `${name}-kube-controller-manager`,
    program: tools.program('kube-controller-manager'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      '--leader-elect=false',
      ...shared(await freePort(), 'controller-manager'),
      `--service-account-private-key-file=${join(folder, 'sa.key')}`,
      `--root-ca-file=${join(folder, 'certs/apiserver.crt')}`,
      '--kube-api-qps=200',
      '--kube-api-burst=400',
    ],
  });
  run.start({
    name: `${name}-kube-scheduler`,
    program: tools.program('kube-scheduler'),
    args: [`--config=${scheduler}`, ...shared(await freePort(), 'scheduler')],
  });
}
