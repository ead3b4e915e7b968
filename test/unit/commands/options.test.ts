import { describe, expect, it } from 'vitest';
import type { OptionSpec } from '../../../generator/commands/options.ts';
import {
  choice,
  consent,
  flag,
  flagsOf,
  list,
  longFlag,
  negated,
  number,
  readVariable,
  text,
  texts,
  ValueError,
  variableOf,
} from '../../../generator/commands/options.ts';

const count: OptionSpec<number> = number('n', 'a count', { initial: 3, isAllowed: (n) => n >= 1, says: 'From 1 on.' });

describe('an option', () => {
  it('has its flag and its variable from its key', () => {
    expect(longFlag('allowDelete', consent('x'))).toBe('--allow-delete');
    expect(longFlag('cache', negated('x'))).toBe('--no-cache');
    expect(flagsOf('cluster', list('globs', 'x', { short: '-c' }))).toBe('-c, --cluster <globs>');
    expect(variableOf('ignoreMissingSchemas', flag('x'))).toBe('SLIPWAY_IGNORE_MISSING_SCHEMAS');
    expect(variableOf('cache', negated('x'))).toBe('SLIPWAY_NO_CACHE');
    expect(variableOf('force', consent('x'))).toBeUndefined();
    expect(variableOf('branch', text('name', 'x', { hasVariable: false }))).toBeUndefined();
  });

  it.each([
    ['1', true],
    ['true', true],
    ['YES', true],
    ['On', true],
    ['0', false],
    ['False', false],
    ['no', false],
    ['off', false],
  ])('reads a flag by the variable %s', (value, expected) => {
    expect(readVariable(flag('x'), value)).toBe(expected);
    expect(readVariable(negated('x'), value)).toBe(!expected);
  });

  it.each(['2', 'maybe', 'truee', '-1', 'null', 'y'])('refuses %s for a flag', (value) => {
    expect(() => readVariable(flag('x'), value)).toThrow(ValueError);
    expect(() => readVariable(negated('x'), value)).toThrow(ValueError);
  });

  it('reads numbers, choices and lists by the rules of the command line', () => {
    expect(readVariable(count, '4')).toBe(4);
    for (const value of ['0', '-1', '1e3', '0x10', 'four', '1,2', 'Infinity', ' '])
      expect(() => readVariable(count, value)).toThrow(ValueError);
    const form = choice('form', 'x', ['dot', 'text']);
    expect([form.initial, readVariable(form, 'text')]).toEqual(['dot', 'text']);
    expect(() => readVariable(form, 'png')).toThrow('Allowed choices are dot, text.');
    const names = list('names', 'x');
    expect(readVariable(names, 'a, b,,c')).toEqual(['a', 'b', 'c']);
    expect(names.read('d', ['a'])).toEqual(['a', 'd']);
    for (const nothing of ['', ',', ' , ']) expect(() => names.read(nothing, [])).toThrow(ValueError);
    expect(readVariable(texts('template', 'x'), 'a,b\nc')).toEqual(['a,b', 'c']);
  });
});
