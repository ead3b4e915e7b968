import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeMaps, mergeValues } from '../../../generator/config/merge.ts';
import type { ValueMap } from '../../../generator/model/values.ts';

// a key is a map everywhere or nowhere: a scalar between two maps cuts off what is below it, by design
const leaves = fc.dictionary(
  fc.constantFrom('a', 'b'),
  fc.oneof(fc.integer(), fc.constant('x'), fc.array(fc.integer(), { maxLength: 2 })),
  { maxKeys: 2 },
);
const branches = fc.dictionary(fc.constantFrom('c', 'd'), leaves, { maxKeys: 2 });
const maps = fc
  .tuple(leaves, branches, fc.option(branches, { nil: undefined }))
  .map(([l, b, deep]) => ({ ...l, ...b, ...(deep === undefined ? {} : { e: deep }) })) as fc.Arbitrary<ValueMap>;

describe('mergeMaps', () => {
  it('merges maps, replaces lists, removes with null', () => {
    expect(mergeMaps({ a: { b: 1, c: [1, 2] }, d: 1 }, { a: { c: [3], e: 2 }, d: null })).toEqual({
      a: { b: 1, c: [3], e: 2 },
    });
  });

  it('has the empty map as identity, is idempotent and associative', () => {
    fc.assert(
      fc.property(maps, maps, maps, (a, b, c) => {
        expect(mergeMaps(a, {})).toEqual(a);
        expect(mergeMaps({}, a)).toEqual(a);
        expect(mergeMaps(a, a)).toEqual(a);
        expect(mergeMaps(mergeMaps(a, b), c)).toEqual(mergeMaps(a, mergeMaps(b, c)));
      }),
    );
  });

  it('changes neither argument', () => {
    fc.assert(
      fc.property(maps, maps, (a, b) => {
        const before = JSON.stringify([a, b]);
        mergeMaps(a, b);
        expect(JSON.stringify([a, b])).toBe(before);
      }),
    );
  });

  it('treats __proto__ as any other key', () => {
    const evil = JSON.parse('{"__proto__": {"polluted": true}}') as ValueMap;
    const merged = mergeMaps({}, evil);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.keys(merged)).toEqual(['__proto__']);
  });
});

describe('mergeValues', () => {
  it('keeps null, with which Helm removes the default of a chart', () => {
    expect(mergeValues({ a: { b: 1 } }, { a: { b: null }, c: null })).toEqual({ a: { b: null }, c: null });
  });
});
