import { sha } from '../../util/digest.ts';
import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { ToolError } from '../../model/diagnostic.ts';
import { holdFolder, uninterrupted } from '../interruption.ts';
import { reason } from '../reason.ts';
import { isRunning, processIdentity } from './processIdentity.ts';

/**
 * Files and folders that are there until something is whole. Their names say which process made them, so that what a dead one
 * left is known: `<name>.slipway-<pid>-<space>-<start>-<random>.tmp`.
 */
const pattern = /\.slipway-(\d+)-([0-9a-f]{8})-(\d+)-\w+(?:\.tmp)?$/;

/** What nobody here can tell to be dead (another machine, a container) counts as that after so long (ms). */
const unseenLasts = 24 * 60 * 60_000;

const digestOf = (text: string): string => sha(text).slice(0, 8);

/** Where process numbers count, and when a process started; without the help of the system by the host alone. */
function spaceAndStart(pid: number): readonly [space: string, start: string] {
  const identity = processIdentity(pid);
  return [digestOf(identity?.space ?? hostname()), identity?.start === undefined ? '0' : identity.start];
}

let own: string | undefined;

const ownMark = (): string => (own ??= `.slipway-${process.pid}-${spaceAndStart(process.pid).join('-')}`);

/** A name beside a path for what is to take its place. */
export const temporaryName = (path: string, part: string = randomBytes(4).toString('hex')): string =>
  `${path}${ownMark()}-${part}.tmp`;

/** True for the name of a temporary file or folder whose process is gone. */
export function isLeftOver(path: string): boolean {
  const [, pid, space, start] = pattern.exec(basename(path)) ?? [];
  if (pid === undefined) return false;
  const [ownSpace] = spaceAndStart(process.pid);
  if (space !== ownSpace) return Date.now() - statSync(path).mtimeMs > unseenLasts;
  return !isRunning(Number(pid)) || spaceAndStart(Number(pid))[1] !== start;
}

/** Removes what dead runs left in a folder, as far as that can be done. */
export function sweep(folder: string): void {
  try {
    for (const name of readdirSync(folder))
      if (pattern.test(name) && isLeftOver(join(folder, name))) removeAll(join(folder, name));
  } catch {
    // not there, or somebody else sweeps
  }
}

const swept = new Set<string>();

function sweepOnce(folder: string): void {
  if (swept.has(folder)) return;
  swept.add(folder);
  sweep(folder);
}

/** Best effort: what is left is removed by a later run. */
export function removeAll(path: string): void {
  for (let attempt = 0; attempt < 2; attempt += 1)
    try {
      rmSync(path, { recursive: true, force: true });
      return;
    } catch {
      // once more, and then the next run
    }
}

/** The writes below, for tests of disks that fail. */
export interface Disk {
  write(file: string, bytes: Uint8Array | string): void;
  rename(from: string, to: string): void;
}

const realDisk: Disk = { write: (file, bytes) => writeFileSync(file, bytes), rename: renameSync };

/** Writes a file over what is there: whole or not at all. Throws what the system refused. */
export function writeWhole(file: string, bytes: Uint8Array | string, disk: Disk = realDisk): void {
  sweepOnce(dirname(file));
  const temporary = temporaryName(file);
  uninterrupted(() => {
    try {
      disk.write(temporary, bytes);
      disk.rename(temporary, file);
    } catch (error) {
      removeAll(temporary);
      throw error;
    }
  });
}

/** The same for a file of a cache, whose folders are made. */
export function writeCached(file: string, bytes: Uint8Array | string, disk: Disk = realDisk): void {
  mkdirSync(dirname(file), { recursive: true });
  writeWhole(file, bytes, disk);
}

/** Fills a folder beside its place and moves it there, over an empty one: whole or not at all. */
export function writeFolderWhole(folder: string, fill: (temporary: string) => void): void {
  sweepOnce(dirname(folder));
  const temporary = temporaryName(folder);
  uninterrupted(() => {
    try {
      mkdirSync(temporary, { recursive: true });
      fill(temporary);
      renameSync(temporary, folder);
    } catch (error) {
      removeAll(temporary);
      throw error;
    }
  });
}

/** Fills a folder with files, by path below it; those without content are left out. */
export function fillFolder(folder: string, files: ReadonlyMap<string, string | Uint8Array | undefined>): void {
  mkdirSync(folder, { recursive: true });
  for (const [path, content] of files) {
    if (content === undefined) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

const open = new Set<string>();

/** Does some work with a folder of its own, which is gone afterwards, also when the process ends meanwhile. */
export async function withTemporaryFolder<T>(purpose: string, work: (folder: string) => Promise<T>): Promise<T> {
  sweepOnce(tmpdir());
  if (open.size === 0) process.on('exit', removeOpen);
  const folder = uninterrupted(() => {
    const made = makeTemporaryFolder(`slipway-${purpose}${ownMark()}-`);
    holdFolder(made);
    return made;
  });
  open.add(folder);
  try {
    return await work(folder);
  } finally {
    removeAll(folder);
    open.delete(folder);
    holdFolder(folder, true);
    if (open.size === 0) process.off('exit', removeOpen);
  }
}

function makeTemporaryFolder(prefix: string): string {
  try {
    return realpathSync(mkdtempSync(join(tmpdir(), prefix)));
  } catch (error) {
    throw new ToolError(
      'tool/system',
      `${tmpdir()}, the folder for temporary files, cannot be written: ${reason(error)}.`,
      'Make room there, or name another folder in TMPDIR.',
      { cause: error, file: tmpdir() },
    );
  }
}

function removeOpen(): void {
  for (const folder of open) removeAll(folder);
}
