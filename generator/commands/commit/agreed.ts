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
  const found = clusters.map((cluster) => {
    const changes = paths
      .filter((path) => treeOf(path) === cluster)
      .map((path) => changeOf(path, cluster, before.get(path), ctx));
    const lock = before.get(lockPath(cluster));
    const standing = lock === undefined ? undefined : readLock(new Map([[lockFile, lock]]));
    const guard = guardOf(result, cluster, standing?.components);
    const removals = removalsOf(changes, guard);
    const guarded = guardedChanges(changes, guardsOfCluster(result, cluster), guard.dataHolding);
    return {
      trailers: [...deletionTrailers(removals), ...guardTrailers(guarded)],
      open: [...(allowDelete ? [] : deletionFindings(removals, guard.budget)), ...guardFindings(guarded)],
    };
  });
  const open = found.flatMap((f) => f.open);
  if (open.length > 0) throw new DiagnosticsError(open);
  return [...new Set(found.flatMap((f) => f.trailers))].sort();
}

const lockPath = (cluster: string): string => treePath(cluster, lockFile);

function changeOf(path: string, cluster: string, before: string | undefined, { files }: Context): Change {
  const after = files.exists(path) ? files.read(path) : undefined;
  const kind = after === undefined ? 'delete' : before === undefined ? 'add' : 'modify';
  return { path, cluster, kind, before, after };
}
