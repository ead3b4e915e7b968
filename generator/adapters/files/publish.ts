import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { ToolError } from '../../model/diagnostic.ts';
import type { Change } from '../../model/model.ts';
import { deployFolder } from '../../tree/paths.ts';
import { takeLock } from './lock.ts';
import { reason } from '../reason.ts';

/** Where several files are written at once. */
export interface Place {
  /** The folder with the lock and the journal. */
  readonly base: string;
  /** The folders that files may be in. */
  readonly folders: readonly string[];
}

export const trees: Place = { base: deployFolder, folders: [deployFolder] };
export const catalogs: Place = { base: 'catalog', folders: ['catalog', 'custom'] };

const journalFolder = '.slipway-journal';
const journalFile = 'journal.json';
const lockFile = '.slipway-lock';

/** A change, whoever makes it. */
export type WriteChange = Omit<Change, 'cluster'>;

interface JournalEntry {
  readonly path: string;
  readonly kind: Change['kind'];
}

/**
 * Writes all changes or none. Before the first file is touched, a journal says what will be; files that are replaced or
 * removed are moved into it, not overwritten. An error puts everything back at once, a killed process is put right by the
 * next run (recoverPublish). Removing journal.json is what makes the changes final.
 */
export function publishChanges(root: string, changes: readonly WriteChange[], place: Place = trees): void {
  if (changes.length === 0) return;
  const base = join(root, place.base);
  makeFolder(base, root);
  const release = takeLock(join(base, lockFile));
  const journal = join(base, journalFolder);
  try {
    rollback(root, journal, place); // of a run that was killed since this one began
    try {
      makeFolder(join(journal, 'old'), root);
      for (const { path, kind } of changes) if (kind === 'add' && existsSync(join(root, path))) throw changed(path);
      stage(journal, changes);
      apply(root, journal, changes);
      unlinkSync(join(journal, journalFile));
    } catch (error) {
      rollback(root, journal, place);
      throw error instanceof ToolError ? error : refused(root, error, place);
    }
    discard(journal);
    for (const folder of new Set(changes.filter((c) => c.kind === 'delete').map((c) => dirname(join(root, c.path)))))
      removeEmpty(folder, base);
  } finally {
    release();
  }
}

function refused(root: string, error: unknown, { base }: Place): ToolError {
  const { path, dest } = error as NodeJS.ErrnoException & { dest?: string };
  const full = [dest, path].find((p) => p !== undefined && !p.includes(journalFolder));
  const file = full?.slice(root.length + 1) ?? base;
  return new ToolError(
    'file/write',
    `${file} cannot be written: ${reason(error)}. ${base}/ is what it was before.`,
    'Check permissions and free space, then run again.',
    { cause: error, file },
  );
}

/** Puts back what an interrupted run left half done. Throws ToolError when that run is still at work, or it cannot be done. */
export function recoverPublish(root: string, place: Place = trees): void {
  const journal = join(root, place.base, journalFolder);
  if (!existsSync(join(journal, journalFile))) return;
  const release = takeLock(join(root, place.base, lockFile));
  try {
    rollback(root, journal, place);
  } finally {
    release();
  }
}

function stage(journal: string, changes: readonly WriteChange[]): void {
  changes.forEach((change, i) => {
    if (change.kind === 'modify') writeFileSync(join(journal, `new-${i}`), change.after ?? '');
  });
  const entries: JournalEntry[] = changes.map(({ path, kind }) => ({ path, kind }));
  writeFileSync(join(journal, 'journal.part'), JSON.stringify(entries));
  renameSync(join(journal, 'journal.part'), join(journal, journalFile));
}

function apply(root: string, journal: string, changes: readonly WriteChange[]): void {
  const folders = new Set<string>();
  changes.forEach((change, i) => {
    const target = join(root, change.path);
    const folder = dirname(target);
    if (!folders.has(folder)) {
      makeFolder(folder, root);
      folders.add(folder);
    }
    if (change.kind === 'add') {
      addFile(target, change, join(journal, `met-${i}`));
      return;
    }
    const old = join(journal, 'old', String(i));
    moveAway(target, old, change.path);
    if (!isAsRead(readFileSync(old, 'utf8'), change.before)) throw changed(change.path);
    if (change.kind === 'modify') renameSync(join(journal, `new-${i}`), target);
  });
}

