import type { Context } from '../ports.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { ReportParts } from '../report/types.ts';

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

/** Options every command understands, by name. */
export interface GlobalOptions {
  readonly root: string;
  readonly cluster: readonly string[];
  readonly component: readonly string[];
  readonly selector?: string;
  readonly output: 'text' | 'json' | 'markdown' | 'github' | 'sarif' | 'junit';
  readonly stats: boolean;
  /** How many threads may render side by side. */
  readonly jobs?: number;
  /** Touch no network. */
  readonly offline?: boolean;
}

export interface Invocation {
  readonly ctx: Context;
  readonly global: GlobalOptions;
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

export interface OptionSpec {
  readonly flags: string;
  readonly description: string;
  /** May be given several times; its value is a list. */
  readonly isRepeatable?: boolean;
}

/** One verb of the command line, as data; `load` brings the code in when it is called. */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** `[name]` may be left out, `[name...]` may also be given several times. */
  readonly arguments?: readonly {
    readonly name: string;
    readonly description: string;
    readonly choices?: readonly string[];
  }[];
  readonly options?: readonly OptionSpec[];
  readonly examples: readonly string[];
  load(): Promise<(invocation: Invocation) => Promise<Result>>;
}
