import type { Context } from '../ports.ts';
import { bounded } from '../util/concurrency.ts';

/** Clusters that are under way at once: while Helm renders for one, another is validated. */
const underWay = 4;

/** Does the work for each item, and lets a signal be heard every now and then. */
export function sideBySide<T, R>(
  ctx: Context,
  items: readonly T[],
  work: (item: T, i: number) => Promise<R>,
): Promise<R[]> {
  let heard = ctx.now();
  return bounded(items, underWay, async (item, i) => {
    const result = await work(item, i);
    if (ctx.now() - heard < 100) return result;
    heard = ctx.now();
    await ctx.turn();
    return result;
  });
}
