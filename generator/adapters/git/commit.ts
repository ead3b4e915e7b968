import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ToolError } from '../../model/diagnostic.ts';
import type { CommitRequest, Git, TextsCommitRequest } from '../../ports.ts';
import { fillFolder, withTemporaryFolder, writeWhole } from '../files/temporary.ts';
import type { GitProgram } from './git.ts';
import { gitPath } from './gitPath.ts';
import { runHook } from './hooks.ts';
import { gitFailed } from './problems.ts';

/**
 * Commits exactly these paths on top of HEAD. The commit is built in an index of its own, so that what the user has staged
 * stays staged and a run that is killed leaves nothing half done; then the user's index gets the same entries for these paths,
 * and last HEAD moves, if it is still where it was.
 */
export async function commitPaths(git: GitProgram, { paths, message }: CommitRequest): ReturnType<Git['commit']> {
  if (paths.length === 0) return undefined;
  await refuseUnfinished(git);
  const head = await git.maybe(['rev-parse', '-q', '--verify', 'HEAD']);
  return withTemporaryFolder('commit', async (scratch) => {
    const built = await build(git, { parent: head, paths, message, index: join(scratch, 'index'), place: undefined });
    if (built === undefined) return undefined;
    await moveHead(git, built, head);
    await runHook(git, 'post-commit', [], {}).catch(() => undefined); // the commit is made, whatever it says
    return { id: built.id, paths: built.paths };
  });
}

/** The same for texts, which stand in a work tree of their own meanwhile; nothing is checked out. */
export async function commitTexts(
  git: GitProgram,
  { branch, texts, message, write, undo }: TextsCommitRequest,
): ReturnType<Git['commit']> {
  await refuseUnfinished(git);
  const ref = await refOf(git, branch);
  const isCurrent = (await git.maybe(['symbolic-ref', '-q', 'HEAD'])) === ref;
  if (!isCurrent) await refuseCheckedOut(git, branch, ref);
  const tip = await git.maybe(['rev-parse', '-q', '--verify', ref]);
  const parent = tip ?? (await git.maybe(['rev-parse', '-q', '--verify', 'HEAD']));
  return withTemporaryFolder('commit', async (scratch) => {
    const prefix = (await git.text('git commit', ['rev-parse', '--show-prefix'])).trim();
    const tree = join(scratch, 'tree');
    fillFolder(join(tree, prefix), texts);
    const index = join(scratch, 'index');
    const gitDir = (await git.text('git commit', ['rev-parse', '--absolute-git-dir'])).trim();
    const place = { folder: join(tree, prefix), env: { GIT_DIR: gitDir, GIT_WORK_TREE: tree } };
    const built = await build(git, { parent, paths: [...texts.keys()], message, index, place });
    if (built === undefined) return undefined;
    if (isCurrent) {
      write();
      await moveHead(git, built, tip).catch((error: unknown) => {
        undo();
        throw error;
      });
    } else await moveRef(git, ref, built, tip);
    return { id: built.id, paths: built.paths };
  });
}

/** The full name of a branch. Throws ToolError git/failed for what is no name. */
async function refOf(git: GitProgram, branch: string): Promise<string> {
  const name = await git.maybe(['check-ref-format', '--branch', branch]);
  if (name === branch) return `refs/heads/${branch}`;
  throw new ToolError('git/failed', `"${branch}" is no name of a branch.`, 'See `git help check-ref-format`.');
}

async function refuseCheckedOut(git: GitProgram, branch: string, ref: string): Promise<void> {
  const listed = (await git.maybe(['worktree', 'list', '--porcelain'])) ?? '';
  const found = listed.split('\n\n').find((block) => block.split('\n').includes(`branch ${ref}`));
  if (found === undefined) return;
  throw new ToolError(
    'git/in-use',
    `Branch "${branch}" is checked out in ${/^worktree (.+)$/m.exec(found)?.[1] ?? 'another work tree'}. Nothing was committed.`,
    'Name another branch, or run the command there.',
  );
}

