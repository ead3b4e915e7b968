import { describe, expect, it } from 'vitest';
import { createKubernetesCel } from '../../../../generator/kubernetes/cel/environment.ts';
import { withListKind } from '../../../../generator/kubernetes/cel/equality.ts';
import { compileRule, stepsPerRule } from '../../../../generator/kubernetes/cel/rule.ts';

const cel = createKubernetesCel();

function evaluate(rule: string, self: unknown): unknown {
  const program = compileRule(cel, rule);
  if (typeof program === 'string') throw new Error(`not compiled: ${program}`);
  return program({ self });
}

const whole = (count: number): bigint[] => Array.from({ length: count }, (_, i) => BigInt(i));

const quantityOf = (text: string): unknown => evaluate(`quantity("${text}")`, 1n);

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
    ['self.sortBy(x, -x) == [3, 2, 1] && self.sortBy(x, x % 2) == [2, 1, 3]', [1n, 2n, 3n]],
    ['self.map(x, {"n": x}).sortBy(m, m.n)[0].n == 1', [2n, 1n]],
    ['self.transformMapEntry(i, x, x > 1, {"a": x}) == {"a": 2}', [1n, 2n]],
    ['self.transformMapEntry(k, v, {k + "x": v}) == {"ax": 1}', { a: 1n }],
    ['[[[1]], [[2]]].flatten(2) == [1, 2] && self.distinct() == [quantity("1")]', [1n].map(() => quantityOf('1000m'))],
    ['[b"b", b"a"].min() == b"a" && [duration("2s"), duration("1s")].sort()[0] == duration("1s")', 1n],
    ['optional.of(self) == optional.of(1) && optional.none() != optional.of(self)', 1n],
    ['[self, "a"].join("-") == "a-a"', 'a'],
    // names of the library are free for variables
    ['self.all(ip, ip == "a") && self.all(format, format.size() == 1) && self.all(sets, true)', ['a']],
  ])('%s is true', (rule, self) => {
    expect(evaluate(rule, self)).toBe(true);
  });

  it('put a key into a map once', () => {
    expect(() => evaluate('self.transformMapEntry(i, x, {"a": x}).size() > 0', [1n, 2n])).toThrow(
      'key a already exists',
    );
  });

  it('compare and add lists without an order in linear time', () => {
    const set = { type: 'set', keys: [] } as const;
    const long = withListKind(whole(100_000), set);
    const other = whole(100_000).toReversed();
    const context = { a: long, b: other };
    expect(evaluate('self.a == self.b && self.b != self.a && (self.a + self.b).size() == 100000', context)).toBe(true);
    const byName = { type: 'map', keys: ['name'] } as const;
    const entries = withListKind(
      [
        { name: 'a', n: 1n },
        { name: 'b', n: 2n },
      ],
      byName,
    );
    expect(evaluate('self == [{"name": "b", "n": 2}, {"name": "a", "n": 1}]', entries)).toBe(true);
    expect(evaluate('self + [{"name": "a", "n": 3}] == [{"name": "b", "n": 2}, {"name": "a", "n": 3}]', entries)).toBe(
      true,
    );
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
