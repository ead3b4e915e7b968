import type { Timings } from '../../pipeline/timings.ts';

/** Time per stage (milliseconds) and the highest memory use of the process. */
export function statsText(timings: Timings): string {
  const memory = `memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`;
  return [...Object.entries(timings).map(([stage, ms]) => `${stage} ${ms.toFixed(0)} ms`), memory].join(' · ');
}
