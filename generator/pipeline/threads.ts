import type { FinishedCluster } from '../model/finished.ts';
import type { Context } from '../ports.ts';
import type { Selection } from './load.ts';

/** Below this many clusters to render, starting threads costs more than it saves. */
const enoughForThreads = 48;

/** Stages that threads run. */
type ThreadTimings = Record<'resolve' | 'plan' | 'charts' | 'render' | 'validate', number>;
const stages = ['resolve', 'plan', 'charts', 'render', 'validate'] as const;

/** Plans, objects and other checks than the usual ones do not pass between threads. */
export function passesThreads(isUsual: boolean, { prove, keepObjects }: Selection): boolean {
  return isUsual && prove !== true && keepObjects !== true;
}

/**
 * Renders these clusters in several threads when there is enough to do; undefined: not worth it, or not possible. Their times
 * are added to `timings`.
 */
export async function finishInThreads(
  ctx: Context,
  clusters: readonly string[],
  jobs: number,
  timings: ThreadTimings,
): Promise<readonly FinishedCluster[] | undefined> {
  if (jobs < 2 || clusters.length < enoughForThreads) return undefined;
  const results = await ctx.workers.finish(
    Array.from({ length: jobs }, (_, job) => clusters.filter((_name, i) => i % jobs === job)),
  );
  if (results === undefined) return undefined;
  // threads work side by side: a stage took as long as in the thread where it took longest
  for (const stage of stages) timings[stage] += Math.max(...results.map((r) => r.timings[stage] ?? 0));
  return results.flatMap((r) => r.clusters);
}