interface BuildRequest {
  readonly parent: string | undefined;
  readonly paths: readonly string[];
  readonly message: CommitRequest['message'];
  /** File of the index that the commit is built in. */
  readonly index: string;
  /** Another work tree than the user's: the folder in it that stands for the repository root, and how git is told. */
  readonly place: { readonly folder: string; readonly env: Readonly<Record<string, string>> } | undefined;
}

interface Built {
  readonly id: string;
  readonly message: string;
  /** The paths that differ from the commit before. */
  readonly paths: readonly string[];
  /** What the commit has for the paths. */
  readonly entries: readonly IndexEntry[];
}

/** A commit that nothing leads to yet: the parent's tree, with these paths; undefined when that is the parent's tree. */
async function build(
  git: GitProgram,
  { parent, paths, message, index, place }: BuildRequest,
): Promise<Built | undefined> {
  const env = { GIT_INDEX_FILE: index };
  const step = (args: readonly string[], input?: string): Promise<string> =>
    git.text('git commit', [...(place === undefined ? [] : ['-C', place.folder]), ...plainIndex, ...args], {
      env: { ...env, ...place?.env },
      ...(input === undefined ? {} : { input }),
    });
  await step(['read-tree', ...(parent === undefined ? ['--empty'] : [parent])]);
  // files of ours have no modes to tell
  const modes = place === undefined ? [] : ['-c', 'core.fileMode=false'];
  await step([...modes, 'update-index', '--add', '--remove', '--replace', '-z', '--stdin'], `${paths.join('\0')}\0`);
  const tree = (await step(['write-tree'])).trim();
  const prefix = (await git.text('git commit', ['rev-parse', '--show-prefix'])).trim();
  const before = parent === undefined ? undefined : await git.maybe(['rev-parse', `${parent}^{tree}`]);
  const isSame = before === undefined ? (await step(['ls-files'])) === '' : before === tree;
  if (isSame) return undefined;
  await runHook(git, 'pre-commit', [], env);
  if ((await step(['write-tree'])).trim() !== tree)
    throw new ToolError(
      'git/hook',
      'The hook pre-commit changed what is to be committed: the tree would no longer be what its inputs render to.',
      'Leave deploy/ out of what the hook formats.',
    );
  const differing = before === undefined ? await step(['ls-files', '-z']) : await differences(git, before, tree);
  const changed = differing.split('\0').filter((path) => path !== '');
  const text = message(changed);
  const id = await makeCommit(git, { tree, head: parent, message: text, env });
  const places = paths.map((path) => `${prefix}${path}`);
  return { id, message: text, paths: changed, entries: await entriesOf(git, places, env) };
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

/** The user's index, then HEAD: killed in between, the files are staged, as after `git add`. */
async function moveHead(git: GitProgram, built: Built, head: string | undefined): Promise<void> {
  const before = await entriesOf(
    git,
    built.entries.map((e) => e.path),
    {},
  );
  await setEntries(git, built.entries, built.id.length);
  try {
    await moveRef(git, 'HEAD', built, head);
  } catch (error) {
    await setEntries(git, before, built.id.length);
    throw error;
  }
}

/** Moves HEAD or a branch to a commit, if it is still where it was. Throws ToolError git/moved. */
async function moveRef(
  git: GitProgram,
  ref: string,
  { id, message }: Built,
  before: string | undefined,
): Promise<void> {
  const about = `commit${before === undefined ? ' (initial)' : ''}: ${message.split('\n')[0] ?? ''}`;
  const none = '0'.repeat(id.length);
  const { code, stderr } = await git.ended(['update-ref', '-m', about, ref, id, before ?? none]);
  if (code === 0) return;
  if ((await git.maybe(['rev-parse', '-q', '--verify', ref])) !== before)
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

/** The paths that differ between two trees, as git prints them. */
const differences = (git: GitProgram, before: string, after: string): Promise<string> =>
  git.text('git commit', ['diff-tree', '-r', '-z', '--name-only', '--relative', before, after]);

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
