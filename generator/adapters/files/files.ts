import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import glob from 'fast-glob';
import { ToolError, UsageError } from '../../model/diagnostic.ts';
import { compareText } from '../../model/values.ts';
import type { FileStamp } from '../../model/finished.ts';
import type { Files } from '../../ports.ts';
import { catalogs, publishChanges, recoverPublish, trees } from './publish.ts';
import type { Place, WriteChange } from './publish.ts';
import { reason } from '../reason.ts';

/** Larger files are refused unread (bytes): no spec or template is anywhere near. */
const maxBytes = 2 * 1024 * 1024;

const cacheFolder = '.slipway/cache';

/** The real file system below `root`; nothing outside of it is read or written. */
export function createFiles(root: string): Files {
  const top = rootFolder(root);
  const settle = recoverPlaces(top);
  const inside = (path: string): string => {
    settle(path);
    const full = resolve(top, path);
    if (full !== top && !full.startsWith(top + sep)) throw outside(path);
    return full;
  };
  let published = false;
  return {
    root: top,
    exists: (path) => existsSync(inside(path)),
    read: (path) => readInside(top, path, inside(path)),
    list(folder, extensions) {
      const base = inside(folder);
      if (!existsSync(base)) return [];
      if (!isInside(base, top)) throw outside(folder);
      return reading(top, folder, () =>
        extensions === undefined ? walk(base, top).sort(compareText) : listed(base, folder, extensions),
      );
    },
    folders(folder) {
      const base = inside(folder);
      if (!existsSync(base)) return [];
      return reading(top, folder, () =>
        readdirSync(base, { withFileTypes: true })
          .filter((e) => e.isDirectory() && !e.name.startsWith('.'))
          .map((e) => e.name)
          .sort(compareText),
      );
    },
    stamps: (folder) => reading(top, folder, () => stampsBelow(inside(folder), top)),
    areUnchanged: (stamps) => stamps.every((stamp) => isUnchanged(top, stamp)),
    readCache: (name) => readCacheFile(join(top, cacheFolder, `${name}.json`)),
    writeCache: (name, text) => writeCacheFile(join(top, cacheFolder, `${name}.json`), text, top),
    publish(changes) {
      publishChanges(top, changes);
      published ||= changes.length > 0;
    },
    writeCatalog: (texts) => publishChanges(top, textChanges(texts, inside), catalogs),
    get hasPublished() {
      return published;
    },
    create(path, text) {
      const full = inside(path);
      if (existsSync(full))
        throw new ToolError('file/write', `${path} exists already.`, 'Choose another name, or edit the file.', {
          file: path,
        });
      writeText(full, path, text, top, 'wx');
    },
    write: (path, text) => writeText(inside(path), path, text, top),
  };
}

/**
 * Puts back what runs left that died while they wrote. One that is at work is in the way of those alone who read or write the
 * folders it writes: the function that is returned is to be asked with every path, and throws ToolError file/locked.
 */
function recoverPlaces(top: string): (path: string) => void {
  const busy = new Set<Place>();
  for (const place of [trees, catalogs])
    try {
      recoverPublish(top, place);
    } catch (error) {
      if (!(error instanceof ToolError) || error.code !== 'file/locked') throw error;
      busy.add(place);
    }
  return (path) => {
    for (const place of busy) {
      if (!place.folders.some((folder) => path === folder || path.startsWith(`${folder}/`))) continue;
      recoverPublish(top, place); // it may have ended since
      busy.delete(place);
    }
  };
}

/** What writing these texts (path → text) changes. */
function textChanges(texts: ReadonlyMap<string, string>, inside: (path: string) => string): WriteChange[] {
  return [...texts].flatMap(([path, after]) => {
    const full = inside(path);
    const before = existsSync(full) ? readFileSync(full, 'utf8') : undefined;
    return before === after ? [] : [{ path, kind: before === undefined ? 'add' : 'modify', before, after }];
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
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(`${full}.${process.pid}`, text);
    renameSync(`${full}.${process.pid}`, full);
  } catch {
    // read-only checkouts work without
  }
}

/** True when a path, or what of it exists, leads nowhere else by links. */
function isInside(full: string, top: string): boolean {
  if (!existsSync(full)) return isInside(dirname(full), top);
  const real = realpathSync(full);
  return real === top || real.startsWith(top + sep);
}

function writeText(full: string, path: string, text: string, top: string, flag: 'w' | 'wx' = 'w'): void {
  try {
    if (!isInside(full, top)) throw outside(path);
    mkdirSync(dirname(full), { recursive: true });
    if (flag === 'wx') writeFileSync(full, text, { flag });
    else replaceFile(full, text);
  } catch (error) {
    if (error instanceof ToolError) throw error;
    throw new ToolError('file/write', `${path} cannot be written: ${reason(error)}.`, 'Check permissions and space.', {
      cause: error,
      file: path,
    });
  }
}

/** A file that is replaced is what it was until the new one is there in full. */
function replaceFile(full: string, text: string): void {
  const temporary = `${full}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, existsSync(full) ? realpathSync(full) : full);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
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
    const { size } = statSync(real);
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
    }
  };
  if (lstatSync(base).isSymbolicLink()) throw linked(slashed(relative(top, base)));
  visit(base);
  return found;
}

const linked = (path: string): ToolError =>
  new ToolError('file/outside', `${path} is a link.`, 'Links are not followed here: replace it by the file itself.', {
    file: path,
  });
