import { sha } from '../../util/digest.ts';
import {
  constants,
  copyFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { ToolError } from '../../model/diagnostic.ts';
import type { Change } from '../../model/model.ts';
import { uninterrupted } from '../interruption.ts';
import { reason } from '../reason.ts';
import { headOf } from '../git/standing.ts';
import { removeEmptyFolders, removeIfEmpty, rollBack, settle } from './interrupted.ts';
import type { Place } from './journal.ts';
import { isInside, journalName, linksName, newName, oldName, placedName, printJournal, trees } from './journal.ts';
import { hasNoLinks, takeLock } from './lock.ts';
import { removeAll } from './temporary.ts';

/** A change, whoever makes it. */
export interface WriteChange extends Pick<Change, 'path' | 'kind'> {
  readonly before: string | undefined;
  readonly after: string | Uint8Array | undefined;
}

/**
 * Writes all changes or none, after what an interrupted run left is settled; the findings say what was put back. Before the
 * first file is touched, a journal says what will be; files that are replaced or removed are moved into it, not overwritten.
 * An error puts everything back at once, a killed process is put right by the next run that writes (settle). Removing
 * journal.json is what makes the changes final.
 */
export function publishChanges(
  root: string,
  changes: readonly WriteChange[],
  place: Place = trees,
): readonly Diagnostic[] {
  return uninterrupted(() => publishNow(root, changes, place));
}

function publishNow(root: string, changes: readonly WriteChange[], place: Place): readonly Diagnostic[] {
  const notes = settle(root);
  if (changes.length === 0) return notes;
  makeFolder(join(root, place.base), root);
  const release = takeLock(join(root, place.lock));
  const journal = join(root, place.journal);
  try {
    const more = rollBack(root, place); // of a run that was killed since
    try {
      makeFolder(join(journal, 'old'), root);
      for (const { path, kind } of changes) if (kind === 'add' && existsSync(join(root, path))) throw changed(path);
      const hasLinks = stage(root, journal, changes);
      apply(root, journal, changes, hasLinks);
      unlinkSync(join(journal, journalName));
    } catch (error) {
      rollBack(root, place);
      for (const { path, kind } of changes) if (kind === 'add') removeEmptyFolders(dirname(join(root, path)), root);
      throw error instanceof ToolError ? error : refused(root, error, place);
    }
    removeAll(journal);
    for (const folder of new Set(changes.filter((c) => c.kind === 'delete').map((c) => dirname(join(root, c.path)))))
      removeEmptyFolders(folder, root);
    return [...notes, ...more];
  } finally {
    release();
    removeIfEmpty(root, place);
  }
}

function refused(root: string, error: unknown, { journal, base, kept }: Place): ToolError {
  const { path, dest } = error as NodeJS.ErrnoException & { dest?: string };
  const full = [dest, path].find((p) => p !== undefined && !p.includes(journal));
  const file = full?.slice(root.length + 1) ?? base;
  return new ToolError(
    'file/write',
    `${file} cannot be written: ${reason(error)}. ${kept}`,
    'Check permissions and free space, then run again.',
    { cause: error, file },
  );
}

/** Puts what is to be written into the journal, and says there what it is; true where files can be linked to their places. */
function stage(root: string, journal: string, changes: readonly WriteChange[]): boolean {
  changes.forEach(({ kind, after = '' }, i) => {
    if (kind !== 'delete') writeFileSync(join(journal, newName(i)), after);
  });
  const head = headOf(root);
  const entries = changes.map(({ path, kind, after }) =>
    kind === 'delete' ? { path, kind } : { path, kind, after: sha(after ?? '') },
  );
  const part = join(journal, 'journal.part');
  writeFileSync(part, printJournal({ ...(head === undefined ? {} : { head }), entries }));
  flush(part);
  const hasLinks = isLinked(part, join(journal, linksName));
  renameSync(part, join(journal, journalName));
  return hasLinks;
}

/** Without it a machine that loses its power may have the name of a journal, and nothing in it. */
function flush(file: string): void {
  const handle = openSync(file, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** False where the file system has no hard links. */
function isLinked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (hasNoLinks.has((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

function apply(root: string, journal: string, changes: readonly WriteChange[], hasLinks: boolean): void {
  const folders = new Set<string>();
  changes.forEach(({ path, kind, before }, i) => {
    const target = join(root, path);
    const folder = dirname(target);
    if (!folders.has(folder)) {
      makeFolder(folder, root);
      folders.add(folder);
    }
    const staged = join(journal, newName(i));
    if (kind !== 'add') {
      const old = join(journal, oldName(i));
      moveAway(target, old, path);
      if (!isAsRead(readFileSync(old, 'utf8'), before)) throw changed(path);
    }
    if (kind !== 'delete') create(staged, target, path, hasLinks);
    if (kind === 'modify') renameSync(staged, join(journal, placedName(i)));
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

/** Brings a file to its place; one that came into being since the comparison is not touched. */
function create(staged: string, target: string, path: string, hasLinks: boolean): void {
  try {
    if (hasLinks) linkSync(staged, target);
    else copyFileSync(staged, target, constants.COPYFILE_EXCL);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? changed(path) : error;
  }
}

function changed(path: string): ToolError {
  return new ToolError(
    'publish/changed',
    `${path} was changed by somebody else while this run was at work. Nothing was written.`,
    'Run again: it starts from what stands there now.',
    { file: path },
  );
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
