import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withAddedLists } from '../../../generator/config/addedLists.ts';
import { mergeLayers, originsOf } from '../../../generator/config/merge.ts';
import type { Layer } from '../../../generator/model/layer.ts';
import type { Value, ValueMap } from '../../../generator/model/values.ts';
import { valueAt } from '../../../generator/model/values.ts';
import { parseSource } from '../../../generator/yaml/source.ts';

function layer(label: string, text: string): Layer {
  const source = parseSource(`${label}.yaml`, text).value;
  if (source === undefined) throw new Error(text);
  return { label, source, base: '/spec', value: valueAt(source.value, '/spec') as ValueMap };
}

const base = layer(
  'base',
  'spec:\n  capabilities:\n    kafka: { topics: [{ name: orders, partitions: 3, config: { a: 1 } }, { name: audit }], zones: [a, b] }\n',
);
const cluster = layer(
  'cluster',
  'spec:\n  capabilities:\n    kafka:\n      +topics: [{ name: new, partitions: 6 }, { name: orders, partitions: 12, config: { a: null, b: 2 } }]\n      +zones: [b, c]\n  +tenants: [{ name: web }]\n',
);

const merged = (...layers: Layer[]): Value => mergeLayers(withAddedLists(layers));

describe('lists that are added to', () => {
  it('keep the items below, merged by name, and have the others after them', () => {
    expect(merged(base, cluster)).toEqual({
      capabilities: {
        kafka: {
          topics: [
            { name: 'orders', partitions: 12, config: { b: 2 } },
            { name: 'audit' },
            { name: 'new', partitions: 6 },
          ],
          zones: ['a', 'b', 'c'],
        },
      },
      tenants: [{ name: 'web' }],
    });
  });

  it('are the lists themselves where nothing is below, or null took it away', () => {
    const removed = layer('removed', 'spec: { capabilities: { kafka: { topics: null } } }\n');
    const names = (value: Value): unknown => valueAt(value, '/capabilities/kafka/topics');
    expect(names(merged(cluster))).toEqual([
      { name: 'new', partitions: 6 },
      { name: 'orders', partitions: 12, config: { b: 2 } },
    ]);
    expect(names(merged(base, removed, cluster))).toEqual(names(merged(cluster)));
  });

  it('reach into the lists of their items', () => {
    const below = layer(
      'below',
      'spec: { capabilities: { pg: { clusters: [{ name: main, databases: [{ name: a }] }] } } }\n',
    );
    const above = layer(
      'above',
      'spec: { capabilities: { pg: { +clusters: [{ name: main, +databases: [{ name: b, owner: x }] }, { name: two, +databases: [{ name: c }] }] } } }\n',
    );
    const layers = withAddedLists([below, above]);
    expect(valueAt(mergeLayers(layers), '/capabilities/pg/clusters')).toEqual([
      { name: 'main', databases: [{ name: 'a' }, { name: 'b', owner: 'x' }] },
      { name: 'two', databases: [{ name: 'c' }] },
    ]);
    const whose = (pointer: string): unknown =>
      originsOf(layers, `/capabilities/pg/clusters${pointer}`).map((o) => `${o.label} ${o.pointer}`);
    expect(whose('/0/databases/1/owner')).toEqual(['above /spec/capabilities/pg/+clusters/0/+databases/0/owner']);
    expect(whose('/0/databases/0/name')).toEqual(['below /spec/capabilities/pg/clusters/0/databases/0/name']);
    expect(whose('/1/databases/0/name')).toEqual(['above /spec/capabilities/pg/+clusters/1/+databases/0/name']);
  });

  it('know whose every item and every member is', () => {
    const layers = withAddedLists([base, cluster]);
    const whose = (pointer: string): readonly (readonly Value[])[] =>
      originsOf(layers, pointer).map((o) => [o.label, o.pointer, o.value]);
    const topics = '/capabilities/kafka/topics';
    expect(whose(`${topics}/0/partitions`)).toEqual([
      ['cluster', '/spec/capabilities/kafka/+topics/1/partitions', 12],
      ['base', '/spec/capabilities/kafka/topics/0/partitions', 3],
    ]);
    expect(whose(`${topics}/0/config/a`)).toEqual([
      ['cluster', '/spec/capabilities/kafka/+topics/1/config/a', null],
      ['base', '/spec/capabilities/kafka/topics/0/config/a', 1],
    ]);
    expect(whose(`${topics}/1/name`)).toEqual([['base', '/spec/capabilities/kafka/topics/1/name', 'audit']]);
    expect(whose(`${topics}/2/name`)).toEqual([['cluster', '/spec/capabilities/kafka/+topics/0/name', 'new']]);
    expect(whose(`${topics}/3`)).toEqual([]);
    expect(whose('/capabilities/kafka/zones/1')).toEqual([
      ['cluster', '/spec/capabilities/kafka/+zones/0', 'b'],
      ['base', '/spec/capabilities/kafka/zones/1', 'b'],
    ]);
    expect(whose(topics).map((o) => o.slice(0, 2))).toEqual([
      ['cluster', '/spec/capabilities/kafka/+topics'],
      ['base', '/spec/capabilities/kafka/topics'],
    ]);
    expect(whose('/tenants/0/name')).toEqual([['cluster', '/spec/+tenants/0/name', 'web']]);
  });

  it('leave keys with + alone where no list is meant: labels, values of charts', () => {
    const plain = layer('plain', 'spec: { components: { x: { values: { +list: [1] } } }, labels: { +a: b } }\n');
    expect(withAddedLists([plain])).toEqual([plain]);
  });

  it('add up to the same whatever the layers are grouped by, and twice the same is once', () => {
    const items = fc.uniqueArray(
      fc.record(
        { name: fc.constantFrom('a', 'b', 'c'), n: fc.option(fc.integer(), { nil: undefined }) },
        { requiredKeys: ['name'] },
      ),
      { selector: (item) => item.name, maxLength: 3 },
    );
    const adding = (list: readonly object[]): Layer => layer('l', JSON.stringify({ spec: { '+x': list, y: 1 } }));
    fc.assert(
      fc.property(items, items, (one, two) => {
        const both = merged(adding(one), adding(two));
        expect(merged(adding(one), adding(two), adding(two))).toEqual(both);
        const names = (valueAt(both, '/x') as { name: string }[]).map((item) => item.name);
        expect(new Set(names).size).toBe(names.length);
        expect([...names].sort()).toEqual([...new Set([...one, ...two].map((item) => item.name))].sort());
      }),
    );
  });
});
