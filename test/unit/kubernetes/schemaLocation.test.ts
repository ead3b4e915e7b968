import { describe, expect, it } from 'vitest';
import { shapeFromJsonSchema } from '../../../generator/kubernetes/shapes/fromJsonSchema.ts';
import { parseLocation } from '../../../generator/kubernetes/schemaLocation.ts';
import { objectsIn } from '../../../generator/yaml/objects.ts';

describe('schema locations, as kubeconform resolves them', () => {
  it.each([
    ['schemas', 'v1', 'Pod', 'schemas/v1.34.0-standalone-strict/pod-v1.json'],
    ['schemas', 'apps/v1', 'Deployment', 'schemas/v1.34.0-standalone-strict/deployment-apps-v1.json'],
    [
      'https://s.example.com',
      'networking.k8s.io/v1',
      'Ingress',
      'https://s.example.com/v1.34.0-standalone-strict/ingress-networking-v1.json',
    ],
    [
      'c/{{.Group}}/{{ .ResourceKind }}_{{- .ResourceAPIVersion -}}.json',
      'example.com/v1beta1',
      'FooBar',
      'c/example.com/foobar_v1beta1.json',
    ],
    ['{{.Group}}.json', 'v1', 'Pod', 'v1.json'],
  ])('%s of %s %s', (template, apiVersion, kind, path) => {
    expect(parseLocation(template)(apiVersion, kind, '1.34')).toBe(path);
  });

  it('more than variables is refused', () => {
    for (const template of ['{{.Kind}}.json', '{{if .Group}}a{{end}}.json', '{{ lower .Group }}.json'])
      expect(() => parseLocation(template)).toThrow('none of its variables');
  });
});

describe('JSON schemas of catalogues', () => {
  it('keep what they close, and only what can be checked', () => {
    const { shape, notes } = shapeFromJsonSchema({
      $schema: 'http://json-schema.org/draft-04/schema',
      description: 'x',
      type: 'object',
      properties: {
        const: { const: 1 },
        items: { type: 'array', items: [{ type: 'string' }] },
        low: { type: 'number', minimum: 0, exclusiveMinimum: true },
        high: { type: 'number', exclusiveMaximum: 9 },
        own: { $ref: '#/definitions/own' },
        new: { $ref: '#/$defs/new' },
        far: { $ref: '_definitions.json#/definitions/far' },
        port: { oneOf: [{ type: 'string' }, { type: 'integer' }], format: 'int-or-string' },
      },
      definitions: { own: { properties: { again: { $ref: '#/definitions/own' } } } },
      $defs: { new: { type: ['integer', 'null'], format: 'int32' } },
      additionalProperties: false,
    });
    expect(shape).toMatchObject({
      additionalProperties: false,
      properties: {
        const: { enum: [1] },
        items: { type: 'array' },
        low: { type: 'number', exclusiveMinimum: 0 },
        high: { exclusiveMaximum: 9 },
        own: { $ref: '#/$defs/own' },
        far: {},
      },
      $defs: { own: { properties: { again: { $ref: '#/$defs/own' } } }, new: { type: ['integer', 'null'] } },
    });
    expect(notes).toHaveLength(2);
  });
});

describe('objects in files', () => {
  const text =
    '---\napiVersion: v1\nkind: A\nmetadata: { name: a }\n--- # more\n\n---\nkind: List\nitems:\n- apiVersion: v1\n  kind: B\n  x: no\n- 3\n---\na: &b {c: d}\n<<: *b\n---\n{ "kind": "C" }\n---\nx: [\n';
  const found = objectsIn('f.yaml', `\ufeff${text}`);

  it('are the documents, the items of lists, and what cannot be read', () => {
    expect(found.map((o) => ('object' in o ? `${o.kind} ${o.name}`.trim() : o.why))).toEqual([
      'A a',
      'B',
      'it is no object',
      'it has no kind',
      'it has no apiVersion',
      expect.stringContaining('indentation'),
    ]);
    expect(found[1]).toMatchObject({ object: { x: false } });
  });

  it('know their lines', () => {
    const [a, b] = found;
    if (a === undefined || b === undefined || !('object' in a) || !('object' in b)) throw new Error('not objects');
    expect([a.at('/kind').line, b.at('/x').line, b.at('/x', 'key').col]).toEqual([3, 12, 3]);
    expect(b.at('/x').excerpt).toMatchObject({ firstLine: 10 });
    expect(found.slice(2).map((o) => ('why' in o ? o.at.line : 0))).toEqual([13, 15, 18, expect.any(Number)]);
  });
});
