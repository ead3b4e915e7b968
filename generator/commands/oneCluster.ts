import type { Context } from '../context.ts';
import { UsageError } from '../model/diagnostic.ts';
import type { ClusterResult, PipelineResult } from '../pipeline.ts';
import { createPipeline } from '../pipeline.ts';
import { didYouMean } from '../source/suggest.ts';
import { nameOf } from '../workspace.ts';

/** The cluster of exactly this name through all stages. Throws UsageError when there is none. */
export async function oneCluster(
  ctx: Context,
  name: string,
): Promise<{ readonly cluster: ClusterResult; readonly result: PipelineResult }> {
  const result = await createPipeline(ctx).run({ clusters: [], only: new Set([name]) });
  const cluster = result.clusters[0];
  if (cluster !== undefined) return { cluster, result };
  const known = ctx.files.list('clusters', ['.yaml', '.yml']).map(nameOf);
  throw new UsageError(
    `There is no cluster "${name}".${didYouMean(name, known)}`,
    `Clusters here: ${known.slice(0, 20).join(', ') || 'none'}.`,
  );
}
