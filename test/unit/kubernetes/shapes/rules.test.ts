import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createApiShapes } from '../../../../generator/kubernetes/shapes/apiShapes.ts';
import { withDefaults } from '../../../../generator/kubernetes/shapes/stored.ts';
import { createShapeRules } from '../../../../generator/kubernetes/shapes/rules.ts';
import type { Value, ValueMap } from '../../../../generator/model/values.ts';
import { asMap, isList, isMap } from '../../../../generator/model/values.ts';
import { committedSchemas, readSchema } from '../../../helpers/schemas.ts';

const shapes = createApiShapes(committedSchemas);
const rules = createShapeRules();
const text: ValueMap = { type: 'string' };

/** Problems of `{spec}` with a shape for spec. */
function found(spec: Value, shape: ValueMap): [string, string][] {
  return rules
    .problems(
      withDefaults({ spec }, { properties: { spec: shape } }),
      { type: 'object', properties: { spec: shape } },
      {},
    )
    .map(({ pointer, keyword }) => [pointer, keyword.replace('x-kubernetes-', '')]);
}
const ruled = (rule: string, shape: ValueMap): ValueMap => ({ ...shape, 'x-kubernetes-validations': [{ rule }] });

describe('rules in CEL', () => {
  it('are asked of every value that has them, with its place', () => {
    const shape: ValueMap = {
      type: 'object',
      properties: {
        list: { type: 'array', items: ruled("self.startsWith('a')", text) },
        map: { type: 'object', additionalProperties: ruled('self < 3', { type: 'integer' }) },
      },
    };
    expect(found({ list: ['ab', 'b', 'a', 'c'], map: { x: 1, 'y/z': 3 } }, shape)).toEqual([
      ['/spec/list/1', 'validations'],
      ['/spec/list/3', 'validations'],
      ['/spec/map/y~1z', 'validations'],
    ]);
  });

  it('see defaults, also where the object says null', () => {
    const shape = ruled("self.mode == 'a' && !has(self.other)", {
      type: 'object',
      properties: { mode: { type: 'string', default: 'a' }, other: text },
    });
    expect(found({}, shape)).toEqual([]);
    expect(found({ mode: null, other: null }, shape)).toEqual([]);
    expect(found({ mode: 'b' }, shape)).toEqual([['/spec', 'validations']]);
  });

  it('tell whole from other numbers by the schema', () => {
    const half = (type: string): ValueMap => ruled('self / 2 == 1', { type });
    expect(found(3, half('integer'))).toEqual([]);
    expect(found(3, ruled('self / 2.0 == 1.5', { type: 'number' }))).toEqual([]);
    expect(found(1, half('integer'))).toEqual([['/spec', 'validations']]);
  });

  it('reach names that are no identifiers, and what stands behind an index', () => {
    const shape = ruled("self.__namespace__ == 'a' && self.a__dash__b == 'b' && has(self.list[0].name)", {
      type: 'object',
      properties: {
        namespace: text,
        'a-b': text,
        list: { type: 'array', items: { type: 'object', properties: { name: text } } },
      },
    });
    expect(found({ namespace: 'a', 'a-b': 'b', list: [{ name: 'x' }] }, shape)).toEqual([]);
    expect(found({ namespace: 'a', 'a-b': 'b', list: [{}] }, shape)).toEqual([['/spec', 'validations']]);
  });

  it('that compare with an earlier state do not apply to a new object, unless they say so', () => {
    expect(found('a', ruled('self == oldSelf', text))).toEqual([]);
    const optional = (rule: string): ValueMap => ({
      ...text,
      'x-kubernetes-validations': [{ rule, optionalOldSelf: true }],
    });
    expect(found('a', optional('!oldSelf.hasValue()'))).toEqual([]);
    expect(found('a', optional('oldSelf.hasValue()'))).toEqual([['/spec', 'validations']]);
  });

  it('that fail to evaluate are broken, as for the API server', () => {
    const shape = ruled('self.list[3] == 1', {
      type: 'object',
      properties: { list: { type: 'array', items: { type: 'integer' } } },
    });
    expect(found({ list: [1] }, shape)).toEqual([['/spec', 'validations']]);
  });

  it.each([
    ['https://a.example.com:8443/x?y=1', true],
    ['/absolute/path', true],
    ['ldaps://ad.example.com', true],
    ['mailto:someone', true],
    ['example.com', false],
    ['', false],
    ['https://a b', false],
    ['https://a/%zz', false],
  ])('isURL(%j) is %j', (value, expected) => {
    expect(found(value, ruled('isURL(self)', text)).length === 0).toBe(expected);
  });

  it('take URLs and addresses apart', () => {
    const shape = ruled(
      "url(self).getScheme() == 'https' && url(self).getHost() == 'a.example.com:8443' && url(self).getEscapedPath() == '/x'",
      text,
    );
    expect(found('https://a.example.com:8443/x?y=1', shape)).toEqual([]);
    expect(found('10.0.0.1', ruled('isIP(self)', text))).toEqual([]);
    expect(found('fe80::1', ruled('isIP(self)', text))).toEqual([]);
    expect(found('10.0.0.256', ruled('isIP(self)', text))).toEqual([['/spec', 'validations']]);
  });
});

