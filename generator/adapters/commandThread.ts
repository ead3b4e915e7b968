import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { removeAll } from './files/temporary.ts';
import type { Held } from './interruption.ts';
import { isWritten, mayEnd, newState } from './interruption.ts';

/** What a thread that carries out a command is told. */
export interface CommandTask<Call> {
  readonly call: Call;
  readonly state: Int32Array;
}

/** What it posts: text for stderr and what it holds any number of times, and how it ended once. */
export type CommandMessage<Ending> = { readonly log: string } | { readonly held: Held } | { readonly ending: Ending };

/** A command that is carried out beside this thread, which has nothing to do but to hear signals. */
export interface CommandThread<Ending> {
  /** How it ended; rejects with what it did not catch. */
  readonly ending: Promise<Ending>;
  /**
   * Ends it where it is, but for what is done in full or not at all. What it had started ends with it, and what it had made for
   * itself is removed. False when it stands in a call of the system that does not end.
   */
  stop(): Promise<{ readonly isOver: boolean; readonly isWritten: boolean }>;
}

/** So long a thread may take to notice that it is ended (ms). */
const patience = 500;

/** Carries out a call in a thread; undefined where threads cannot be started (running from source). */
export function startCommand<Call, Ending>(
  call: Call,
  write: (text: string) => void,
): CommandThread<Ending> | undefined {
  const program = new URL('./worker.mjs', import.meta.url);
  if (!existsSync(fileURLToPath(program))) return undefined;
  const state = newState();
  const task: CommandTask<Call> = { call, state };
  const worker = new Worker(program, { workerData: task });
  const processes = new Set<number>();
  const folders = new Set<string>();
  const ending = new Promise<Ending>((done, failed) => {
    worker.on('message', (message: CommandMessage<Ending>) => {
      if ('log' in message) write(message.log);
      else if ('held' in message) keep(message.held, processes, folders);
      else done(message.ending);
    });
    worker.once('error', failed);
    worker.once('exit', (code) => failed(new Error(`The thread of the command ended with ${code}.`)));
  });
  return {
    ending,
    async stop() {
      ending.catch(() => undefined);
      const started = withChildren(processes);
      for (const pid of started) end(pid);
      while (!mayEnd(state)) await pause(5);
      const isOver = await Promise.race([worker.terminate().then(() => true), pause(patience, false)]);
      for (const pid of processes) if (!started.has(pid)) end(pid);
      for (const folder of folders) removeAll(folder);
      return { isOver, isWritten: isWritten(state) };
    },
  };
}

function keep(held: Held, processes: Set<number>, folders: Set<string>): void {
  if ('pid' in held) {
    if (held.isGone) processes.delete(held.pid);
    else processes.add(held.pid);
  } else if (held.isGone) folders.delete(held.folder);
  else folders.add(held.folder);
}

/** Processes and what they have started in their turn, where the system tells: git's own helpers outlive it. */
function withChildren(pids: ReadonlySet<number>): ReadonlySet<number> {
  const found = new Set(pids);
  if (pids.size === 0 || !existsSync('/proc/self/stat')) return found;
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), parentOf(name)]),
  );
  // a set gives what is added while it is walked through
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.add(child);
  return found;
}

function parentOf(pid: string): number | undefined {
  try {
    // behind the name of the program, which may hold anything: state, parent
    return Number(/^.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);
  } catch {
    return undefined; // it has ended
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // it has ended
  }
}
