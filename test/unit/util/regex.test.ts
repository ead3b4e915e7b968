import { describe, expect, it } from 'vitest';
import { compilePattern, literalPattern, patternProblem } from '../../../generator/util/regex.ts';

const seconds = (work: () => void): number => {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
};

describe('compilePattern', () => {
  it.each(['^(a+)+$', '^(a|aa)+$', '^(.*a){20}$', '(x+x+)+y', '^(([a-z])+.)+[A-Z]([a-z])+$'])(
    'ends on %s however long the text is',
    (source) => {
      const pattern = compilePattern(source);
      expect(seconds(() => pattern.test(`${'a'.repeat(100_000)}!`))).toBeLessThan(2);
    },
  );

  it('gives groups, undefined where one has no part', () => {
    expect(compilePattern('(a)|(b)').exec('xb')).toEqual(['b', undefined, 'b']);
    expect(compilePattern('(a)').exec('x')).toBeUndefined();
  });

  it('reads the escapes that JSON Schema takes from JavaScript', () => {
    const control = compilePattern('^[^\\u0000-\\u001f\\u{7f}]+$');
    expect([control.test('plain'), control.test('a\u0007'), control.test('\u007f')]).toEqual([true, false, false]);
    expect(compilePattern('^\\\\u0041$').test('\\u0041')).toBe(true);
  });

  it.each([
    '(',
    '(?!a)',
    '(?<=a)b',
    '(a)\\1',
    '(?<n>a)\\k<n>',
    '((a{0,100}){0,100}){0,100}',
    `${'('.repeat(5000)}${')'.repeat(5000)}`,
  ])('refuses %s', (source) => {
    expect(() => compilePattern(source)).toThrow(SyntaxError);
    expect(patternProblem(source)).toMatch(/^\w/);
  });

  it('takes text for itself', () => {
    const text = 'a.b*(c)[d]{1}^$|\\+?\n';
    expect(compilePattern(`^${literalPattern(text)}$`).test(text)).toBe(true);
    expect(patternProblem(literalPattern(text))).toBeUndefined();
  });
});
