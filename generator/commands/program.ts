import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../model/diagnostic.ts';
import { version } from '../model/version.ts';
import { maskSecrets } from '../util/mask.ts';
import { visible } from '../util/visible.ts';
import type { CommandSpec, Invocation, Verb } from './command.ts';
import { isGroup } from './command.ts';
import type { GlobalOptions } from './globals.ts';
import { globalOptions } from './globals.ts';
import type { Arguments, ArgumentSpec, Options, OptionSpec } from './options.ts';
import { flagsOf, longFlag, readVariable, ValueError, variableOf } from './options.ts';

/** One call, as the command line and the environment have it. */
export interface Call extends Omit<Invocation, 'ctx'> {
  readonly command: CommandSpec;
  /** Its words: `catalog list`. */
  readonly path: string;
  readonly global: GlobalOptions;
}

type Env = (name: string) => string | undefined;

export interface ProgramOptions {
  readonly env: Env;
  /** Where help and the version go, which then end the parsing with a CommanderError of exit code 0. */
  write(text: string): void;
  run(call: Call): Promise<void>;
}

const variablesText = `
Environment variables stand in for options that are not given; on or off is 1, true, yes, on or 0, false, no, off, and
empty is not set.`;

const outputOf = ({ write }: ProgramOptions): { writeOut(text: string): void; writeErr(text: string): void } => ({
  writeOut: write,
  writeErr: (text) => void process.stderr.write(visible(maskSecrets(text))),
});

/** The command line of these verbs. Throws CommanderError and UsageError. */
export function createProgram(verbs: readonly Verb[], options: ProgramOptions): Command {
  const root = new Command('slipway')
    .description('One small cluster spec in, a complete validated Argo CD tree out.')
    .version(version)
    .exitOverride()
    .configureOutput(outputOf(options))
    .showHelpAfterError('Run `slipway --help` for the usage.')
    .showSuggestionAfterError(true)
    .addHelpText(
      'after',
      '\nExit codes: 0 clean, 1 errors, 2 differences, 64 usage, 130 interrupted.\nThe help of each command has its options, and the environment variables that stand in for them.',
    );
  for (const verb of verbs) root.addCommand(isGroup(verb) ? groupOf(verb, options) : commandOf(verb, [], options));
  return root;
}

function groupOf({ name, summary, commands }: Extract<Verb, { commands: unknown }>, options: ProgramOptions): Command {
  const group = new Command(name)
    .description(summary)
    .exitOverride()
    .configureOutput(outputOf(options))
    .showHelpAfterError(`Run \`slipway ${name} --help\` for the usage.`);
  for (const spec of commands) group.addCommand(commandOf(spec, [name], options));
  return group.addHelpText('after', examplesText(commands.flatMap((c) => c.examples)));
}

const examplesText = (examples: readonly string[]): string =>
  `\nExamples:\n${examples.map((e) => `  $ ${e}`).join('\n')}`;

function commandOf(spec: CommandSpec, parents: readonly string[], options: ProgramOptions): Command {
  const { env, run } = options;
  const path = [...parents, spec.name].join(' ');
  const command = new Command(spec.name)
    .description(spec.summary)
    .exitOverride()
    .configureOutput(outputOf(options))
    .showHelpAfterError(`Run \`slipway ${path} --help\` for the usage.`)
    .configureHelp({ optionDescription: describe });
  for (const [name, a] of Object.entries(spec.arguments)) command.addArgument(argumentOf(name, a));
  const declared = { ...spec.options, ...globalOptions };
  for (const [key, o] of Object.entries(declared)) command.addOption(optionOf(key, o));
  command.addHelpText('after', `${variablesText}\n${examplesText(spec.examples)}`);
  return command.action(async () => {
    const givesWay = settle(spec, command, env);
    await run({
      command: spec,
      path,
      args: argumentsOf(spec.arguments, command.processedArgs),
      options: valuesOf(spec.options, command, env, givesWay),
      global: valuesOf(globalOptions, command, env) as GlobalOptions,
    });
  });
}

function argumentOf(name: string, { description, choices, isOptional, isRepeatable }: ArgumentSpec): Argument {
  const shown = `${name}${isRepeatable === true ? '...' : ''}`;
  const argument = new Argument(isOptional === true ? `[${shown}]` : `<${shown}>`, description);
  return choices === undefined ? argument : argument.choices([...choices]);
}

/** The option of commander, with what help says beside its description. */
class DeclaredOption extends Option {
  readonly beside: readonly string[];
  constructor(flags: string, description: string, beside: readonly string[]) {
    super(flags, description);
    this.beside = beside;
  }
}

const describe = (option: Option): string =>
  option instanceof DeclaredOption && option.beside.length > 0
    ? `${option.description} (${option.beside.join(', ')})`
    : option.description;

