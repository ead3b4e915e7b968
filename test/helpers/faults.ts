import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

/** What cuts an operation short: `kill` (the process is killed), or the code of an error. */
export interface Fault {
  readonly kind: string;
  /** Which operation that changes files, from 1. */
  readonly at: number;
  /** True: all operations after it fail too. */
  readonly lasts: boolean;
}

const names = [
  'openSync',
  'writeSync',
  'writeFileSync',
  'renameSync',
  'linkSync',
  'unlinkSync',
  'rmdirSync',
  'rmSync',
  'mkdirSync',
] as const;

/** Does some work while the operations that change files are counted, and one of them is cut short half done. */
export function withFault(fault: Fault | undefined, work: () => void): number {
  const real = { ...fs };
  let count = 0;
  const operations = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const name of names) {
    const original = operations[name] as (...args: unknown[]) => unknown;
    operations[name] = (...args) => {
      if (name === 'openSync' && args[1] === 'r') return original(...args);
      count += 1;
      if (fault === undefined || count < fault.at || (count > fault.at && !fault.lasts)) return original(...args);
      doHalf(real, name, args, fault.kind === 'kill');
      if (fault.kind === 'kill') process.kill(process.pid, 'SIGKILL');
      throw Object.assign(new Error(`${fault.kind}: ${name}`), { code: fault.kind });
    };
  }
  syncBuiltinESMExports();
  try {
    work();
  } finally {
    for (const name of names) operations[name] = real[name] as (...args: unknown[]) => unknown;
    syncBuiltinESMExports();
  }
  return count;
}

/** What an operation leaves behind that is cut short; those that are not here are atomic. */
function doHalf(real: typeof fs, name: string, args: readonly unknown[], isKilled: boolean): void {
  const [path = '', text = ''] = args.map(String);
  if (name === 'openSync' && isKilled) real.openSync(path, text);
  if (name === 'writeSync') real.writeSync(Number(path), text.slice(0, text.length / 2));
  if (name === 'writeFileSync')
    real.writeFileSync(path, text.slice(0, text.length / 2), args[2] as { flag: string } | undefined);
  if (name !== 'rmSync' || !real.existsSync(path) || !real.lstatSync(path).isDirectory()) return;
  const children = real.readdirSync(path);
  for (const child of children.slice(0, Math.ceil(children.length / 2)))
    real.rmSync(join(path, child), { recursive: true });
}
