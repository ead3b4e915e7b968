import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { createLazyCharts } from './adapters/lazyCharts.ts';
import { createFiles } from './adapters/files.ts';
import { fetchText } from './adapters/http.ts';
import { createGit } from './adapters/git.ts';
import { createLog } from './adapters/log.ts';
import type { LogOptions } from './adapters/log.ts';
import { reason } from './adapters/reason.ts';
import { createProcesses } from './adapters/processes.ts';
import { createStore } from './adapters/store.ts';
import { userCache } from './adapters/userCache.ts';
import { createWorkers } from './adapters/workers.ts';
import { ToolError } from './model/diagnostic.ts';
import type { Charts, Files, Git, Helm, Log, Processes, Store, Workers } from './ports.ts';

/** Everything a command may touch; the only place that builds adapters. */
export interface Context {
  readonly files: Files;
  /** True when this run has written deploy/. */
  readonly hasPublished: boolean;
  readonly git: Git;
  readonly log: Log;
  readonly workers: Workers;
  readonly processes: Processes;
  /** The Helm that renders charts, chosen when first asked for: the chart engine, the helm program, or undefined. */
  helm(): Promise<Helm | undefined>;
  /** Packages of charts; built when first used. */
  readonly charts: Charts;
  /** Folder of the program itself: its schemas and catalog, for `init` and as a fallback. */
  readonly home: string;
  /** A JSON file of schemas/, of the repository or else of the program. */
  schemaJson(path: string): unknown;
  /** Versions of a custom resource that schemas/crds/ has, of the repository or the program, sorted. */
  crdVersions(group: string, kind: string): readonly string[];
  /** What Helm made before, by everything it depends on. */
  readonly renders: Store;
  /** The text of any file on this machine (schema import), gunzipped. */
  readAnywhere(path: string): string;
  /** A file itself, or the YAML and JSON files below a folder, sorted. */
  listAnywhere(path: string): readonly string[];
  existsAnywhere(path: string): boolean;
  /** What is fed to the program. */
  readInput(): string;
  /** The text behind an http(s) address; undefined when there is nothing. Throws ToolError schema/unreachable. */
  fetchText(url: string): Promise<string | undefined>;
  /** The minors of Kubernetes that there are schemas of, oldest first. */
  kubernetesMinors(): readonly string[];
  /** What identifies this build of the program. */
  programStamp(): string;
  now(): number;
  /** Lets what waits happen: a signal to end is heard here and nowhere else in long work. */
  turn(): Promise<void>;
  pause(milliseconds: number): Promise<void>;
  env(name: string): string | undefined;
}

export interface ContextOptions extends LogOptions {
  /** Touch no network. */
  readonly offline?: boolean;
}

export function createContext(root: string, options: ContextOptions): Context {
  const home = packageRoot(dirname(fileURLToPath(import.meta.url)));
  let files: Files | undefined;
  let git: Git | undefined;
  let helm: Promise<Helm | undefined> | undefined;
  const log = createLog(options);
  const env = (name: string): string | undefined => process.env[name];
  let renders: Store | undefined;
  return {
    home,
    get files() {
      return (files ??= createFiles(root));
    },
    get hasPublished() {
      return files?.hasPublished === true;
    },
    get git() {
      return (git ??= createGit(root));
    },
    log,
    workers: createWorkers(root),
    processes: createProcesses(),
    helm: () =>
      (helm ??= import('./adapters/helm.ts').then(({ chooseHelm }) => chooseHelm({ home, env, note: log.info }))),
    charts: createLazyCharts({ root, offline: options.offline === true, env }),
    ...createReading(root, home),
    get renders() {
      return (renders ??= createStore(join(userCache(env), 'renders'), rendersLimit));
    },
    programStamp: () => {
      const stat = statSync(fileURLToPath(import.meta.url));
      return `${process.version} ${stat.size} ${stat.mtimeMs} ${stat.ino}`;
    },
    now: () => performance.now(),
    // two: when this is asked for while the event loop handles what it polled, the first comes before it polls again
    turn: () => new Promise((done) => setImmediate(() => setImmediate(done))),
    env,
    pause: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
  };
}

/** Files beside those of the repository: schemas of the program, and whatever a command is pointed at. */
function createReading(
  root: string,
  home: string,
): Pick<
  Context,
  | 'schemaJson'
  | 'crdVersions'
  | 'listAnywhere'
  | 'readAnywhere'
  | 'existsAnywhere'
  | 'readInput'
  | 'fetchText'
  | 'kubernetesMinors'
> {
  return {
    schemaJson(path) {
      const found = [join(root, 'schemas', path), join(home, 'schemas', path)].find((p) => existsSync(p));
      return found === undefined ? undefined : (JSON.parse(readFileSync(found, 'utf8')) as unknown);
    },
    crdVersions(group, kind) {
      const folders = [root, home].map((at) => join(at, 'schemas/crds', group)).filter((path) => existsSync(path));
      const versions = folders.flatMap((folder) =>
        readdirSync(folder).flatMap((file) =>
          file.startsWith(`${kind}_`) && file.endsWith('.json') && !isRetired(join(folder, file))
            ? [file.slice(kind.length + 1, -5)]
            : [],
        ),
      );
      return [...new Set(versions)].sort();
    },
    listAnywhere(path) {
      if (!existsSync(path))
        throw new ToolError('file/unreadable', `${path} does not exist.`, 'Check the path.', { file: path });
      if (!statSync(path).isDirectory()) return [path];
      const entries = readdirSync(path, { recursive: true, encoding: 'utf8' });
      return entries
        .filter((f) => /\.(?:ya?ml|json)(?:\.gz)?$/.test(f))
        .sort()
        .map((f) => join(path, f));
    },
    readAnywhere(path) {
      try {
        const bytes = readFileSync(path);
        return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
      } catch (error) {
        throw new ToolError('file/unreadable', `${path} cannot be read: ${reason(error)}.`, 'Check what it is.', {
          cause: error,
          file: path,
        });
      }
    },
    existsAnywhere: existsSync,
    readInput: () => readFileSync(0, 'utf8'),
    fetchText,
    kubernetesMinors: () => minorsIn([root, home].map((at) => join(at, 'schemas/kubernetes'))),
  };
}

/** Half a gigabyte: some thousand renderings of large charts. */
const rendersLimit = 512 * 1024 * 1024;

/** The minors that folders have documents of, oldest first. */
function minorsIn(folders: readonly string[]): string[] {
  const files = folders.filter((folder) => existsSync(folder)).flatMap((folder) => readdirSync(folder));
  const minors = new Set(files.flatMap((file) => /^v(1\.\d+)\.json$/.exec(file)?.[1] ?? []));
  return [...minors].sort((a, b) => Number(a.slice(2)) - Number(b.slice(2)));
}

/** A file about a version that is no longer served has nothing else in it, and is short. */
function isRetired(file: string): boolean {
  return statSync(file).size < 500 && readFileSync(file, 'utf8').includes('"served":false');
}

function packageRoot(from: string): string {
  for (let at = from; ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json')) && existsSync(join(at, 'schemas'))) return at;
    if (dirname(at) === at) return from;
  }
}
