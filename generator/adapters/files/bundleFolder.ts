import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { BundleEntry } from '../../model/bundle.ts';
import { ToolError, UsageError } from '../../model/diagnostic.ts';
import { compareText } from '../../model/values.ts';
import { reason } from '../reason.ts';
import { writeFolderWhole } from './temporary.ts';

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
  const sums = [...entries].map(([path, entry]) => {
    const bytes = 'text' in entry ? Buffer.from(entry.text) : readFileSync(entry.copy);
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    return [path, createHash('sha256').update(bytes).digest('hex')] as const;
  });
  const lines = sums.sort(([a], [b]) => compareText(a, b)).map(([path, digest]) => `${digest}  ${path}\n`);
  writeFileSync(join(folder, 'SHA256SUMS'), lines.join(''));
}
