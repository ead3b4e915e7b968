import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ToolError } from '../../model/diagnostic.ts';
import type { CommitRequest, Git } from '../../ports.ts';
import { withTemporaryFolder, writeWhole } from '../files/temporary.ts';
import type { GitProgram } from './git.ts';
import { runHook } from './hooks.ts';
import { gitFailed } from './problems.ts';

/**
 * Commits exactly these paths on top of HEAD. The commit is built in an index of its own, so that what the user has staged
 * stays staged and a run that is killed leaves nothing half done; then the user's index gets the same entries for these paths,
 * and last HEAD moves, if it is still where it was.
 */
export async function commitPaths(git: GitProgram, request: CommitRequest): ReturnType<Git['commit']> {
  if (request.paths.length === 0) return undefined;
  await refuseUnfinished(git);
  return withTemporaryFolder('commit', (scratch) => commitWith(git, request, join(scratch, 'index')));
}

async function commitWith(
  git: GitProgram,
  { paths, message }: CommitRequest,
  index: string,
): ReturnType<Git['commit']> {
  const env = { GIT_INDEX_FILE: index };
  const head = await git.maybe(['rev-parse', '-q', '--verify', 'HEAD']);
  const step = (args: readonly string[], input?: string): Promise<string> =>
    git.text('git commit', [...plainIndex, ...args], { env, ...(input === undefined ? {} : { input }) });
  await step(['read-tree', ...(head === undefined ? ['--empty'] : [head])]);
  await step(['update-index', '--add', '--remove', '--replace', '-z', '--stdin'], `${paths.join('\0')}\0`);
  const tree = (await step(['write-tree'])).trim();
  const prefix = (await git.text('git commit', ['rev-parse', '--show-prefix'])).trim();
  const places = paths.map((path) => `${prefix}${path}`);
  const before = head === undefined ? undefined : await git.maybe(['rev-parse', `${head}^{tree}`]);
  const isSame = before === undefined ? (await step(['ls-files'])) === '' : before === tree;
  if (isSame) return undefined;
  await runHook(git, 'pre-commit', [], env);
  if ((await step(['write-tree'])).trim() !== tree)
    throw new ToolError(
      'git/hook',
      'The hook pre-commit changed what is to be committed: the tree would no longer be what its inputs render to.',
      'Leave deploy/ out of what the hook formats.',
    );
  const id = await makeCommit(git, { tree, head, message, env });
  await moveTo(git, {
    id,
    head,
    message,
    before: await entriesOf(git, places, {}),
    after: await entriesOf(git, places, env),
  });
  await runHook(git, 'post-commit', [], {}).catch(() => undefined); // the commit is made, whatever it says
  return { id, paths: await pathsOf(git, head, id) };
}

/** Features of large indexes leave files of their own beside an index, which is of no use for one that is soon gone. */
const plainIndex = ['-c', 'core.splitIndex=false', '-c', 'core.fsmonitor=false', '-c', 'core.untrackedCache=false'];

