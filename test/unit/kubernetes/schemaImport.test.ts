import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { importSchemas, schemaText } from '../../../generator/kubernetes/schemaFiles.ts';
import { objectMeta } from '../../../generator/kubernetes/shapes/objectMeta.ts';
import { shapeFromCrd, shapesFromOpenApi } from '../../../generator/kubernetes/schemaImport.ts';

const gvk = (group: string, version: string, kind: string) => ({ group, version, kind });
const post = (path: string, kind: ReturnType<typeof gvk>) =>
  [path, { post: { 'x-kubernetes-action': 'post', 'x-kubernetes-group-version-kind': kind } }] as const;

const swagger = {
  swagger: '2.0',
  info: { title: 'Kubernetes', version: 'v1.34.2' },
  paths: Object.fromEntries([
    post('/apis/apps/v1/namespaces/{namespace}/things', gvk('apps', 'v1', 'Thing')),
    post('/apis/apps/v1/things', gvk('apps', 'v1', 'Thing')),
    post('/apis/apps/v1/worlds', gvk('apps', 'v1', 'World')),
    post('/api/v1/namespaces/{namespace}/pods/{name}/eviction', gvk('policy', 'v1', 'Eviction')),
  ]),
  definitions: {
    Thing: {
      description: 'A thing.',
      type: 'object',
      required: ['spec', 'status'],
      properties: {
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        spec: { $ref: '#/definitions/ThingSpec', description: 'What it is.' },
        status: { $ref: '#/definitions/ThingStatus' },
      },
      'x-kubernetes-group-version-kind': [gvk('apps', 'v1', 'Thing')],
    },
    ThingSpec: {
      type: 'object',
      properties: {
        port: { $ref: '#/definitions/io.k8s.apimachinery.pkg.util.intstr.IntOrString' },
        size: { $ref: '#/definitions/io.k8s.apimachinery.pkg.api.resource.Quantity' },
        count: { type: 'integer', format: 'int32' },
        ca: { type: 'string', format: 'byte' },
        again: { $ref: '#/definitions/ThingSpec' },
      },
    },
    ThingStatus: { type: 'object', properties: { phase: { type: 'string' } } },
    World: {
      type: 'object',
      properties: { apiVersion: { type: 'string' } },
      'x-kubernetes-group-version-kind': [gvk('apps', 'v1', 'World')],
    },
    ThingList: { type: 'object', properties: {}, 'x-kubernetes-group-version-kind': [gvk('apps', 'v1', 'ThingList')] },
    'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { type: 'string', format: 'int-or-string' },
    'io.k8s.apimachinery.pkg.api.resource.Quantity': { type: 'string' },
  },
};

const crd = (schema: Record<string, unknown>, scope = 'Namespaced') => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  spec: {
    group: 'example.org',
    scope,
    names: { kind: 'Widget', plural: 'widgets' },
    versions: [
      { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } },
      { name: 'v1alpha1', served: false, storage: false, schema: { openAPIV3Schema: {} } },
    ],
  },
});

/** The shape of spec in a CRD whose spec has one property, `x`. */
function shapeOfX(x: Record<string, unknown>): { x: unknown; notes: readonly string[] } {
  const [found] = shapeFromCrd(crd({ type: 'object', properties: { spec: { type: 'object', properties: { x } } } }));
  const shape = found?.shape as { properties: { spec: { properties: { x: unknown } } } };
  return { x: shape.properties.spec.properties.x, notes: found?.notes ?? [] };
}

