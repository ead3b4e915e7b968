import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { ToolError } from '../model/diagnostic.ts';
import type { Change } from '../model/model.ts';
import { reason } from './reason.ts';

const deploy = 'deploy';
const journalFolder = '.slipway-journal';
const lockFile = '.slipway-lock';

interface JournalEntry {
  readonly path: string;
  readonly kind: Change['kind'];
}

/**
 * Writes all changes or none. Before the first file is touched, a journal says what will be; files that are replaced or
 * removed are moved into it, not overwritten. An error puts everything back at once, a killed process is put right by the
 * next run (recoverPublish).
 */
export function publishChanges(root: string, changes: readonly Change[]): void {
  if (changes.length === 0) return;
  const base = join(root, deploy);
  makeFolder(base, root);
  const release = takeLock(base);
  try {
    const journal = join(base, journalFolder);
    try {
      mkdirSync(join(journal, 'old'), { recursive: true });
      stage(journal, changes);
      apply(root, journal, changes);
    } catch (error) {
      rollback(root, journal);
      if (error instanceof ToolError) throw error;
      throw new ToolError(
        'file/write',
        `${deploy}/ cannot be written: ${reason(error)}. It is what it was before.`,
        'Check permissions and free space, then run again.',
        error,
      );
    }
    rmSync(journal, { recursive: true, force: true });
    for (const folder of new Set(changes.filter((c) => c.kind === 'delete').map((c) => dirname(join(root, c.path)))))
      removeEmpty(folder, base);
  } finally {
    release();
  }
}

/** Puts back what an interrupted run left half done. */
export function recoverPublish(root: string): void {
  const base = join(root, deploy);
  const journal = join(base, journalFolder);
  if (!existsSync(journal)) return;
  let release: () => void;
  try {
    release = takeLock(base);
  } catch {
    return; // another run is at work on it; whoever writes will be told
  }
  try {
    rollback(root, journal);
  } finally {
    release();
  }
}

function stage(journal: string, changes: readonly Change[]): void {
  changes.forEach((change, i) => {
    if (change.kind === 'modify') writeFileSync(join(journal, `new-${i}`), change.after ?? '');
  });
  const entries: JournalEntry[] = changes.map(({ path, kind }) => ({ path, kind }));
  writeFileSync(join(journal, 'journal.part'), JSON.stringify(entries));
  renameSync(join(journal, 'journal.part'), join(journal, 'journal.json'));
}

function apply(root: string, journal: string, changes: readonly Change[]): void {
  const folders = new Set<string>();
  changes.forEach((change, i) => {
    const target = join(root, change.path);
    const folder = dirname(target);
    if (!folders.has(folder)) {
      makeFolder(folder, root);
      folders.add(folder);
    }
    if (change.kind === 'add') addFile(target, change.after ?? '', join(journal, `met-${i}`));
    else renameSync(target, join(journal, 'old', String(i)));
    if (change.kind === 'modify') renameSync(join(journal, `new-${i}`), target);
  });
}

/** Creates a file; one that came into being since the comparison is noted, so that it is not taken for ours. */
function addFile(target: string, text: string, marker: string): void {
  try {
    writeFileSync(target, text, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') writeFileSync(marker, '');
    throw error;
  }
}

function rollback(root: string, journal: string): void {
  const file = join(journal, 'journal.json');
  if (existsSync(file)) {
    const entries = JSON.parse(readFileSync(file, 'utf8')) as readonly JournalEntry[];
    const created = existingBefore(journal);
    entries.forEach((entry, i) => {
      const target = join(root, entry.path);
      const old = join(journal, 'old', String(i));
      if (existsSync(old)) renameSync(old, target);
      else if (entry.kind === 'add' && !created.has(i) && existsSync(target)) unlinkSync(target);
    });
    for (const entry of entries) removeEmpty(dirname(join(root, entry.path)), join(root, deploy));
  }
  rmSync(journal, { recursive: true, force: true });
}

/** Indices of additions that met an existing file (flag wx): those were never ours to remove. */
function existingBefore(journal: string): ReadonlySet<number> {
  return new Set(readdirSync(journal).flatMap((f) => (f.startsWith('met-') ? [Number(f.slice(4))] : [])));
}

/** Makes a folder, refusing to go through a link that leads out of the repository. */
function makeFolder(folder: string, root: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new ToolError(
      'file/write',
      `${folder.slice(root.length + 1)} cannot be created: ${reason(error)}.`,
      'Check permissions and free space, then run again.',
      error,
    );
  }
  const real = realpathSync(folder);
  if (real !== root && !real.startsWith(root + sep))
    throw new ToolError(
      'file/outside',
      `${folder.slice(root.length + 1)} leads out of the repository.`,
      'Replace the link by a folder.',
    );
}

function removeEmpty(folder: string, base: string): void {
  let at = folder;
  while (at.startsWith(base + sep)) {
    try {
      rmdirSync(at);
    } catch {
      return; // not empty, or gone already
    }
    at = dirname(at);
  }
}

/** One writer at a time. The lock names its process, so that a dead one does not stop anybody. */
function takeLock(base: string): () => void {
  const file = join(base, lockFile);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      const handle = openSync(file, 'wx');
      writeSync(handle, JSON.stringify({ pid: process.pid, host: hostname() }));
      closeSync(handle);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
        throw new ToolError(
          'file/write',
          `${deploy}/ cannot be written: ${reason(error)}.`,
          'Check permissions and free space, then run again.',
          error,
        );
      const holder = lockHolder(file);
      if (holder === undefined || attempt === 1) {
        throw new ToolError(
          'file/locked',
          `Another run${holder === undefined ? '' : ` (process ${holder.pid} on ${holder.host})`} is writing ${deploy}/.`,
          `Wait for it to end. If no such process exists, remove ${deploy}/${lockFile}.`,
        );
      }
      if (isAlive(holder))
        throw new ToolError(
          'file/locked',
          `Another run (process ${holder.pid} on ${holder.host}) is writing ${deploy}/.`,
          'Wait for it to end, then run again.',
        );
      rmSync(file, { force: true });
    }
  }
  throw new ToolError('file/locked', `Another run is writing ${deploy}/.`, 'Wait for it to end, then run again.');
}

function lockHolder(file: string): { pid: number; host: string } | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { pid: number; host: string };
  } catch {
    return undefined; // just being written, or just removed
  }
}

function isAlive(holder: { pid: number; host: string }): boolean {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