interface NewCommit {
  readonly tree: string;
  readonly head: string | undefined;
  readonly message: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The commit object, signed where git is configured to sign; hooks may refuse the message, and edit it. */
async function makeCommit(git: GitProgram, { tree, head, message, env }: NewCommit): Promise<string> {
  const file = await gitPath(git, 'COMMIT_EDITMSG');
  writeWhole(file, message);
  await runHook(git, 'prepare-commit-msg', [file, 'message'], env);
  await runHook(git, 'commit-msg', [file], env);
  const text = await git.text('git commit', ['stripspace'], { input: readFileSync(file, 'utf8') });
  const isSigned = (await git.maybe(['config', '--type=bool', '--get', 'commit.gpgSign'])) === 'true';
  const about = [...(isSigned ? ['-S'] : []), ...(head === undefined ? [] : ['-p', head])];
  const args = ['-c', 'i18n.commitEncoding=UTF-8', 'commit-tree', ...about, '-F', '-', tree];
  return (await git.text('git commit', args, { input: text })).trim();
}

interface Move {
  readonly id: string;
  readonly head: string | undefined;
  readonly message: string;
  /** What the user's index has for the paths, and what it is to have. */
  readonly before: readonly IndexEntry[];
  readonly after: readonly IndexEntry[];
}

/** The user's index, then HEAD: killed in between, the files are staged, as after `git add`. */
async function moveTo(git: GitProgram, { id, head, message, before, after }: Move): Promise<void> {
  await setEntries(git, after, id.length);
  const about = `commit${head === undefined ? ' (initial)' : ''}: ${message.split('\n')[0] ?? ''}`;
  const none = '0'.repeat(id.length);
  const { code, stderr } = await git.ended(['update-ref', '-m', about, 'HEAD', id, head ?? none]);
  if (code === 0) return;
  await setEntries(git, before, id.length);
  if ((await git.maybe(['rev-parse', '-q', '--verify', 'HEAD'])) !== head)
    throw new ToolError(
      'git/moved',
      'Somebody else committed to this branch at the same time. Nothing was committed.',
      'Run `slipway render`, then commit again.',
    );
  throw gitFailed('git commit', stderr, git.root);
}

interface IndexEntry {
  /** From the top of the work tree on. */
  readonly path: string;
  /** Mode, object and stage as `git ls-files --stage` prints them; undefined: not in the index. */
  readonly entry: string | undefined;
}

/** What an index has for these paths, which are from the top of the work tree on. */
async function entriesOf(
  git: GitProgram,
  paths: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<readonly IndexEntry[]> {
  const listed = await git.text('git commit', ['ls-files', '-s', '-z', '--full-name'], { env });
  const known = new Map(
    listed.split('\0').flatMap((line) => {
      const tab = line.indexOf('\t');
      return tab < 0 ? [] : [[line.slice(tab + 1), line.slice(0, tab)] as const];
    }),
  );
  return paths.map((path) => ({ path, entry: known.get(path) }));
}

const lockTries = 10;

/** Gives the user's index these entries and leaves all others alone. Another git may hold it for a moment. */
async function setEntries(git: GitProgram, entries: readonly IndexEntry[], idLength: number): Promise<void> {
  const gone = `0 ${'0'.repeat(idLength)}`;
  const input = entries.map(({ path, entry }) => `${entry ?? gone}\t${path}\0`).join('');
  for (let attempt = 1; ; attempt += 1) {
    const { code, stderr } = await git.ended(['update-index', '--replace', '-z', '--index-info'], { input });
    if (code === 0) return;
    if (attempt === lockTries || !/\.lock': File exists/.test(stderr)) throw gitFailed('git commit', stderr, git.root);
    await new Promise((done) => setTimeout(done, 100));
  }
}

async function pathsOf(git: GitProgram, head: string | undefined, id: string): Promise<readonly string[]> {
  const from = head === undefined ? ['--root', id] : [head, id];
  const args = ['diff-tree', '-r', '-z', '--name-only', '--no-commit-id', '--relative', ...from];
  return (await git.text('git commit', args)).split('\0').filter((path) => path !== '');
}

export async function gitPath(git: GitProgram, name: string): Promise<string> {
  return resolve(git.root, (await git.text('git rev-parse', ['rev-parse', '--git-path', name])).trim());
}

const unfinished: readonly (readonly [file: string, what: string, command: string])[] = [
  ['MERGE_HEAD', 'A merge', 'merge'],
  ['CHERRY_PICK_HEAD', 'A cherry-pick', 'cherry-pick'],
  ['REVERT_HEAD', 'A revert', 'revert'],
  ['rebase-merge', 'A rebase', 'rebase'],
  ['rebase-apply', 'A rebase', 'rebase'],
];

/** What is committed in between would become part of it, or be lost with it. */
async function refuseUnfinished(git: GitProgram): Promise<void> {
  const names = unfinished.flatMap(([file]) => ['--git-path', file]);
  const paths = (await git.text('git rev-parse', ['rev-parse', ...names])).split('\n');
  const found = unfinished.find((_, i) => existsSync(resolve(git.root, paths[i] ?? '.git/nothing')));
  if (found === undefined) return;
  throw new ToolError(
    'git/in-progress',
    `${found[1]} is not finished. Nothing was committed.`,
    `End it first: git ${found[2]} --continue, or git ${found[2]} --abort.`,
  );
}
