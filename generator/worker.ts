import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerMessage, WorkerTask } from './adapters/workers.ts';
import { createContext } from './context.ts';
import { withTexts } from './pipeline/overlay.ts';
import { mountCatalogs } from './pipeline/mount.ts';
import { createPipeline, finished } from './pipeline/pipeline.ts';

/** Entry of a render thread: puts its clusters through the stages and posts what they became. */
const { root, options, clusters, then } = workerData as WorkerTask;
const post = (message: WorkerMessage): void => parentPort?.postMessage(message);
const own = createContext(root, options, (text) => post({ log: text }));
const context = await mountCatalogs(then === undefined ? own : withTexts(own, then));
const result = await createPipeline(context).run({ clusters: [], only: new Set(clusters) });
post({ result: { clusters: result.clusters.map(finished), timings: result.timings } });
