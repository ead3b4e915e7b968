import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import glob from 'fast-glob';
import { ToolError } from '../model/diagnostic.ts';
import { compareText } from '../model/values.ts';
import type { FileStamp } from '../core/runCache.ts';
import type { Files } from '../ports.ts';
import { publishChanges, recoverPublish } from './publish.ts';
import { reason } from './reason.ts';

/** Larger files are refused unread (bytes): no spec or template is anywhere near. */
const maxBytes = 2 * 1024 * 1024;

const cacheFolder = '.slipway/cache';

/** The real file system below `root`; nothing outside of it is read or written. */
export function createFiles(root: string): Files {
  const top = realpathSync(root);
  const inside = (path: string): string => {
    const full = resolve(top, path);
    if (full !== top && !full.startsWith(top + sep)) throw outside(path);
    return full;
  };
  recoverPublish(top);
  return {
    root: top,
    exists: (path) => existsSync(inside(path)),
    read: (path) => readInside(top, path, inside(path)),
    list(folder, extensions) {
      const base = inside(folder);
      if (!existsSync(base)) return [];
      if (extensions === undefined) return walk(base, top).sort(compareText);
      return glob
        .sync(`**/*{${extensions.join(',')},}`, {
          cwd: base,
          onlyFiles: false,
          markDirectories: true,
          followSymbolicLinks: false,
          dot: false,
        })
        .filter((f) => extensions.some((e) => f.endsWith(e)))
        .map((f) => `${folder}/${f}`)
        .sort(compareText);
    },
    folders(folder) {
      const base = inside(folder);
      return existsSync(base)
        ? readdirSync(base, { withFileTypes: true })
            .filter((e) => e.isDirectory() && !e.name.startsWith('.'))
            .map((e) => e.name)
            .sort(compareText)
        : [];
    },
    stamps: (folder) => stampsBelow(inside(folder), top),
    readCache: (name) =>
      existsSync(join(top, cacheFolder, `${name}.json`))
        ? readFileSync(join(top, cacheFolder, `${name}.json`), 'utf8')
        : undefined,
    writeCache: (name, text) => writeCacheFile(join(top, cacheFolder, `${name}.json`), text),
    publish: (changes) => publishChanges(top, changes),
    create(path, text) {
      const full = inside(path);
      if (existsSync(full))
        throw new ToolError('file/write', `${path} exists already.`, 'Choose another name, or edit the file.');
      writeText(full, path, text);
    },
    write: (path, text) => writeText(inside(path), path, text),
  };
}

function stampsBelow(base: string, top: string): FileStamp[] {
  if (!existsSync(base)) return [];
  return walk(base, top)
    .sort(compareText)
    .map((path) => {
      const stat = lstatSync(join(top, path));
      return [path, stat.size, stat.mtimeMs, stat.ctimeMs, stat.ino] as const;
    });
}

/** Best effort, whole or not at all: a run without a cache is slower, not wrong. */
function writeCacheFile(full: string, text: string): void {
  try {
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(`${full}.${process.pid}`, text);
    renameSync(`${full}.${process.pid}`, full);
  } catch {
    // read-only checkouts work without
  }
}

function writeText(full: string, path: string, text: string): void {
  try {
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
  } catch (error) {
    throw new ToolError(
      'file/write',
      `${path} cannot be written: ${reason(error)}.`,
      'Check permissions and free space.',
      error,
    );
  }
}

function outside(path: string): ToolError {
  return new ToolError(
    'file/outside',
    `${path} leads out of the repository.`,
    'Replace the link by the file itself, and remove `..` from names.',
  );
}

function readInside(top: string, path: string, full: string): string {
  try {
    const real = realpathSync(full);
    if (!real.startsWith(top + sep)) throw outside(path);
    const { size } = statSync(real);
    if (size > maxBytes)
      throw new ToolError(
        'yaml/too-large',
        `${path} has ${Math.ceil(size / 1024 / 1024)} MiB; 2 MiB are read at most.`,
        'A spec or template of that size is a mistake; move large data elsewhere.',
      );
    return readFileSync(real, 'utf8');
  } catch (error) {
    if (error instanceof ToolError) throw error;
    throw new ToolError(
      'file/unreadable',
      `${path} cannot be read: ${reason(error)}.`,
      'Check that it is a file and that you may read it.',
      error,
    );
  }
}

/** Every file below a folder but hidden ones at its top; links are refused rather than followed. */
function walk(base: string, top: string): string[] {
  const found: string[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const full = join(folder, entry.name);
      if (entry.isDirectory()) visit(full);
      else if (entry.isFile()) found.push(relative(top, full).split(sep).join('/'));
      else if (entry.isSymbolicLink()) throw outside(relative(top, full));
    }
  };
  if (lstatSync(base).isSymbolicLink()) throw outside(relative(top, base));
  visit(base);
  return found;
}
