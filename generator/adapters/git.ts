import { spawn } from 'node:child_process';
import { simpleGit } from 'simple-git';
import type { SimpleGit } from 'simple-git';
import { ToolError } from '../model/diagnostic.ts';
import { compareText } from '../model/values.ts';
import type { CommitRequest, Git } from '../ports.ts';

/** Where a hook's git works; ours works at its root. */
const whereabouts: ReadonlySet<string> = new Set([
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_COMMON_DIR',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_PREFIX',
]);

/** What git inherits: authors, ssh, certificates and configuration of a CI job are often set by variables. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !whereabouts.has(name)));
}

/** Git at the repository root, through simple-git; blobs in bulk through `git cat-file --batch`. */
export function createGit(root: string): Git {
  const git = simpleGit({
    baseDir: root,
    trimmed: false, // the first column of `git status` may be a space
    allowEnvironment: Object.keys(environment()),
  });
  const run = async <T>(what: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      throw new ToolError(
        'git/failed',
        `${what} failed: ${lastWords(text)}`,
        'Run the same git command by hand to see more.',
        { cause: error },
      );
    }
  };
  return {
    isRepository: async () => git.checkIsRepo().catch(() => false),
    filesAt: async (revision, folders) => filesAt(git, root, `refs/tags/${revision}`, folders),
    committed: async (folders, branch) =>
      filesAt(git, root, branch === undefined ? 'HEAD' : `refs/heads/${branch}`, folders),
    commitOf: async (revision) => commitOf(git, revision),
    changedSince: async (commit, folders) => run('git diff', () => changedSince(git, commit, folders)),
    textsAt: async (commit, paths) => run('git ls-tree', () => textsAt(git, root, commit, paths)),
    currentBranch: async () => (await run('git branch', () => git.raw('rev-parse', '--abbrev-ref', 'HEAD'))).trim(),
    switchTo: async (branch) => {
      await run('git switch', async () => {
        const exists = (await git.branchLocal()).all.includes(branch);
        return git.raw('switch', ...(exists ? [branch] : ['-c', branch]));
      });
    },
    changed: async (folders) => run('git status', () => changed(git, folders)),
    lastCommit: async (path) => lastCommit(git, path),
    commit: async (request) => run('git commit', () => commit(git, request)),
    push: async (branch) => push(git, branch),
    rebase: async (branch) => rebase(git, branch),
    head: async () =>
      git
        .raw('rev-parse', '--verify', '-q', 'HEAD')
        .then((h) => h.trim())
        .catch(() => undefined),
    version: async () => (await run('git --version', () => git.raw('--version'))).trim(),
  };
}

async function changed(git: SimpleGit, folders: readonly string[]): Promise<readonly string[]> {
  // paths are relative to the top of the work tree, which may be above our root
  const prefix = (await git.raw('rev-parse', '--show-prefix')).trim();
  const args = ['--porcelain=v1', '-z', '--untracked-files=all', '--no-renames', '--', ...folders];
  return (await git.raw('status', ...args))
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => line.slice(3 + prefix.length))
    .sort(compareText);
}

async function lastCommit(git: SimpleGit, path: string): ReturnType<Git['lastCommit']> {
  const text = await git.raw('log', '-1', '--format=%H%x00%an%x00%aI%x00%s', '--', path).catch(() => '');
  const [id = '', author = '', date = '', subject = ''] = text.trim().split('\0');
  return id === '' ? undefined : { id, author, date, subject };
}

async function commit(git: SimpleGit, { paths, message }: CommitRequest): Promise<string | undefined> {
  if (paths.length === 0) return undefined;
  for (let i = 0; i < paths.length; i += 500) await git.raw('add', '-A', '--', ...paths.slice(i, i + 500));
  const others = paths.filter((path) => !path.startsWith('deploy/'));
  const staged = await git.raw('diff', '--cached', '--name-only', '-z', '--', 'deploy', ...others);
  if (staged.replaceAll('\0', '') === '') return undefined;
  await git.raw('commit', '--only', '-m', message, '--', ...(paths.length > 500 ? ['deploy', ...others] : paths));
  return (await git.raw('rev-parse', 'HEAD')).trim();
}

/** What git said is wrong, in one line. */
function lastWords(text: string): string {
  const lines = text
    .split('\n')
    .map((l) => l.trim())
    .filter((l) => l !== '');
  const said = lines.filter((l) => /^(?:fatal|error|remote):/.test(l));
  return (said.length > 0 ? said : lines).slice(-3).join(' ').replace(/\.$/, '');
}

