import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText, isUnordered } from '../../../generator/diff/canonical.ts';
import { applyDiff, diffValues, pathText } from '../../../generator/diff/fields.ts';
import type { Value, ValueMap } from '../../../generator/model/values.ts';
import { isList, isMap } from '../../../generator/model/values.ts';

const lines = (before: Value, after: Value): string[] =>
  diffValues(before, after).map((c) => `${c.kind} ${pathText(c.path)}`);

describe('lists', () => {
  const container = (name: string, image: string): ValueMap => ({ name, image, env: [{ name: 'A', value: '1' }] });

  it.each([
    [
      'containers by name, in any order',
      { containers: [container('a', 'x:1'), container('b', 'y:1')] },
      { containers: [container('b', 'y:2'), container('a', 'x:1')] },
      ['changed containers[name=b].image'],
    ],
    [
      'init containers run in their order',
      { initContainers: [container('a', 'x'), container('b', 'y')] },
      { initContainers: [container('b', 'y'), container('a', 'x')] },
      ['order initContainers'],
    ],
    [
      'ports of one number and two protocols',
      { ports: [{ containerPort: 53 }, { containerPort: 53, protocol: 'UDP' }] },
      { ports: [{ containerPort: 53, protocol: 'UDP', name: 'dns' }, { containerPort: 53 }] },
      ['added ports[containerPort=53,protocol=UDP].name'],
    ],
    [
      'variables that use others',
      {
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '$(A)' },
        ],
      },
      {
        env: [
          { name: 'B', value: '$(A)' },
          { name: 'A', value: '1' },
        ],
      },
      ['order env'],
    ],
    [
      'an argument that is inserted',
      { args: ['--a', '--b=1', '--c'] },
      { args: ['--new', '--a', '--b=2', '--c'] },
      ['changed args[1]', 'added args[0]'],
    ],
    [
      'an item without a key that is inserted',
      {
        rules: [
          { from: 'a', to: ['b'] },
          { from: 'c', to: ['d'] },
        ],
      },
      {
        rules: [
          { from: 'x', to: ['y'] },
          { from: 'a', to: ['b', 'z'] },
          { from: 'c', to: ['d'] },
        ],
      },
      ['added rules[0].to[1]', 'added rules[0]'],
    ],
    ['verbs are a set', { verbs: ['get', 'list'] }, { verbs: ['list', 'get'] }, []],
    ['arguments are not', { args: ['a', 'b'] }, { args: ['b', 'a'] }, ['order args']],
    ['text and number', { a: 1 }, { a: '1' }, ['changed a']],
    ['null and nothing', { a: null }, {}, ['removed a']],
  ])('%s', (_about, before, after, expected) => {
    expect(lines(before as Value, after as Value)).toEqual(expected);
    expect(canonicalText(applyDiff(before as Value, diffValues(before as Value, after as Value)))).toBe(
      canonicalText(after as Value),
    );
  });

  it('keeps own members of any name', () => {
    const after = JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}') as Value;
    expect(JSON.stringify(applyDiff({}, diffValues({}, after)))).toBe(JSON.stringify(after));
  });

  it('compares a list of thousands in no time that matters', () => {
    const list = Array.from({ length: 3000 }, (_, i) => ({ from: i, to: [i + 1] }));
    const after = [{ from: -1, to: [0] }, ...list.slice(0, -1)];
    expect(diffValues({ rules: list }, { rules: after }).length).toBeGreaterThan(0);
    expect(applyDiff({ rules: list }, diffValues({ rules: list }, { rules: after }))).toEqual({ rules: after });
  });
});

const fields = [
  'containers',
  'initContainers',
  'env',
  'ports',
  'args',
  'verbs',
  'rules',
  'name',
  'value',
  'a.b',
  'port',
];
const scalar = fc.oneof(
  fc.constantFrom<Value>('a', 'b', '', '$(A)', '--x=1', '--x=2', 'x:1'),
  fc.integer({ min: -2, max: 3 }),
  fc.boolean(),
  fc.constant(null),
);
const { value } = fc.letrec<{ value: Value; map: ValueMap; list: readonly Value[] }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, tie('map'), tie('list')),
  map: fc.dictionary(fc.constantFrom(...fields), tie('value'), { maxKeys: 5 }) as fc.Arbitrary<ValueMap>,
  list: fc.array(
    fc.oneof(
      scalar,
      fc.record({ name: fc.constantFrom('a', 'b', 'c'), value: tie('value') }, { requiredKeys: ['name'] }),
      tie('map'),
    ) as fc.Arbitrary<Value>,
    { maxLength: 5 },
  ),
}));

/** The same value with members, and items whose order means nothing, in another order. */
function shuffled(it: Value, random: () => number, field = ''): Value {
  const order = <T>(list: readonly T[]): T[] =>
    list
      .map((item) => ({ item, at: random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item);
  if (isList(it)) {
    const items = it.map((item) => shuffled(item, random));
    return isUnordered(field, it) ? order(items) : items;
  }
  if (!isMap(it)) return it;
  return Object.fromEntries(
    order(Object.entries(it)).map(([key, item]) => [key, shuffled(item as Value, random, key)]),
  );
}

describe('properties', () => {
  it('what differs in order alone has no differences', () => {
    fc.assert(
      fc.property(value, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (it, stream) => {
        const other = shuffled(it, () => stream.next().value as number);
        expect(canonicalText(other)).toBe(canonicalText(it));
        expect(diffValues(it, other)).toEqual([]);
      }),
      { numRuns: 600 },
    );
  });

  it('a difference applied to one side gives the other', () => {
    fc.assert(
      fc.property(value, value, (before, after) => {
        const changes = diffValues(before, after);
        expect(canonicalText(applyDiff(before, changes))).toBe(canonicalText(after));
        expect(changes.length === 0).toBe(canonicalText(before) === canonicalText(after));
      }),
      { numRuns: 2000 },
    );
  });
});
