import { parentPort, workerData } from 'node:worker_threads';
import { mutated, randomOf } from './mutate.ts';
import { createTargets } from './targets.ts';
import { sha } from '../../generator/util/digest.ts';

/** What a worker is given: inputs `from`, `from + step`, … below `to` of a seed, for a time. */
export interface Work {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly until: number;
  readonly targets: readonly string[];
}

export type Said =
  | { readonly kind: 'begin'; readonly index: number; readonly target: string }
  | { readonly kind: 'fault'; readonly index: number; readonly target: string; readonly what: string }
  | { readonly kind: 'done'; readonly next: number };

/** Every so many inputs are read twice: the second answer has to be the first. */
const twiceEvery = 16;

/** The input of an index: the same for the same seed. */
export const inputOf = (seed: number, index: number, corpus: readonly string[]): string =>
  mutated(corpus, randomOf(seed * 1_000_003 + index));

async function work({ seed, from, to, until, targets: names }: Work): Promise<void> {
  const say = (said: Said): void => parentPort?.postMessage(said);
  const targets = (await createTargets()).filter((t) => names.length === 0 || names.includes(t.name));
  // each target has as many inputs as its weight
  const turns = targets.flatMap((target) => Array.from({ length: target.weight }, () => target));
  let index = from;
  for (; index < to && Date.now() < until; index += 1) {
    const target = turns[index % turns.length];
    if (target === undefined) break;
    const input = inputOf(seed, index, target.corpus);
    say({ kind: 'begin', index, target: target.name });
    const what = await faultOf(target.run, input, index % twiceEvery === 0);
    if (what !== undefined) say({ kind: 'fault', index, target: target.name, what });
    // lets what was said leave the thread before the next input may hold it up
    if (index % 8 === 0) await new Promise((done) => setImmediate(done));
  }
  say({ kind: 'done', next: index });
}

async function faultOf(run: (input: string) => unknown, input: string, isTwice: boolean): Promise<string | undefined> {
  try {
    const first = await run(input);
    if (!isTwice) return undefined;
    const second = await run(input);
    return sha(JSON.stringify(first) ?? '') === sha(JSON.stringify(second) ?? '')
      ? undefined
      : 'two answers to one input';
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

if (parentPort !== null) void work(workerData as Work).then(() => parentPort?.close());
