import { DiagnosticsError } from '../../model/diagnostic.ts';
import type { Change } from '../../model/model.ts';
import { guardedChanges, guardFindings, guardTrailers } from '../../diff/guards.ts';
import { readLock } from '../../tree/compare.ts';
import { deletionFindings, deletionTrailers, removalsOf } from '../../tree/deletions.ts';
import { lockFile, treeOf, treePath } from '../../tree/paths.ts';
import type { Context } from '../../ports.ts';
import type { PipelineResult } from '../../pipeline/pipeline.ts';
import { guardOf, guardsOfCluster } from '../shared/renderAndCompare.ts';

/**
 * Lines of the commit message about removals and guarded changes between the last commit and these paths as they stand.
 * Throws DiagnosticsError for what nobody agreed to: guarded changes by the spec, removals by the spec or `allowDelete`.
 */
export async function agreedChanges(
  ctx: Context,
  result: PipelineResult,
  paths: readonly string[],
  allowDelete: boolean,
): Promise<readonly string[]> {
  const clusters = [...new Set(paths.map(treeOf))];
  const head = await ctx.git.head();
  const wanted = [...new Set([...paths, ...clusters.map((c) => lockPath(c))])];
  const before = head === undefined ? new Map<string, string>() : await ctx.git.textsAt(head, wanted);
  const changes = paths.map((path) => changeOf(path, treeOf(path), before.get(path), ctx));
  return agreedTrailers(result, changes, (cluster) => before.get(lockPath(cluster)), allowDelete);
}

/** The same for changes; `lockOf` is the text of the lock that stands before them. */
export function agreedTrailers(
  result: PipelineResult,
  changes: readonly Change[],
  lockOf: (cluster: string) => string | undefined,
  allowDelete = false,
): readonly string[] {
  const found = [...new Set(changes.map((c) => c.cluster))].map((cluster) => {
    const own = changes.filter((c) => c.cluster === cluster);
    const lock = lockOf(cluster);
    const standing = lock === undefined ? undefined : readLock(new Map([[lockFile, lock]]));
    const guard = guardOf(result, cluster, standing?.components);
    const removals = removalsOf(own, guard);
    const guarded = guardedChanges(own, guardsOfCluster(result, cluster), guard.dataHolding);
    return {
      trailers: [...deletionTrailers(removals), ...guardTrailers(guarded)],
      open: [...(allowDelete ? [] : deletionFindings(removals, guard.budget)), ...guardFindings(guarded)],
    };
  });
  const open = found.flatMap((f) => f.open);
  if (open.length > 0) throw new DiagnosticsError(open);
  return [...new Set(found.flatMap((f) => f.trailers))].sort();
}

export const lockPath = (cluster: string): string => treePath(cluster, lockFile);

function changeOf(path: string, cluster: string, before: string | undefined, { files }: Context): Change {
  const after = files.exists(path) ? files.read(path) : undefined;
  const kind = after === undefined ? 'delete' : before === undefined ? 'add' : 'modify';
  return { path, cluster, kind, before, after };
}