/** Whether a file is what the run had read; a checkout may have given it other line ends than git has. */
const isAsRead = (text: string, before: string | undefined): boolean =>
  text === before || text.replaceAll('\r\n', '\n') === before;

function moveAway(target: string, old: string, path: string): void {
  try {
    renameSync(target, old);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw changed(path);
    throw error;
  }
}

/** Creates a file; one that came into being since the comparison is noted, so that it is not taken for ours. */
function addFile(target: string, change: WriteChange, marker: string): void {
  try {
    writeFileSync(target, change.after ?? '', { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    writeFileSync(marker, '');
    throw changed(change.path);
  }
}

function changed(path: string): ToolError {
  return new ToolError(
    'publish/changed',
    `${path} was changed by somebody else while this run rendered. Nothing was written.`,
    'Run again: it starts from what stands there now.',
    { file: path },
  );
}

/** Puts everything back that the journal names; nothing without one. */
function rollback(root: string, journal: string, place: Place): void {
  if (existsSync(join(journal, journalFile))) {
    const { base } = place;
    const entries = readJournal(root, journal, place);
    try {
      putBack(root, journal, entries);
      unlinkSync(join(journal, journalFile));
    } catch (error) {
      throw new ToolError(
        'publish/half-written',
        `${base}/ is half written and cannot be put back: ${reason(error)}.`,
        'Check permissions, then run any command again: it puts everything back first.',
        { cause: error, file: base },
      );
    }
    for (const entry of entries) removeEmpty(dirname(join(root, entry.path)), join(root, base));
  }
  discard(journal);
}

function putBack(root: string, journal: string, entries: readonly JournalEntry[]): void {
  const met = existingBefore(journal);
  entries.forEach(({ path, kind }, i) => {
    const target = join(root, path);
    const old = join(journal, 'old', String(i));
    if (existsSync(old)) renameSync(old, target);
    else if (kind === 'add' && !met.has(i) && existsSync(target)) unlinkSync(target);
  });
}

/** Indices of additions that met an existing file (flag wx): those were never ours to remove. */
function existingBefore(journal: string): ReadonlySet<number> {
  return new Set(readdirSync(journal).flatMap((f) => (f.startsWith('met-') ? [Number(f.slice(4))] : [])));
}

/** What a journal says; one that says anything else than files of its folders is not followed. */
function readJournal(root: string, journal: string, { base, folders }: Place): readonly JournalEntry[] {
  const isEntry = (e: Partial<JournalEntry> | null): e is JournalEntry =>
    typeof e?.path === 'string' &&
    folders.some((folder) => e.path?.startsWith(`${folder}/`)) &&
    !e.path.split('/').includes('..') &&
    isInside(dirname(join(root, e.path)), root) &&
    ['add', 'modify', 'delete'].includes(e.kind ?? '');
  try {
    const value: unknown = JSON.parse(readFileSync(join(journal, journalFile), 'utf8'));
    if (Array.isArray(value) && value.every(isEntry)) return value;
  } catch {
    // said below
  }
  throw new ToolError(
    'publish/half-written',
    `An interrupted run left ${base}/${journalFolder}, and its ${journalFile} cannot be followed.`,
    `Look at what it holds, put ${base}/ right (git checkout -- ${base}), then remove ${base}/${journalFolder}.`,
    { file: `${base}/${journalFolder}/${journalFile}` },
  );
}

/** Best effort: what is left of a journal without its journal.json means nothing. */
function discard(journal: string): void {
  try {
    rmSync(journal, { recursive: true, force: true });
  } catch {
    // the next run tries again
  }
}

/** Makes a folder, refusing to go through a link that leads out of the repository. */
function makeFolder(folder: string, root: string): void {
  const name = folder.slice(root.length + 1);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new ToolError(
      'file/write',
      `${name} cannot be created: ${reason(error)}.`,
      'Check permissions and free space, then run again.',
      { cause: error, file: name },
    );
  }
  if (!isInside(folder, root))
    throw new ToolError('file/outside', `${name} leads out of the repository.`, 'Replace the link by a folder.', {
      file: name,
    });
}

/** True for a folder that is not there at all. */
function isInside(folder: string, root: string): boolean {
  if (!existsSync(folder)) return true;
  const real = realpathSync(folder);
  return real === root || real.startsWith(root + sep);
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
