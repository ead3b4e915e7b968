import { inputPaths } from '../../config/inputs.ts';
import type { Context } from '../../ports.ts';
import { DiagnosticsError, hasErrors, ToolError, UsageError } from '../../model/diagnostic.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { compareText } from '../../model/values.ts';
import { readLock } from '../../tree/compare.ts';
import { agreedChanges } from './agreed.ts';
import { many } from '../../report/text.ts';
import type { Result } from '../command.ts';
import type { Compared } from '../shared/renderAndCompare.ts';
import { renderAndCompare } from '../shared/renderAndCompare.ts';
import { threads } from '../shared/options.ts';
import type { CommitInvocation } from './command.ts';
import { deployFolder, lockFile, ownerOf, treeOf, treePath } from '../../tree/paths.ts';
import { shellCommand } from '../../util/shell.ts';

/** How often a rejected push is rebased and rendered again. */
const pushTries = 3;

/** Commits the tree and nothing else. Refuses a stale or invalid tree; never forces a push. */
export async function commit(invocation: CommitInvocation): Promise<Result> {
  const { ctx, options } = invocation;
  if (options.push && options.offline)
    throw new UsageError('--push needs the network, and --offline forbids it.', 'Leave one of the two out.');
  if (options.message?.trim() === '') throw new UsageError('--message is empty.', 'Write a subject, or leave it out.');
  if (!(await ctx.git.isRepository()))
    throw new ToolError(
      'git/not-a-repository',
      'This folder is not a git work tree.',
      'Run `git init`, or pass the repository with --root.',
    );
  if (options.push && options.branch === undefined && (await ctx.git.currentBranch()) === undefined)
    throw new ToolError(
      'git/push-target',
      'HEAD is detached, so that there is no branch to push. Nothing was committed.',
      'Name a branch with --branch, or run `git switch <branch>` first.',
    );
  ctx.files.settle(); // git is to see what every other command reads
  await ctx.git.settle();
  const compared = await wholeFleet(invocation);
  requireCurrent(compared);
  const trailers = await agreedChanges(ctx, compared.result, await ownedChanges(ctx), options.allowDelete);
  if (options.branch !== undefined) await ctx.git.switchTo(options.branch);
  const owned = await ownedChanges(ctx);
  const uncommitted = await uncommittedInputs(ctx);
  const made = await ctx.git.commit({
    paths: owned,
    message: (changed) => message(compared, changed, options.message, trailers),
  });
  const paths = made?.paths ?? [];
  const pushed = options.push ? await push(invocation) : '';
  // a push may have put it on top of what the remote has
  const id = made === undefined ? undefined : options.push ? await ctx.git.head() : made.id;
  const committed =
    id === undefined ? 'Nothing to commit.' : `Committed ${many(paths.length, 'file')} as ${id.slice(0, 12)}.`;
  return {
    data: { commit: id ?? null, paths },
    diagnostics: [...compared.result.diagnostics, ...uncommitted],
    summary: `${committed}${pushed}`,
  };
}

const wholeFleet = ({ ctx, options }: CommitInvocation): Promise<Compared> =>
  renderAndCompare(ctx, { clusters: [], jobs: threads(ctx, options), cache: false });

/** Whoever renders what was committed has none of these: the tree differs there. */
async function uncommittedInputs(ctx: Context): Promise<readonly Diagnostic[]> {
  const paths = await ctx.git.changed(inputPaths);
  return paths.slice(0, 1).map((file) => ({
    code: 'git/uncommitted-input',
    severity: 'warning',
    message:
      paths.length === 1
        ? `${file}, which the tree was rendered from, is not committed.`
        : `${file} and ${many(paths.length - 1, 'more file')} that the tree was rendered from are not committed.`,
    at: { file, line: 1, col: 1 },
    hint: `Commit what you changed too: ${shellCommand('git', 'add', ...new Set(paths.map((p) => p.split('/')[0] ?? '')))} && git commit.`,
  }));
}

