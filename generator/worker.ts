import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerTask } from './adapters/workers.ts';
import { createContext } from './context.ts';
import { withTexts } from './pipeline/overlay.ts';
import { createPipeline, finished } from './pipeline/pipeline.ts';

/** Entry of a render thread: puts its clusters through the stages and posts what they became. */
const { root, clusters, then } = workerData as WorkerTask;
const own = createContext(root, { quiet: true, verbose: false });
const context = then === undefined ? own : withTexts(own, then);
const result = await createPipeline(context).run({ clusters: [], only: new Set(clusters) });
parentPort?.postMessage(result.clusters.map(finished));
