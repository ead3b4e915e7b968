import type { Context } from '../ports.ts';

/** Milliseconds that at least one cluster was in a stage. */
export type Timings = Record<
  'load' | 'resolve' | 'plan' | 'charts' | 'render' | 'validate' | 'prove' | 'compare' | 'publish',
  number
>;

export const noTime = (): Timings => ({
  load: 0,
  resolve: 0,
  plan: 0,
  charts: 0,
  render: 0,
  validate: 0,
  prove: 0,
  compare: 0,
  publish: 0,
});

export type Timed = <T>(stage: keyof Timings, work: () => T | Promise<T>) => Promise<T>;

/** Adds up how long at least one cluster was in a stage. */
export function stopwatch(ctx: Context, timings: Timings): Timed {
  const inside = new Map<keyof Timings, { count: number; since: number }>();
  return async (stage, work) => {
    const here = inside.get(stage) ?? { count: 0, since: 0 };
    inside.set(stage, here);
    if (here.count === 0) here.since = ctx.now();
    here.count += 1;
    const result = await work();
    here.count -= 1;
    if (here.count === 0) timings[stage] += ctx.now() - here.since;
    return result;
  };
}