describe('shapesFromOpenApi', () => {
  it('takes the kinds that can be created, with their scope, and only the definitions they reach', () => {
    const shapes = shapesFromOpenApi(swagger, undefined);
    expect(shapes.kinds).toEqual({
      'apps/v1/Thing': { scope: 'Namespaced', $ref: '#/$defs/Thing' },
      'apps/v1/World': { scope: 'Cluster', $ref: '#/$defs/World' },
    });
    expect(Object.keys(shapes.$defs).sort()).toEqual([
      'Thing',
      'ThingSpec',
      'World',
      'io.k8s.apimachinery.pkg.api.resource.Quantity',
      'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    ]);
  });

  it('closes objects, and drops prose, what status holds and formats that nobody checks', () => {
    const { $defs } = shapesFromOpenApi(swagger, ['apps/v1/Thing']);
    expect($defs['Thing']).toEqual({
      type: 'object',
      additionalProperties: false,
      required: ['spec'],
      properties: {
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        spec: { $ref: '#/$defs/ThingSpec' },
        status: {},
      },
    });
    expect($defs['ThingSpec']?.['properties']).toMatchObject({
      count: { type: 'integer', format: 'int32' },
      ca: { type: 'string', format: 'gobytes' },
      again: { $ref: '#/$defs/ThingSpec' },
    });
    expect($defs['io.k8s.apimachinery.pkg.util.intstr.IntOrString']).toEqual({
      anyOf: [{ type: 'integer', format: 'int32' }, { type: 'string' }],
    });
    expect($defs['io.k8s.apimachinery.pkg.api.resource.Quantity']?.['anyOf']).toMatchObject([
      { type: 'string' },
      { type: 'number' },
    ]);
  });

  it('selects kinds by name and by apiVersion', () => {
    expect(Object.keys(shapesFromOpenApi(swagger, ['apps/v1/World']).kinds)).toEqual(['apps/v1/World']);
    expect(Object.keys(shapesFromOpenApi(swagger, ['apps/v1/*']).kinds)).toEqual(['apps/v1/Thing', 'apps/v1/World']);
    expect(Object.keys(shapesFromOpenApi(swagger, ['v1/*']).kinds)).toEqual([]);
  });

  it('is empty for something else', () => {
    expect(shapesFromOpenApi(null, undefined)).toEqual({ kinds: {}, $defs: {} });
  });
});

describe('shapeFromCrd', () => {
  it('gives served versions a root with ObjectMeta, and leaves open what is dropped', () => {
    const schema = {
      type: 'object',
      required: ['spec', 'status'],
      properties: { spec: { type: 'object' }, status: { type: 'object' }, metadata: { type: 'object' } },
    };
    const definition = crd(schema, 'Cluster');
    const shape = {
      type: 'object',
      additionalProperties: false,
      required: ['spec'],
      $defs: { ObjectMeta: objectMeta },
      properties: {
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        metadata: { $ref: '#/$defs/ObjectMeta' },
        spec: { type: 'object' },
        status: {},
      },
    };
    const about = { gvk: 'example.org/v1/Widget', plural: 'widgets', scope: 'Cluster', notes: [] };
    const own = { ...shape.properties, status: { type: 'object' } };
    expect(shapeFromCrd(definition)).toEqual([
      { ...about, subresources: [], shape: { ...shape, required: ['spec', 'status'], properties: own } },
    ]);
    const { spec } = definition as { spec: { versions: object[] } };
    const versions = spec.versions.map((version) => ({ ...version, subresources: { status: {} } }));
    expect(shapeFromCrd({ ...definition, spec: { ...spec, versions } })[0]).toEqual({
      ...about,
      subresources: ['status'],
      shape,
    });
  });

  it('keeps limits of the name on top of ObjectMeta', () => {
    const [found] = shapeFromCrd(
      crd({ properties: { metadata: { type: 'object', properties: { name: { type: 'string', maxLength: 9 } } } } }),
    );
    expect(found?.shape['properties']).toMatchObject({
      metadata: { $ref: '#/$defs/ObjectMeta', properties: { name: { maxLength: 9 } } },
    });
    expect(found?.shape).not.toHaveProperty('properties.metadata.additionalProperties');
  });

  it('has ObjectMeta as Kubernetes defines it', () => {
    const { $defs } = JSON.parse(readFileSync('schemas/kubernetes/v1.36.json', 'utf8')) as {
      $defs: Record<string, unknown>;
    };
    const inline = (node: unknown): unknown => {
      if (Array.isArray(node)) return node.map(inline);
      if (typeof node !== 'object' || node === null) return node;
      const ref = (node as { $ref?: string }).$ref;
      return ref === undefined
        ? Object.fromEntries(Object.entries(node).map(([k, v]) => [k, inline(v)]))
        : inline($defs[ref.replace('#/$defs/', '')]);
    };
    expect(objectMeta).toEqual(inline({ $ref: '#/$defs/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }));
  });

  it('opens objects that preserve unknown fields, and closes what they name', () => {
    const { x } = shapeOfX({
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      properties: { inner: { type: 'object', properties: { a: { type: 'string' } } } },
    });
    expect(x).toEqual({
      type: 'object',
      properties: { inner: { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false } },
    });
    expect(shapeOfX({ 'x-kubernetes-preserve-unknown-fields': true }).x).toEqual({});
    expect(shapeFromCrd(crd({ 'x-kubernetes-preserve-unknown-fields': true }))[0]?.shape).not.toHaveProperty(
      'additionalProperties',
    );
  });

  it('translates int-or-string, null and exclusive bounds', () => {
    expect(
      shapeOfX({ anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true, pattern: '^1' })
        .x,
    ).toEqual({ anyOf: [{ type: 'integer' }, { type: 'string' }], pattern: '^1' });
    expect(shapeOfX({ 'x-kubernetes-int-or-string': true, nullable: true }).x).toEqual({
      anyOf: [{ type: 'integer' }, { type: 'string' }, { type: 'null' }],
    });
    expect(shapeOfX({ type: 'string', nullable: true, enum: ['a'] }).x).toEqual({
      type: ['string', 'null'],
      enum: ['a', null],
    });
    expect(shapeOfX({ type: 'integer', minimum: 0, exclusiveMinimum: true, maximum: 5 }).x).toEqual({
      type: 'integer',
      exclusiveMinimum: 0,
      maximum: 5,
    });
  });

  it('does not require what the API server fills in', () => {
    const { x } = shapeOfX({
      type: 'object',
      required: ['a', 'b'],
      properties: { a: { type: 'string', default: 'x' }, b: { type: 'string' } },
    });
    expect(x).toMatchObject({ required: ['b'], properties: { a: { default: 'x' } } });
  });

  it('keeps branches open', () => {
    const { x } = shapeOfX({
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'string' } },
      oneOf: [{ required: ['a'] }, { properties: { b: { enum: ['x'] } }, required: ['b'] }],
      not: { required: ['c'] },
    });
    expect(x).toMatchObject({
      additionalProperties: false,
      oneOf: [{ required: ['a'] }, { properties: { b: { enum: ['x'] } }, required: ['b'] }],
      not: { required: ['c'] },
    });
    expect((x as { oneOf: object[] }).oneOf[1]).not.toHaveProperty('additionalProperties');
  });

  it('keeps patterns as Go reads them, and drops what is none with a note', () => {
    for (const pattern of ['^(?i)(abort|warn)?$', '^[[:alpha:]]+$', '^(a+)+$'])
      expect(shapeOfX({ type: 'string', pattern })).toMatchObject({ x: { type: 'string', pattern }, notes: [] });
    const { x, notes } = shapeOfX({ type: 'string', pattern: '(?=a)b' });
    expect(x).toEqual({ type: 'string' });
    expect(notes).toEqual([expect.stringContaining('/spec/x: the pattern (?=a)b is not checked: ')]);
  });

  it('drops choices that a lost check would turn around', () => {
    const { x, notes } = shapeOfX({
      type: 'string',
      oneOf: [{ pattern: '(?=b)' }, { pattern: '^a' }],
      anyOf: [{ pattern: '(?=b)' }, { pattern: '^b' }],
      not: { pattern: '(?=c)' },
    });
    expect(x).toEqual({ type: 'string' });
    expect(notes).toContain('/spec/x: oneOf is not checked, because a part of it is not');
    expect(notes).toContain('/spec/x: not is not checked, because a part of it is not');
  });

  it('keeps the formats that the API server knows', () => {
    for (const format of ['mac', 'date-time', 'uuid4', 'isbn10'])
      expect(shapeOfX({ type: 'string', format })).toMatchObject({ x: { type: 'string', format }, notes: [] });
    expect(shapeOfX({ type: 'string', format: 'idn-email' })).toMatchObject({ x: { type: 'string' }, notes: [] });
    expect(shapeOfX({ type: 'string', format: 'gotime' }).x).toEqual({ type: 'string' });
  });

  it('keeps what Kubernetes demands beyond JSON Schema, and what it says then', () => {
    const { x, notes } = shapeOfX({
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        'x-kubernetes-map-type': 'atomic',
        'x-kubernetes-validations': [
          { rule: "self.name != 'x'", message: 'prose', reason: 'FieldValueInvalid' },
          { rule: '!oldSelf.hasValue() || self == oldSelf.value()', optionalOldSelf: true },
        ],
        properties: { name: { type: 'string' }, flat: { type: 'array', 'x-kubernetes-list-type': 'atomic' } },
      },
    });
    expect(x).toEqual({
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        additionalProperties: false,
        'x-kubernetes-map-type': 'atomic',
        'x-kubernetes-validations': [
          { rule: "self.name != 'x'", message: 'prose' },
          { rule: '!oldSelf.hasValue() || self == oldSelf.value()', optionalOldSelf: true },
        ],
        properties: { name: { type: 'string' }, flat: { type: 'array' } },
      },
    });
    expect(notes).toEqual([]);
  });

  it('keeps a rule that cannot be evaluated here, with a note', () => {
    const rule = 'self.noSuchFunction()';
    const { x, notes } = shapeOfX({ type: 'string', 'x-kubernetes-validations': [{ rule }] });
    expect(x).toEqual({ type: 'string', 'x-kubernetes-validations': [{ rule }] });
    expect(notes).toEqual([expect.stringContaining(`/spec/x: the rule ${rule} is not checked: `)]);
  });

  it('takes property names as they are', () => {
    expect(
      shapeOfX({
        type: 'object',
        properties: {
          'config.yaml': { type: 'string' },
          description: { type: 'integer' },
          properties: { type: 'boolean' },
        },
      }).x,
    ).toEqual({
      type: 'object',
      additionalProperties: false,
      properties: {
        'config.yaml': { type: 'string' },
        description: { type: 'integer' },
        properties: { type: 'boolean' },
      },
    });
  });

  it('ignores everything else', () => {
    for (const other of [
      null,
      'x',
      [],
      {},
      { kind: 'CustomResourceDefinition', apiVersion: 'apiextensions.k8s.io/v1beta1', spec: {} },
    ])
      expect(shapeFromCrd(other)).toEqual([]);
  });
});

describe('importSchemas', () => {
  const yaml =
    `# two documents\napiVersion: v1\nkind: Namespace\n---\n${JSON.stringify(crd({ type: 'object', properties: { spec: { type: 'object', properties: { op: { type: 'string', enum: ['!=', '='] } } } } }))}\n`.replaceAll(
      '"="',
      '=',
    );

  it('names files after what they hold and prints the same text for any order of sources', () => {
    const sources = [
      { path: 'a/widgets.yaml', text: yaml },
      { path: 'a/swagger.json', text: JSON.stringify(swagger) },
    ];
    const { files, notes } = importSchemas(sources, { kinds: ['apps/v1/Thing', 'apps/v1/Nothing'] });
    expect([...files.keys()]).toEqual([
      'crds/example.org/Widget_v1.json',
      'crds/example.org/Widget_v1alpha1.json',
      'kubernetes/v1.34.json',
      'crds/example.org/provenance.json',
      'kubernetes/provenance.json',
    ]);
    expect(notes).toEqual(['kubernetes/v1.34.json: Kubernetes 1.34 has no apps/v1/Nothing']);
    expect([...importSchemas(sources.toReversed(), { kinds: ['apps/v1/Thing', 'apps/v1/Nothing'] }).files]).toEqual([
      ...files,
    ]);
    expect(JSON.parse(files.get('crds/example.org/Widget_v1.json') ?? '')).toMatchObject({
      gvk: 'example.org/v1/Widget',
      scope: 'Namespaced',
      shape: { properties: { spec: { properties: { op: { enum: ['!=', '='] } } } } },
    });
    // a version that is not served: what is there in its place
    expect(JSON.parse(files.get('crds/example.org/Widget_v1alpha1.json') ?? '')).toEqual({
      gvk: 'example.org/v1alpha1/Widget',
      replacement: 'example.org/v1/Widget',
      served: false,
    });
  });

  it('records where files come from, and keeps what the folder already records', () => {
    const sha256 = JSON.parse(
      importSchemas([{ path: 'x/widgets.yaml', text: yaml }], {}).files.get('crds/example.org/provenance.json') ?? '',
    ).files['Widget_v1.json'].source.sha256 as string;
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    const provenance = {
      files: [
        {
          path: 'x/widgets.yaml',
          repository: 'github:example/widgets',
          commit: 'abc',
          version: '1.2',
          licence: 'MIT',
          sha256,
        },
      ],
    };
    const existing = (path: string) =>
      path === 'crds/example.org/provenance.json'
        ? '{"files": {"Other_v1.json": {"source": {"path": "o.yaml"}}}}'
        : undefined;
    const { files, notes } = importSchemas([{ path: '/home/me/x/widgets.yaml', text: yaml }], { provenance, existing });
    expect(notes).toEqual([]);
    const source = {
      path: 'x/widgets.yaml',
      repository: 'github:example/widgets',
      commit: 'abc',
      version: '1.2',
      licence: 'MIT',
      sha256,
    };
    expect(JSON.parse(files.get('crds/example.org/provenance.json') ?? '')).toEqual({
      files: {
        'Other_v1.json': { source: { path: 'o.yaml' } },
        'Widget_v1.json': { source },
        'Widget_v1alpha1.json': { source },
      },
    });
  });

  it('claims no origin for a file that differs from the indexed one', () => {
    const provenance = {
      files: [{ path: 'widgets.yaml', repository: 'github:example/widgets', sha256: '0'.repeat(64) }],
    };
    const { files, notes } = importSchemas([{ path: 'widgets.yaml', text: yaml }], { provenance });
    expect(notes).toEqual(['widgets.yaml: differs from the file in the provenance index']);
    expect(files.get('crds/example.org/provenance.json')).not.toContain('github:example');
  });

  it('reports what it cannot use', () => {
    const { files, notes, unread } = importSchemas(
      [
        { path: 'a.yaml', text: 'a: [' },
        { path: 'b.yaml', text: 'kind: Namespace' },
        { path: 'c.json', text: '{"swagger": "2.0"}' },
      ],
      {},
    );
    expect(files.size).toBe(0);
    expect(unread).toEqual([{ path: 'a.yaml', why: expect.any(String) as string }]);
    expect(notes).toEqual([
      'a.yaml: nothing to import',
      'b.yaml: nothing to import',
      'c.json: the document does not say which Kubernetes it is of',
      'c.json: nothing to import',
    ]);
  });

  it('prints sorted keys, and reads back the same', () => {
    const value = { b: [1, { d: null, c: 'x'.repeat(120) }], a: {}, e: [] };
    expect(schemaText(value)).toBe(
      `{\n "a":{},\n "b":[\n  1,\n  {\n   "c":${JSON.stringify('x'.repeat(120))},\n   "d":null\n  }\n ],\n "e":[]\n}\n`,
    );
    expect(JSON.parse(schemaText(value))).toEqual(value);
  });
});
