import {
  closeSync,
  existsSync,
  linkSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname } from 'node:path';
import { ToolError } from '../../model/diagnostic.ts';
import { reason } from '../reason.ts';
import { isRunning, processIdentity } from './processIdentity.ts';
import { temporaryName } from './temporary.ts';

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Where the number counts (boot and namespace) and when the process started, where the system tells. */
  readonly process?: string;
}

/** A lock without content is of a run that is just taking it, or that died while it did: after so long (ms) the latter. */
const emptyLasts = 10_000;
/** Writing takes seconds: a lock of a process that nobody here can see (another machine, a container) holds so long (ms). */
const unseenLasts = 10 * 60_000;

/**
 * One writer at a time. The lock names its process, so that one that is gone does not stop anybody. Throws ToolError
 * file/locked when another process holds it, file/write when the folder cannot be written.
 */
export function takeLock(file: string): () => void {
  const identity = identityOf(process.pid);
  const holder: Holder = {
    pid: process.pid,
    host: hostname(),
    ...(identity === undefined ? {} : { process: identity }),
  };
  const mine = JSON.stringify(holder);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (createFile(file, mine)) return () => releaseLock(file, mine);
    const found = readLock(file);
    if (found === 'gone') continue;
    if (found === 'young' || (typeof found === 'object' && isAlive(found, age(file)))) throw locked(file, found);
    breakLock(file, found, mine);
  }
  throw locked(file, readLock(file));
}

/** False when the file exists. It comes into being with its text, where the file system has links; never is half a file left. */
function createFile(file: string, text: string): boolean {
  const temporary = temporaryName(file, 'lock'); // one a process: what a failing disk left is written over
  try {
    writeFileSync(temporary, text);
    return isCreated(() => linkSync(temporary, file)) ?? createInPlace(file, text);
  } catch (error) {
    throw new ToolError(
      'file/write',
      `${nameOf(file)} cannot be written: ${reason(error)}.`,
      'Check permissions and free space, then run again.',
      { cause: error, file: nameOf(file) },
    );
  } finally {
    remove(temporary);
  }
}

/** Undefined where the file system cannot do that. */
function isCreated(create: () => void): boolean | undefined {
  try {
    create();
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (hasNoLinks.has(code)) return undefined;
    throw error;
  }
}

/** What systems say that have no hard links. */
export const hasNoLinks: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

function createInPlace(file: string, text: string): boolean {
  let handle: number | undefined;
  const isOurs = isCreated(() => (handle = openSync(file, 'wx'))) === true;
  if (!isOurs || handle === undefined) return false;
  try {
    writeSync(handle, text);
    return true;
  } catch (error) {
    remove(file);
    throw error;
  } finally {
    closeSync(handle);
  }
}

function releaseLock(file: string, mine: string): void {
  for (let attempt = 0; attempt < 2; attempt += 1)
    try {
      if (readFileSync(file, 'utf8') === mine) remove(file);
      return;
    } catch {
      // once more; then it is gone, or the disk is, and the next run sees that its process has ended
    }
}

/** Who holds a lock; `young`: it says nothing yet; `old`: it will never say anything. */
function readLock(file: string): Holder | 'gone' | 'young' | 'old' {
  try {
    const holder = JSON.parse(readFileSync(file, 'utf8')) as Partial<Holder> | null;
    if (typeof holder?.pid === 'number' && typeof holder.host === 'string')
      return {
        pid: holder.pid,
        host: holder.host,
        ...(typeof holder.process === 'string' ? { process: holder.process } : {}),
      };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'gone';
  }
  return age(file) > emptyLasts ? 'old' : 'young';
}

/** How far the time of a file is from now (ms), before or after: clocks of machines that share a folder differ. */
function age(file: string): number {
  try {
    return Math.abs(Date.now() - statSync(file).mtimeMs);
  } catch {
    return 0;
  }
}

/**
 * Removes the lock of a dead process. Of several that want to, one may: without that, the second would remove the lock
 * that the first has taken meanwhile.
 */
function breakLock(file: string, dead: Holder | 'old', mine: string): void {
  const permit = `${file}.break`;
  if (!createFile(permit, mine)) {
    if (isHeld(permit)) throw locked(file, 'young');
    remove(permit);
    return;
  }
  try {
    if (JSON.stringify(readLock(file)) === JSON.stringify(dead)) remove(file);
  } finally {
    remove(permit);
  }
}

/** Throws ToolError file/locked when a process that may be alive holds a lock; takes nothing. */
export function requireFree(file: string): void {
  if (isHeld(file)) throw locked(file, readLock(file));
}

function isHeld(file: string): boolean {
  const found = readLock(file);
  return found === 'young' || (typeof found === 'object' && isAlive(found, age(file)));
}

/** Removes the permit of somebody who died while it broke a lock; to be called by who holds the lock. */
export function removeDeadPermit(file: string): void {
  const permit = `${file}.break`;
  if (existsSync(permit) && !isHeld(permit)) remove(permit);
}

/** Best effort: where nothing can be removed, what comes next fails and says why. */
function remove(file: string): void {
  for (let attempt = 0; attempt < 2; attempt += 1)
    try {
      unlinkSync(file);
      return;
    } catch {
      // once more; then it is said by what comes next
    }
}

function isAlive({ pid, host, process: identity }: Holder, lockAge: number): boolean {
  const [space, start] = partsOf(identity);
  const [ownSpace] = partsOf(identityOf(process.pid));
  const isSeen = host === hostname() && (space === undefined || ownSpace === undefined || space === ownSpace);
  if (!isSeen) return lockAge <= unseenLasts;
  if (pid === process.pid) return false; // a number that was used before: this run holds no lock yet
  if (!isRunning(pid)) return false;
  const [, startNow] = partsOf(identityOf(pid));
  // another process may have got its number since
  return start === undefined || startNow === undefined ? lockAge <= unseenLasts : start === startNow;
}

/** `<boot>/<namespace of processes>@<start>`: no two processes have the same. */
function identityOf(pid: number): string | undefined {
  const identity = processIdentity(pid);
  return identity === undefined ? undefined : `${identity.space}@${identity.start}`;
}

function partsOf(identity: string | undefined): readonly (string | undefined)[] {
  return identity?.split('@') ?? [undefined, undefined];
}

function locked(file: string, found: ReturnType<typeof readLock>): ToolError {
  const who = typeof found === 'object' ? ` (process ${found.pid} on ${found.host})` : '';
  return new ToolError(
    'file/locked',
    `Another run${who} is writing ${basename(dirname(file))}/.`,
    isUnseen(found)
      ? `Wait for it to end, then run again. Nobody here sees that process: after ${unseenLasts / 60_000} minutes its lock no longer counts. If it is gone, remove ${nameOf(file)}.`
      : `Wait for it to end, then run again. If that process is no slipway, remove ${nameOf(file)}.`,
    { file: nameOf(file) },
  );
}

function isUnseen(found: ReturnType<typeof readLock>): boolean {
  return typeof found === 'object' && found.host !== hostname();
}

const nameOf = (file: string): string => `${basename(dirname(file))}/${basename(file)}`;
