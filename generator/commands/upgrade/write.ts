import { shownSource, versionOf } from '../../catalog/sources.ts';
import { DiagnosticsError, hasErrors, ToolError, UsageError } from '../../model/diagnostic.ts';
import type { Change } from '../../model/model.ts';
import type { Context } from '../../ports.ts';
import { deployFolder } from '../../tree/paths.ts';
import { agreedTrailers, lockPath } from '../commit/agreed.ts';
import type { NewTexts } from './newTexts.ts';
import type { Target } from './targets.ts';
import type { Outcome } from './upgrade.ts';

/** The branch that an upgrade is committed on where none is named. */
export const branchName = ([first]: readonly Target[]): string =>
  `slipway-upgrade-${(first?.to === undefined ? undefined : versionOf(first.to)?.replaceAll(':', '-')) ?? 'catalog'}`;

/** Throws where the commit could not be made: no repository, or a branch of that name. */
export async function refuseTaken(ctx: Context, branch: string): Promise<void> {
  if (!(await ctx.git.isRepository()))
    throw new ToolError(
      'git/not-a-repository',
      'This folder is not a git work tree.',
      'Write into the folder with --in-place, or run `git init`.',
    );
  if ((await ctx.git.commitOf(`refs/heads/${branch}`)) !== undefined)
    throw new UsageError(`There is a branch "${branch}" already.`, 'Delete it, or name another one with --branch.');
}

/** Throws ToolError upgrade/uncommitted when what an upgrade reads or writes is not as in HEAD. */
export async function refuseDirty(ctx: Context, paths: readonly string[], isInPlace: boolean): Promise<void> {
  ctx.files.settle(); // git is to see what every other command reads
  if (isInPlace && !(await ctx.git.isRepository())) return;
  const [dirty] = await ctx.git.changed([...paths, ...(isInPlace ? [] : [deployFolder])]);
  if (dirty !== undefined)
    throw new ToolError(
      'upgrade/uncommitted',
      `${dirty} has changes that are not committed.`,
      'Commit or stash them first, so that the upgrade can be looked at by itself.',
      { file: dirty },
    );
}

interface Upgraded {
  readonly branch: string;
  readonly made: NewTexts;
  readonly outcome: Outcome;
  readonly moving: readonly Target[];
  readonly isInPlace: boolean;
}

/** A commit on the branch; `id` is undefined where it has nothing new. */
export interface Committed {
  readonly id: string | undefined;
  readonly hasTrees: boolean;
}

/** Writes the sources into the work tree, or sources and trees as a commit on the branch: all or nothing. */
export async function written(ctx: Context, upgraded: Upgraded): Promise<Committed | undefined> {
  const { branch, made, outcome, moving, isInPlace } = upgraded;
  if (isInPlace) {
    ctx.files.writeAll(made.texts);
    return undefined;
  }
  const { changes, trailers, hasTrees } = treeChanges(ctx, outcome);
  const subject = `catalog: upgrade ${moving.map(({ catalog, to = catalog.source }) => `${catalog.name} to ${versionOf(to) ?? ''}`).join(', ')}`;
  const about = [
    ...moving.map(({ from, to = from }) => `Slipway-Upgraded: ${shownSource(from)} → ${shownSource(to)}`),
    ...trailers,
  ];
  const commit = await ctx.git.commitTexts({
    branch,
    texts: new Map([...made.texts, ...changes.map((c) => [c.path, c.after] as const)]),
    message: () => `${subject}\n\n${about.join('\n')}\n`,
    write: () => undefined, // the branch is new, so it is not checked out
    undo: () => undefined,
  });
  return { id: commit?.id, hasTrees };
}

const none = { changes: [], trailers: [], hasTrees: false } as const;

/** The trees, and what the commit says of removals; none where somebody has to agree to something first. */
function treeChanges(
  ctx: Context,
  { compared }: Outcome,
): { readonly changes: readonly Change[]; readonly trailers: readonly string[]; readonly hasTrees: boolean } {
  if (compared === undefined || hasErrors(compared.publishing)) return none;
  const standing = (cluster: string): string | undefined =>
    ctx.files.exists(lockPath(cluster)) ? ctx.files.read(lockPath(cluster)) : undefined;
  try {
    const trailers = agreedTrailers(compared.result, compared.changes, standing);
    return { changes: compared.changes, trailers, hasTrees: true };
  } catch (error) {
    if (error instanceof DiagnosticsError) return none;
    throw error;
  }
}