describe('entries of lists', () => {
  it('are unique in a set, and by their keys in a map, defaults included', () => {
    const set: ValueMap = { type: 'array', 'x-kubernetes-list-type': 'set', items: text };
    expect(found(['a', 'b', 'a'], set)).toEqual([['/spec/2', 'list-type']]);
    const map: ValueMap = {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['port', 'protocol'],
      items: {
        type: 'object',
        properties: { port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' } },
      },
    };
    expect(found([{ port: 80 }, { port: 80, protocol: 'UDP' }], map)).toEqual([]);
    expect(found([{ port: 80 }, { port: 80, protocol: 'TCP' }], map)).toEqual([['/spec/1', 'list-type']]);
  });

  it('are so for ports of a real Service', () => {
    const service = (ports: Value): ValueMap => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a', namespace: 'b' },
      spec: { ports },
    });
    const port = { name: 'a', port: 80, protocol: 'TCP' };
    expect(shapes.check(service([port, { ...port, name: 'b' }]), '1.34').problems).toMatchObject([
      { pointer: '/spec/ports/1', keyword: 'x-kubernetes-list-type' },
    ]);
    expect(shapes.check(service([port, { ...port, protocol: 'UDP' }]), '1.34').status).toBe('valid');
  });
});

describe('rules of the committed schemas', () => {
  const listener = { name: 'https', port: 443, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'a' }] } };
  const gateway = (changes: ValueMap): ValueMap => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: 'a', namespace: 'b' },
    spec: { gatewayClassName: 'eg', listeners: [{ ...listener, ...changes }] },
  });
  const route = (type: string): ValueMap => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'a', namespace: 'b' },
    spec: {
      rules: [
        {
          matches: [{ path: { type, value: '/x' } }],
          filters: [
            {
              type: 'RequestRedirect',
              requestRedirect: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/y' } },
            },
          ],
        },
      ],
    },
  });

  it('refuse a Gateway and a route that the API server refuses', () => {
    expect(shapes.check(gateway({}), '1.34').status).toBe('valid');
    expect(shapes.check(gateway({ protocol: 'HTTP' }), '1.34').problems).toMatchObject([
      { pointer: '/spec/listeners', keyword: 'x-kubernetes-validations' },
    ]);
    expect(shapes.check(route('PathPrefix'), '1.34').status).toBe('valid');
    expect(shapes.check(route('Exact'), '1.34').problems).toMatchObject([
      { pointer: '/spec/rules/0', keyword: 'x-kubernetes-validations' },
    ]);
  });

  it('can all be evaluated here', () => {
    const unreadable: string[] = [];
    let count = 0;
    const visit = (node: Value): void => {
      if (isList(node)) node.forEach(visit);
      if (!isMap(node)) return;
      for (const source of (node['x-kubernetes-validations'] ?? []) as readonly { rule: string }[]) {
        count += 1;
        const problem = rules.unreadable(source.rule);
        if (problem !== undefined) unreadable.push(`${source.rule}: ${problem}`);
      }
      Object.values(node).forEach(visit);
    };
    for (const group of readdirSync('schemas/crds'))
      for (const file of readdirSync(`schemas/crds/${group}`))
        if (file !== 'provenance.json') visit(asMap(asMap(readSchema(`crds/${group}/${file}`))['shape']));
    expect(unreadable).toEqual([]);
    expect(count).toBeGreaterThan(300);
  });
});
