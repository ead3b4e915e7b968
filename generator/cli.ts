#!/usr/bin/env node
import { resolve } from 'node:path';
import { CommanderError } from 'commander';
import type { Result } from './commands/command.ts';
import { verbs } from './commands/index.ts';
import type { Call } from './commands/program.ts';
import { createProgram } from './commands/program.ts';
import type { Context } from './ports.ts';
import { DiagnosticsError, hasErrors, ToolError, UsageError } from './model/diagnostic.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import { formats } from './report/formats.ts';
import type { FormatName } from './report/formats.ts';
import { version } from './model/version.ts';

/** Exit codes: 0 clean, 1 errors, 2 differences, 64 usage; 130 interrupted, and 128 + n for signal n otherwise. */
const exit = { clean: 0, errors: 1, differs: 2, usage: 64 } as const;

let context: Context | undefined;

// Heard between two steps and never within one: writing deploy/ is one step, so that it is done in full or not at all.
for (const [signal, number] of Object.entries({ SIGINT: 2, SIGTERM: 15, SIGHUP: 1 }))
  process.on(signal, () => {
    const written = context?.hasPublished === true;
    process.stderr.write(`\nInterrupted. ${written ? 'deploy/ was written in full.' : 'deploy/ is what it was.'}\n`);
    process.exit(128 + number);
  });
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exit.clean); // the reader (head, less) has seen enough
  process.stderr.write(`error: the output cannot be written: ${error.message}\n`);
  process.exit(exit.errors);
});
process.stderr.on('error', () => undefined); // nobody reads; there is nowhere to say so

async function run({ command, path, args, options, global }: Call): Promise<void> {
  const [{ createContext }, handler] = await Promise.all([import('./context.ts'), command.load()]);
  const { root, output, quiet, verbose } = global;
  context = createContext(resolve(root), { quiet, verbose, offline: options['offline'] === true });
  const result = await handler({ ctx: context, global, args, options });
  await print(result, { output, command: path, color: global.color && useColor(), quiet });
  process.exitCode = hasErrors(result.diagnostics ?? [])
    ? exit.errors
    : result.differs === true
      ? exit.differs
      : exit.clean;
}

function useColor(): boolean {
  const off = (process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb';
  return !off && process.stderr.isTTY === true;
}

interface PrintOptions {
  readonly output: 'text' | FormatName;
  readonly command: string;
  readonly color: boolean;
  readonly quiet: boolean;
}

async function print(result: Result, options: PrintOptions): Promise<void> {
  const diagnostics = result.diagnostics ?? [];
  const { output } = options;
  const text = output === 'text' ? (result.text ?? '') : await formatted(result, output, options.command);
  if (text !== '') process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  const shown = options.quiet ? diagnostics.filter((d) => d.severity === 'error') : diagnostics;
  if (output !== 'github') await printDiagnostics(shown, options.color);
  if (result.summary !== undefined && result.summary !== '' && !options.quiet)
    process.stderr.write(`${result.summary}\n`);
}

async function formatted(result: Result, output: FormatName, command: string): Promise<string> {
  const format = await formats[output]();
  const { report, text, data, summary, diagnostics = [] } = result;
  const own = { ...(text === undefined ? {} : { text }), ...(summary === undefined ? {} : { summary }) };
  return format({ command, version, diagnostics, data, ...own, ...report });
}

async function printDiagnostics(diagnostics: readonly Diagnostic[], color: boolean): Promise<void> {
  if (diagnostics.length === 0) return;
  const { countText, formatDiagnostics, plainPaint } = await import('./report/text.ts');
  const paint = color ? await colors() : plainPaint;
  process.stderr.write(`${formatDiagnostics(diagnostics, paint)}\n${countText(diagnostics)}.\n`);
}

async function colors(): Promise<import('./report/text.ts').Paint> {
  const { createColors } = (await import('picocolors')).default;
  const c = createColors(true);
  return { error: c.red, warning: c.yellow, dim: c.dim, bold: c.bold, add: c.green };
}

async function main(): Promise<void> {
  try {
    await createProgram(verbs, { env: (name) => process.env[name], run }).parseAsync(process.argv);
  } catch (error) {
    process.exitCode = await failed(error);
  }
}

async function failed(error: unknown): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.clean : exit.usage;
  if (error instanceof UsageError) {
    process.stderr.write(`error: ${error.message}\n${error.hint === undefined ? '' : `  → ${error.hint}\n`}`);
    return exit.usage;
  }
  if (error instanceof DiagnosticsError) {
    await printDiagnostics(error.diagnostics, false);
    return exit.errors;
  }
  if (error instanceof ToolError) {
    await printDiagnostics([error.finding()], false);
    return exit.errors;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `internal error: this is a bug in Slipway ${version} (Node ${process.version}).\n${text}\n  → Please report it with this output. Nothing was written after the error.\n`,
  );
  return exit.errors;
}

await main();
