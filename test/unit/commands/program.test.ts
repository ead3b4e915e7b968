import { describe, expect, it } from 'vitest';
import { defineCommand } from '../../../generator/commands/command.ts';
import { argument, consent, flag, list, number, restArguments } from '../../../generator/commands/options.ts';
import type { Call } from '../../../generator/commands/program.ts';
import { createProgram } from '../../../generator/commands/program.ts';
import { UsageError } from '../../../generator/model/diagnostic.ts';

const verbs = [
  defineCommand({
    name: 'walk',
    summary: 'Walk.',
    arguments: { to: argument('where to'), by: restArguments('by what') },
    options: {
      fast: flag('fast'),
      slow: flag('slow'),
      check: flag('look only'),
      force: consent('over everything'),
      steps: number('n', 'steps', { initial: 1, isAllowed: (n) => n > 0, says: 'From 1 on.' }),
      dogs: list('names', 'with dogs'),
    },
    needs: { steps: 'slow' },
    excludes: [
      ['fast', 'slow'],
      ['check', 'force'],
      ['by', 'dogs'],
    ],
    examples: ['slipway walk home'],
    load: async () => () => Promise.resolve({}),
  }),
];

async function walk(words: string, variables: Readonly<Record<string, string>> = {}): Promise<Call> {
  let found: Call | undefined;
  const program = createProgram(verbs, {
    env: (name) => variables[name],
    write: () => undefined,
    run: (call) => Promise.resolve(void (found = call)),
  });
  await program.parseAsync(['walk', ...words.split(' ')], { from: 'user' });
  if (found === undefined) throw new Error('nothing was called');
  return found;
}

describe('a call', () => {
  it('has the values of what is declared, whether they are given or not', async () => {
    const plain = await walk('home');
    expect(plain.args).toEqual({ to: 'home', by: [] });
    expect(plain.options).toEqual({ fast: false, slow: false, check: false, force: false, steps: 1, dogs: [] });
    expect(plain.global).toMatchObject({ root: '.', output: 'text', color: true });
    const full = await walk('home bus tram --slow --steps 4 -o json');
    expect([full.args, full.options['steps'], full.global.output]).toEqual([
      { to: 'home', by: ['bus', 'tram'] },
      4,
      'json',
    ]);
  });

  it('takes a variable where the command line has nothing', async () => {
    const variables = { SLIPWAY_FAST: 'on', SLIPWAY_STEPS: '7', SLIPWAY_DOGS: 'a,b', SLIPWAY_NO_COLOR: '1' };
    const { options, global } = await walk('home --steps 2 --slow', { ...variables, SLIPWAY_FAST: '' });
    expect([options['steps'], options['dogs'], global.color]).toEqual([2, ['a', 'b'], false]);
    expect((await walk('home', { SLIPWAY_NO_COLOR: 'off' })).global.color).toBe(true);
    // it gives way to what contradicts it
    expect((await walk('home --slow', variables)).options).toMatchObject({ fast: false, slow: true });
    expect((await walk('home bus', variables)).options).toMatchObject({ fast: true, dogs: [] });
  });

  it('is not agreed to by the environment', async () => {
    for (const value of ['1', 'true', 'false', 'anything'])
      expect((await walk('home', { SLIPWAY_FORCE: value })).options['force']).toBe(false);
  });

  it.each([
    ['home', { SLIPWAY_FAST: 'maybe' }, /SLIPWAY_FAST.*1, true, yes, on or 0, false, no, off/],
    ['home', { SLIPWAY_STEPS: 'many' }, /SLIPWAY_STEPS.*From 1 on/],
    ['home', { SLIPWAY_OUTPUT: 'xml' }, /SLIPWAY_OUTPUT.*text, json/],
    ['home --fast --slow', {}, /--fast and --slow/],
    ['home bus --dogs rex', {}, /by and --dogs/],
    ['home --steps 3', {}, /--steps needs --slow/],
    ['home --force', { SLIPWAY_CHECK: '1' }, /--force and --check.*SLIPWAY_CHECK/],
  ])('%s with %o is refused', async (words, variables, message) => {
    const error: unknown = await walk(words, variables as Record<string, string>).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toMatch(message);
    expect((error as UsageError).hint).toMatch(/\S/);
  });
});
