import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export const repository: string = resolve(import.meta.dirname, '../..');

export function git(root: string, ...args: readonly string[]): string {
  return execFileSync('git', [...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment(root),
  });
}

/** Variables of a run in a scratch repository: nothing of the machine's own set-up, and a folder for temporary files. */
export function environment(root: string): NodeJS.ProcessEnv {
  const scratch = dirname(root);
  return {
    PATH: process.env['PATH'],
    HOME: scratch,
    TMPDIR: join(scratch, 'tmp'),
    NO_COLOR: '1',
    SLIPWAY_CACHE_DIR: join(scratch, 'cache'),
    SLIPWAY_CHARTS: join(repository, 'test/cases/bundle/input/packages'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@example.com',
  };
}

export const put = (root: string, path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

/** The spec of a cluster. */
const clusterText = (name: string, replicas: number): string => `apiVersion: slipway.dev/v1alpha1
kind: Cluster
metadata: { name: ${name} }
spec:
  domain: ${name}.example.com
  kubernetes: { version: "1.34" }
  git: { repoURL: "https://git.example.com/fleet.git" }
  capabilities:
    demo: { replicas: ${replicas} }
`;

export type Run = (root: string, args: readonly string[]) => Promise<{ code: number | null; stderr: string }>;

/**
 * A fleet of two clusters in `<scratch>/fleet`, rendered and committed on `main`; the branch `other` has more replicas, and
 * so has `main` of the remote, of which `main` here is one commit behind.
 */
export async function makeFleet(scratch: string, run: Run): Promise<void> {
  const root = join(scratch, 'fleet');
  for (const folder of ['tmp', 'cache', 'fleet/clusters']) mkdirSync(join(scratch, folder), { recursive: true });
  cpSync(join(repository, 'test/cases/_base/demo/catalog'), join(root, 'catalog'), { recursive: true });
  cpSync(join(repository, 'test/cases/bundle/input/schemas'), join(root, 'schemas'), { recursive: true });
  put(root, '.gitignore', '.slipway/\ndeploy/.slipway-*\n');
  put(root, 'crd.yaml', readFileSync(join(repository, 'test/cases/schema-import/input/crd.yaml'), 'utf8'));
  git(root, 'init', '-q', '-b', 'main');
  const commit = async (replicas: number): Promise<void> => {
    replicate(root, replicas);
    const { code, stderr } = await run(root, ['render']);
    if (code !== 0) throw new Error(stderr);
    git(root, 'add', '-A');
    git(root, 'commit', '-qm', `${replicas} replicas`);
  };
  await commit(3);
  git(root, 'init', '-q', '--bare', join(scratch, 'remote.git'));
  git(root, 'remote', 'add', 'origin', '../remote.git');
  git(root, 'push', '-q', '-u', 'origin', 'main');
  git(root, 'switch', '-q', '-c', 'other');
  await commit(5);
  git(root, 'switch', '-q', '-c', 'ahead', 'main');
  put(root, 'notes.txt', 'from somebody else\n');
  git(root, 'add', '-A');
  git(root, 'commit', '-qm', 'notes');
  git(root, 'push', '-q', 'origin', 'ahead:main');
  git(root, 'switch', '-q', 'main');
  git(root, 'branch', '-qD', 'ahead');
  rmSync(join(root, '.slipway'), { recursive: true, force: true });
}

export function replicate(root: string, replicas: number, names: readonly string[] = ['a', 'b']): void {
  for (const name of names) put(root, `clusters/${name}.yaml`, clusterText(name, replicas));
}

/** Every file below a folder but what git keeps for itself: path → text. */
export function photograph(root: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (entry.name !== '.git') visit(path);
      } else
        found.set(
          path,
          entry.isSymbolicLink() ? readlinkSync(join(root, path)) : readFileSync(join(root, path), 'latin1'),
        );
    }
  };
  visit('');
  return found;
}
