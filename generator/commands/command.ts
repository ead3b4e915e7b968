import type { Context } from '../ports.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { ReportParts } from '../report/types.ts';
import type { GlobalOptions } from './globals.ts';
import type { Arguments, Options, Values } from './options.ts';

/** What a command returns; `cli.ts` prints it and sets the exit code. */
export interface Result {
  /** Data for stdout. */
  readonly text?: string;
  /** The same as data, for `-o json`. */
  readonly data?: unknown;
  /** What reports show beside the findings, see report/types.ts. */
  readonly report?: ReportParts;
  readonly diagnostics?: readonly Diagnostic[];
  /** A closing sentence for stderr. */
  readonly summary?: string;
  /** True: something differs, exit code 2 (unless there are errors). */
  readonly differs?: boolean;
}

/** One call of a command; `O` and `A` are its declarations. */
export interface Invocation<O extends Options = Options, A extends Arguments = Arguments> {
  readonly ctx: Context;
  readonly global: GlobalOptions;
  readonly args: Values<A>;
  readonly options: Values<O>;
}

/** One command of the command line, as data; `load` brings the code in when it is called. */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  readonly arguments: Arguments;
  readonly options: Options;
  /** Options that count only together with another one, by key. */
  readonly needs: Readonly<Record<string, string>>;
  /** Options, or options and arguments, that cannot be given together, by key. */
  readonly excludes: readonly (readonly [string, string])[];
  /** Whole command lines. */
  readonly examples: readonly string[];
  /** Its context has the catalogs of the fleet; false for commands that need none, or look after catalogs themselves. */
  readonly readsCatalog: boolean;
  /** It asks whoever sits at the terminal, which is that of the main thread. */
  readonly asks: boolean;
  load(): Promise<(invocation: Invocation) => Promise<Result>>;
}

/** Commands below one word: `catalog list`, `catalog show`. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly CommandSpec[];
}

export type Verb = CommandSpec | CommandGroup;

export const isGroup = (verb: Verb): verb is CommandGroup => 'commands' in verb;

interface Declaration<O extends Options, A extends Arguments> {
  readonly name: string;
  readonly summary: string;
  readonly arguments?: A;
  readonly options?: O;
  readonly needs?: Readonly<Partial<Record<keyof O, keyof O & string>>>;
  readonly excludes?: readonly (readonly [keyof (O & A) & string, keyof (O & A) & string])[];
  readonly examples: readonly [string, ...string[]];
  readonly readsCatalog?: boolean;
  readonly asks?: boolean;
  load(): Promise<(invocation: Invocation<O, A>) => Promise<Result>>;
}

/** The command of a declaration; its handler gets the values of the options and arguments that are declared, with their types. */
export function defineCommand<O extends Options = Record<never, never>, A extends Arguments = Record<never, never>>(
  declaration: Declaration<O, A>,
): CommandSpec {
  const { name, summary, examples, excludes = [], needs = {}, load } = declaration;
  return {
    name,
    summary,
    arguments: declaration.arguments ?? {},
    options: declaration.options ?? {},
    needs: needs as CommandSpec['needs'],
    excludes,
    examples,
    readsCatalog: declaration.readsCatalog ?? true,
    asks: declaration.asks ?? false,
    // program.ts reads the values by the same declaration
    load: load as CommandSpec['load'],
  };
}
