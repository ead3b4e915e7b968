#!/usr/bin/env node
import { resolve } from 'node:path';
import { CommanderError } from 'commander';
import type { Result } from './commands/command.ts';
import { afterInterruption, failureOf, interruption, requestedFormat } from './commands/failure.ts';
import { verbs } from './commands/index.ts';
import type { Call } from './commands/program.ts';
import { createProgram } from './commands/program.ts';
import type { Context } from './ports.ts';
import { hasErrors } from './model/diagnostic.ts';
import type { Diagnostic, Location } from './model/diagnostic.ts';
import { formatNames, loadFormat } from './report/formats.ts';
import type { FormatName } from './report/formats.ts';
import type { Formatter } from './report/types.ts';
import { version } from './model/version.ts';
import { maskAll, maskKnown } from './util/mask.ts';
import { visible } from './util/visible.ts';

/** Exit codes: 0 clean, 1 errors, 2 differences, 64 usage; 130 interrupted, and 128 + n for signal n otherwise. */
const exit = { clean: 0, errors: 1, differs: 2, usage: 64 } as const;

const words = process.argv.slice(2);
const asked = requestedFormat(words, process.env['SLIPWAY_OUTPUT'], formatNames);

/** What a report is about, as far as it is known: a run that fails or is interrupted has one too. */
const run = {
  context: undefined as Context | undefined,
  root: process.cwd(),
  command: '',
  // loaded before anything else, so that a signal finds it
  format: asked === undefined ? undefined : await loadFormat(asked),
  isPrinted: false,
};

// Heard between two steps and never within one: writing deploy/ is one step, so that it is done in full or not at all.
for (const [signal, number] of Object.entries({ SIGINT: 2, SIGTERM: 15, SIGHUP: 1 }))
  process.on(signal, () => {
    const isWritten = run.context?.hasPublished === true;
    if (!run.isPrinted) printReport({ diagnostics: [interruption(signal, isWritten)] });
    process.stderr.write(`\nInterrupted. ${afterInterruption(isWritten)}\n`);
    process.exit(128 + number);
  });
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return; // the reader (head, less) has seen enough; the exit code is that of the run
  process.stderr.write(`error: the output cannot be written: ${error.message}\n`);
  process.exitCode = exit.errors;
});
process.stderr.on('error', () => undefined); // nobody reads; there is nowhere to say so
process.on('uncaughtException', (error) => void fail(error).then(() => process.exit()));

async function call({ command, path, args, options, global }: Call): Promise<void> {
  run.command = path;
  const [{ createContext }, handler] = await Promise.all([import('./context.ts'), command.load()]);
  const { root, output, quiet, verbose } = global;
  run.root = resolve(root);
  // a variable that the command line does not show
  run.format = output === 'text' ? undefined : await loadFormat(output as FormatName);
  run.context = createContext(run.root, { quiet, verbose, offline: options['offline'] === true });
  if (command.readsCatalog) run.context = await (await import('./pipeline/mount.ts')).mountCatalogs(run.context);
  const made = await handler({ ctx: run.context, global, args, options });
  const result = { ...made, diagnostics: placed([...run.context.notes(), ...(made.diagnostics ?? [])]) };
  process.exitCode = hasErrors(result.diagnostics) ? exit.errors : result.differs === true ? exit.differs : exit.clean;
  await print(result, { color: global.color && useColor(), quiet, isGithub: output === 'github' });
}

/** Findings in catalogs of other places say where those are. */
function placed(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const placeOf = run.context?.mounted?.placeOf;
  if (placeOf === undefined) return diagnostics;
  const at = <T extends { readonly at?: Location }>(found: T): T =>
    found.at === undefined ? found : { ...found, at: { ...found.at, file: placeOf(found.at.file) } };
  return diagnostics.map((d) => ({ ...at(d), ...(d.related === undefined ? {} : { related: d.related.map(at) }) }));
}

function useColor(): boolean {
  const off = (process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb';
  return !off && process.stderr.isTTY === true;
}

interface PrintOptions {
  readonly color: boolean;
  readonly quiet: boolean;
  /** Its commands on stdout are read by people too. */
  readonly isGithub: boolean;
}

const masked = <T>(value: T): T => maskKnown(maskAll(value), run.context?.secrets ?? []);

/** What leaves the program goes through here: secrets are masked. */
async function print(found: Result, { color, quiet, isGithub }: PrintOptions): Promise<void> {
  const result = masked(found);
  printReport(result);
  const { diagnostics = [], summary = '' } = result;
  const shown = quiet ? diagnostics.filter((d) => d.severity === 'error') : diagnostics;
  if (!isGithub) await printDiagnostics(shown, color);
  if (summary !== '' && !quiet) process.stderr.write(`${visible(summary)}\n`);
}

/** The document on stdout, once. */
function printReport(result: Result): void {
  run.isPrinted = true;
  const text = run.format === undefined ? visible(result.text ?? '') : formatted(result, run.format);
  if (text !== '') process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

function formatted(result: Result, format: Formatter): string {
  const { report, text, data, summary, diagnostics = [] } = result;
  const own = { ...(text === undefined ? {} : { text }), ...(summary === undefined ? {} : { summary }) };
  return format({ command: run.command, version, diagnostics, data, ...own, ...report });
}

async function printDiagnostics(diagnostics: readonly Diagnostic[], color: boolean): Promise<void> {
  if (diagnostics.length === 0) return;
  const { countText, formatDiagnostics, plainPaint } = await import('./report/text.ts');
  const { boundedFindings } = await import('./report/bounded.ts');
  const paint = color ? await colors() : plainPaint;
  process.stderr.write(`${formatDiagnostics(boundedFindings(diagnostics), paint)}\n${countText(diagnostics)}.\n`);
}

async function colors(): Promise<import('./report/text.ts').Paint> {
  const { createColors } = (await import('picocolors')).default;
  const c = createColors(true);
  return { error: c.red, warning: c.yellow, dim: c.dim, bold: c.bold, add: c.green };
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
    printReport({ text: help, data: { text: help } });
  }
}

async function fail(error: unknown): Promise<void> {
  const failure = masked(failureOf(error, run.root));
  const { text, exit: kind } = failure;
  const diagnostics = placed([...(run.context?.notes() ?? []), ...failure.diagnostics]);
  process.exitCode = exit[kind];
  run.context?.log.clearProgress();
  if (!run.isPrinted) printReport({ diagnostics });
  if (text === undefined) await printDiagnostics(diagnostics, false);
  else process.stderr.write(visible(text));
}

await main();
