import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { createTargets } from './targets.ts';
import { inputOf } from './worker.ts';
import type { Said, Work } from './worker.ts';

/** One input may take so long (milliseconds), and a worker so much memory (MiB). */
const limits = { time: 10_000, memory: 1024 };

interface Fault {
  readonly target: string;
  readonly index: number;
  readonly what: string;
}

const usage = 'npm run test:fuzz -- [--seed n] [--count n] [--seconds n] [--target name …] [--show index]';

/** Threads of Node.js 20 read no TypeScript. */
const bundle = join('node_modules/.cache/slipway-fuzz', `worker-${process.pid}.mjs`);

const bundleWorker = async (): Promise<unknown> =>
  build({
    entryPoints: [join(import.meta.dirname, 'worker.ts')],
    outfile: bundle,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'warning',
  });

/** Runs inputs until the count or the time is reached; a worker that hangs or takes too much is ended, and another goes on. */
async function fuzz(work: Omit<Work, 'from'>): Promise<{ inputs: number; faults: Fault[] }> {
  const faults: Fault[] = [];
  let next = 0;
  while (next < work.to && Date.now() < work.until) {
    const ended = await runWorker({ ...work, from: next }, faults);
    next = ended;
  }
  return { inputs: next, faults };
}

/** Gives the index to go on with. */
function runWorker(work: Work, faults: Fault[]): Promise<number> {
  return new Promise((done) => {
    const worker = new Worker(join(process.cwd(), bundle), {
      workerData: work,
      resourceLimits: { maxOldGenerationSizeMb: limits.memory },
    });
    let at: { index: number; target: string } = { index: work.from, target: 'start' };
    let timer: NodeJS.Timeout | undefined;
    let isDone = false;
    const end = (next: number): void => {
      if (isDone) return;
      isDone = true;
      clearTimeout(timer);
      void worker.terminate().then(() => done(next));
    };
    const fail = (what: string): void => {
      faults.push({ ...at, what });
      end(at.index + 1);
    };
    worker.on('message', (said: Said) => {
      clearTimeout(timer);
      if (said.kind === 'done') return end(said.next);
      if (said.kind === 'fault') return void faults.push(said);
      at = said;
      timer = setTimeout(() => fail(`it takes longer than ${limits.time / 1000} s`), limits.time);
    });
    worker.on('error', (error: NodeJS.ErrnoException) =>
      fail(
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? `it takes more than ${limits.memory} MiB`
          : (error.stack ?? error.message),
      ),
    );
    worker.on('exit', () => end(at.index + 1));
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      count: { type: 'string' },
      seconds: { type: 'string' },
      target: { type: 'string', multiple: true, default: [] },
      show: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(`${usage}\n`);
  const seed = Number(values.seed);
  const targets = values.target;
  if (values.show !== undefined) {
    const found = (await createTargets()).filter((t) => targets.length === 0 || targets.includes(t.name));
    const turns = found.flatMap((target) => Array.from({ length: target.weight }, () => target));
    const index = Number(values.show);
    return void process.stdout.write(inputOf(seed, index, turns[index % turns.length]?.corpus ?? []));
  }
  const seconds = Number(values.seconds ?? (values.count === undefined ? 30 : 86_400));
  await bundleWorker();
  process.on('exit', () => rmSync(bundle, { force: true }));
  const start = Date.now();
  const to = Number(values.count ?? Number.MAX_SAFE_INTEGER);
  const { inputs, faults } = await fuzz({ seed, to, targets, until: start + seconds * 1000 });
  for (const { target, index, what } of faults)
    process.stdout.write(`${target} (--seed ${seed} --show ${index}): ${what.split('\n').slice(0, 6).join('\n  ')}\n`);
  const took = ((Date.now() - start) / 1000).toFixed(0);
  process.stdout.write(`${inputs} inputs of seed ${seed} in ${took} s: ${faults.length} faults.\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

await main();
