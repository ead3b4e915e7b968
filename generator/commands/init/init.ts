import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { ToolError, UsageError } from '../../model/diagnostic.ts';
import type { Invocation, Result } from '../command.ts';
import { fleetFiles } from './fleetFiles.ts';

/** Makes a fleet repository: the catalog and schemas are copied, so that the team owns and versions them. */
export async function init({ ctx, args, global }: Invocation): Promise<Result> {
  const folder = resolve(global.root, args[0] ?? '');
  if (existsSync(folder) && readdirSync(folder).some((f) => f !== '.git'))
    throw new UsageError(`${folder} is not empty.`, 'Name a folder that does not exist yet.');
  const files = fleetFiles();
  try {
    mkdirSync(folder, { recursive: true });
    for (const part of ['catalog', 'schemas']) cpSync(join(ctx.home, part), join(folder, part), { recursive: true });
    for (const [path, text] of files) {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  } catch (error) {
    throw new ToolError(
      'file/write',
      `${folder} cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
      'Check permissions and free space.',
      { cause: error },
    );
  }
  const made = ['catalog/', 'schemas/', ...files.keys()];
  return {
    text: made.join('\n'),
    data: { folder, created: made },
    summary: `Made ${basename(folder)}. Next: cd ${args[0] ?? ''}, git init, set git.repoURL in environments/base.yaml, slipway render. README.md says how to go on.`,
  };
}