function requireCurrent({ result, changes, publishing }: Compared): void {
  const found: Diagnostic[] = [...result.diagnostics, ...publishing.filter((d) => d.code !== 'publish/deletion')];
  if (!hasErrors(found) && changes.length > 0) {
    found.push({
      code: 'publish/stale',
      severity: 'error',
      message: `deploy/ is not what its inputs render to: ${many(changes.length, 'file')} ${changes.length === 1 ? 'differs' : 'differ'}.`,
      at: { file: changes[0]?.path ?? deployFolder, line: 1, col: 1 },
      hint: 'Run `slipway render`, look at the result, then commit.',
    });
  }
  if (hasErrors(found)) throw new DiagnosticsError(found);
}

/** Changed paths below deploy/ that a tree.lock owns: the one that stands there, or for what is gone that of the last commit. */
async function ownedChanges(ctx: Context): Promise<readonly string[]> {
  const changed = await ctx.git.changed([deployFolder], true);
  const ignored = changed.filter((path) => path.endsWith('/')); // a folder that git ignores as a whole
  const exact = new Set(changed);
  const isChanged = (path: string): boolean => exact.has(path) || ignored.some((folder) => path.startsWith(folder));
  const standing = ctx.files
    .folders(deployFolder)
    .map((tree) => treePath(tree, lockFile))
    .filter((path) => ctx.files.exists(path))
    .map((path) => [path, ctx.files.read(path)] as const);
  const gone = new Set(changed.filter((path) => !ctx.files.exists(path)));
  const locks = [...new Set([...gone].map((path) => treePath(treeOf(path), lockFile)))];
  const before = locks.length === 0 ? undefined : await ctx.git.committed(locks);
  return [
    ...ownedBy(standing).filter(isChanged),
    ...ownedBy([...(before ?? [])]).filter((path) => gone.has(path)),
  ].sort(compareText);
}

/** The locks and the files they list. */
function ownedBy(locks: readonly (readonly [path: string, text: string])[]): readonly string[] {
  return locks.flatMap(([path, text]) => {
    const files = Object.keys(readLock(new Map([[lockFile, text]]))?.files ?? {});
    return [path, ...files.map((file) => treePath(treeOf(path), file))];
  });
}

function message(
  { result }: Compared,
  paths: readonly string[],
  given: string | undefined,
  trailers: readonly string[] = [],
): string {
  const clusters = [...new Set(paths.map(treeOf))].sort(compareText);
  const components = new Set(paths.map((path) => `${treeOf(path)}/${ownerOf(path)}`));
  const subject =
    given ?? `deploy: render ${clusters.length <= 3 ? clusters.join(', ') : `${clusters.length} clusters`}`;
  const pins = [
    ...new Set(
      result.clusters.flatMap((c) =>
        c.facts === undefined ? [] : [c.facts.pin ?? `${c.facts.catalogVersion} (working tree)`],
      ),
    ),
  ].sort(compareText);
  return `${subject}\n\nSlipway-Catalog: ${pins.join(', ')}\nSlipway-Clusters: ${clusters.join(', ')}\nSlipway-Files: ${paths.length}\nSlipway-Components: ${components.size}\n${trailers.map((line) => `${line}\n`).join('')}`;
}

async function push(invocation: CommitInvocation): Promise<string> {
  const { ctx, options } = invocation;
  const branch = (await ctx.git.currentBranch()) ?? '';
  for (let attempt = 1; attempt <= pushTries; attempt += 1) {
    const { state, to } = await ctx.git.push(branch);
    if (state === 'pushed') return ` Pushed to ${to}.`;
    await ctx.git.rebase(branch);
    const again = await wholeFleet(invocation);
    const blocking = again.publishing.filter((d) => d.code !== 'publish/deletion' || !options.allowDelete);
    if (hasErrors([...again.result.diagnostics, ...blocking]))
      throw new DiagnosticsError([...again.result.diagnostics, ...blocking]);
    if (again.changes.length === 0) continue;
    ctx.files.publish(again.changes);
    const paths = await ownedChanges(ctx);
    await ctx.git.commit({ paths, message: (changed) => message(again, changed, undefined) });
  }
  throw new ToolError(
    'git/rejected',
    `The remote rejected ${branch} ${pushTries} times.`,
    'Somebody else pushes at the same time; run `slipway commit --push` again.',
  );
}
