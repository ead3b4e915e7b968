import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  gatheredAt,
  isGathered,
  mergeLayers,
  mergeMaps,
  mergeValues,
  originsOf,
} from '../../../generator/config/merge.ts';
import type { Layer } from '../../../generator/model/layer.ts';
import type { ValueMap } from '../../../generator/model/values.ts';
import { listAt, textAt, valueAt } from '../../../generator/model/values.ts';
import { parseSource } from '../../../generator/yaml/source.ts';

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

const source = {
  file: 'x.yaml',
  text: '',
  value: {},
  at: () => ({ file: 'x.yaml', line: 1, col: 1 }),
  has: () => true,
  isBlank: () => false,
} as unknown as Layer['source'];

const layersOf = (values: readonly ValueMap[]): Layer[] =>
  values.map((value, i) => ({ label: String(i), source, base: '/spec', value }));

const nullable = fc.option(fc.integer({ min: 0, max: 3 }), { nil: null });
const valuesMap = fc.dictionary(
  fc.constantFrom('a', 'b'),
  fc.oneof(nullable, fc.dictionary(fc.constantFrom('x', 'y'), nullable)),
);
const entry = fc.record(
  { version: fc.option(fc.constantFrom('1', '2'), { nil: null }), values: fc.option(valuesMap, { nil: null }) },
  { requiredKeys: [] },
);
const spec = fc.record(
  {
    domain: fc.option(fc.constantFrom('p', 'q'), { nil: null }),
    components: fc.option(fc.dictionary(fc.constantFrom('c', 'd', '__proto__'), fc.option(entry, { nil: null })), {
      nil: null,
    }),
    silence: fc.option(fc.array(fc.record({ code: fc.constantFrom('k', 'l') }), { maxLength: 2 }), { nil: null }),
    list: fc.array(fc.record({ name: fc.integer(), size: fc.integer() }, { requiredKeys: ['name'] }), { maxLength: 2 }),
  },
  { requiredKeys: [] },
) as unknown as fc.Arbitrary<ValueMap>;

/** Every pointer of a value, down to its scalars. */
const pointersOf = (value: unknown, at = ''): string[] =>
  typeof value === 'object' && value !== null
    ? Object.keys(value).flatMap((key) => [
        `${at}/${key}`,
        ...pointersOf(Object.getOwnPropertyDescriptor(value, key)?.value, `${at}/${key}`),
      ])
    : [];

describe('mergeLayers', () => {
  const values = (...components: readonly unknown[]): unknown =>
    mergeLayers(layersOf(components.map((own) => ({ components: own }) as ValueMap)))['components'];

  it('removes the values of a component, a key of them and its whole entry with null', () => {
    const below = { c: { version: '1', values: { a: 1, b: { x: 1 } } } };
    expect(values(below, { c: { values: null } })).toEqual({ c: { version: '1' } });
    expect(values(below, { c: { values: null } }, { c: { values: { b: { y: 2 } } } })).toEqual({
      c: { version: '1', values: { b: { y: 2 } } },
    });
    expect(values(below, { c: null })).toEqual({});
    expect(values(below, { c: null }, { c: { values: { a: 2 } } })).toEqual({ c: { values: { a: 2 } } });
    // for Helm null is a value: it takes the default of the chart away too
    expect(values(below, { c: { values: { a: null, b: { x: null } } } })).toEqual({
      c: { version: '1', values: { a: null, b: { x: null } } },
    });
    expect(mergeLayers(layersOf([{ components: below }, { components: null }]))).toEqual({});
  });

  it('agrees with who is said to have set a value', () => {
    fc.assert(
      fc.property(fc.array(spec, { minLength: 1, maxLength: 4 }), (specs) => {
        const layers = layersOf(specs);
        const merged = mergeLayers(layers);
        for (const pointer of new Set([...specs, merged].flatMap((s) => pointersOf(s)))) {
          const value = valueAt(merged, pointer);
          const [origin] = originsOf(layers, pointer);
          const isScalar = value === null || typeof value !== 'object';
          // a map is made of what all its writers say
          if (value === undefined) expect([undefined, null]).toContain(origin?.value);
          else if (isScalar) expect([pointer, origin?.value]).toEqual([pointer, value]);
          else expect([pointer, typeof origin?.value]).toEqual([pointer, 'object']);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('lists that layers add to', () => {
  const layer = (label: string, value: ValueMap): Layer => ({
    label,
    source: parseSource(`${label}.yaml`, `spec: ${JSON.stringify(value)}`).value as Layer['source'],
    base: '/spec',
    value,
  });
  const patches = (...names: string[]): ValueMap => ({
    components: { web: { patches: names.map((name) => ({ target: { name } })) } },
  });
  const namesIn = (layers: readonly Layer[]): unknown[] =>
    listAt(mergeLayers(layers), 'components', 'web', 'patches').map((p) => textAt(p, 'target', 'name'));

  it('patches of a component are among them, and null takes away those below', () => {
    const below = [layer('base', patches('a', 'b')), layer('child', patches('c'))];
    expect(namesIn(below)).toEqual(['a', 'b', 'c']);
    expect(namesIn([...below, layer('own', { components: { web: { patches: null } } })])).toEqual([]);
    expect(namesIn([...below, layer('own', { components: { web: null } }), layer('top', patches('d'))])).toEqual(['d']);
  });

  it('an item is found in the layer that wrote it', () => {
    const layers = [layer('base', patches('a', 'b')), layer('none', {}), layer('own', patches('c'))];
    const origins = originsOf(layers, '/components/web/patches/2/target/name');
    expect(origins.map((o) => [o.label, o.pointer, o.value])).toEqual([
      ['own', '/spec/components/web/patches/0/target/name', 'c'],
    ]);
    expect(gatheredAt(layers, ['components', 'web', 'patches']).map((g) => [g.label, g.index])).toEqual([
      ['base', 0],
      ['base', 1],
      ['own', 0],
    ]);
    expect(isGathered('/components/web/patches')).toBe(true);
    expect(isGathered('/components/web/syncOptions')).toBe(false);
  });
});
