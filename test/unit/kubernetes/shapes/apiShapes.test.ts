import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, it, vi } from 'vitest';
import { createShapeAjv } from '../../../../generator/kubernetes/shapes/ajv.ts';
import { createApiShapes } from '../../../../generator/kubernetes/shapes/apiShapes.ts';
import type { ShapeSource } from '../../../../generator/kubernetes/shapes/shapeTypes.ts';
import { addPlaces } from '../../../../generator/kubernetes/shapes/narrow.ts';
import { dereference } from '../../../../generator/kubernetes/shapes/places.ts';
import { withDefaults, withoutNulls } from '../../../../generator/kubernetes/shapes/stored.ts';
import type { ValueMap } from '../../../../generator/model/values.ts';
import { asMap } from '../../../../generator/model/values.ts';
import { committedSchemas, readSchema } from '../../../helpers/schemas.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Node = { [key: string]: unknown };

const shapes = createApiShapes(committedSchemas);

const deployment = (): Node => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [
          {
            name: 'web',
            image: 'nginx:1',
            ports: [{ containerPort: 80 }],
            resources: { limits: { cpu: 0.5, memory: '64Mi' } },
            livenessProbe: { httpGet: { path: '/', port: 'http' } },
          },
          { name: 'side', image: 'side:1', livenessProbe: { httpGet: { port: 8080 } } },
        ],
      },
    },
  },
});

/** An object with the value at a path replaced. */
function having(object: Node, path: string, value: unknown): Node {
  const copy = structuredClone(object);
  const steps = path.split('.');
  let node = copy;
  for (const step of steps.slice(0, -1)) node = node[step] as Node;
  node[steps.at(-1) ?? ''] = value;
  return copy;
}

const problems = (object: Node, minor = '1.36') => shapes.check(object, minor).problems;

