import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

/** A Go module of test/e2e/tools and what is built from it. */
export interface ToolModule {
  readonly name: string;
  /** The folder below test/e2e/tools where it is not the name: several share one go.mod, and what was compiled for it. */
  readonly folder?: string;
  /** Folders of the module with sources of our own. */
  readonly sources?: readonly string[];
  /** Program name → package. */
  readonly packages: Readonly<Record<string, string>>;
  readonly ldflags: readonly string[];
  /** Programs that may come from elsewhere when they are installed. */
  readonly installed?: readonly string[];
  /** Folders of the module that the harness reads: name in share/ → module, folder. */
  readonly share?: Readonly<Record<string, readonly [string, string]>>;
}

const tools = resolve(import.meta.dirname, '../tools');
const kubernetesVersion = '1.34.4';
const [major, minor] = kubernetesVersion.split('.');
const component = 'k8s.io/component-base/version';
const argocdModule = 'github.com/argoproj/argo-cd/v3';

/** The version of a Go module that the tool of this name is built from, with its v. */
export function versionIn(tool: string, module: string): string {
  const pins = readFileSync(join(tools, tool, 'go.mod'), 'utf8');
  const line = pins.split('\n').find((l) => l.startsWith(`\t${module} `));
  if (line === undefined) throw new Error(`${tool}/go.mod does not name ${module}`);
  return line.trim().split(' ')[1] ?? '';
}

/** What the lab runs: held to catalog.yaml by test/repository/versions.test.ts. */
export const labVersions = {
  argocd: versionIn('argocd', argocdModule),
  helm: versionIn('helm', 'helm.sh/helm/v4'),
};