async function push(git: SimpleGit, branch: string): Promise<'pushed' | 'rejected'> {
  // porcelain lines begin with a flag: "!" is a rejected ref
  const output = await git
    .raw('push', '--porcelain', 'origin', `HEAD:refs/heads/${branch}`)
    .catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  if (/^!\t/m.test(output)) return 'rejected';
  if (/^Done$/m.test(output)) return 'pushed';
  throw new ToolError(
    'git/failed',
    `git push failed: ${lastWords(output)}. The commit is made.`,
    'Check that the remote "origin" exists and that you may push to it, then run `slipway commit --push` again.',
  );
}

async function rebase(git: SimpleGit, branch: string): Promise<void> {
  await git.raw('fetch', 'origin', branch);
  try {
    await git.raw('rebase', `origin/${branch}`);
  } catch (error) {
    await git.raw('rebase', '--abort').catch(() => undefined);
    if (/(?:unstaged|uncommitted) changes/.test(String(error)))
      throw new ToolError(
        'git/rejected',
        `The remote branch ${branch} has new commits, and yours cannot go on top of them while other changes are not committed. The commit is made; nothing was pushed.`,
        'Commit or stash those changes, then run `slipway commit --push` again.',
        { cause: error },
      );
    throw new ToolError(
      'git/rejected',
      `The remote branch ${branch} changed the same files; nothing was pushed.`,
      'Pull, resolve, run `slipway render` and commit again.',
      { cause: error },
    );
  }
}

async function filesAt(
  git: SimpleGit,
  root: string,
  revision: string,
  folders: readonly string[],
): Promise<ReadonlyMap<string, string> | undefined> {
  const commit = await git.raw('rev-parse', '--verify', '-q', `${revision}^{commit}`).catch(() => '');
  if (commit.trim() === '') return undefined;
  return blobsAt(git, root, commit.trim(), folders);
}

async function blobsAt(
  git: SimpleGit,
  root: string,
  commit: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const listing = await git.raw('ls-tree', '-r', '-z', commit, '--', ...paths);
  const entries = listing.split('\0').flatMap((line) => {
    const match = /^(?:100644|100755) blob ([0-9a-f]+)\t(.*)$/s.exec(line);
    return match === null ? [] : [{ id: match[1] ?? '', path: match[2] ?? '' }];
  });
  const blobs = await catFiles(
    root,
    entries.map((e) => e.id),
  );
  return new Map(entries.map((e, i) => [e.path, blobs[i] ?? '']));
}

async function commitOf(git: SimpleGit, revision: string): Promise<string | undefined> {
  const id = await git.raw('rev-parse', '--verify', '-q', '--end-of-options', `${revision}^{commit}`).catch(() => '');
  return /^[0-9a-f]{40,64}$/.test(id.trim()) ? id.trim() : undefined;
}

async function changedSince(git: SimpleGit, commit: string, folders: readonly string[]): Promise<readonly string[]> {
  const tracked = await git.raw('diff', '--name-only', '--no-renames', '--relative', '-z', commit, '--', ...folders);
  const untracked = await git.raw('ls-files', '--others', '-z', '--', ...folders);
  const paths = [tracked, untracked].flatMap((list) => list.split('\0')).filter((path) => path !== '');
  return [...new Set(paths)].sort(compareText);
}

/** Command lines are short: beyond so many paths everything below their folders is asked for. */
const manyPaths = 500;

async function textsAt(
  git: SimpleGit,
  root: string,
  commit: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (paths.length === 0) return new Map();
  const folders = [...new Set(paths.map((path) => path.split('/')[0] ?? path))];
  const wanted = new Set(paths);
  const texts = await blobsAt(git, root, commit, paths.length > manyPaths ? folders : paths);
  return new Map([...texts].filter(([path]) => wanted.has(path)));
}

/** Many blobs with one process; simple-git has no way to write to a command's standard input. */
async function catFiles(root: string, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const output = await new Promise<Buffer>((done, fail) => {
    const child = spawn('git', ['cat-file', '--batch'], {
      cwd: root,
      env: environment(),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', fail);
    child.on('close', (code) =>
      code === 0
        ? done(Buffer.concat(chunks))
        : fail(new ToolError('git/failed', `git cat-file ended with ${code}.`, 'Run `git fsck`.')),
    );
    child.stdin.end(`${ids.join('\n')}\n`);
  });
  const blobs: string[] = [];
  for (let at = 0; at < output.length;) {
    const headerEnd = output.indexOf(0x0a, at);
    const size = Number(output.toString('utf8', at, headerEnd).split(' ')[2]);
    blobs.push(output.toString('utf8', headerEnd + 1, headerEnd + 1 + size));
    at = headerEnd + 1 + size + 1;
  }
  return blobs;
}
