import type { Result } from '../../generator/commands/command.ts';
import { verbs } from '../../generator/commands/index.ts';
import { createProgram } from '../../generator/commands/program.ts';
import { mountCatalogs } from '../../generator/pipeline/mount.ts';
import type { Context } from '../../generator/ports.ts';

/** Runs one command of the command line with a context of the test; nothing is printed. */
export async function call(ctx: Context, ...words: readonly string[]): Promise<Result> {
  let result: Result = {};
  const program = createProgram(verbs, {
    env: () => undefined,
    write: () => undefined,
    async run({ command, args, options, global }) {
      result = await (
        await command.load()
      )({
        ctx: command.readsCatalog ? await mountCatalogs(ctx) : ctx,
        args,
        options,
        global,
      });
    },
  });
  await program.parseAsync([...words, '-C', ctx.files.root], { from: 'user' });
  return result;
}
