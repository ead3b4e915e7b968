/** What completion offers for a value: names that this repository has, or paths. */
export type Suggestion =
  | 'cluster'
  | 'component'
  | 'capability'
  | 'capabilityOrComponent'
  | 'environment'
  | 'clusterOrEnvironment'
  | 'file'
  | 'folder';

/** A text that an option or an argument cannot take; the message says what it takes. */
export class ValueError extends Error {}

/** One option of a command; its flag is its key in the declaration: `allowDelete` is `--allow-delete`. */
export interface OptionSpec<T = unknown> {
  readonly description: string;
  /** One letter beside the long flag: `-c`. */
  readonly short?: string;
  /** What help calls its value; a flag has none. */
  readonly placeholder?: string;
  /** Its value where it is not given. */
  readonly initial: T;
  /** What help says in place of the initial value. */
  readonly initialText?: string;
  readonly choices?: readonly string[];
  readonly suggests?: Suggestion;
  /** The flag is `--no-<key>` and makes the value false. */
  readonly isNegated?: boolean;
  /** May be given several times. */
  readonly isRepeatable?: boolean;
  /** A text of it has several values, separated by commas. */
  readonly isList?: boolean;
  /** `SLIPWAY_<FLAG>` stands in for it where it is not given. */
  readonly hasVariable: boolean;
  /** The value with one more text taken in. Throws ValueError. */
  read(text: string, before: T): T;
}

/** One argument of a command, by its place; its name is its key in the declaration. */
export interface ArgumentSpec<T = unknown> {
  readonly description: string;
  readonly initial: T;
  readonly isOptional?: boolean;
  readonly isRepeatable?: boolean;
  readonly choices?: readonly string[];
  readonly suggests?: Suggestion;
}

export type Options = Readonly<Record<string, OptionSpec>>;
export type Arguments = Readonly<Record<string, ArgumentSpec>>;

/** The values of declared options or arguments, by key. */
export type Values<D extends Options | Arguments> = {
  readonly [K in keyof D]: D[K] extends OptionSpec<infer T> ? T : D[K] extends ArgumentSpec<infer T> ? T : never;
};

interface About {
  readonly short?: string;
  readonly suggests?: Suggestion;
  /** False: there is no environment variable, because it says what one call does. */
  readonly hasVariable?: boolean;
}

/** On or off. */
export const flag = (description: string, about: About = {}): OptionSpec<boolean> => ({
  description,
  initial: false,
  hasVariable: true,
  ...about,
  read: readBoolean,
});

/** A flag that acts, or agrees to something: it counts only where the command line has it. */
export const consent = (description: string): OptionSpec<boolean> => flag(description, { hasVariable: false });

/** `--no-<key>`: on unless it is given. */
export const negated = (description: string): OptionSpec<boolean> => ({
  ...flag(description),
  initial: true,
  isNegated: true,
});

export const text = (placeholder: string, description: string, about: About = {}): OptionSpec<string | undefined> => ({
  description,
  placeholder,
  initial: undefined,
  hasVariable: true,
  ...about,
  read: (value) => value,
});

/** May be given several times; a variable has one value on each line. */
export const texts = (placeholder: string, description: string, about: About = {}): OptionSpec<readonly string[]> => ({
  description,
  placeholder,
  initial: [],
  hasVariable: true,
  isRepeatable: true,
  ...about,
  read: (value, before) => [...before, ...value.split('\n').filter((line) => line !== '')],
});

/** Separated by commas; may be given several times. */
export const list = (placeholder: string, description: string, about: About = {}): OptionSpec<readonly string[]> => ({
  ...texts(placeholder, description, about),
  isList: true,
  read(value, before) {
    const items = value.split(',').map((item) => item.trim());
    // an empty text of a script would stand for all of them
    if (items.every((item) => item === '')) throw new ValueError('It takes at least one.');
    return [...before, ...items.filter((item) => item !== '')];
  },
});

export const choice = <const C extends string>(
  placeholder: string,
  description: string,
  choices: readonly [C, ...C[]],
  about: About = {},
): OptionSpec<C> => ({
  description,
  placeholder,
  initial: choices[0],
  choices,
  hasVariable: true,
  ...about,
  read(value) {
    const found = choices.find((c) => c === value);
    if (found === undefined) throw new ValueError(`Allowed choices are ${choices.join(', ')}.`);
    return found;
  },
});

interface NumberRule<T> extends About {
  readonly initial: T;
  readonly initialText?: string;
  readonly isAllowed: (n: number) => boolean;
  /** One sentence about what is allowed. */
  readonly says: string;
}

/** `T` is number, or with undefined where the code that uses it knows the initial value. */
export const number = <T extends number | undefined = number>(
  placeholder: string,
  description: string,
  { isAllowed, says, ...about }: NumberRule<T>,
): OptionSpec<T | number> => ({
  description,
  placeholder,
  hasVariable: true,
  ...about,
  read(value) {
    const n = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
    if (!Number.isFinite(n) || !isAllowed(n)) throw new ValueError(says);
    return n;
  },
});

interface AboutArgument<C extends string> {
  readonly choices?: readonly C[];
  readonly suggests?: Suggestion;
}

export const argument = <const C extends string = string>(
  description: string,
  about: AboutArgument<C> = {},
): ArgumentSpec<C> => ({ description, initial: '' as C, ...about });

export const optionalArgument = (
  description: string,
  about: AboutArgument<string> = {},
): ArgumentSpec<string | undefined> => ({ description, initial: undefined, isOptional: true, ...about });

/** As many as there are, none included. */
export const restArguments = (
  description: string,
  about: AboutArgument<string> = {},
): ArgumentSpec<readonly string[]> => ({ description, initial: [], isOptional: true, isRepeatable: true, ...about });

const yes: readonly string[] = ['1', 'true', 'yes', 'on'];
const no: readonly string[] = ['0', 'false', 'no', 'off'];

/** The value of a boolean variable. */
function readBoolean(value: string): boolean {
  const word = value.trim().toLowerCase();
  if (!yes.includes(word) && !no.includes(word))
    throw new ValueError(`It takes ${yes.join(', ')} or ${no.join(', ')}.`);
  return yes.includes(word);
}

const kebab = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** `--allow-delete`, `--no-cache`. */
export const longFlag = (key: string, spec: OptionSpec): string =>
  `--${spec.isNegated === true ? 'no-' : ''}${kebab(key)}`;

/** `-c, --cluster <globs>`. */
export function flagsOf(key: string, spec: OptionSpec): string {
  const value = spec.placeholder === undefined ? '' : ` <${spec.placeholder}>`;
  return `${spec.short === undefined ? '' : `${spec.short}, `}${longFlag(key, spec)}${value}`;
}

/** `SLIPWAY_NO_CACHE`; undefined for an option without variable. */
export const variableOf = (key: string, spec: OptionSpec): string | undefined =>
  spec.hasVariable ? `SLIPWAY_${longFlag(key, spec).slice(2).toUpperCase().replaceAll('-', '_')}` : undefined;

/** The value of an option by its variable. Throws ValueError. */
export function readVariable<T>(spec: OptionSpec<T>, value: string): T {
  const read = spec.read(value.trim(), spec.initial);
  // SLIPWAY_NO_CACHE=true is --no-cache
  return spec.isNegated === true ? (!read as T) : read;
}