function optionOf(key: string, spec: OptionSpec): Option {
  const { choices, initial, initialText, placeholder } = spec;
  const variable = variableOf(key, spec);
  const shown =
    initialText ?? (typeof initial === 'string' || typeof initial === 'number' ? String(initial) : undefined);
  const option = new DeclaredOption(flagsOf(key, spec), spec.description, [
    ...(choices === undefined ? [] : [`choices: ${choices.join(', ')}`]),
    ...(shown === undefined ? [] : [`default: ${shown}`]),
    ...(spec.isRepeatable === true ? ['repeatable'] : []),
    ...(variable === undefined ? [] : [`env: ${variable}`]),
  ]);
  if (placeholder === undefined) return option;
  return option.argParser((value: string, before: unknown = initial) => {
    try {
      return spec.read(value, before);
    } catch (error) {
      throw error instanceof ValueError ? new InvalidArgumentError(error.message) : error;
    }
  });
}

function argumentsOf(specs: Arguments, values: readonly unknown[]): Invocation['args'] {
  return Object.fromEntries(Object.entries(specs).map(([name, spec], i) => [name, values[i] ?? spec.initial]));
}

const isGiven = (command: Command, key: string): boolean => command.getOptionValueSource(key) === 'cli';

/** The text of the variable of an option; empty ones count as not set. */
function variableText(key: string, spec: OptionSpec, env: Env): string | undefined {
  const name = variableOf(key, spec);
  const text = name === undefined ? '' : (env(name) ?? '').trim();
  return text === '' ? undefined : text;
}

/** The command line has the last word, then comes the variable. Throws UsageError. */
function valuesOf(
  specs: Options,
  command: Command,
  env: Env,
  givesWay: ReadonlySet<string> = new Set(),
): Invocation['options'] {
  return Object.fromEntries(
    Object.entries(specs).map(([key, spec]) => {
      if (isGiven(command, key)) return [key, command.getOptionValue(key) as unknown];
      const text = variableText(key, spec, env);
      return [key, text === undefined || givesWay.has(key) ? spec.initial : fromVariable(key, spec, text)];
    }),
  );
}

function fromVariable(key: string, spec: OptionSpec, text: string): unknown {
  try {
    return readVariable(spec, text);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new UsageError(
      `"${text}" is no value of the environment variable ${variableOf(key, spec) ?? ''}. ${error.message}`,
      `It stands in for ${longFlag(key, spec)}; empty is not set.`,
    );
  }
}

/**
 * Refuses what would be passed over in silence; the keys of options whose variables give way to the command line. Throws
 * UsageError.
 */
function settle({ options, arguments: args, needs, excludes }: CommandSpec, command: Command, env: Env): Set<string> {
  const flagOf = (key: string): string => {
    const spec = options[key];
    return spec === undefined ? key : longFlag(key, spec);
  };
  const isOnLine = (key: string): boolean => {
    if (Object.hasOwn(options, key)) return isGiven(command, key);
    const value: unknown = command.processedArgs[Object.keys(args).indexOf(key)];
    return value !== undefined && !(Array.isArray(value) && value.length === 0);
  };
  const hasVariableSet = (key: string): boolean => {
    const spec = options[key];
    const text = spec === undefined ? undefined : variableText(key, spec, env);
    return spec !== undefined && text !== undefined && fromVariable(key, spec, text) !== spec.initial;
  };
  for (const [key, other] of Object.entries(needs))
    if (isOnLine(key) && !isOnLine(other) && !hasVariableSet(other))
      throw new UsageError(
        `${flagOf(key)} needs ${flagOf(other)}.`,
        `Add ${flagOf(other)}, or leave ${flagOf(key)} out.`,
      );
  for (const [one, other] of excludes)
    if (!isOnLine(one) && !isOnLine(other) && hasVariableSet(one) && hasVariableSet(other))
      throw new UsageError(
        `${[one, other].map((key) => variableOf(key, options[key] as OptionSpec) ?? flagOf(key)).join(' and ')} exclude each other.`,
        'Unset one of the two.',
      );
  const givesWay = new Set<string>();
  for (const [one, other] of [...excludes, ...excludes.map(([a, b]) => [b, a] as const)]) {
    if (!isOnLine(one)) continue;
    if (isOnLine(other))
      throw new UsageError(`${flagOf(one)} and ${flagOf(other)} exclude each other.`, 'Leave one of the two out.');
    if (!hasVariableSet(other)) continue;
    // what acts is not done against what the environment says
    if (options[one]?.hasVariable === false)
      throw new UsageError(
        `${flagOf(one)} and ${flagOf(other)} exclude each other, and ${variableOf(other, options[other] as OptionSpec) ?? ''} is set.`,
        'Leave the flag out, or unset the variable.',
      );
    givesWay.add(other);
  }
  return givesWay;
}
