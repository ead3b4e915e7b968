import childProcess from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** What the operating system says where it refuses. */
export const errnos = [
  'ENOENT',
  'EACCES',
  'EPERM',
  'ENOSPC',
  'EIO',
  'EMFILE',
  'EROFS',
  'EISDIR',
  'ENOTDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'EBUSY',
  'ETIMEDOUT',
  'EXDEV',
  'EDQUOT',
] as const;

/** One call of the operating system that fails, by its number from 1. */
export interface Failure {
  readonly call: number;
  readonly code: string;
}

const operations = [
  'readFileSync',
  'readdirSync',
  'statSync',
  'lstatSync',
  'realpathSync',
  'existsSync',
  'readlinkSync',
  'openSync',
  'writeSync',
  'writeFileSync',
  'mkdirSync',
  'mkdtempSync',
  'renameSync',
  'linkSync',
  'copyFileSync',
  'rmSync',
  'unlinkSync',
  'rmdirSync',
  'cpSync',
  'utimesSync',
] as const;

type Operation = (...args: unknown[]) => unknown;

/**
 * Does some work while the calls that are about paths below `root` or of programs are counted, and one of them fails as it would
 * on a machine that refuses it. The calls that were made: `readFileSync clusters/a.yaml`, `spawn git`.
 */
export async function withFailure(
  root: string,
  failure: Failure | undefined,
  work: () => Promise<void>,
): Promise<readonly string[]> {
  const real = { ...fs };
  const { spawn } = childProcess;
  const patched = fs as unknown as Record<string, Operation>;
  const made: string[] = [];
  const isNext = (call: string): boolean => made.push(call) === failure?.call;
  const refusal = (syscall: string, path: string): Error =>
    Object.assign(new Error(`${failure?.code}: refused by the test, ${syscall} '${path}'`), {
      code: failure?.code,
      errno: -1,
      syscall,
      path,
    });
  for (const name of operations) {
    const original = patched[name] as Operation;
    patched[name] = (...args) => {
      const path = String(args[0]);
      const isAbout = typeof args[0] === 'number' || path.startsWith(root) || path.includes('slipway-');
      if (!isAbout || !isNext(`${name} ${path.replace(root, '').slice(1)}`)) return original(...args);
      if (name === 'existsSync') return false; // what it says of every error
      const options = args[1] as { throwIfNoEntry?: boolean; force?: boolean } | undefined;
      if (failure?.code === 'ENOENT' && (options?.throwIfNoEntry === false || options?.force === true))
        return undefined;
      throw refusal(name.replace('Sync', ''), path);
    };
  }
  childProcess.spawn = ((program: string, ...rest: unknown[]) => {
    const isFailing = isNext(`spawn ${program}`);
    const start = spawn as unknown as Operation;
    return start(isFailing ? '/nowhere/refused-by-the-test' : program, ...rest);
  }) as typeof spawn;
  syncBuiltinESMExports();
  try {
    await work();
  } finally {
    Object.assign(fs, Object.fromEntries(operations.map((name) => [name, real[name]])));
    childProcess.spawn = spawn;
    syncBuiltinESMExports();
  }
  return made;
}

/** Numbers between 0 and 1 that are the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
