import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeWaves } from '../../../generator/util/waves.ts';

describe('computeWaves', () => {
  it('takes the longest path', () => {
    const { waves, cycle } = computeWaves(
      new Map([
        ['a', []],
        ['b', ['a']],
        ['c', ['a', 'b']],
        ['d', ['a']],
      ]),
    );
    expect(Object.fromEntries(waves)).toEqual({ a: 0, b: 1, c: 2, d: 1 });
    expect(cycle).toBeUndefined();
  });

  it('reports a cycle with its path', () => {
    expect(
      computeWaves(
        new Map([
          ['a', ['c']],
          ['b', ['a']],
          ['c', ['b']],
        ]),
      ).cycle,
    ).toEqual(['a', 'c', 'b', 'a']);
  });

  it('puts everything after what it needs, in any order of the input', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(12), fc.nat(12)), { maxLength: 30 }), (pairs) => {
        const edges = new Map<string, string[]>(Array.from({ length: 13 }, (_, i) => [String(i), []]));
        for (const [a, b] of pairs) if (a > b) edges.get(String(a))?.push(String(b));
        const { waves } = computeWaves(edges);
        for (const [node, on] of edges)
          for (const other of on) expect(waves.get(other)).toBeLessThan(waves.get(node) ?? -1);
        expect(computeWaves(new Map([...edges].reverse())).waves).toEqual(waves);
      }),
    );
  });
});
