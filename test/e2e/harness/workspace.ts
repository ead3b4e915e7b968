import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startReaper } from './process.ts';

const repository = resolve(import.meta.dirname, '../../..');

/** A repository of the product with its real catalog and clusters of our own. */
export interface Workspace {
  readonly root: string;
  /** Folder of the tree of a cluster. */
  tree(cluster: string): string;
  /** Writes a spec and renders everything. */
  render(cluster: string, spec: string, ...flags: readonly string[]): void;
  remove(): void;
}

export function createWorkspace(): Workspace {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-e2e-workspace-')));
  const reaper = startReaper(root);
  for (const folder of ['catalog', 'environments'])
    cpSync(join(repository, folder), join(root, folder), { recursive: true });
  mkdirSync(join(root, 'clusters'));
  return {
    root,
    tree: (cluster) => join(root, 'deploy', cluster),
    render(cluster, spec, ...flags) {
      const head = `apiVersion: slipway.dev/v1alpha1\nkind: Cluster\nmetadata:\n  name: ${cluster}\n`;
      writeFileSync(join(root, 'clusters', `${cluster}.yaml`), `${head}${spec}`);
      execFileSync(process.execPath, [join(repository, 'dist/cli.mjs'), 'render', ...flags], {
        cwd: root,
        env: { ...process.env, NO_COLOR: '1' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    },
    remove() {
      rmSync(root, { recursive: true, force: true });
      reaper.stdin?.end();
    },
  };
}
