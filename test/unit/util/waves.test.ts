import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeWaves } from '../../../generator/util/waves.ts';

describe('computeWaves', () => {
  it('takes the longest path, and puts what nothing depends on last', () => {
    const { waves, cycle } = computeWaves(
      new Map([
        ['a', []],
        ['b', ['a']],
        ['c', ['a', 'b']],
        ['d', ['a']],
      ]),
    );
    expect(Object.fromEntries(waves)).toEqual({ a: 0, b: 1, c: 2, d: 2 });
    expect(cycle).toBeUndefined();
  });

  it('puts the platform first, and everything else after all of it', () => {
    const { waves } = computeWaves(
      new Map([
        ['namespaces', []],
        ['definitions', ['namespaces']],
        ['argocd', ['definitions']],
        ['operator', ['namespaces']],
        ['gateway', ['definitions', 'issuers']],
        ['issuers', ['namespaces']],
        ['database', ['operator']],
        ['topic', ['namespaces']],
        ['route', ['gateway']],
      ]),
      new Set(['argocd', 'gateway']),
    );
    expect(Object.fromEntries(waves)).toEqual({
      namespaces: 0,
      definitions: 1,
      issuers: 1,
      argocd: 2,
      gateway: 2,
      operator: 3,
      database: 4,
      route: 4,
      topic: 4,
    });
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
      fc.property(
        fc.array(fc.tuple(fc.nat(12), fc.nat(12)), { maxLength: 30 }),
        fc.array(fc.nat(12)),
        (pairs, early) => {
          const platform = new Set(early.map(String));
          const edges = new Map<string, string[]>(Array.from({ length: 13 }, (_, i) => [String(i), []]));
          for (const [a, b] of pairs) if (a > b) edges.get(String(a))?.push(String(b));
          const { waves } = computeWaves(edges, platform);
          for (const [node, on] of edges)
            for (const other of on) expect(waves.get(other)).toBeLessThan(waves.get(node) ?? -1);
          const isNeeded = new Set([...edges.values()].flat());
          const last = Math.max(...waves.values());
          for (const node of edges.keys())
            if (!isNeeded.has(node) && !platform.has(node)) expect(waves.get(node)).toBe(last);
          expect(computeWaves(new Map([...edges].reverse()), platform).waves).toEqual(waves);
        },
      ),
    );
  });
});
