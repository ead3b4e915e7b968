import { sha } from '../../util/digest.ts';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BundleEntry } from '../../model/bundle.ts';
import { ToolError, UsageError } from '../../model/diagnostic.ts';
import { compareText } from '../../model/values.ts';
import { reason } from '../reason.ts';
import { fillFolder, writeFolderWhole } from './temporary.ts';

/** Throws UsageError unless the folder is empty or not there. */
export function refuseFullFolder(folder: string): void {
  if (!existsSync(folder)) return;
  if (!statSync(folder).isDirectory() || readdirSync(folder).length > 0)
    throw new UsageError(`${folder} is not empty.`, 'Name a folder that does not exist yet.');
}

/** Writes a bundle with its SHA256SUMS beside the folder first, and then in its place: there in full or not at all. */
export function writeBundle(folder: string, entries: ReadonlyMap<string, BundleEntry>): void {
  const full = resolve(folder);
  refuseFullFolder(full);
  try {
    writeFolderWhole(full, (temporary) => fill(temporary, entries));
  } catch (error) {
    throw new ToolError(
      'file/write',
      `${folder} cannot be written: ${reason(error)}.`,
      'Check permissions and space.',
      { cause: error },
    );
  }
}

function fill(folder: string, entries: ReadonlyMap<string, BundleEntry>): void {
  const sums: (readonly [path: string, digest: string])[] = [];
  for (const [path, entry] of entries) {
    const bytes = 'text' in entry ? Buffer.from(entry.text) : readFileSync(entry.copy);
    fillFolder(folder, new Map([[path, bytes]]));
    sums.push([path, sha(bytes)]);
  }
  const lines = sums.sort(([a], [b]) => compareText(a, b)).map(([path, digest]) => `${digest}  ${path}\n`);
  fillFolder(folder, new Map([['SHA256SUMS', lines.join('')]]));
}