/** In the order in which they are built: the long ones first. */
export const modules: readonly ToolModule[] = [
  {
    name: 'kubernetes',
    packages: {
      'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
      'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
      'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
      kubectl: 'k8s.io/kubernetes/cmd/kubectl',
    },
    ldflags: [
      `-X ${component}.gitVersion=v${kubernetesVersion}`,
      `-X ${component}.gitMajor=${major ?? ''}`,
      `-X ${component}.gitMinor=${minor ?? ''}`,
      `-X ${component}.gitTreeState=clean`,
    ],
    installed: ['kube-apiserver', 'kubectl'],
  },
  {
    name: 'oracle',
    folder: 'kubernetes',
    packages: { 'schema-oracle': './oracle' },
    ldflags: [],
    sources: ['oracle'],
  },
  {
    name: 'argocd',
    packages: { argocd: `${argocdModule}/cmd` },
    // Without a leading v: argocd-server puts one before it and then fails to parse two.
    ldflags: [`-X ${argocdModule}/common.version=${labVersions.argocd.slice(1)}`],
    share: {
      crds: [argocdModule, 'manifests/crds'],
      config: [argocdModule, 'manifests/base/config'],
      hack: [argocdModule, 'hack'],
    },
  },
  {
    name: 'annotations',
    folder: 'argocd',
    packages: { 'argocd-annotations': './annotations' },
    ldflags: [],
    sources: ['annotations'],
  },
  { name: 'helm', packages: { helm: 'helm.sh/helm/v4/cmd/helm' }, ldflags: [] },
  {
    name: 'kwok',
    packages: { kwok: 'sigs.k8s.io/kwok/cmd/kwok' },
    ldflags: [],
    share: { crd: ['sigs.k8s.io/kwok', 'kustomize/crd/bases'], stage: ['sigs.k8s.io/kwok', 'kustomize/stage'] },
  },
  { name: 'etcd', packages: { etcd: 'go.etcd.io/etcd/server/v3' }, ldflags: [], installed: ['etcd'] },
  { name: 'registry', packages: { registry: 'github.com/google/go-containerregistry/cmd/registry' }, ldflags: [] },
  { name: 'kubeconform', packages: { kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform' }, ldflags: [] },
];

export function moduleFolder(module: ToolModule): string {
  return join(tools, module.folder ?? module.name);
}

export function cacheRoot(): string {
  const base = process.env['XDG_CACHE_HOME'];
  const home = base === undefined || base === '' ? join(homedir(), '.cache') : base;
  return join(home, 'slipway/e2e');
}

/** Version of the Go on PATH, or undefined without one. */
export function goVersion(): string | undefined {
  try {
    return execFileSync('go', ['env', 'GOVERSION'], { cwd: tools, encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

/** Where what is built from a module belongs; without Go, where another Go of the past put it. */
export function moduleCache(module: ToolModule, go: string | undefined): string | undefined {
  const digest = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) digest.update(readFileSync(join(moduleFolder(module), file)));
  for (const folder of module.sources ?? [])
    for (const file of readdirSync(join(moduleFolder(module), folder)).sort())
      digest.update(readFileSync(join(moduleFolder(module), folder, file)));
  digest.update(JSON.stringify([module.packages, module.ldflags, module.share ?? {}]));
  const name = `${module.name}-${digest.digest('hex').slice(0, 16)}`;
  if (go !== undefined) return join(cacheRoot(), `${name}-${go}`);
  if (!existsSync(cacheRoot())) return undefined;
  const found = readdirSync(cacheRoot()).find((entry) => entry.startsWith(`${name}-`));
  return found === undefined ? undefined : join(cacheRoot(), found);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A program that is installed already: KUBEBUILDER_ASSETS first, then PATH. */
export function findInstalled(name: string): string | undefined {
  const folders = [process.env['KUBEBUILDER_ASSETS'] ?? '', ...(process.env['PATH'] ?? '').split(delimiter)];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** One program: which file it is, or that it has to be built. */
export interface Program {
  readonly name: string;
  readonly module: ToolModule;
  readonly file: string | undefined;
}

export function findPrograms(go: string | undefined): Program[] {
  return modules.flatMap((module) => {
    const cache = moduleCache(module, go);
    return Object.keys(module.packages).map((name): Program => {
      const built = cache === undefined ? undefined : join(cache, name);
      if (built !== undefined && isExecutable(built)) return { name, module, file: built };
      const installed = module.installed?.includes(name) === true ? findInstalled(name) : undefined;
      return { name, module, file: installed };
    });
  });
}

/** The paths that the harness works with. */
export interface Tools {
  program(name: string): string;
  share(module: string, folder: string): string;
}

/** A program that is built already, or undefined. */
export function builtProgram(name: string): string | undefined {
  return findPrograms(goVersion()).find((program) => program.name === name)?.file;
}

/** What an API server alone needs; undefined where one of them is not on this machine. */
export function apiServerTools(): Tools | undefined {
  const go = goVersion();
  const files = new Map<string, string>();
  for (const { name, file } of findPrograms(go)) if (file !== undefined) files.set(name, file);
  if (!['etcd', 'kube-apiserver'].every((name) => files.has(name))) return undefined;
  return {
    program: (name) => files.get(name) ?? name,
    share: (module, folder) => {
      throw new Error(`an API server needs no ${folder} of ${module}`);
    },
  };
}

/** Everything built or installed, or an error with the next step. */
export function loadTools(): Tools {
  const go = goVersion();
  const files = new Map<string, string>();
  const missing: string[] = [];
  for (const { name, file } of findPrograms(go)) {
    if (file === undefined) missing.push(name);
    else files.set(name, file);
  }
  for (const name of ['redis-server', 'redis-cli', 'git', 'openssl']) {
    const file = findInstalled(name);
    if (file === undefined) missing.push(name);
    else files.set(name, file);
  }
  if (missing.length > 0) throw new Error(`missing: ${missing.join(', ')}. Run \`npm run e2e:tools\` first.`);
  return {
    program(name) {
      const file = files.get(name);
      if (file === undefined) throw new Error(`${name} is no program of the harness`);
      return file;
    },
    share(module, folder) {
      const found = modules.find((entry) => entry.name === module);
      const cache = found === undefined ? undefined : moduleCache(found, go);
      if (cache === undefined) throw new Error(`${module} has no files to share`);
      return join(cache, 'share', folder);
    },
  };
}