describe('built-in kinds', () => {
  it('accepts a Deployment, with its scope', () => {
    expect(shapes.check(deployment(), '1.34')).toEqual({ status: 'valid', scope: 'Namespaced', problems: [] });
    expect(shapes.check({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } }, '1.34')).toEqual({
      status: 'valid',
      scope: 'Cluster',
      problems: [],
    });
  });

  it('names an unknown field, with the one that was meant', () => {
    expect(problems(having(deployment(), 'spec.replica', 1))).toEqual([
      {
        pointer: '/spec/replica',
        keyword: 'additionalProperties',
        message: 'is not a known field',
        suggestion: 'replicas',
      },
    ]);
    expect(problems(having(deployment(), 'spec.template.spec.containers.1.imagePullPolcy', 'Always'))).toMatchObject([
      { pointer: '/spec/template/spec/containers/1/imagePullPolcy', suggestion: 'imagePullPolicy' },
    ]);
    expect(problems(having(deployment(), 'metadata.lables', {}))).toMatchObject([
      { pointer: '/metadata/lables', suggestion: 'labels' },
    ]);
    expect(problems(having(deployment(), 'spec.a/b~c', 1))[0]?.pointer).toBe('/spec/a~1b~0c');
    expect(problems(having(deployment(), 'spec.zzzzzz', 1))[0]).not.toHaveProperty('suggestion');
  });

  it('passes over a status, which the API server drops, and says that there was one', () => {
    const expected = { status: 'valid', dropsStatus: true, problems: [] };
    expect(shapes.check(having(deployment(), 'status', {}), '1.36')).toMatchObject(expected);
    expect(shapes.check(having(deployment(), 'status', { replicas: 'many' }), '1.36')).toMatchObject(expected);
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, status: {} };
    expect(problems(map)).toMatchObject([{ pointer: '/status', keyword: 'additionalProperties' }]);
  });

  it('takes null of a field for its absence, as the API server does', () => {
    const empty = having(having(deployment(), 'metadata.creationTimestamp', null), 'spec.strategy', null);
    expect(problems(empty)).toEqual([]);
    expect(problems(having(deployment(), 'spec.selector', null))).toMatchObject([
      { pointer: '/spec', keyword: 'required' },
    ]);
    expect(problems(having(deployment(), 'spec.replica', null))).toMatchObject([{ pointer: '/spec/replica' }]);
    expect(problems(having(deployment(), 'spec.template.spec.containers', [null]))).toHaveLength(1);
  });

  it('takes line breaks in base64, as Go does', () => {
    const secret = (data: string): Node => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'a' },
      data: { a: data },
    });
    for (const good of ['', 'YQ==', 'YWJj\nZGVm\n', 'YWJj\r\nZGVm']) expect(problems(secret(good))).toEqual([]);
    for (const bad of ['YQ', 'a b', 'YQ==YQ=='])
      expect(problems(secret(bad))).toMatchObject([{ pointer: '/data/a', keyword: 'format' }]);
  });

  it('names a missing field at its map', () => {
    expect(problems(having(deployment(), 'spec.selector', undefined))).toEqual([
      { pointer: '/spec', keyword: 'required', message: 'lacks the required field "selector"' },
    ]);
  });

  it('tells types apart', () => {
    expect(problems(having(deployment(), 'spec.replicas', '2'))).toEqual([
      { pointer: '/spec/replicas', keyword: 'type', message: 'has to be a whole number, not text (it is "2")' },
    ]);
    expect(problems(having(deployment(), 'metadata.labels.app', true))).toEqual([
      {
        pointer: '/metadata/labels/app',
        keyword: 'type',
        message: 'has to be text, not true or false (it is true; put it in quotes: "true")',
      },
    ]);
    expect(problems(having(deployment(), 'spec.template.spec.containers', {}))).toMatchObject([
      { pointer: '/spec/template/spec/containers', message: 'has to be a list, not a map' },
    ]);
    expect(problems(having(deployment(), 'spec.replicas', 2 ** 31))).toMatchObject([
      { pointer: '/spec/replicas', keyword: 'format' },
    ]);
  });

  it('takes numbers and text for ports and quantities, nothing else', () => {
    const port = 'spec.template.spec.containers.0.livenessProbe.httpGet.port';
    const pointer = `/${port.replaceAll('.', '/')}`;
    expect(problems(having(deployment(), port, 8080))).toEqual([]);
    expect(problems(having(deployment(), port, 80.5))).toEqual([
      {
        pointer,
        keyword: 'anyOf',
        message: 'has to be a whole number or text, not a number (it is 80.5; put it in quotes: "80.5")',
      },
    ]);
    expect(problems(having(deployment(), port, [80]))).toEqual([
      { pointer, keyword: 'anyOf', message: 'has to be a whole number or text, not a list' },
    ]);
    const memory = 'spec.template.spec.containers.0.resources.limits.memory';
    for (const good of ['1Gi', '100m', '.5', '1e3', 5, 0.5])
      expect(problems(having(deployment(), memory, good))).toEqual([]);
    for (const bad of ['1GB', '', true])
      expect(problems(having(deployment(), memory, bad))).toMatchObject([
        { pointer: `/${memory.replaceAll('.', '/')}`, keyword: 'anyOf' },
      ]);
  });

  it('follows definitions that refer to themselves', () => {
    const definition = (leaf: unknown): Node => ({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.org' },
      spec: {
        group: 'example.org',
        scope: 'Namespaced',
        names: { kind: 'Widget', plural: 'widgets' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: { a: { properties: { b: { properties: { c: leaf } } } } },
              },
            },
          },
        ],
      },
    });
    expect(problems(definition({ type: 'string' }))).toEqual([]);
    // lists and maps of schemas, of which OpenAPI says nothing
    const at = '/spec/versions/0/schema/openAPIV3Schema/properties/a/properties/b/properties/c';
    for (const good of [true, false, { type: 'string' }])
      expect(problems(definition({ type: 'object', additionalProperties: good }))).toEqual([]);
    expect(problems(definition({ additionalProperties: { type: 5 } }))).toMatchObject([
      { pointer: `${at}/additionalProperties/type`, keyword: 'type' },
    ]);
    expect(problems(definition({ additionalProperties: 'string' }))).toMatchObject([
      { pointer: `${at}/additionalProperties`, keyword: 'type' },
    ]);
    expect(problems(definition({ items: { items: { required: 'name' } } }))).toMatchObject([
      { pointer: `${at}/items/items/required`, keyword: 'type' },
    ]);
    expect(problems(definition({ typ: 'string' }))).toMatchObject([
      {
        pointer: '/spec/versions/0/schema/openAPIV3Schema/properties/a/properties/b/properties/c/typ',
        suggestion: 'type',
      },
    ]);
  });

  it('compiles one check for all definitions, however deep their schemas are', () => {
    const document = committedSchemas.kubernetes('1.34') as Node & { kinds: Record<string, { $ref: string }> };
    const { $ref } = document.kinds['apiextensions.k8s.io/v1/CustomResourceDefinition'] ?? { $ref: '' };
    const definitions = { root: document as ValueMap, recursive: new Map<string, boolean>() };
    const definition = (leaf: unknown): unknown => ({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      spec: { versions: [{ name: 'v1', schema: { openAPIV3Schema: leaf } }] },
    });
    const places = new Set<string>();
    expect(addPlaces(places, { $ref }, definition({ type: 'object' }), definitions)).toBe(true);
    const deep = definition({ properties: { a: { items: { type: 'string' } } } });
    expect(addPlaces(places, { $ref }, deep, definitions)).toBe(false);
  });

  it('compiles again for an object that uses more, and gives the same verdicts whatever came before', () => {
    const objects = [
      { spec: { type: 'ClusterIP', ports: [{ port: 80 }] } },
      { spec: { ports: [{ port: 80, nodePort: 'high' }], selector: { a: 1 } } },
      { spec: { externalIPs: ['1.2.3.4'], nonsense: 1 } },
    ].map((part) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a', namespace: 'b' }, ...part }));
    const alone = objects.map((object) => createApiShapes(committedSchemas).check(object, '1.34'));
    const together = createApiShapes(committedSchemas);
    expect(objects.map((object) => together.check(object, '1.34'))).toEqual(alone);
    const expecting = createApiShapes(committedSchemas);
    expecting.expect(objects, '1.34');
    expect(objects.map((object) => expecting.check(object, '1.34'))).toEqual(alone);
    expect(alone.map(({ problems: found }) => found.map(({ pointer }) => pointer))).toEqual([
      [],
      ['/spec/ports/0/nodePort', '/spec/selector/a'],
      ['/spec/nonsense'],
    ]);
  });

  it('never shows what is in a Secret', () => {
    expect(problems({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { pin: 4711 } })).toEqual([
      { pointer: '/stringData/pin', keyword: 'type', message: 'has to be text, not a number' },
    ]);
  });

  it('knows which minor has a kind', () => {
    const policy = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingAdmissionPolicy',
      metadata: { name: 'p' },
    };
    expect(shapes.check(policy, '1.34')).toEqual({ status: 'no-schema', problems: [] });
    expect(shapes.check(policy, '1.36')).toMatchObject({ status: 'valid', scope: 'Cluster' });
  });

  it('has no schema for kinds and versions nobody imported', () => {
    for (const object of [
      { apiVersion: 'example.org/v1', kind: 'Widget' },
      { apiVersion: 'v1', kind: 'constructor' },
      { apiVersion: 'apps/v1beta1', kind: 'Deployment' },
      { kind: 'Deployment' },
      { apiVersion: 'a/b/c', kind: 'D' },
    ]) {
      expect(shapes.check(object, '1.36')).toEqual({ status: 'no-schema', problems: [] });
    }
    expect(shapes.check(deployment(), '1.12')).toEqual({ status: 'no-schema', problems: [] });
  });
});

