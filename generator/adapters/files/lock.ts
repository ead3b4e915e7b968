import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname } from 'node:path';
import { ToolError } from '../../model/diagnostic.ts';
import { reason } from '../reason.ts';

interface Holder {
  readonly pid: number;
  readonly host: string;
}

/** A lock without content is of a run that is just taking it, or that died while it did: after so long (ms) the latter. */
const patience = 10_000;

/**
 * One writer at a time. The lock names its process, so that one that is gone does not stop anybody. Throws ToolError
 * file/locked when another process holds it, file/write when the folder cannot be written.
 */
export function takeLock(file: string): () => void {
  const mine = JSON.stringify({ pid: process.pid, host: hostname() } satisfies Holder);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (createFile(file, mine)) return () => releaseLock(file, mine);
    const found = readLock(file);
    if (found === 'gone') continue;
    if (found === 'young' || (typeof found === 'object' && isAlive(found))) throw locked(file, found);
    breakLock(file, found);
  }
  throw locked(file, readLock(file));
}

/** False when the file exists. A file that could not be filled is not left behind. */
function createFile(file: string, text: string): boolean {
  let made = false;
  try {
    const handle = openSync(file, 'wx');
    made = true;
    try {
      writeSync(handle, text);
    } finally {
      closeSync(handle);
    }
    return true;
  } catch (error) {
    if (made) remove(file);
    else if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new ToolError(
      'file/write',
      `${nameOf(file)} cannot be written: ${reason(error)}.`,
      'Check permissions and free space, then run again.',
      { cause: error, file: nameOf(file) },
    );
  }
}

function releaseLock(file: string, mine: string): void {
  try {
    if (readFileSync(file, 'utf8') === mine) remove(file);
  } catch {
    // gone, or the disk is: there is nothing to release
  }
}

/** Who holds a lock; `young`: it says nothing yet; `old`: it will never say anything. */
function readLock(file: string): Holder | 'gone' | 'young' | 'old' {
  try {
    const holder = JSON.parse(readFileSync(file, 'utf8')) as Partial<Holder> | null;
    if (typeof holder?.pid === 'number' && typeof holder.host === 'string')
      return { pid: holder.pid, host: holder.host };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'gone';
  }
  return age(file) > patience ? 'old' : 'young';
}

function age(file: string): number {
  try {
    return Date.now() - statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}

/**
 * Removes the lock of a dead process. Of several that want to, one may: without that, the second would remove the lock
 * that the first has taken meanwhile.
 */
function breakLock(file: string, dead: Holder | 'old'): void {
  const permit = `${file}.break`;
  if (!createFile(permit, '')) {
    if (age(permit) <= patience) throw locked(file, 'young');
    remove(permit);
    return;
  }
  try {
    if (JSON.stringify(readLock(file)) === JSON.stringify(dead)) remove(file);
  } finally {
    remove(permit);
  }
}

/** Best effort: where nothing can be removed, what comes next fails and says why. */
function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // said by what comes next
  }
}

function isAlive({ pid, host }: Holder): boolean {
  if (host !== hostname()) return true; // nobody here can tell
  if (pid === process.pid) return false; // a number that was used before: this run holds no lock yet
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function locked(file: string, found: ReturnType<typeof readLock>): ToolError {
  const who = typeof found === 'object' ? ` (process ${found.pid} on ${found.host})` : '';
  return new ToolError(
    'file/locked',
    `Another run${who} is writing ${basename(dirname(file))}/.`,
    `Wait for it to end, then run again. If that process is no slipway, remove ${nameOf(file)}.`,
    { file: nameOf(file) },
  );
}

const nameOf = (file: string): string => `${basename(dirname(file))}/${basename(file)}`;
