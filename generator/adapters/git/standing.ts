import { spawnSync } from 'node:child_process';
import { gitEnvironment } from './program.ts';

/** The output of a git that ends well, or undefined; it waits, for writing files is one step. */
function ask(root: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync('git', [...args], {
    cwd: root,
    encoding: 'utf8',
    env: gitEnvironment(),
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout : undefined;
}

/** The commit that is checked out; undefined without git, a repository or a commit. */
export const headOf = (root: string): string | undefined => ask(root, ['rev-parse', '-q', '--verify', 'HEAD'])?.trim();

/**
 * Whether git has given a path what stands there (a file, or none) since `before` was checked out: the commit of now differs
 * there, and the work tree is as it says. False for all paths as long as the same commit is checked out.
 */
export function movedByGit(root: string, before: string | undefined): (path: string) => boolean {
  const now = headOf(root);
  if (now === undefined || now === before) return () => false;
  const paths = (text: string | undefined, skip = 0): ReadonlySet<string> | undefined =>
    text === undefined ? undefined : new Set(text.split('\0').map((line) => line.slice(skip)));
  const prefix = ask(root, ['rev-parse', '--show-prefix'])?.trim() ?? '';
  const unclean = paths(
    ask(root, ['status', '--porcelain=v1', '-z', '--untracked-files=all', '--no-renames', '--', '.']),
    3 + prefix.length,
  );
  const names = ['diff', '--name-only', '--no-renames', '--relative', '-z'];
  // a commit that is no longer there, or that was none: whatever stands as committed may have come with the new one
  const differing = before === undefined ? undefined : paths(ask(root, [...names, before, now]));
  return (path) => unclean?.has(path) === false && differing?.has(path) !== false;
}
