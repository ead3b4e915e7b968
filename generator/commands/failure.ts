import { CommanderError } from 'commander';
import { systemFailure } from '../adapters/systemFailure.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { DiagnosticsError, ToolError, UsageError } from '../model/diagnostic.ts';
import { version } from '../model/version.ts';

/** What a run that ended with an exception says. */
export interface Failure {
  readonly exit: 'errors' | 'usage';
  readonly diagnostics: readonly Diagnostic[];
  /** What stderr says in place of the findings; empty: it has been said. */
  readonly text?: string;
}

/** An exception of a command as findings. `root` is the folder of the repository. */
export function failureOf(error: unknown, root: string): Failure {
  if (error instanceof CommanderError) return { exit: 'usage', diagnostics: [commandLine(error)], text: '' };
  if (error instanceof UsageError) {
    const { message, hint = 'See `slipway --help`.' } = error;
    return {
      exit: 'usage',
      diagnostics: [{ code: 'tool/usage', severity: 'error', message, hint }],
      text: `error: ${message}\n${error.hint === undefined ? '' : `  → ${error.hint}\n`}`,
    };
  }
  if (error instanceof DiagnosticsError) return { exit: 'errors', diagnostics: error.diagnostics };
  const failure = error instanceof ToolError ? error : systemFailure(error, root);
  return failure === undefined ? internalError(error) : { exit: 'errors', diagnostics: [failure.finding()] };
}

function commandLine(error: CommanderError): Diagnostic {
  const [first = '', ...more] = error.message.replace(/^error: /, '').split('\n');
  const isMissing = error.code === 'commander.help';
  const sentence = isMissing ? 'No command is given' : `${first.charAt(0).toUpperCase()}${first.slice(1)}`;
  return {
    code: 'tool/usage',
    severity: 'error',
    message: `${sentence.replace(/\.$/, '')}.${more.map((line) => ` ${line.replace(/^\((.*)\)$/, '$1')}`).join('')}`,
    hint: 'See `slipway --help`, or the help of the command.',
  };
}

function internalError(error: unknown): Failure {
  const { message, stack = message } = error instanceof Error ? error : { message: String(error) };
  const hint = 'Please report it with this output. Nothing was written after the error.';
  return {
    exit: 'errors',
    diagnostics: [
      { code: 'internal', severity: 'error', message: `This is a bug in Slipway ${version}: ${message}.`, hint },
    ],
    text: `internal error: this is a bug in Slipway ${version} (Node ${process.version}).\n${stack}\n  → ${hint}\n`,
  };
}

/** A run that was ended by a signal. `isWritten`: it had written deploy/. */
export const interruption = (signal: string, isWritten: boolean): Diagnostic => ({
  code: 'tool/interrupted',
  severity: 'error',
  message: `Interrupted by ${signal}. ${afterInterruption(isWritten)}`,
  hint: 'Run it again.',
});

export const afterInterruption = (isWritten: boolean): string =>
  isWritten ? 'deploy/ was written in full.' : 'deploy/ is what it was.';

/** The format that a command line asks for, also one that cannot be read as a whole; undefined: text. */
export function requestedFormat<F extends string>(
  words: readonly string[],
  variable: string | undefined,
  known: readonly F[],
): F | undefined {
  const end = words.indexOf('--');
  const own = end === -1 ? words : words.slice(0, end);
  const given = own.flatMap((word, i) => {
    const joined = /^(?:--output=|-[qv]*o=?)(.+)$/s.exec(word)?.[1];
    return joined ?? (/^(?:--output|-[qv]*o)$/.test(word) ? (own[i + 1] ?? []) : []);
  });
  return known.find((name) => name === (given.at(-1) ?? variable?.trim()));
}
