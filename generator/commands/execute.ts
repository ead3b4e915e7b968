import { createContext } from '../context.ts';
import type { Context } from '../ports.ts';
import type { Ending, Printing } from './ending.ts';
import { endingOf, endingOfFailure } from './ending.ts';
import { commands } from './index.ts';
import type { Call } from './program.ts';

/** A call of a command as plain data, which goes to the thread that carries it out. */
export interface CommandCall extends Omit<Call, 'command'> {
  /** Absolute. */
  readonly root: string;
  readonly printing: Printing;
  /** Whether stderr is a terminal, where progress is shown. */
  readonly isTerminal: boolean;
}

/** Carries out a command to its end, whichever that is. */
export async function execute(call: CommandCall, write: (text: string) => void): Promise<Ending> {
  const { path, args, options, global, root, printing, isTerminal } = call;
  const { quiet, verbose } = global;
  let ctx: Context = createContext(root, { quiet, verbose, isTerminal, offline: options['offline'] === true }, write);
  try {
    const command = commands.find((c) => c.path === path);
    if (command === undefined) throw new Error(`There is no command ${path}`);
    const handler = await command.load();
    if (command.readsCatalog) ctx = await (await import('../pipeline/mount.ts')).mountCatalogs(ctx);
    return await endingOf(await handler({ ctx, global, args, options }), ctx, printing);
  } catch (error) {
    ctx.log.clearProgress();
    return endingOfFailure(error, root, ctx, printing);
  }
}