describe('custom kinds', () => {
  const application = (): Node => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'a', namespace: 'argocd' },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc' },
      source: {
        repoURL: 'https://x',
        chart: 'c',
        targetRevision: '1',
        helm: { valuesObject: { any: { thing: [1] } } },
      },
      syncPolicy: { automated: { prune: true } },
    },
  });

  it('checks an Application; fields that keep unknown fields take everything', () => {
    expect(shapes.check(application(), '1.36')).toEqual({ status: 'valid', scope: 'Namespaced', problems: [] });
    expect(problems(having(application(), 'spec.source.helm.valueObject', {}))).toMatchObject([
      { pointer: '/spec/source/helm/valueObject', suggestion: 'valuesObject' },
    ]);
    expect(problems(having(application(), 'metadata.finalisers', []))).toMatchObject([
      { pointer: '/metadata/finalisers', suggestion: 'finalizers' },
    ]);
  });

  it('checks custom kinds also where the Kubernetes minor is unknown', () => {
    expect(shapes.check(application(), '1.99').status).toBe('valid');
  });

  it('suggests the value of an enum', () => {
    const issuer = {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name: 'c', namespace: 'n' },
      spec: { secretName: 's', issuerRef: { name: 'i' }, privateKey: { algorithm: 'ECDAS' } },
    };
    expect(problems(issuer)).toEqual([
      {
        pointer: '/spec/privateKey/algorithm',
        keyword: 'enum',
        message: 'has to be one of RSA, ECDSA, Ed25519 (it is "ECDAS")',
        suggestion: 'ECDSA',
      },
    ]);
  });

  it('tells which fields a choice asks for', () => {
    const source: ShapeSource = {
      kubernetes: () => undefined,
      crd: () => ({
        scope: 'Cluster',
        shape: {
          type: 'object',
          properties: { apiVersion: {}, kind: {}, metadata: {}, a: { type: 'string' }, b: { type: 'string' } },
          additionalProperties: false,
          oneOf: [{ required: ['a'] }, { required: ['b'] }],
        },
      }),
    };
    const check = createApiShapes(source);
    const object = { apiVersion: 'example.org/v1', kind: 'Widget', metadata: { name: 'a' } };
    expect(check.check(object, '1.36')).toEqual({
      status: 'invalid',
      scope: 'Cluster',
      problems: [{ pointer: '', keyword: 'oneOf', message: 'has to have exactly one of a, b' }],
    });
    expect(check.check({ ...object, a: 'x', b: 'y' }, '1.36').status).toBe('invalid');
    expect(check.check({ ...object, b: 'y' }, '1.36')).toMatchObject({ status: 'valid' });
  });
});

