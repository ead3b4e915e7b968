import { failureOf } from '../../generator/commands/failure.ts';
import { createContext } from '../../generator/context.ts';
import { hasErrors } from '../../generator/model/diagnostic.ts';
import type { Diagnostic } from '../../generator/model/diagnostic.ts';
import { maskAll } from '../../generator/util/mask.ts';
import { join } from 'node:path';
import { call } from './call.ts';

/** A secret of the tests: nothing that is printed may hold it. */
export const canary = 'c4n4ry-P4ssw0rd';

/** How a run ended. */
export interface Ended {
  readonly exit: 'clean' | 'errors' | 'usage' | 'differs';
  readonly diagnostics: readonly Diagnostic[];
  /** Everything that would be printed. */
  readonly printed: string;
}

/** Runs a command in this process; what it throws ends it as the command line would. */
export async function ended(root: string, line: string): Promise<Ended> {
  const log: string[] = [];
  try {
    const ctx = createContext(root, { quiet: false, verbose: true }, (text) => void log.push(text));
    const {
      diagnostics = [],
      differs,
      ...result
    } = await call(ctx, ...line.replace(/\S+\.yaml/, (file) => join(root, file)).split(' '));
    const exit = hasErrors(diagnostics) ? 'errors' : differs === true ? 'differs' : 'clean';
    return { exit, diagnostics, printed: JSON.stringify([maskAll([result, diagnostics]), log]) };
  } catch (error) {
    const failure = failureOf(error, root);
    return { ...failure, printed: JSON.stringify([maskAll(failure), log]) };
  }
}

/** Codes about this machine or a remote: what they are about is no file. */
const placeless = /^(?:(?:git|tool)\/|helm\/(?:version|missing)$)/;

/** What is wrong with the end of a run, however it ended. */
export function faultsOf({ diagnostics, printed, exit }: Ended): string[] {
  return [
    ...diagnostics.flatMap(({ code, message, hint, at, severity }) => [
      ...(code === 'internal' ? [`internal error: ${message}`] : []),
      ...(message === '' || (hint ?? '') === '' ? [`${code} has no next step`] : []),
      ...(at === undefined && !placeless.test(code) ? [`${code} has no place: ${message}`] : []),
      ...(severity === 'error' && exit === 'clean' ? [`${code} ends with 0`] : []),
    ]),
    ...(printed.includes(canary) ? ['the secret is printed'] : []),
    ...(exit === 'errors' && !hasErrors(diagnostics) ? ['an error that is not said'] : []),
  ];
}
