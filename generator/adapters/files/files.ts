import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import glob from 'fast-glob';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { ToolError, UsageError } from '../../model/diagnostic.ts';
import { compareText } from '../../model/values.ts';
import type { FileStamp } from '../../model/finished.ts';
import { withOthers } from '../../pipeline/overlay.ts';
import type { Files } from '../../ports.ts';
import { viewOf } from './interrupted.ts';
import type { Place } from './journal.ts';
import { isInside, places, sources, trees } from './journal.ts';
import { publishChanges } from './publish.ts';
import type { WriteChange } from './publish.ts';
import { markWritten } from '../interruption.ts';
import { reason } from '../reason.ts';
import { writeCached } from './temporary.ts';

/** Larger files are refused unread (bytes): no spec or template is anywhere near. */
const maxBytes = 2 * 1024 * 1024;

const cacheFolder = '.slipway/cache';

/** The real file system below `root`; nothing outside of it is read or written. */
export function createFiles(root: string): Files {
  const top = rootFolder(root);
  const before = createView(top);
  const disk = readingBelow(top);
  /** As it was before interrupted runs. */
  const seen = (path: string): Reading => {
    const texts = before.textsFor(path);
    return texts.size === 0 ? disk : withOthers(disk, texts);
  };
  const notes: Diagnostic[] = [];
  const write = (changes: readonly WriteChange[], place: Place): void => {
    notes.push(...publishChanges(top, changes, place));
    before.forget();
  };
  return {
    root: top,
    exists: (path) => seen(path).exists(path),
    read: (path) => seen(path).read(path),
    list: (folder, extensions) => seen(folder).list(folder, extensions),
    folders: (folder) => seen(folder).folders(folder),
    stamps: (folder) => reading(top, folder, () => stampsBelow(inside(top, folder), top)),
    areUnchanged: (stamps) => stamps.every((stamp) => isUnchanged(top, stamp)),
    readCache: (name) => readCacheFile(join(top, cacheFolder, `${name}.json`)),
    writeCache: (name, text) => writeCacheFile(join(top, cacheFolder, `${name}.json`), text, top),
    publish(changes) {
      write(changes, trees);
      if (changes.length > 0) markWritten();
    },
    writeAll: (texts) => write(textChanges(top, texts, seen), sources),
    createAll(texts) {
      const existing = [...texts.keys()].find((path) => seen(path).exists(path));
      if (existing !== undefined)
        throw new ToolError('file/write', `${existing} exists already.`, 'Choose another name, or edit the file.', {
          file: existing,
        });
      write(textChanges(top, texts, seen), sources);
    },
    settle: () => write([], trees),
    notes: () => [...before.notes(), ...notes],
  };
}

type Reading = Pick<Files, 'exists' | 'read' | 'list' | 'folders'>;

function readingBelow(top: string): Reading {
  return {
    exists: (path) => existsSync(inside(top, path)),
    read: (path) => readInside(top, path, inside(top, path)),
    list(folder, extensions) {
      const base = inside(top, folder);
      if (!existsSync(base)) return [];
      if (!isInside(base, top)) throw outside(folder);
      return reading(top, folder, () =>
        extensions === undefined ? walk(base, top).sort(compareText) : listed(base, folder, extensions),
      );
    },
    folders(folder) {
      const base = inside(top, folder);
      if (!existsSync(base)) return [];
      return reading(top, folder, () =>
        readdirSync(base, { withFileTypes: true })
          .filter((e) => e.isDirectory() && !e.name.startsWith('.'))
          .map((e) => e.name)
          .sort(compareText),
      );
    },
  };
}

/** The full path of one of the repository. Throws ToolError file/outside. */
function inside(top: string, path: string): string {
  const full = resolve(top, path);
  if (full !== top && !full.startsWith(top + sep)) throw outside(path);
  return full;
}

interface View {
  /** What is read in place of what stands there: path → text, undefined for no file. Throws as viewOf does. */
  textsFor(path: string): ReadonlyMap<string, string | undefined>;
  notes(): readonly Diagnostic[];
  /** What it was made for is put back. */
  forget(): void;
}

/**
 * The files as they were before runs that died while they wrote. One that is at work, or left what cannot be followed, is in
 * the way of those alone who read the folders it writes.
 */
function createView(top: string): View {
  const texts = new Map<string, string | undefined>();
  const notes: Diagnostic[] = [];
  let open = places.filter((place) => existsSync(join(top, place.journal)));
  const look = (place: Place): void => {
    const view = viewOf(top, place);
    open = open.filter((other) => other !== place);
    view.texts.forEach((text, path) => texts.set(path, text));
    notes.push(...view.notes);
  };
  let hasLooked = false;
  return {
    textsFor(path) {
      for (const place of open) {
        const isConcerned = place.folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
        if (!isConcerned && hasLooked) continue;
        try {
          look(place);
        } catch (error) {
          if (isConcerned || !(error instanceof ToolError)) throw error;
        }
      }
      hasLooked = true;
      return texts;
    },
    notes: () => notes,
    forget() {
      texts.clear();
      notes.length = 0;
      open = [];
    },
  };
}

