import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { ToolError } from '../../model/diagnostic.ts';
import { endWithRun } from '../interruption.ts';

/** What a program that renders charts may take. */
export interface HelmLimits {
  /** Milliseconds for one request. */
  readonly timeout: number;
  /** Bytes of text for one request. */
  readonly output: number;
  /** Bytes of memory of one process. */
  readonly memory: number;
}

export const defaultLimits: HelmLimits = { timeout: 60_000, output: 64 * 2 ** 20, memory: 1024 * 2 ** 20 };

export type Limit = 'timeout' | 'output' | 'memory';

/** The finding for a chart that took more than it may. */
export function beyondLimit(chart: string, limit: Limit, limits: HelmLimits): ToolError {
  if (limit === 'timeout')
    return new ToolError(
      'helm/timeout',
      `${chart} does not render within ${limits.timeout / 1000} s.`,
      'Look for a template that repeats itself without end, or for a value that makes it repeat very often.',
    );
  const size = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
  if (limit === 'memory')
    return new ToolError(
      'helm/memory',
      `${chart} takes more than ${size(limits.memory)} of memory to render.`,
      'Look for a template, or a value, that makes text or lists grow without end.',
    );
  return new ToolError(
    'helm/too-large',
    `${chart} renders to more than ${size(limits.output)}.`,
    'Look for a template, or a value, that makes it print without end.',
  );
}

export interface Ended {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** The limit for which the program was killed. */
  readonly limit?: Limit;
}

export interface Run {
  readonly input: string;
  readonly env: NodeJS.ProcessEnv;
  readonly limits: HelmLimits;
  readonly signal: AbortSignal;
}

/** Runs a program to its end, or to one of its limits; undefined when it cannot be started, and when the signal ends it. */
export function runBounded(program: string, args: readonly string[], run: Run): Promise<Ended | undefined> {
  return new Promise((done) => {
    const child = endWithRun(
      spawn(program, [...args], {
        stdio: ['pipe', 'pipe', 'pipe'],
        env: run.env,
        signal: run.signal,
        killSignal: 'SIGKILL',
      }),
    );
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let size = 0;
    let limit: Limit | undefined;
    const kill = (why: Limit): void => {
      limit ??= why;
      child.kill('SIGKILL');
    };
    const collect = (into: Buffer[]) => (chunk: Buffer) => {
      size += chunk.length;
      if (size > run.limits.output) kill('output');
      else into.push(chunk);
    };
    const stop = watch(child, run.limits, kill);
    child.stdout.on('data', collect(out));
    child.stderr.on('data', collect(err));
    child.stdin.on('error', () => undefined); // a program that does not read its input says why on stderr
    child.on('error', () => {
      stop();
      done(undefined);
    });
    child.on('close', (code) => {
      stop();
      done({
        code: code ?? undefined,
        stdout: Buffer.concat(out).toString('utf8'),
        stderr: Buffer.concat(err).toString('utf8'),
        ...(limit === undefined ? {} : { limit }),
      });
    });
    child.stdin.end(run.input);
  });
}

/** Calls `kill` when the program takes too long or too much memory (where the system tells); returns what ends the watch. */
export function watch(child: ChildProcess, limits: HelmLimits, kill: (why: Limit) => void): () => void {
  const end = setTimeout(() => kill('timeout'), limits.timeout);
  const look = setInterval(() => {
    if ((residentBytes(child.pid) ?? 0) > limits.memory) kill('memory');
  }, 50);
  return () => {
    clearTimeout(end);
    clearInterval(look);
  };
}

/** Memory that a process holds, on Linux. */
function residentBytes(pid: number | undefined): number | undefined {
  if (process.platform !== 'linux' || pid === undefined) return undefined;
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  } catch {
    return undefined;
  }
}

/** Runs at most `size` things at once; the others wait in the order they came. */
export function createSlots(size: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = size;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((go) => waiting.push(go));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