/** Random but repeatable numbers in [0, 1). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x80000000;
  };
}

/** An object of a shape: mostly right, with some of its properties, following references into `root`. */
function sample(schema: unknown, root: Node, next: () => number, depth: number): Json {
  if (typeof schema !== 'object' || schema === null) return {};
  const s = schema as {
    $ref?: string;
    enum?: Json[];
    anyOf?: unknown[];
    type?: string | string[];
    properties?: Record<string, unknown>;
    required?: string[];
    items?: unknown;
    additionalProperties?: unknown;
    minimum?: number;
    format?: string;
  };
  if (s.$ref !== undefined)
    return sample(
      s.$ref
        .slice(2)
        .split('/')
        .reduce<unknown>((node, step) => (node as Node)[step], root),
      root,
      next,
      depth,
    );
  if (s.enum !== undefined) return s.enum[Math.floor(next() * s.enum.length)] ?? null;
  if (s.anyOf !== undefined && s.properties === undefined && s.type === undefined)
    return sample(s.anyOf[Math.floor(next() * s.anyOf.length)], root, next, depth);
  switch (Array.isArray(s.type) ? s.type[0] : s.type) {
    case 'string':
      return s.format === 'date-time'
        ? '2026-01-01T00:00:00Z'
        : (['1', 'abc', '10s', 'https://example.org'][Math.floor(next() * 4)] ?? '');
    case 'integer':
    case 'number':
      return s.minimum ?? 1;
    case 'boolean':
      return next() < 0.5;
    case 'array':
      return depth > 8
        ? []
        : Array.from({ length: Math.floor(next() * 3) }, () => sample(s.items, root, next, depth + 1));
    default: {
      const object: { [key: string]: Json } = {};
      const share = Math.min(0.7, 3 / Object.keys(s.properties ?? {}).length);
      for (const [name, property] of Object.entries(s.properties ?? {}))
        if (s.required?.includes(name) === true || name === 'spec' || (depth < 9 && next() < share))
          object[name] = sample(property, root, next, depth + 1);
      if (typeof s.additionalProperties === 'object')
        for (const name of ['one', 'two'])
          if (next() < 0.6) object[name] = sample(s.additionalProperties, root, next, depth + 1);
      return object;
    }
  }
}

/** The object with one thing changed somewhere: a value of another type, a field more or less. */
function mutate(node: Json, next: () => number): Json {
  const odd: Json[] = [null, true, -1, 1.5, 2 ** 40, 'x', '', [], {}, ['x'], { x: 1 }];
  const any = (): Json => odd[Math.floor(next() * odd.length)] ?? null;
  if (typeof node !== 'object' || node === null) return any();
  const keys = Object.keys(node).filter((k) => k !== 'apiVersion' && k !== 'kind');
  const key = keys[Math.floor(next() * keys.length)];
  if (Array.isArray(node)) {
    if (key === undefined || next() < 0.15) return [...node, any()];
    return node.map((item, i) => (String(i) === key ? mutate(item, next) : item));
  }
  const dice = next();
  if (key === undefined || dice < 0.1) return { ...node, [`${key ?? 'new'}X`]: any() };
  const { [key]: value, ...rest } = node;
  if (dice < 0.2) return rest;
  return { ...rest, [key]: dice < 0.3 ? any() : mutate(value ?? null, next) };
}

