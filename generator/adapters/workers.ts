import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FinishedCluster } from '../model/finished.ts';
import type { Workers } from '../ports.ts';

/** What a thread is told. */
export interface WorkerTask {
  readonly root: string;
  readonly clusters: readonly string[];
  /** Files that are read as these texts. */
  readonly then?: ReadonlyMap<string, string | undefined>;
}

/** Threads of this program that read the repository at `root`; each renders its own clusters. */
export function createWorkers(root: string): Workers {
  const program = new URL('./worker.mjs', import.meta.url);
  return {
    finish(slices, then) {
      if (!existsSync(fileURLToPath(program))) return undefined;
      return Promise.all(
        slices.map((clusters) => runWorker(program, { root, clusters, ...(then === undefined ? {} : { then }) })),
      ).then((parts) => parts.flat());
    },
  };
}

function runWorker(program: URL, task: WorkerTask): Promise<readonly FinishedCluster[]> {
  return new Promise((done, failed) => {
    const worker = new Worker(program, { workerData: task });
    worker.once('message', done);
    worker.once('error', failed);
    worker.once('exit', (code) => failed(new Error(`A render thread ended with ${code} before its result.`)));
  });
}
