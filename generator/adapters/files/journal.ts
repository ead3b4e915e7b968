import { sha } from '../../util/digest.ts';
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { ToolError } from '../../model/diagnostic.ts';
import type { Change } from '../../model/model.ts';
import { asMap, asString, isMap } from '../../model/values.ts';
import { inputPaths } from '../../config/inputs.ts';
import { movedByGit } from '../git/standing.ts';

/** Where a run that writes keeps what it needs to undo it. */
export interface Place {
  /** The folder with lock and journal, from the repository root on. */
  readonly base: string;
  readonly lock: string;
  readonly journal: string;
  /** Who reads below these waits for a run that writes here. */
  readonly folders: readonly string[];
  /** What stands after a failure, for messages. */
  readonly kept: string;
}

/** deploy/, and what is written together with it. */
export const trees: Place = {
  base: 'deploy',
  lock: 'deploy/.slipway-lock',
  journal: 'deploy/.slipway-journal',
  folders: ['deploy'],
  kept: 'deploy/ is what it was before.',
};

/** Everything else: what trees are made from. */
export const sources: Place = {
  base: '.slipway',
  lock: '.slipway/lock',
  journal: '.slipway/journal',
  folders: [...inputPaths, 'docs'],
  kept: 'No file was changed.',
};

export const places: readonly Place[] = [trees, sources];

const version = 1;

export interface JournalEntry {
  readonly path: string;
  readonly kind: Change['kind'];
  /** SHA-256 of what the run writes; undefined where it removes. */
  readonly after?: string;
}

export interface Journal {
  /** The commit that was checked out when the run began to write. */
  readonly head?: string;
  readonly entries: readonly JournalEntry[];
}

export const printJournal = (journal: Journal): string => JSON.stringify({ version, ...journal });

/** Files of a journal, below its folder. */
export const journalName = 'journal.json';
export const oldName = (i: number): string => join('old', String(i));
/** What is to be written, until it is in its place; then, for a file that replaces another, it is `placed-`. */
export const newName = (i: number): string => `new-${i}`;
export const placedName = (i: number): string => `placed-${i}`;
/** There where the file system has hard links: files are linked to their places, else they are copied and moved. */
export const linksName = 'links';

/** What a journal says, undefined when there is none; one that cannot be followed is a ToolError publish/half-written. */
export function readJournal(root: string, place: Place): Journal | undefined {
  const file = join(root, place.journal, journalName);
  if (!existsSync(file) || !isInside(dirname(file), root)) return undefined;
  const value = parsed(file);
  const found = isMap(value) ? value['version'] : undefined;
  if (typeof found === 'number' && found > version)
    throw halfWritten(
      place,
      `A newer version of Slipway was interrupted and left ${place.journal}, which this one cannot follow.`,
      'Run the newer version: the first of its commands that writes puts everything back.',
    );
  const entries = isMap(value) && found === version ? value['entries'] : undefined;
  if (!Array.isArray(entries) || !entries.every((entry) => isEntry(entry, root)))
    throw halfWritten(
      place,
      `An interrupted run left ${place.journal}, and its ${journalName} cannot be followed.`,
      `Look at \`git status ${place.base}\`; the files below ${place.journal}/old are what stood there before. Put right what is half written (git checkout -- <path>), then remove ${place.journal}.`,
    );
  const head = asString(asMap(value)['head']);
  return { entries: entries as JournalEntry[], ...(head === undefined ? {} : { head }) };
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function halfWritten(place: Place, message: string, hint: string): ToolError {
  return new ToolError('publish/half-written', message, hint, { file: `${place.journal}/${journalName}` });
}

/** A journal that names anything else than files of the repository is not followed. */
function isEntry(entry: unknown, root: string): boolean {
  const { path, kind, after } = asMap(entry);
  if (typeof path !== 'string' || typeof kind !== 'string') return false;
  const steps = path.split('/');
  return (
    !steps.some((step) => step === '..' || step === '' || step === '.') &&
    !['.git', '.slipway'].includes(steps[0] ?? '') &&
    isInside(dirname(join(root, path)), root) &&
    (kind === 'delete' || (['add', 'modify'].includes(kind) && typeof after === 'string'))
  );
}

/** True when a path, or what of it exists, leads nowhere out of the root by links. */
export function isInside(path: string, root: string): boolean {
  if (!existsSync(path)) return isInside(dirname(path), root);
  const real = realpathSync(path);
  return real === root || real.startsWith(root + sep);
}

/**
 * What became of a file of a run that was interrupted: `untouched` by it, or back where it was; `left` as the run left it;
 * `changed` since by somebody; `moved` on by git.
 */
export type Fate = 'untouched' | 'left' | 'changed' | 'moved';

export interface Standing extends JournalEntry {
  readonly index: number;
  readonly fate: Fate;
}

/** The files of a journal, each with what became of it. */
export function standings(root: string, place: Place, { head, entries }: Journal): readonly Standing[] {
  const journal = join(root, place.journal);
  let isMoved: ((path: string) => boolean) | undefined;
  return entries.map((entry, index) => {
    const fate = fateOf(join(root, entry.path), journal, entry, index);
    if (fate === 'untouched') return { ...entry, index, fate };
    isMoved ??= movedByGit(root, head);
    return { ...entry, index, fate: isMoved(entry.path) ? 'moved' : fate };
  });
}

function fateOf(target: string, journal: string, { kind, after }: JournalEntry, i: number): Fate {
  const old = join(journal, oldName(i));
  if (kind !== 'add' && !existsSync(old)) return 'untouched';
  const placed = [placedName(i), newName(i)].map((name) => join(journal, name)).find((file) => existsSync(file));
  const bytes = readIfThere(target);
  if (bytes === undefined) {
    if (kind === 'add') return 'untouched';
    // a file that was in its place, and is no longer, was removed by somebody
    return placed?.endsWith(placedName(i)) === true ? 'changed' : 'left';
  }
  if (kind !== 'add' && bytes.equals(readFileSync(old))) return 'untouched';
  if (kind === 'delete') return 'changed';
  if (existsSync(join(journal, linksName)))
    return placed !== undefined && isSameFile(placed, target) && sha(bytes) === after ? 'left' : 'changed';
  // without links a new file is copied to its place, and half of it may be there
  const isHalf = placed !== undefined && readFileSync(placed).subarray(0, bytes.length).equals(bytes);
  return isHalf || sha(bytes) === after ? 'left' : 'changed';
}

/** A file in its place is the one in the journal until somebody replaces it. */
function isSameFile(staged: string, target: string): boolean {
  const [one, other] = [statSync(staged), statSync(target)];
  return one.ino === other.ino && one.dev === other.dev;
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    return Buffer.alloc(0); // a folder, or what nobody may read: not what a run has left
  }
}