/** What writing these texts (path → text, undefined: none) changes. A file behind a link that leads nowhere else is written where it is. */
function textChanges(
  top: string,
  texts: ReadonlyMap<string, string | undefined>,
  seen: (path: string) => Reading,
): readonly WriteChange[] {
  return [...texts].flatMap(([path, after]): WriteChange[] => {
    const full = inside(top, path);
    if (!isInside(full, top)) throw outside(path);
    const before = seen(path).exists(path) ? seen(path).read(path) : undefined;
    const real = existsSync(full) ? slashed(relative(top, realpathSync(full))) : path;
    if (before === after) return [];
    const kind = before === undefined ? 'add' : after === undefined ? 'delete' : 'modify';
    return [{ path: real, kind, before, after }];
  });
}

function rootFolder(root: string): string {
  if (!existsSync(root)) throw new UsageError(`There is no folder ${root}.`, 'Correct --root.');
  if (!statSync(root).isDirectory()) throw new UsageError(`${root} is not a folder.`, 'Correct --root.');
  return realpathSync(root);
}

/** The files below a folder whose names end in one of these (`''`: all). A linked file is read if it leads nowhere else. */
function listed(base: string, folder: string, extensions: readonly string[]): string[] {
  return glob
    .sync('**', { cwd: base, objectMode: true, onlyFiles: false, followSymbolicLinks: false, dot: false })
    .filter(({ path, dirent }) => {
      if (dirent.isDirectory()) return false;
      if (dirent.isSymbolicLink() && existsSync(join(base, path)) && statSync(join(base, path)).isDirectory())
        throw linked(`${folder}/${path}`);
      if (path.includes('\ufffd')) throw notFile(`${folder}/${path}`, 'called by a name that is not UTF-8');
      return extensions.some((e) => path.endsWith(e));
    })
    .map(({ path }) => `${folder}/${path}`)
    .sort(compareText);
}

/** Says what the operating system refused as a finding about the folder or file it refused. */
function reading<T>(top: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ToolError) throw error;
    const full = (error as NodeJS.ErrnoException).path;
    const file = full === undefined ? path : slashed(relative(top, full));
    throw new ToolError(
      'file/unreadable',
      `${file} cannot be read: ${reason(error)}.`,
      'Check what it is, and that you may read it.',
      { cause: error, file },
    );
  }
}

const slashed = (path: string): string => path.split(sep).join('/');

function stampsBelow(base: string, top: string): FileStamp[] {
  if (!existsSync(base)) return [];
  // folders as well: one that gained or lost a file says so in its time
  return walk(base, top, true)
    .sort(compareText)
    .map((path) => {
      const stat = lstatSync(join(top, path));
      return [path, stat.size, stat.mtimeMs, stat.ctimeMs, stat.ino] as const;
    });
}

function isUnchanged(top: string, [path, size, mtimeMs, ctimeMs, inode]: FileStamp): boolean {
  // joined by hand: fleets have many files
  const stat = lstatSync(`${top}${sep}${path}`, { throwIfNoEntry: false });
  return stat?.size === size && stat.mtimeMs === mtimeMs && stat.ctimeMs === ctimeMs && stat.ino === inode;
}

function readCacheFile(full: string): string | undefined {
  try {
    return readFileSync(full, 'utf8');
  } catch {
    return undefined;
  }
}

/** Best effort, whole or not at all: a run without a cache is slower, not wrong. */
function writeCacheFile(full: string, text: string, top: string): void {
  try {
    if (!isInside(full, top)) return;
    writeCached(full, text);
  } catch {
    // read-only checkouts work without
  }
}

function outside(path: string): ToolError {
  return new ToolError(
    'file/outside',
    `${path} leads out of the repository.`,
    'Replace the link by the file itself, and remove `..` from names.',
    { file: path },
  );
}

function readInside(top: string, path: string, full: string): string {
  return reading(top, path, () => {
    const real = realpathSync(full);
    if (!real.startsWith(top + sep)) throw outside(path);
    const stat = statSync(real);
    const { size } = stat;
    if (!stat.isFile()) throw notFile(path, stat.isDirectory() ? 'a folder' : 'no regular file');
    if (size > maxBytes)
      throw new ToolError(
        'yaml/too-large',
        `${path} has ${Math.ceil(size / 1024 / 1024)} MiB; 2 MiB are read at most.`,
        'A spec or template of that size is a mistake; move large data elsewhere.',
        { file: path },
      );
    return readFileSync(real, 'utf8');
  });
}

/** Every file below a folder; links are refused rather than followed. */
function walk(base: string, top: string, withFolders = false): string[] {
  const found: string[] = [];
  const visit = (folder: string): void => {
    if (withFolders) found.push(slashed(relative(top, folder)));
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const full = join(folder, entry.name);
      if (entry.isDirectory()) visit(full);
      else if (entry.isFile()) found.push(slashed(relative(top, full)));
      else if (entry.isSymbolicLink()) throw linked(slashed(relative(top, full)));
      else throw notFile(slashed(relative(top, full)), 'no regular file');
    }
  };
  if (lstatSync(base).isSymbolicLink()) throw linked(slashed(relative(top, base)));
  visit(base);
  return found;
}

/** A named pipe, a socket, a device: to read one may never end. */
const notFile = (path: string, what: string): ToolError =>
  new ToolError('file/unreadable', `${path} cannot be read: it is ${what}.`, 'Remove it, or put a file in its place.', {
    file: path,
  });

const linked = (path: string): ToolError =>
  new ToolError('file/outside', `${path} is a link.`, 'Links are not followed here: replace it by the file itself.', {
    file: path,
  });
