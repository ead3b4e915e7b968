import { existsSync, readdirSync, readFileSync, renameSync, rmdirSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, sep } from 'node:path';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { ToolError } from '../../model/diagnostic.ts';
import { reason } from '../reason.ts';
import type { Place, Standing } from './journal.ts';
import { isInside, journalName, oldName, places, readJournal, sources, standings } from './journal.ts';
import { removeDeadPermit, requireFree, takeLock } from './lock.ts';
import { removeAll, sweep } from './temporary.ts';

/** A repository as it was before the runs that were interrupted while they wrote: path → text, undefined for no file. */
export interface InterruptedView {
  readonly texts: ReadonlyMap<string, string | undefined>;
  readonly notes: readonly Diagnostic[];
}

const nothing: InterruptedView = { texts: new Map(), notes: [] };

/**
 * How a repository is to be read while a run that died lies there half done; nothing is written. Throws ToolError file/locked
 * when that run is still at work, publish/half-written for a journal that cannot be followed.
 */
export function viewOf(root: string, place: Place): InterruptedView {
  const journal = readJournal(root, place);
  if (journal === undefined) return nothing;
  requireFree(join(root, place.lock));
  const found = standings(root, place, journal);
  const left = found.filter((s) => s.fate === 'left');
  const texts = left.map(({ path, kind, index }): [string, string | undefined] => [
    path,
    kind === 'add' ? undefined : readFileSync(join(root, place.journal, oldName(index)), 'utf8'),
  ]);
  return {
    texts: new Map(texts),
    notes: [...(left.length === 0 ? [] : [interrupted(place, left)]), ...found.flatMap(kept)],
  };
}

/**
 * Puts back what interrupted runs left half done, as far as it still is what they left, and removes what of theirs lies about;
 * says what was done, and what stays as somebody else has made it. A place where another run is at work is left alone.
 */
export function settle(root: string): readonly Diagnostic[] {
  const notes = places.flatMap((place) => {
    if (!hasLeftovers(root, place)) return [];
    try {
      return settlePlace(root, place);
    } catch (error) {
      if (error instanceof ToolError && error.code === 'file/locked') return [];
      throw error;
    }
  });
  for (const folder of [root, join(root, '.slipway'), join(root, '.slipway/cache')])
    if (isInside(folder, root)) sweep(folder);
  sweep(tmpdir());
  return notes;
}

function settlePlace(root: string, place: Place): readonly Diagnostic[] {
  const release = takeLock(join(root, place.lock));
  try {
    return rollBack(root, place);
  } finally {
    release();
    removeIfEmpty(root, place);
  }
}

/** A folder that leads out of the repository holds nothing of ours. */
function hasLeftovers(root: string, { base, lock, journal }: Place): boolean {
  const folder = join(root, base);
  const names = existsSync(folder) && isInside(folder, root) ? readdirSync(folder) : [];
  return names.some(
    (name) => [journal, lock].map((file) => basename(file)).includes(name) || name.startsWith(`${basename(lock)}.`),
  );
}

/** The same for one place, whose lock the caller holds. */
export function rollBack(root: string, place: Place): readonly Diagnostic[] {
  const folder = join(root, place.journal);
  const journal = readJournal(root, place);
  const found = journal === undefined ? [] : standings(root, place, journal);
  const left = found.filter((s) => s.fate === 'left');
  if (journal !== undefined) {
    try {
      for (const standing of left) putBack(root, folder, standing);
      unlinkSync(join(folder, journalName));
    } catch (error) {
      throw new ToolError(
        'publish/half-written',
        `What an interrupted run left half written in ${place.base}/ cannot be put back: ${reason(error)}.`,
        'Check permissions, then run again: it puts everything back first.',
        { cause: error, file: `${place.journal}/${journalName}` },
      );
    }
    // also those that were made for files that never came
    for (const { path, kind } of found) if (kind === 'add') removeEmptyFolders(dirname(join(root, path)), root);
  }
  removeAll(folder);
  removeDeadPermit(join(root, place.lock));
  sweep(join(root, place.base));
  const notes = found.flatMap(kept);
  return left.length === 0 ? notes : [undone(place, left), ...notes];
}

function putBack(root: string, folder: string, { path, kind, index }: Standing): void {
  const target = join(root, path);
  if (kind === 'add') unlinkSync(target);
  else renameSync(join(folder, oldName(index)), target);
}

/** Removes a folder of the repository that holds nothing, and those above it that hold nothing then. */
export function removeEmptyFolders(folder: string, root: string): void {
  for (let at = folder; at.startsWith(root + sep); at = dirname(at)) {
    try {
      rmdirSync(at);
    } catch {
      return; // not empty, or gone already
    }
  }
}

/** The folder of sources holds nothing else in a repository that no run has remembered anything of. */
export function removeIfEmpty(root: string, place: Place): void {
  if (place !== sources) return;
  try {
    rmdirSync(join(root, place.base));
  } catch {
    // it holds a cache
  }
}

const about = (place: Place, left: readonly Standing[]): Pick<Diagnostic, 'severity' | 'at'> => ({
  severity: 'warning',
  at: { file: left[0]?.path ?? `${place.journal}/${journalName}`, line: 1, col: 1 },
});

const undone = (place: Place, left: readonly Standing[]): Diagnostic => ({
  ...about(place, left),
  code: 'publish/put-back',
  message: `A run was interrupted while it wrote: ${left.length === 1 ? '1 file was' : `${left.length} files were`} put back to what stood there before it.`,
  hint: 'Nothing is lost: what that run was to write, the same command writes again.',
});

const interrupted = (place: Place, left: readonly Standing[]): Diagnostic => ({
  ...about(place, left),
  code: 'publish/interrupted',
  message: `A run was interrupted while it wrote: ${left.length === 1 ? '1 file stands as it left it, and is' : `${left.length} files stand as it left them, and are`} read here as before it.`,
  hint: 'The next command that writes, such as `slipway render`, puts them back.',
});

function kept({ path, kind, fate }: Standing): Diagnostic[] {
  if (fate !== 'changed') return [];
  return [
    {
      code: 'publish/kept',
      severity: 'warning',
      at: { file: path, line: 1, col: 1 },
      message: `${path} was changed by somebody after a run was interrupted that ${verbs[kind]} it. It stays as it is.`,
      hint: `Look at \`git diff -- ${path}\`: what is meant to stay belongs into a spec or the catalog; \`git checkout -- ${path}\` gives back what is committed.`,
    },
  ];
}

const verbs = { add: 'was to make', modify: 'wrote', delete: 'removed' } as const;
