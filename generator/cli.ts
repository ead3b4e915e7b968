#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import type { CommandThread } from './adapters/commandThread.ts';
import { startCommand } from './adapters/commandThread.ts';
import type { Ending, Printing } from './commands/ending.ts';
import { documentOf, endingOfFailure, exitCodes } from './commands/ending.ts';
import type { CommandCall } from './commands/execute.ts';
import { afterInterruption, interruption, requestedFormat } from './commands/failure.ts';
import { verbs } from './commands/index.ts';
import type { Call } from './commands/program.ts';
import { createProgram } from './commands/program.ts';
import { UsageError } from './model/diagnostic.ts';
import { formatNames, loadFormat } from './report/formats.ts';
import type { FormatName } from './report/formats.ts';

const asked = requestedFormat(process.argv.slice(2), process.env['SLIPWAY_OUTPUT'], formatNames);

/** What a report is about, as far as it is known: a run that fails or is interrupted has one too. */
const run = {
  root: '.',
  printing: { command: '', format: asked, color: false, quiet: false } as Printing,
  thread: undefined as CommandThread<Ending> | undefined,
  isPrinted: false,
  isInterrupted: false,
};
if (asked !== undefined) await loadFormat(asked); // before anything else, so that a signal finds it

// This thread has nothing to do but to hear signals, whatever the command is at.
for (const [signal, number] of Object.entries({ SIGINT: 2, SIGTERM: 15, SIGHUP: 1 }))
  process.on(signal, () => void interrupt(signal, 128 + number));
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return; // the reader (head, less) has seen enough; the exit code is that of the run
  process.stderr.write(`error: the output cannot be written: ${error.message}\n`);
  process.exitCode = exitCodes.errors;
});
process.stderr.on('error', () => undefined); // nobody reads; there is nowhere to say so
process.on('uncaughtException', (error) => void fail(error).then(() => process.exit()));

async function interrupt(signal: string, code: number): Promise<void> {
  if (run.isInterrupted) return dieOf(signal);
  run.isInterrupted = true;
  const { isOver, isWritten } = (await run.thread?.stop()) ?? { isOver: true, isWritten: false };
  const report = await documentOf({ diagnostics: [interruption(signal, isWritten)] }, run.printing);
  const said = `\nInterrupted. ${afterInterruption(isWritten)}\n`;
  emit({ code, stdout: run.isPrinted ? '' : report, stderr: said });
  if (!isOver) dieOf(signal);
  process.exit();
}

/** Ends as a program does that does not hear the signal. */
function dieOf(signal: string): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

async function call({ command, path, args, options, global }: Call): Promise<void> {
  const { output, quiet } = global;
  run.root = absolute(global.root);
  // the format may come from a variable that the command line does not show
  const format = output === 'text' ? undefined : (output as FormatName);
  run.printing = { command: path, format, color: global.color && useColor(), quiet };
  if (format !== undefined) await loadFormat(format);
  const isTerminal = process.stderr.isTTY === true;
  const task: CommandCall = { path, args, options, global, root: run.root, printing: run.printing, isTerminal };
  const toStderr = (text: string): void => void (run.isInterrupted || process.stderr.write(text));
  // a shell asks for completions at every key, and no thread is started for what ends at once
  const isAsking = command.asks && process.stdin.isTTY === true;
  run.thread = isProgram() && path !== 'completion' && !isAsking ? startCommand(task, toStderr) : undefined;
  const ending = run.thread?.ending ?? (await import('./commands/execute.ts')).execute(task, toStderr);
  const end = await ending.catch((error: unknown) => endingOfFailure(error, run.root, undefined, run.printing));
  if (!run.isInterrupted) emit(end);
}

/** The full path of the repository. Throws UsageError where the folder that a relative one begins at is gone. */
function absolute(root: string): string {
  try {
    return resolve(root);
  } catch {
    throw new UsageError('The folder that this was started in is gone.', 'Change to another one, and run it again.');
  }
}

/** Whether this module is what Node was started with; in a program that imports it, a command has the thread of the import. */
function isProgram(): boolean {
  try {
    return realpathSync(process.argv[1] ?? '') === fileURLToPath(import.meta.url);
  } catch {
    return false;
  }
}

function useColor(): boolean {
  const off = (process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb';
  return !off && process.stderr.isTTY === true;
}

/** Writes how the run ended; its document once. */
function emit({ code, stdout, stderr }: Ending): void {
  process.exitCode = code;
  run.isPrinted = true;
  if (stdout !== '') process.stdout.write(stdout);
  if (stderr !== '') process.stderr.write(stderr);
}

/** Help and version: text, or data in a format. */
let help = '';

async function main(): Promise<void> {
  try {
    await createProgram(verbs, {
      env: (name) => process.env[name],
      write: (text) => void (help += text),
      run: call,
    }).parseAsync(process.argv);
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode !== 0) return fail(error);
    emit({
      code: exitCodes.clean,
      stdout: await documentOf({ text: help, data: { text: help } }, run.printing),
      stderr: '',
    });
  }
}

async function fail(error: unknown): Promise<void> {
  const { isPrinted } = run;
  const ending = await endingOfFailure(error, run.root, undefined, run.printing);
  emit(isPrinted ? { ...ending, stdout: '' } : ending);
}

await main();
