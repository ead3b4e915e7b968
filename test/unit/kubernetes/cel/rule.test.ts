import { describe, expect, it } from 'vitest';
import { createKubernetesCel } from '../../../../generator/kubernetes/cel/environment.ts';
import { compileRule, stepsPerRule } from '../../../../generator/kubernetes/cel/rule.ts';

const cel = createKubernetesCel();

function evaluate(rule: string, self: unknown): unknown {
  const program = compileRule(cel, rule);
  if (typeof program === 'string') throw new Error(`not compiled: ${program}`);
  return program({ self });
}

const whole = (count: number): bigint[] => Array.from({ length: count }, (_, i) => BigInt(i));

describe('rules', () => {
  it.each([
    ['self.a.b - (2 - 1) == 2', { a: { b: 3n } }],
    ['has(self.m["a"].b) && !has(self.m["a"].c)', { m: { a: { b: 1n } } }],
    ['(self.matches("(?i)^A$") || false) && matches(self, "^a")', 'a'],
    ['self.all(i, v, v > i)', [1n, 2n]],
    ['self.all(k, v, v.all(i, w, self[k][i] == w))', { a: [1n, 2n], b: [] }],
    ['self.transformList(i, v, v > 1, v * i) == [2]', [1n, 2n]],
    ['self.transformMap(k, v, v + 1).b == 3', { a: 1n, b: 2n }],
    ['self.?a.optMap(x, (x + 1) * 2).orValue(0) == 4 && !self.?b.optMap(x, x).hasValue()', { a: 1n }],
    ['self.?a.optFlatMap(x, self.?b).orValue(7) == 2', { a: 1n, b: 2n }],
    ['self.existsOne(x, x == 1)', [1n, 2n]],
    ['self.distinct() == [1, 2] && self.sort() == [1, 1, 2] && self.reverse() == [2, 1, 1]', [1n, 1n, 2n]],
    ['self.slice(1, 2) == [2] && [[1], [2]].flatten() == self && lists.range(2) == [0, 1]', [1n, 2n]],
    // names of the library are free for variables
    ['self.all(ip, ip == "a") && self.all(format, format.size() == 1) && self.all(sets, true)', ['a']],
  ])('%s is true', (rule, self) => {
    expect(evaluate(rule, self)).toBe(true);
  });

  it('end where the API server ends them, whatever swallows errors', () => {
    const long = whole(Math.ceil(Math.cbrt(stepsPerRule)) + 1);
    for (const rule of [
      'self.all(a, self.all(b, self.all(c, a + b + c >= 0)))',
      'self.exists(a, self.exists(b, self.exists(c, a + b + c < 0)))',
      'self.map(a, self.map(b, self.map(c, c))).size() > 0',
      'self.all(i, a, self.all(j, b, self.all(k, c, c >= 0)))',
    ])
      expect(() => evaluate(rule, long)).toThrow('takes more steps than the API server allows');
    expect(evaluate('self.all(a, self.all(b, a + b >= 0))', long)).toBe(true);
  });

  it('match in a time that grows with the text', () => {
    expect(evaluate('self.matches("^(a+)+$")', `${'a'.repeat(100_000)}b`)).toBe(false);
  });

  it('that nobody can read come back with why', () => {
    expect(compileRule(cel, 'self.noSuchFunction()')).toContain('noSuchFunction');
    expect(compileRule(cel, 'self.')).toEqual(expect.any(String));
  });
});
