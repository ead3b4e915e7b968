#!/usr/bin/env node
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { GlobalOptions, Result, CommandSpec } from './commands/command.ts';
import type { Context } from './ports.ts';
import { commands } from './commands/index.ts';
import { DiagnosticsError, hasErrors, ToolError, UsageError } from './model/diagnostic.ts';
import type { Diagnostic } from './model/diagnostic.ts';
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

function program(): Command {
  const root = new Command('slipway')
    .description('One small cluster spec in, a complete validated Argo CD tree out.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stderr.write(text) })
    .showHelpAfterError('Run `slipway --help` for the usage.')
    .showSuggestionAfterError(true)
    .addHelpText(
      'after',
      '\nExit codes: 0 clean, 1 errors, 2 differences, 64 usage, 130 interrupted. Every option has an environment variable: --no-color is SLIPWAY_NO_COLOR.',
    );
  for (const spec of commands) root.addCommand(verb(spec));
  return root;
}

function verb(spec: CommandSpec): Command {
  const command = new Command(spec.name)
    .description(spec.summary)
    .exitOverride()
    .showHelpAfterError(`Run \`slipway ${spec.name} --help\` for the usage.`);
  for (const a of spec.arguments ?? []) {
    const argument = new Argument(a.name.startsWith('[') ? a.name : `<${a.name}>`, a.description);
    command.addArgument(a.choices === undefined ? argument : argument.choices([...a.choices]));
  }
  for (const o of spec.options ?? []) {
    const option = new Option(o.flags, o.description);
    command.addOption(withEnv(o.isRepeatable === true ? option.argParser(each) : option));
  }
  for (const option of globalOptions()) command.addOption(withEnv(option));
  command.addHelpText('after', `\nExamples:\n${spec.examples.map((e) => `  $ ${e}`).join('\n')}`);
  command.action(async (...values: unknown[]) => {
    const self = values.at(-1) as Command;
    const options = self.opts();
    const args = values
      .slice(0, -2)
      .flat()
      .filter((v): v is string => typeof v === 'string');
    await run(spec, args, options);
  });
  return command;
}

const each = (value: string, before: readonly string[] = []): string[] => [...before, value];

const list = (value: string, before: readonly string[] = []): string[] => [
  ...before,
  ...value.split(',').filter((v) => v !== ''),
];

function jobs(value: string): number {
  const n = Number(value);
  if (!Number.isInteger(n) || n < 1) throw new InvalidArgumentError('It has to be a whole number from 1 on.');
  return n;
}

function globalOptions(): Option[] {
  return [
    new Option('-C, --root <folder>', 'repository to work in').default('.'),
    new Option('-c, --cluster <globs>', 'only these clusters (* and ?, comma-separated, repeatable)')
      .argParser(list)
      .default([]),
    new Option('--component <names>', 'only these components').argParser(list).default([]),
    new Option('-l, --selector <labels>', 'only clusters with these labels (a=b,c!=d)'),
    new Option('-o, --output <format>', 'output format')
      .choices(['text', 'json', 'markdown', 'github', 'sarif', 'junit'])
      .default('text'),
    new Option('-j, --jobs <n>', 'threads that render side by side')
      .argParser(jobs)
      .default(Math.min(8, availableParallelism()), 'one per core, at most 8'),
    new Option('--no-cache', 'render every cluster, even those that are current'),
    new Option('--offline', 'use no network: what would need it (commit --push, fetching charts) is refused'),
    new Option('--stats', 'print the time each stage took'),
    new Option('-q, --quiet', 'no messages but errors'),
    new Option('-v, --verbose', 'more messages, stack traces'),
    new Option('--no-color', 'no colours'),
  ];
}

function withEnv(option: Option): Option {
  return option.env(`SLIPWAY_${(option.long ?? option.name()).replace(/^--/, '').toUpperCase().replaceAll('-', '_')}`);
}

async function run(spec: CommandSpec, args: readonly string[], options: Record<string, unknown>): Promise<void> {
  const [{ createContext }, command] = await Promise.all([import('./context.ts'), spec.load()]);
  context = createContext(resolve(String(options['root'])), {
    quiet: options['quiet'] === true,
    verbose: options['verbose'] === true,
    offline: options['offline'] === true,
  });
  const result = await command({ ctx: context, global: options as unknown as GlobalOptions, args, options });
  const output = String(options['output']);
  await print(result, { output, command: spec.name, color: useColor(options), quiet: options['quiet'] === true });
  process.exitCode = hasErrors(result.diagnostics ?? [])
    ? exit.errors
    : result.differs === true
      ? exit.differs
      : exit.clean;
}

function useColor(options: Record<string, unknown>): boolean {
  const off = options['color'] === false || (process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb';
  return !off && process.stderr.isTTY === true;
}

interface PrintOptions {
  readonly output: string;
  readonly command: string;
  readonly color: boolean;
  readonly quiet: boolean;
}

async function print(result: Result, options: PrintOptions): Promise<void> {
  const diagnostics = result.diagnostics ?? [];
  const text = options.output === 'text' ? (result.text ?? '') : await formatted(result, options);
  if (text !== '') process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  const shown = options.quiet ? diagnostics.filter((d) => d.severity === 'error') : diagnostics;
  if (options.output !== 'github') await printDiagnostics(shown, options.color);
  if (result.summary !== undefined && result.summary !== '' && !options.quiet)
    process.stderr.write(`${result.summary}\n`);
}

async function formatted(result: Result, { output, command }: PrintOptions): Promise<string> {
  const { formats } = await import('./report/formats.ts');
  const format = await formats[output]?.();
  const { report, text, data, summary, diagnostics = [] } = result;
  const own = { ...(text === undefined ? {} : { text }), ...(summary === undefined ? {} : { summary }) };
  return format?.({ command, version, diagnostics, data, ...own, ...report }) ?? '';
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
    await program().parseAsync(process.argv);
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
