import { compareText } from '../../model/values.ts';
import type { Git } from '../../ports.ts';
import { blobsAt } from './blobs.ts';
import { commitPaths, commitTexts } from './commit.ts';
import { endOwnRebase } from './ownRebase.ts';
import { gitFacts } from './facts.ts';
import { mergeTexts } from './mergeTexts.ts';
import { gitFailed } from './problems.ts';
import { runGit } from './program.ts';
import type { GitEnded, GitRun } from './program.ts';
import { pushBranch, rebaseOnRemote } from './push.ts';

/** Git at the root of a repository. */
export interface GitProgram {
  readonly root: string;
  /** Its output; throws the finding for a git that failed. `what` names the step in messages. */
  text(what: string, args: readonly string[], run?: GitRun): Promise<string>;
  /** Its output without the line end, or undefined when it ends with another code than 0. */
  maybe(args: readonly string[], run?: GitRun): Promise<string | undefined>;
  ended(args: readonly string[], run?: GitRun): Promise<GitEnded>;
}

/** Git at the repository root, as the `git` program. */
export function createGit(root: string): Git {
  const git = programAt(root);
  return {
    facts: () => gitFacts(git),
    isRepository: () => isRepository(git),
    isShallow: async () => (await git.maybe(['rev-parse', '--is-shallow-repository'])) === 'true',
    filesAt: async (revision, folders) => filesAt(git, `refs/tags/${revision}`, folders),
    committed: async (folders, branch) => filesAt(git, branch === undefined ? 'HEAD' : `refs/heads/${branch}`, folders),
    commitOf: async (revision) => commitOf(git, revision),
    changedSince: (commit, folders) => changedSince(git, commit, folders),
    textsAt: (commit, paths) => textsAt(git, commit, paths),
    currentBranch: () => git.maybe(['symbolic-ref', '-q', '--short', 'HEAD']),
    switchTo: (branch) => switchTo(git, branch),
    changed: (folders, withIgnored = false) => changed(git, folders, withIgnored),
    checkedOutWithCrlf: (folder) => checkedOutWithCrlf(git, folder),
    lastCommit: async (path) => lastCommit(git, path),
    commit: (request) => commitPaths(git, request),
    settle: () => endOwnRebase(git),
    commitTexts: (request) => commitTexts(git, request),
    mergeTexts,
    push: (branch) => pushBranch(git, branch),
    rebase: (branch) => rebaseOnRemote(git, branch),
    head: () => git.maybe(['rev-parse', '--verify', '-q', 'HEAD']),
    version: async () => (await git.text('git --version', ['--version'])).trim(),
  };
}

function programAt(root: string): GitProgram {
  const ended: GitProgram['ended'] = (args, run) => runGit(root, args, run);
  return {
    root,
    ended,
    async text(what, args, run) {
      const { code, stdout, stderr } = await ended(args, run);
      if (code !== 0) throw gitFailed(what, stderr, root);
      return stdout.toString('utf8');
    },
    async maybe(args, run) {
      const { code, stdout } = await ended(args, run);
      return code === 0 ? stdout.toString('utf8').replace(/\n$/, '') : undefined;
    },
  };
}

/** False where there is none; throws where there is one that git refuses to read. */
async function isRepository(git: GitProgram): Promise<boolean> {
  const { code, stdout, stderr } = await git.ended(['rev-parse', '--is-inside-work-tree']);
  if (code === 0) return stdout.toString('utf8').trim() === 'true';
  if (/not a git repository/i.test(stderr)) return false;
  throw gitFailed('git rev-parse', stderr, git.root);
}

async function switchTo(git: GitProgram, branch: string): Promise<void> {
  if (/^[0-9a-f]{40,64}$/.test(branch)) {
    await git.text('git switch', ['switch', '-q', '--detach', branch]);
    return;
  }
  const exists = (await git.maybe(['rev-parse', '-q', '--verify', `refs/heads/${branch}`])) !== undefined;
  await git.text('git switch', ['switch', '-q', ...(exists ? [branch] : ['-c', branch])]);
}

async function changed(git: GitProgram, folders: readonly string[], withIgnored: boolean): Promise<readonly string[]> {
  // paths are relative to the top of the work tree, which may be above our root
  const prefix = (await git.text('git status', ['rev-parse', '--show-prefix'])).trim();
  const ignored = withIgnored ? ['--ignored=matching'] : [];
  const args = [
    'status',
    '--porcelain=v1',
    '-z',
    '--untracked-files=all',
    ...ignored,
    '--no-renames',
    '--',
    ...folders,
  ];
  const paths = (await git.text('git status', args))
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => line.slice(3 + prefix.length));
  return [...new Set(paths)].sort(compareText);
}

async function checkedOutWithCrlf(git: GitProgram, folder: string): Promise<ReadonlySet<string>> {
  // without git, or without a repository, no checkout has changed line ends
  const listed = await git.maybe(['ls-files', '--eol', '-z', '--', folder]).catch(() => undefined);
  if (listed === undefined) return new Set();
  const edited = new Set((await git.maybe(['diff', '--name-only', '--relative', '-z', '--', folder]))?.split('\0'));
  const paths = listed.split('\0').flatMap((line) => /^i\/lf\s+w\/crlf\s[^\t]*\t(.+)$/s.exec(line)?.[1] ?? []);
  return new Set(paths.filter((path) => !edited.has(path)));
}

async function lastCommit(git: GitProgram, path: string): ReturnType<Git['lastCommit']> {
  const text = (await git.maybe(['log', '-1', '--format=%H%x00%an%x00%aI%x00%s', '--', path])) ?? '';
  const [id = '', author = '', date = '', subject = ''] = text.trim().split('\0');
  return id === '' ? undefined : { id, author, date, subject };
}

async function filesAt(
  git: GitProgram,
  revision: string,
  folders: readonly string[],
): Promise<ReadonlyMap<string, string> | undefined> {
  const commit = await git.maybe(['rev-parse', '--verify', '-q', `${revision}^{commit}`]);
  return commit === undefined ? undefined : blobsAt(git, commit, folders);
}

async function commitOf(git: GitProgram, revision: string): Promise<string | undefined> {
  const id = await git.maybe(['rev-parse', '--verify', '-q', '--end-of-options', `${revision}^{commit}`]);
  return id !== undefined && /^[0-9a-f]{40,64}$/.test(id) ? id : undefined;
}

async function changedSince(git: GitProgram, commit: string, folders: readonly string[]): Promise<readonly string[]> {
  const about = ['--name-only', '--no-renames', '--relative', '-z', commit, '--', ...folders];
  const tracked = await git.text('git diff', ['diff', ...about]);
  const untracked = await git.text('git ls-files', ['ls-files', '--others', '-z', '--', ...folders]);
  const paths = [tracked, untracked].flatMap((list) => list.split('\0')).filter((path) => path !== '');
  return [...new Set(paths)].sort(compareText);
}

/** Command lines are short: beyond so many paths everything below their folders is asked for. */
const manyPaths = 500;

async function textsAt(
  git: GitProgram,
  commit: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (paths.length === 0) return new Map();
  const folders = [...new Set(paths.map((path) => path.split('/')[0] ?? path))];
  const wanted = new Set(paths);
  const texts = await blobsAt(git, commit, paths.length > manyPaths ? folders : paths);
  return new Map([...texts].filter(([path]) => wanted.has(path)));
}
