import type { ChildProcess, ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import type { HelmLimits, Limit } from './limits.ts';
import { watch } from './limits.ts';
import { endWithRun } from '../interruption.ts';

/** Header of an answer (engine/README.md). */
export interface EngineAnswer {
  readonly version?: string;
  readonly docs?: readonly { readonly source: string; readonly bytes: number; readonly crd?: boolean }[];
  readonly impure?: readonly string[];
  readonly warnings?: readonly string[];
  readonly error?: { readonly stage: string; readonly message: string };
}

/** How a request ended: an answer with its texts, a limit, or the end of the program (its last words). */
export type EngineEnd =
  | { readonly answer: EngineAnswer; readonly texts: readonly string[] }
  | { readonly limit: Limit }
  | { readonly crash: string };

/** Exit code of an engine that used more memory than it may. */
const exitMemory = 86;

/** One engine process, which answers one request at a time. */
export interface EngineProgram {
  /** False from the moment it ends. */
  readonly isAlive: boolean;
  /** Digests of the charts it was asked for, which it most likely still holds. */
  readonly charts: Set<string>;
  ask(request: object, limits: HelmLimits): Promise<EngineEnd>;
  end(): void;
}

/** Starts an engine. It does not keep Node alive while it has nothing to do, and ends when Node does: its input is closed. */
export function startEngine(program: string, limits: HelmLimits): EngineProgram {
  const mib = (bytes: number): string => String(Math.max(1, Math.ceil(bytes / 2 ** 20)));
  const env = { SLIPWAY_ENGINE_MEMORY_MIB: mib(limits.memory), SLIPWAY_ENGINE_OUTPUT_MIB: mib(limits.output) };
  const child: ChildProcessByStdio<Writable, Readable, Readable> = endWithRun(
    spawn(program, [], { stdio: 'pipe', env }),
  );
  let isAlive = true;
  let stderr = '';
  let settle: ((end: EngineEnd) => void) | undefined;
  const frames = createFrames(limits.output + headerRoom, (end) => {
    settle?.(end);
    if (!('answer' in end)) child.kill('SIGKILL'); // nobody knows where its next answer would begin
  });
  child.stdout.on('data', frames);
  child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString('utf8')).slice(-4096)));
  child.stdin.on('error', () => undefined); // its end is reported below
  const ended = (why: string, isMemory: boolean): void => {
    isAlive = false;
    settle?.(isMemory ? { limit: 'memory' } : { crash: why });
  };
  child.on('error', (error) => ended(error.message, false));
  child.on('close', (code, signal) => {
    const words = stderr.trim().split('\n')[0] ?? '';
    ended(words === '' ? (signal ?? `exit code ${code}`) : words, code === exitMemory || /out of memory/.test(stderr));
  });
  keepsNodeAlive(child, false);
  return {
    get isAlive() {
      return isAlive;
    },
    charts: new Set(),
    ask: (request, bounds) =>
      new Promise((done) => {
        const stop = watch(child, { ...bounds, memory: Infinity }, (limit) => {
          settle?.({ limit });
          child.kill('SIGKILL');
        });
        settle = (end) => {
          settle = undefined;
          stop();
          keepsNodeAlive(child, false);
          if ('limit' in end || 'crash' in end) isAlive = false;
          done(end);
        };
        keepsNodeAlive(child, true);
        if (!isAlive) settle({ crash: 'it has ended' });
        else child.stdin.write(frame(request));
      }),
    end() {
      isAlive = false;
      child.kill('SIGKILL');
    },
  };
}

function keepsNodeAlive(child: ChildProcess, keeps: boolean): void {
  for (const handle of [child, ...(child.stdio as (Socket | null)[])]) {
    if (keeps) handle?.ref?.();
    else handle?.unref?.();
  }
}

function frame(request: object): Buffer {
  const text = Buffer.from(JSON.stringify(request), 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text]);
}

/** What the header of an answer may take beside its texts (bytes). */
const headerRoom = 16 * 2 ** 20;

/** Puts the chunks of a stream together to answers; one that is larger than `maxBytes`, or that contradicts itself, is a crash. */
function createFrames(maxBytes: number, answer: (end: EngineEnd) => void): (chunk: Buffer) => void {
  let held: Buffer[] = [];
  let size = 0;
  return (chunk) => {
    held.push(chunk);
    size += chunk.length;
    if (size < 4) return;
    if ((held[0]?.length ?? 0) < 4) held = [Buffer.concat(held)];
    const length = held[0]?.readUInt32BE(0) ?? 0;
    if (size < 4 + length && length <= maxBytes) return;
    const bytes = Buffer.concat(held);
    held = [];
    size = 0;
    answer(bytes.length === 4 + length ? readAnswer(bytes.subarray(4)) : broken);
  };
}

const broken: EngineEnd = { crash: 'its answer is not what its lengths say' };

/** A frame without its length; its parts have to add up to it. */
function readAnswer(bytes: Buffer): EngineEnd {
  const length = bytes.length < 4 ? Infinity : bytes.readUInt32BE(0);
  if (4 + length > bytes.length) return broken;
  let answer: EngineAnswer;
  try {
    answer = JSON.parse(bytes.toString('utf8', 4, 4 + length)) as EngineAnswer;
  } catch {
    return { crash: 'the header of its answer is no JSON' };
  }
  const { docs = [] } = answer;
  const total = docs.reduce((sum, doc) => sum + doc.bytes, 4 + length);
  if (total !== bytes.length || docs.some((doc) => !Number.isInteger(doc.bytes) || doc.bytes < 0)) return broken;
  let at = 4 + length;
  return { answer, texts: docs.map((doc) => bytes.toString('utf8', at, (at += doc.bytes))) };
}
