import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ProcessOptions {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface Running {
  readonly name: string;
  readonly log: string;
  stop(): Promise<void>;
  /** Throws with the end of the log when the process is not running any more. */
  check(): void;
}

/** A temporary folder, the processes that run in it and what has to be undone at the end. */
export interface Run {
  readonly folder: string;
  start(options: ProcessOptions): Running;
  /** Called in reverse order when the run ends. */
  onStop(undo: () => Promise<void> | void): void;
  /** Ends everything. Logs of a failed run are kept; the answer is where. */
  stop(failed: boolean): Promise<string | undefined>;
}

/** Removes a folder and ends what is told to it when this process ends in whatever way. */
export function startReaper(folder: string): ChildProcess {
  const reaper = spawn(process.execPath, [join(import.meta.dirname, 'reaper.mjs')], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  reaper.unref();
  reaper.stdin?.on('error', () => undefined);
  reaper.stdin?.write(`folder ${folder}\n`);
  return reaper;
}

function tail(file: string, lines: number): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n') : '';
}

/** Starts one process in a group of its own, with its output in the folder of logs. */
function launch(options: ProcessOptions, logs: string, tell: (line: string) => void): Running {
  const log = join(logs, `${options.name}.log`);
  const out = openSync(log, 'a');
  const child = spawn(options.program, options.args, {
    cwd: options.cwd ?? logs,
    env: { PATH: process.env['PATH'] ?? '', ...options.env },
    detached: true,
    stdio: ['ignore', out, out],
  });
  closeSync(out);
  let ended: string | undefined;
  const closed = new Promise<void>((done) => {
    child.on('error', (error) => {
      ended = error.message;
      done();
    });
    child.on('exit', (code, signal) => {
      ended = `ended with ${code ?? signal ?? ''}`;
      if (child.pid !== undefined) tell(`gone ${child.pid}`);
      done();
    });
  });
  if (child.pid !== undefined) tell(`add ${child.pid}`);
  return {
    name: options.name,
    log,
    check() {
      if (ended !== undefined) throw new Error(`${options.name} ${ended}\n${tail(log, 15)}`);
    },
    async stop() {
      // State is throw-away: an orderly stop of an API server takes 10 s and more.
      if (ended === undefined && child.pid !== undefined) {
        try {
          process.kill(-child.pid, 'SIGKILL');
        } catch {
          // ended meanwhile
        }
      }
      await closed;
    },
  };
}

export function startRun(name: string): Run {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `slipway-e2e-${name}-`)));
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  const reaper = startReaper(folder);
  const tell = (line: string): void => void reaper.stdin?.write(`${line}\n`);
  const undo: (() => Promise<void> | void)[] = [];
  let stopped = false;
  return {
    folder,
    start(options) {
      const running = launch(options, logs, tell);
      undo.push(() => running.stop());
      return running;
    },
    onStop: (step) => void undo.push(step),
    async stop(failed) {
      if (stopped) return undefined;
      stopped = true;
      for (const step of undo.reverse()) await step();
      let kept: string | undefined;
      if (failed) {
        kept = mkdtempSync(join(tmpdir(), `slipway-e2e-logs-${name}-`));
        cpSync(logs, kept, { recursive: true });
      }
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
      reaper.stdin?.end();
      return kept;
    },
  };
}
