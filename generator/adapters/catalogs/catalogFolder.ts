import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { compareText } from '../../model/values.ts';
import { ArchiveProblem, textOf, usualArchiveLimits } from '../charts/archive.ts';

/**
 * The catalog in a package: what has catalog.yaml at its top or in a folder catalog/, by path from there. What starts with a dot
 * is none of it. Throws ArchiveProblem.
 */
export function catalogIn(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const top = ['', 'catalog/'].find((folder) => files.has(`${folder}catalog.yaml`));
  if (top === undefined)
    throw new ArchiveProblem('it is no catalog: there is no catalog.yaml at its top or in a folder catalog/');
  const isPart = (path: string): boolean => path.startsWith(top) && !/(?:^|\/)\./.test(path.slice(top.length));
  return new Map(
    [...files]
      .filter(([path]) => isPart(path))
      .map(([path, text]) => [path.slice(top.length), text] as const)
      .sort(([a], [b]) => compareText(a, b)),
  );
}

/** The catalog in a folder of this machine; `folder` is its top, or what has a folder catalog/. Throws ArchiveProblem. */
export function readCatalogFolder(folder: string): ReadonlyMap<string, string> {
  const top = ['', 'catalog'].map((name) => join(folder, name)).find((at) => existsSync(join(at, 'catalog.yaml')));
  return catalogIn(top === undefined ? new Map() : textsBelow(top));
}

function textsBelow(top: string): Map<string, string> {
  const found = new Map<string, string>();
  let left = usualArchiveLimits.unpacked;
  for (const entry of readdirSync(top, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    const path = relative(top, file).split(sep).join('/');
    if (entry.isDirectory() || /(?:^|\/)\./.test(path)) continue;
    if (!entry.isFile()) throw new ArchiveProblem(`${path} is a link or a special file; links are not followed`);
    const bytes = readFileSync(file);
    left -= bytes.length;
    if (left < 0 || found.size >= usualArchiveLimits.files)
      throw new ArchiveProblem('it is larger than is read at most');
    const text = textOf(bytes);
    if (text !== undefined) found.set(path, text);
  }
  return found;
}
