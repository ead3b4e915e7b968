import { parentPort, workerData } from 'node:worker_threads';
import type { CommandMessage, CommandTask } from './adapters/commandThread.ts';
import { connect } from './adapters/interruption.ts';
import type { WorkerMessage, WorkerTask } from './adapters/workers.ts';
import type { Ending } from './commands/ending.ts';
import type { CommandCall } from './commands/execute.ts';

/** Entry of a thread: carries out a command, or puts clusters through the stages and posts what they became. */
const task = workerData as WorkerTask | CommandTask<CommandCall>;
if ('call' in task) await carryOut(task);
else await render(task);

async function carryOut({ call, state }: CommandTask<CommandCall>): Promise<void> {
  const post = (message: CommandMessage<Ending>): void => parentPort?.postMessage(message);
  connect({ state, tell: (held) => post({ held }) });
  const { execute } = await import('./commands/execute.ts');
  post({ ending: await execute(call, (log) => post({ log })) });
}

async function render({ root, options, clusters, then }: WorkerTask): Promise<void> {
  const { createContext } = await import('./context.ts');
  const { mountCatalogs } = await import('./pipeline/mount.ts');
  const { withTexts } = await import('./pipeline/overlay.ts');
  const { createPipeline, finished } = await import('./pipeline/pipeline.ts');
  const post = (message: WorkerMessage): void => parentPort?.postMessage(message);
  const own = createContext(root, options, (text) => post({ log: text }));
  const context = await mountCatalogs(then === undefined ? own : withTexts(own, then));
  const result = await createPipeline(context).run({ clusters: [], only: new Set(clusters) });
  post({ result: { clusters: result.clusters.map(finished), timings: result.timings } });
}
