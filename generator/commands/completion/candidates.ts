import { globalOptions } from '../globals.ts';
import type { CommandSpec, Verb } from '../command.ts';
import { isGroup } from '../command.ts';
import type { OptionSpec, Suggestion } from '../options.ts';
import { longFlag } from '../options.ts';
import type { Names } from './names.ts';

export interface Candidate {
  /** A whole word, in place of the one that is typed. */
  readonly text: string;
  readonly about: string;
}

export interface Candidates {
  readonly candidates: readonly Candidate[];
  /** Which paths the shell offers beside them. */
  readonly paths: 'none' | 'file' | 'folder';
}

/** What may stand in place of the last of the words behind `slipway`; those before it are as they were typed. */
export function candidatesFor(verbs: readonly Verb[], words: readonly string[], names: Names): Candidates {
  const [first, second] = words;
  if (words.length <= 1) return starting(first ?? '', [...verbs.map(named), ...helpAndVersion]);
  const verb = verbs.find((v) => v.name === first);
  if (first === 'help') return words.length === 2 ? starting(second ?? '', verbs.map(named)) : nothing;
  if (verb === undefined) return nothing;
  if (!isGroup(verb)) return ofCommand(verb, words.slice(1), names);
  if (words.length === 2) return starting(second ?? '', [...verb.commands.map(named), help]);
  const command = verb.commands.find((c) => c.name === second);
  return command === undefined ? nothing : ofCommand(command, words.slice(2), names);
}

const nothing: Candidates = { candidates: [], paths: 'none' };
const help: Candidate = { text: '--help', about: 'show the help' };
const helpAndVersion: readonly Candidate[] = [help, { text: '--version', about: 'show the version' }];

const named = ({ name, summary }: Verb): Candidate => ({ text: name, about: summary });

const starting = (
  typed: string,
  candidates: readonly Candidate[],
  paths: Candidates['paths'] = 'none',
): Candidates => ({
  // flags come when they are asked for
  candidates: candidates.filter(({ text }) => text.startsWith(typed) && (typed !== '' || !text.startsWith('-'))),
  paths,
});

interface Declared {
  readonly key: string;
  readonly spec: OptionSpec;
  readonly flag: string;
}

interface Parsed {
  readonly given: ReadonlySet<string>;
  readonly positionals: number;
  /** The option whose value the last word is. */
  readonly open: Declared | undefined;
  readonly onlyPositionals: boolean;
  readonly root: string | undefined;
}

function ofCommand(command: CommandSpec, words: readonly string[], names: Names): Candidates {
  const declared = Object.entries({ ...command.options, ...globalOptions }).map(([key, spec]): Declared => ({
    key,
    spec,
    flag: longFlag(key, spec),
  }));
  const typed = words.at(-1) ?? '';
  const { given, positionals, open, onlyPositionals, root } = parsed(declared, words.slice(0, -1));
  const offer = (what: Suggestion): readonly string[] => names(what, root);
  if (open !== undefined) return valuesOf(open.spec, typed, '', offer);
  if (typed.startsWith('-') && !onlyPositionals) {
    const [, flag = '', value] = /^(--[^=]+)=(.*)$/s.exec(typed) ?? [];
    const option = declared.find((o) => o.flag === flag && o.spec.placeholder !== undefined);
    if (value !== undefined) return option === undefined ? nothing : valuesOf(option.spec, value, `${flag}=`, offer);
    return starting(typed, [...flagsLeft(command, declared, given), help]);
  }
  const args = Object.values(command.arguments);
  const last = args.at(-1);
  const spec = args[positionals] ?? (last?.isRepeatable === true ? last : undefined);
  return spec === undefined ? nothing : valuesOf(spec, typed, '', offer);
}

/** What the words before the typed one say. */
function parsed(declared: readonly Declared[], words: readonly string[]): Parsed {
  const given = new Set<string>();
  let [positionals, onlyPositionals] = [0, false];
  let open: Declared | undefined;
  let root: string | undefined;
  for (const word of words) {
    if (open !== undefined) {
      if (open.key === 'root') root = word;
      open = undefined;
    } else if (onlyPositionals || !word.startsWith('-') || word === '-') positionals += 1;
    else if (word === '--') onlyPositionals = true;
    else {
      const [name, value] = [word.replace(/=.*$/s, ''), /=(.*)$/s.exec(word)?.[1]];
      const option = declared.find((o) => o.flag === name || o.spec.short === name);
      if (option === undefined) continue;
      given.add(option.key);
      if (value !== undefined && option.key === 'root') root = value;
      if (value === undefined && option.spec.placeholder !== undefined) open = option;
    }
  }
  return { given, positionals, open, onlyPositionals, root };
}

/** Flags that are not given yet, and that do not contradict those that are. */
function flagsLeft({ excludes }: CommandSpec, declared: readonly Declared[], given: ReadonlySet<string>): Candidate[] {
  const isExcluded = (key: string): boolean =>
    excludes.some(([a, b]) => (a === key && given.has(b)) || (b === key && given.has(a)));
  return declared
    .filter(({ key, spec }) => (!given.has(key) || spec.isRepeatable === true) && !isExcluded(key))
    .map(({ flag, spec }) => ({ text: flag, about: spec.description }));
}

/** Choices and names; behind the last comma of a list. */
function valuesOf(
  { choices, suggests, isList }: Partial<Pick<OptionSpec, 'choices' | 'suggests' | 'isList'>>,
  typed: string,
  flag: string,
  offer: (what: Suggestion) => readonly string[],
): Candidates {
  if (suggests === 'file' || suggests === 'folder') return { candidates: [], paths: suggests };
  const before = isList === true ? typed.slice(0, typed.lastIndexOf(',') + 1) : '';
  const taken = before.split(',');
  const values = choices ?? (suggests === undefined ? [] : offer(suggests).filter((name) => !taken.includes(name)));
  return starting(
    `${flag}${typed}`,
    values.map((value) => ({ text: `${flag}${before}${value}`, about: '' })),
  );
}