describe('the narrowed shape', () => {
  const kubernetes = readSchema('kubernetes/v1.36.json') as { kinds: Record<string, { $ref: string }>; $defs: Node };
  // one kind in four: whole shapes take long to compile
  const builtIns = Object.entries(kubernetes.kinds)
    .filter((_entry, i) => i % 4 === 0)
    .map(([gvk, { $ref }]) => ({ gvk, full: { $ref, $defs: kubernetes.$defs } as Node }));
  const crds = [
    'kafka.strimzi.io/Kafka_v1',
    'postgresql.cnpg.io/Cluster_v1',
    'argoproj.io/Application_v1alpha1',
    'external-secrets.io/ClusterSecretStore_v1',
    'gateway.networking.k8s.io/HTTPRoute_v1',
    'gateway.envoyproxy.io/SecurityPolicy_v1alpha1',
    'gateway.envoyproxy.io/ClientTrafficPolicy_v1alpha1',
    'monitoring.coreos.com/AlertmanagerConfig_v1alpha1',
    'cert-manager.io/ClusterIssuer_v1',
    'keda.sh/ScaledObject_v1alpha1',
    'operator.knative.dev/KnativeServing_v1beta1',
    'metallb.io/BGPPeer_v1beta2',
    'sources.knative.dev/KafkaSource_v1',
  ].map((name) => {
    const file = readSchema(`crds/${name}.json`) as { gvk: string; shape: Node };
    return { gvk: file.gvk, full: file.shape };
  });

  /** What is left of an object when the API server judges it. */
  const plainForm = (object: ValueMap, full: Node, gvk: string): Node => {
    const { status: _status, ...rest } = object;
    const root = full as ValueMap;
    const resolve = (shape: unknown): ValueMap => dereference(asMap(shape), root);
    const isBuiltIn = kubernetes.kinds[gvk] !== undefined;
    return withoutNulls(isBuiltIn ? rest : withDefaults(rest, root), root, resolve, isBuiltIn) as Node;
  };

  it('gives the verdict of the whole shape on every object', () => {
    let valid = 0;
    let invalid = 0;
    for (const { gvk, full } of [...builtIns, ...crds]) {
      const check: ValidateFunction = createShapeAjv().compile(full);
      const next = random(gvk.length * 7919);
      const [kind = '', ...apiVersion] = gvk.split('/').toReversed();
      for (let i = 0; i < 12; i += 1) {
        let object = {
          ...(sample(full, full, next, 0) as Node),
          apiVersion: apiVersion.toReversed().join('/'),
          kind,
        } as { [key: string]: Json };
        for (let m = 0; m < 5; m += 1) {
          const plain = plainForm(object, full, gvk);
          const all = shapes.check(plain, '1.36').problems;
          // what Kubernetes demands beyond that is no business of JSON Schema
          const found = all.filter(({ keyword }) => !/^(?:x-kubernetes-|metadata$)/.test(keyword));
          const expected = check(plain);
          expect({ gvk, object, valid: found.length === 0, places: places(found) }).toEqual({
            gvk,
            object,
            valid: expected,
            places: expected ? [] : expect.arrayContaining(ownPlaces(check)),
          });
          if (expected) valid += 1;
          else invalid += 1;
          object = mutate(object, next) as typeof object;
        }
      }
    }
    // both verdicts have to be there in numbers, or the test would prove little
    expect(valid).toBeGreaterThan(300);
    expect(invalid).toBeGreaterThan(300);
  }, 240_000);

  it('is compiled once for objects of the same structure', () => {
    const compile = vi.spyOn(Ajv2020.prototype, 'compile');
    const counted = createApiShapes(committedSchemas);
    const compiledFor = (object: Node): number => {
      const before = compile.mock.calls.length;
      expect(counted.check(object, '1.36').status).toBe('valid');
      return compile.mock.calls.length - before;
    };
    expect(compiledFor(deployment())).toBeGreaterThan(0);
    for (let i = 0; i < 9; i += 1)
      expect(compiledFor(having(deployment(), 'metadata.labels', { [`label-${i}`]: 'x' }))).toBe(0);
    expect(compiledFor(having(deployment(), 'spec.paused', true))).toBeGreaterThan(0);
    compile.mockRestore();
  });
});

const places = (problems: readonly { pointer: string }[]): string[] => problems.map((p) => p.pointer);

/** The places of errors that are not inside a choice. */
function ownPlaces(check: ValidateFunction): string[] {
  const errors = check.errors ?? [];
  if (errors.some((e) => e.keyword === 'anyOf' || e.keyword === 'oneOf')) return [];
  return errors.map((e) =>
    e.keyword === 'additionalProperties'
      ? `${e.instancePath}/${String((e.params as Node)['additionalProperty'])
          .replaceAll('~', '~0')
          .replaceAll('/', '~1')}`
      : e.instancePath,
  );
}
