import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { globalOptions } from '../../generator/commands/globals.ts';
import { commands } from '../../generator/commands/index.ts';
import { longFlag, variableOf } from '../../generator/commands/options.ts';
import type { DiagnosticCode } from '../../generator/model/codes.ts';
import { codes } from '../../generator/model/codes.ts';
import { caseNames, casesFolder, readCase, words } from '../helpers/cases.ts';
import { repository, snapshot } from '../helpers/workspace.ts';

const cases = caseNames().map((name) => ({ name, ...readCase(name) }));
const runs = cases.flatMap(({ steps }) => steps.flatMap((s) => (s.slipway === undefined ? [] : [words(s.slipway)])));

/** The text of every test that is written in code. */
const asserted = readdirSync(join(repository, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((f) => f.endsWith('.test.ts') && f !== 'repository/architecture.test.ts' && !f.startsWith('e2e/'))
  .map((f) => readFileSync(join(repository, 'test', f), 'utf8'))
  .join('\n');

/** Whether the words of a call are those of a command. */
const isCallOf = (path: string, call: readonly string[]): boolean =>
  call.slice(0, path.split(' ').length).join(' ') === path;

describe('every command', () => {
  it.each(commands)('$path has a case that ends well, and an example that is one of its runs', ({ path, examples }) => {
    const endsWell = cases.some(({ steps }) =>
      steps.some((s) => s.exit === 0 && isCallOf(path, words(s.slipway ?? []))),
    );
    expect(endsWell || asserted.includes(`'${path.split(' ').join("', '")}'`)).toBe(true);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(example).toMatch(new RegExp(`^slipway ${path}\\b`));
  });

  it.each(commands)('the help of $path shows its examples, options and variables, and no others', (command) => {
    const help = readFileSync(join(casesFolder, 'help', 'stdout.txt'), 'utf8')
      .split(/^(?=\$ slipway )/m)
      .find((block) => block.startsWith(`$ slipway ${command.path} --help\n`));
    for (const example of command.examples) expect(help).toContain(`  $ ${example}\n`);
    const declared = Object.entries({ ...command.options, ...globalOptions });
    const [body = ''] = (help ?? '').split('\nExamples:\n');
    const flags = [...body.matchAll(/^  (?:-\w, )?(--[a-z-]+)/gm)].map((m) => m[1]);
    expect(flags).toEqual([...declared.map(([key, spec]) => longFlag(key, spec)), '--help']);
    const variables = declared.flatMap(([key, spec]) => variableOf(key, spec) ?? []);
    expect(body.replace(/\s+/g, ' ').match(/SLIPWAY_[A-Z_]+/g) ?? []).toEqual(variables);
  });

  it.each(commands)('what goes with what in $path is about options and arguments that it has', (command) => {
    const options = Object.keys(command.options);
    for (const [key, other] of Object.entries(command.needs))
      expect(options).toEqual(expect.arrayContaining([key, other]));
    for (const pair of command.excludes)
      expect([...options, ...Object.keys(command.arguments)]).toEqual(expect.arrayContaining([...pair]));
    // every command reads these
    expect(options.filter((key) => Object.hasOwn(globalOptions, key))).toEqual([]);
  });

  const options = commands.flatMap((c) =>
    Object.entries(c.options).map(([key, spec]) => ({ ...c, flag: longFlag(key, spec), short: spec.short ?? '-?' })),
  );
  it.each(options)('option $path $flag is in a case, an example or a test', ({ path, flag, short, examples }) => {
    const lines = [...runs.map((r) => `slipway ${r.join(' ')}`), ...examples];
    const isRun = lines.some(
      (l) => l.startsWith(`slipway ${path} `) && (l.includes(` ${flag}`) || l.includes(` ${short} `)),
    );
    expect(isRun || asserted.includes(`'${flag}'`)).toBe(true);
  });
});

/** Codes that no test can bring about, and why. */
const unreachable: Partial<Record<DiagnosticCode, string>> = {
  'tool/version': 'The program under test does not start with an older Node.js.',
};

describe('every diagnostic code', () => {
  const output = cases.map(({ name }) =>
    [...snapshot(join(casesFolder, name))].filter(([p]) => /^std(?:out|err)\.txt$/.test(p)),
  );
  const printed = output
    .flat()
    .map(([, text]) => text)
    .join('\n');
  const documented = readFileSync(join(repository, 'docs/errors.md'), 'utf8');

  it.each(Object.keys(codes) as DiagnosticCode[])('%s is brought about by a case or a test', (code) => {
    const isPrinted = new RegExp(`(?:error|warning) {2}${code}(?: |$)`, 'm').test(printed);
    const isAsserted = new RegExp(`['/: ]${code}(?:['\\\\ ]|$)`, 'm').test(asserted);
    expect(unreachable[code] === undefined).toBe(isPrinted || isAsserted);
  });

  it('is documented, and nothing else is', () => {
    const headings = [...documented.matchAll(/^### (.+)$/gm)].map((m) => m[1]);
    expect(headings.sort()).toEqual(Object.keys(codes).sort());
  });
});

describe('every finding of a case', () => {
  /** Findings about the machine or the remote have no place in a file. */
  const placeless = /^(?:git|tool)\//;

  it.each(cases.map((c) => c.name))('of %s names its place and a next step', (name) => {
    const text = snapshot(join(casesFolder, name)).get('stderr.txt') ?? '';
    for (const block of text.split(/\n(?=\S+:\d+:\d+ {2}(?:error|warning) |(?:error|warning) {2}|\$ slipway)/)) {
      const [, place, code] = /^(?:(\S+:\d+:\d+) {2})?(?:error|warning) {2}(\S+)/.exec(block) ?? [];
      if (code === undefined) continue;
      expect([code, place]).toEqual([code, placeless.test(code) ? place : expect.any(String)]);
      expect(block).toMatch(/\n {2}→ \S/);
    }
  });
});
