import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ToolError, UsageError } from '../../model/diagnostic.ts';
import { reason } from '../reason.ts';

/**
 * Makes a fleet repository in a folder: copies of folders below `home`, and these files. Throws UsageError for a folder that
 * holds more than `.git`, ToolError file/write.
 */
export function makeFleet(
  folder: string,
  home: string,
  copies: readonly string[],
  files: ReadonlyMap<string, string>,
): void {
  if (existsSync(folder) && readdirSync(folder).some((name) => name !== '.git'))
    throw new UsageError(`${folder} is not empty.`, 'Name a folder that does not exist yet.');
  try {
    mkdirSync(folder, { recursive: true });
    for (const part of copies) cpSync(join(home, part), join(folder, part), { recursive: true });
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  } catch (error) {
    const hint = 'Check permissions and free space.';
    throw new ToolError('file/write', `${folder} cannot be written: ${reason(error)}.`, hint, { cause: error });
  }
}
