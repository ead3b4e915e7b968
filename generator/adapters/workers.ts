import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ContextOptions, ThreadResult, Workers } from '../ports.ts';
import type { WriteLog } from './log.ts';

/** What a thread is told: the options of the context that started it, and which clusters to render. */
export interface WorkerTask {
  readonly root: string;
  readonly options: ContextOptions;
  readonly clusters: readonly string[];
  /** Files that are read as these texts. */
  readonly then?: ReadonlyMap<string, string | undefined>;
}

/** What a thread posts: text for stderr any number of times, and its result once. */
export type WorkerMessage = { readonly log: string } | { readonly result: ThreadResult };

/** Threads of this program that read the repository at `root`; each renders its own clusters. */
export function createWorkers(root: string, options: ContextOptions, write: WriteLog): Workers {
  const program = new URL('./worker.mjs', import.meta.url);
  const written = new Set<string>();
  // what every thread says, such as that an engine is not used, is said once
  const writeOnce = (text: string): void => {
    if (!written.has(text)) write(text);
    written.add(text);
  };
  return {
    usual: Math.min(8, availableParallelism()),
    finish(slices, then) {
      if (!existsSync(fileURLToPath(program))) return undefined;
      const about = then === undefined ? {} : { then };
      return Promise.all(
        slices.map((clusters) =>
          runWorker(program, { root, options: { ...options, isTerminal: false }, clusters, ...about }, writeOnce),
        ),
      );
    },
  };
}

function runWorker(program: URL, task: WorkerTask, write: WriteLog): Promise<ThreadResult> {
  return new Promise((done, failed) => {
    const worker = new Worker(program, { workerData: task });
    worker.on('message', (message: WorkerMessage) => {
      if ('log' in message) write(message.log);
      else done(message.result);
    });
    worker.once('error', failed);
    worker.once('exit', (code) => failed(new Error(`A render thread ended with ${code} before its result.`)));
  });
}
