import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { ToolError, UsageError } from '../../model/diagnostic.ts';
import { reason } from '../reason.ts';
import { settle } from './interrupted.ts';
import { sources } from './journal.ts';
import type { WriteChange } from './publish.ts';
import { publishChanges } from './publish.ts';

/**
 * Makes a fleet repository in a folder: copies of folders below `home`, and these files, all or none; what an interrupted run
 * left of it is removed first. Throws UsageError for a folder that holds more than `.git`, ToolError file/write.
 */
export function makeFleet(
  folder: string,
  home: string,
  copies: readonly string[],
  files: ReadonlyMap<string, string>,
): readonly Diagnostic[] {
  const notes = existsSync(folder) ? settle(realpathSync(folder)) : [];
  if (existsSync(folder) && readdirSync(folder).some((name) => name !== '.git'))
    throw new UsageError(`${folder} is not empty.`, 'Name a folder that does not exist yet.');
  const texts = [...copies.flatMap((part) => copiesBelow(home, part)), ...files];
  const changes = texts.map(([path, after]): WriteChange => ({ path, kind: 'add', before: undefined, after }));
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const hint = 'Check permissions and free space.';
    throw new ToolError('file/write', `${folder} cannot be written: ${reason(error)}.`, hint, { cause: error });
  }
  return [...notes, ...publishChanges(realpathSync(folder), changes, sources)];
}

function copiesBelow(home: string, part: string): (readonly [path: string, bytes: Uint8Array])[] {
  return readdirSync(join(home, part), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => [relative(home, file).split(sep).join('/'), readFileSync(file)]);
}
