import type { Context } from '../../ports.ts';
import type { ClusterResult, Pipeline, PipelineResult } from '../../pipeline/pipeline.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import { noCluster } from './names.ts';

/** The cluster of exactly this name through all stages. Throws UsageError when there is none. */
export async function oneCluster(
  ctx: Context,
  name: string,
  keepObjects = false,
): Promise<{ readonly cluster: ClusterResult; readonly result: PipelineResult; readonly pipeline: Pipeline }> {
  const pipeline = createPipeline(ctx);
  const result = await pipeline.run({ clusters: [], only: new Set([name]), keepObjects });
  const cluster = result.clusters[0];
  if (cluster !== undefined) return { cluster, result, pipeline };
  throw noCluster(ctx, name);
}
