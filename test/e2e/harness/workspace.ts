import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startReaper } from './process.ts';
import { loadTools } from './programs.ts';

const repository = resolve(import.meta.dirname, '../../..');

/** Where a workspace has packages of charts, `<name>-<version>.tgz`. */
export const chartFolder = 'packages';

/** A repository of the product with its real catalog and clusters of our own. */
export interface Workspace {
  readonly root: string;
  /** Folder of the tree of a cluster. */
  tree(cluster: string): string;
  /** Writes a spec and renders everything. */
  render(cluster: string, spec: string, ...flags: readonly string[]): void;
  /** Makes these example clusters and all environments, each file changed, and renders everything. */
  examples(clusters: readonly string[], change: (text: string) => string): void;
  /** With what a command finds the charts and the Helm of the harness. */
  readonly environment: Readonly<Record<'SLIPWAY_CHARTS' | 'SLIPWAY_HELM' | 'SLIPWAY_CACHE_DIR', string>>;
  /** What a command prints, with the charts of the harness. */
  slipway(...args: readonly string[]): string;
  /** Renames a component of the catalog, and what names it in its capability. */
  renameComponent(capability: string, from: string, to: string): void;
  /** Replaces text in a file, which has to be there. */
  edit(path: string, from: string, to: string): void;
  remove(): void;
}

export function createWorkspace(): Workspace {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-e2e-workspace-')));
  const reaper = startReaper(root);
  for (const folder of ['catalog', 'environments'])
    cpSync(join(repository, folder), join(root, folder), { recursive: true });
  mkdirSync(join(root, 'clusters'));
  const environment = {
    SLIPWAY_CHARTS: join(root, chartFolder),
    SLIPWAY_HELM: loadTools().program('helm'),
    SLIPWAY_CACHE_DIR: join(root, '.cache'),
  };
  const slipway = (...args: readonly string[]): string =>
    execFileSync(process.execPath, [join(repository, 'dist/cli.mjs'), ...args], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
      env: { ...process.env, NO_COLOR: '1', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const edit = (path: string, from: string, to: string): void => {
    const text = readFileSync(join(root, path), 'utf8');
    if (!text.includes(from)) throw new Error(`${path} has no ${JSON.stringify(from)}`);
    writeFileSync(join(root, path), text.replace(from, to));
  };
  return {
    root,
    tree: (cluster) => join(root, 'deploy', cluster),
    render(cluster, spec, ...flags) {
      const head = `apiVersion: slipway.dev/v1alpha1\nkind: Cluster\nmetadata:\n  name: ${cluster}\n`;
      writeFileSync(join(root, 'clusters', `${cluster}.yaml`), `${head}${spec}`);
      slipway('render', ...flags);
    },
    examples(clusters, change) {
      const environments = readdirSync(join(repository, 'environments')).map((file) => join('environments', file));
      for (const file of [...environments, ...clusters.map((name) => join('clusters', `${name}.yaml`))])
        writeFileSync(join(root, file), change(readFileSync(join(repository, file), 'utf8')));
      slipway('render');
    },
    environment,
    slipway,
    edit,
    renameComponent(capability, from, to) {
      const folder = join('catalog', capability);
      renameSync(join(root, folder, from), join(root, folder, to));
      edit(join(folder, to, 'component.yaml'), `  name: ${from}\n`, `  name: ${to}\n`);
      const names = new RegExp(`((?:component|by): |for: \\[(?:.*, )?)${from}(?=[\\s,\\]}])`, 'g');
      const files = ['capability.yaml', ...readdirSync(join(root, folder)).map((name) => join(name, 'component.yaml'))];
      for (const file of files.map((name) => join(root, folder, name)).filter((path) => existsSync(path)))
        writeFileSync(file, readFileSync(file, 'utf8').replaceAll(names, `$1${to}`));
    },
    remove() {
      rmSync(root, { recursive: true, force: true });
      reaper.stdin?.end();
    },
  };
}
