import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DriftReport, LiveDrift, ObjectDrift } from '../../../generator/model/drift.ts';
import { cli, snapshot } from '../../helpers/workspace.ts';
import type { ControlPlane } from './controlPlane.ts';
import type { Discovery } from './discovery.ts';
import type { Json, KubeObject } from './kubeClient.ts';
import { documentsOf } from './trees.ts';

export const manager = 'argocd-controller';
const apply = 'application/apply-patch+yaml';

export type TestObject = Json & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly annotations?: Json };
};

export interface OwnedObject {
  readonly object: TestObject;
  /** The Application that applies it, and its destination; undefined: applied by hand. */
  readonly application?: { readonly name: string; readonly namespace: string };
}

/** The objects of a tree as Argo CD would come by them. */
export function ownedObjects(folder: string, cluster: string): OwnedObject[] {
  const files = [...snapshot(folder)].filter(([path]) => path.endsWith('.yaml'));
  const all = files.flatMap(([path, text]) =>
    documentsOf(text).map((object) => ({ path, object: object as TestObject })),
  );
  const destinations = new Map(
    all
      .filter(({ object }) => object.kind === 'Application')
      .map(({ object }) => [
        object.metadata.name,
        (object['spec'] as { destination: { namespace: string } }).destination.namespace,
      ]),
  );
  const rootFile = files.find(([path]) => path === 'root.yaml')?.[1] ?? '';
  return all.map(({ path, object }) => {
    const component = /^manifests\/([^/]+)\//.exec(path)?.[1];
    const name = component === undefined ? cluster : `${cluster}-${component}`;
    if (path === 'root.yaml' && !/include: .*root\.yaml,(?:[a-z0-9-]+\/)?apps\//.test(rootFile)) return { object };
    return { object, application: { name, namespace: destinations.get(name) ?? '' } };
  });
}

/** Puts the mark of Argo CD on an object, as its documentation has it. */
export function marked({ object, application }: OwnedObject): TestObject {
  if (application === undefined || object.kind === 'CustomResourceDefinition') return object;
  const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : '';
  const { name, namespace = application.namespace } = object.metadata;
  const id = `${application.name}:${group}/${object.kind}:${namespace}/${name}`;
  const annotations = { ...object.metadata.annotations, 'argocd.argoproj.io/tracking-id': id };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

export interface Cluster {
  readonly plane: ControlPlane;
  readonly discovery: Discovery;
}

export async function pathOf({ discovery }: Cluster, object: Json): Promise<string> {
  const path = await discovery.pathOf(object);
  if (path === undefined) throw new Error(`the API server does not know ${String(object['kind'])}`);
  return path;
}

/** Applies an object from the server's side, as Argo CD does. */
export async function applyOwned(cluster: Cluster, owned: OwnedObject): Promise<void> {
  const path = await pathOf(cluster, owned.object);
  await cluster.plane.client.request('PATCH', `${path}?fieldManager=${manager}&force=true`, marked(owned), apply);
}

export interface Change {
  readonly path: string;
  readonly type: 'merge' | 'json' | 'strategic' | 'apply';
  readonly body: unknown;
  readonly by: string;
}

const types = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply,
};

/** What somebody else does to an object. */
export async function change({ plane }: Cluster, { path, type, body, by }: Change): Promise<KubeObject> {
  const force = type === 'apply' ? '&force=true' : '';
  return (await plane.client.request('PATCH', `${path}?fieldManager=${by}${force}`, body, types[type])) as KubeObject;
}

export interface DriftRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** Runs the built program with a kubeconfig. */
export async function runDrift(
  root: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<DriftRun> {
  return runProgram([process.execPath, cli, 'drift', ...args], root, env);
}

/** Where a pod finds its account. */
const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The same as a pod with an account runs it: with files at places of their own, in a mount namespace. Linux only. */
export async function runDriftInPod(
  root: string,
  args: readonly string[],
  plane: ControlPlane,
  env: Readonly<Record<string, string>>,
): Promise<DriftRun> {
  const { hostname, port } = new URL(plane.server);
  const files = `mount -t tmpfs tmpfs /run && mkdir -p ${accountFolder} && cd ${accountFolder} \
    && printf %s "$TOKEN" > token && cp "$AUTHORITY" ca.crt && printf argocd > namespace && cd "$ROOT" && exec "$@"`;
  return runProgram(
    ['unshare', '--mount', '--map-root-user', 'sh', '-c', files, 'sh', process.execPath, cli, 'drift', ...args],
    root,
    {
      ...env,
      TOKEN: plane.token,
      AUTHORITY: join(plane.folder, 'certs/apiserver.crt'),
      ROOT: root,
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
    },
  );
}

async function runProgram(
  [program = '', ...args]: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<DriftRun> {
  const started = Date.now();
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => (out[stream] += text));
  const code = await new Promise<number | null>((done) => child.on('close', done));
  return { code, ...out, seconds: (Date.now() - started) / 1000 };
}

export interface ParsedRun {
  readonly report: DriftReport;
  readonly codes: readonly string[];
  live(cluster: string): LiveDrift;
}

export function parsedRun({ stdout, stderr }: DriftRun): ParsedRun {
  if (!stdout.startsWith('{')) throw new Error(`no report: ${stdout}${stderr}`);
  const { data, diagnostics } = JSON.parse(stdout) as { data: DriftReport; diagnostics: { code: string }[] };
  return {
    report: data,
    codes: diagnostics.map((d) => d.code),
    live(cluster) {
      const found = data.clusters.find((c) => c.name === cluster)?.live;
      if (found === undefined) throw new Error(`nothing of ${cluster}: ${stderr}`);
      return found;
    },
  };
}

/** `changed Deployment lab/web /spec/replicas`, one line for every field; objects without fields have none. */
export function linesOf(objects: readonly ObjectDrift[]): string[] {
  return objects
    .flatMap((o) => {
      const about = `${o.state} ${o.kind} ${o.namespace === '' ? '' : `${o.namespace}/`}${o.name}`;
      return o.fields.length === 0 ? [about] : o.fields.map((f) => `${about} ${f.pointer}`);
    })
    .sort();
}

export function kubeconfigFor(folder: string, server: string, contexts: readonly string[], user: Json): string {
  const file = join(folder, `kubeconfig-${contexts.join('-')}-${Object.keys(user).join('')}`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'u', user }],
      contexts: contexts.map((name) => ({ name, context: { cluster: 'c', user: 'u' } })),
      'current-context': contexts[0],
    }),
    { mode: 0o600 },
  );
  return file;
}

export function folderOf(top: string, files: Readonly<Record<string, string>>): string {
  const root = realpathSync(mkdtempSync(join(top, 'fleet-')));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}
