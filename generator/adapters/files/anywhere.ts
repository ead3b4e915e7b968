import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { Dirent, Stats } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { compareText } from '../../model/values.ts';
import { ToolError } from '../../model/diagnostic.ts';
import { reason } from '../reason.ts';
import type { Anywhere } from '../../ports.ts';
import { writeWhole } from './temporary.ts';

const unreadable = (file: string, why: string, hint: string, cause?: unknown): ToolError =>
  new ToolError('file/unreadable', `${file} cannot be read: ${why}.`, hint, { cause, file });

/**
 * Files of objects below a folder. Links to files are read, as kubectl does; one to a folder could lead round in a circle, and is
 * refused like everything else that is no file.
 */
function objectFiles(folder: string): string[] {
  const entries = (): Dirent[] => {
    try {
      return readdirSync(folder, { withFileTypes: true });
    } catch (error) {
      throw unreadable(folder, reason(error), 'Check what it is, and that you may read it.', error);
    }
  };
  return entries().flatMap((entry): string[] => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return objectFiles(path);
    const target = entry.isSymbolicLink() ? targetOf(path) : undefined;
    if (target?.isDirectory() === true)
      throw unreadable(
        path,
        'it is a link to a folder, which is not followed',
        'Name that folder itself, or remove the link.',
      );
    if (!/\.(?:ya?ml|json)(?:\.gz)?$/.test(entry.name)) return [];
    if (entry.name.includes('\ufffd')) throw unreadable(path, 'its name is not UTF-8', 'Rename it.');
    if (!(target ?? entry).isFile())
      throw unreadable(path, `it is ${kindOf(target ?? entry)}`, 'Remove it, or name the files.');
    return [path];
  });
}

/** What a link leads to; undefined where it leads nowhere, or to itself. */
function targetOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** A file, or what a shell hands over as one: `<(helm template …)`, /dev/stdin; nothing that may never end. */
function isReadable(path: string): boolean {
  const stat = statSync(path);
  return (
    stat.isFile() ||
    stat.isDirectory() ||
    path === '/dev/null' ||
    (/^\/(?:dev\/(?:fd\/|stdin$)|proc\/)/.test(path) && (stat.isFIFO() || stat.isSocket()))
  );
}

function kindOf(file: Pick<Stats, 'isFIFO' | 'isSocket' | 'isSymbolicLink'>): string {
  if (file.isSymbolicLink()) return 'a link that leads nowhere';
  return file.isFIFO() ? 'a named pipe' : file.isSocket() ? 'a socket' : 'a device';
}

export const anywhere: Anywhere = {
  listAnywhere(path) {
    if (!existsSync(path))
      throw new ToolError('file/unreadable', `${path} does not exist.`, 'Check the path.', { file: path });
    if (!statSync(path).isDirectory()) return [path];
    return objectFiles(path).sort(compareText);
  },
  readAnywhere(path) {
    try {
      if (!isReadable(path)) throw unreadable(path, `it is ${kindOf(statSync(path))}`, 'Name a file.');
      const bytes = readFileSync(path);
      return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    } catch (error) {
      throw error instanceof ToolError ? error : unreadable(path, reason(error), 'Check what it is.', error);
    }
  },
  writeAnywhere(path, text, from) {
    const full = resolve(from, path);
    try {
      writeWhole(full, text);
    } catch (error) {
      throw new ToolError('file/write', `${path} cannot be written: ${reason(error)}.`, 'Name another file.', {
        cause: error,
        file: path,
      });
    }
  },
  existsAnywhere: existsSync,
  absolute: (path, from) => resolve(from, path),
  readInput: () => readFileSync(0, 'utf8'),
};
