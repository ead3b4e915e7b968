import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { isMap } from '../model/values.ts';
import type { ValueMap } from '../model/values.ts';
import { isIp } from './celKubernetes.ts';
import { metadataProblems } from './objectMetadata.ts';
import { narrowShape } from './shapeNarrow.ts';
import type { Shape } from './shapeNarrow.ts';
import { problemsOf } from './shapeProblems.ts';
import { createShapeRules } from './shapeRules.ts';
import type { ShapeProblem } from './shapeProblems.ts';

/**
 * Parsed files of the schemas folder: `kubernetes/v<minor>.json` has `{kinds: {"<apiVersion>/<Kind>": {scope, $ref}}, $defs}`,
 * `crds/<group>/<Kind>_<version>.json` has `{gvk, scope, shape}` (see schemaImport.ts).
 */
export interface ShapeSource {
  kubernetes(minor: string): unknown;
  crd(group: string, version: string, kind: string): unknown;
}

export interface ShapeResult {
  readonly status: 'valid' | 'invalid' | 'no-schema';
  readonly scope?: 'Namespaced' | 'Cluster';
  readonly problems: readonly ShapeProblem[];
}

export interface ApiShapeChecker {
  check(object: Readonly<Record<string, unknown>>, kubernetesMinor: string): ShapeResult;
}

interface KindShape {
  readonly scope: 'Namespaced' | 'Cluster';
  readonly shape: Shape;
  /** The document that `#/…` references in the shape point into. */
  readonly root: Shape;
  /** Compiled checks by the structure of the objects they are for. */
  readonly compiled: Map<string, ValidateFunction>;
  /** Which definitions of the root refer to themselves. */
  readonly recursive: Map<string, boolean>;
}

/** Keywords beyond JSON Schema; those that are checked are so in shapeRules.ts. */
const shapeKeywords: readonly string[] = [
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'x-kubernetes-validations',
];
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const dateTime =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** The ajv that checks shapes: strict, with the formats that imports keep. Shapes are checked when they are imported, not here. */
export function createShapeAjv(): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    // errors carry their part of the schema: inside a definition, their path does not lead there
    verbose: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
    validateSchema: false,
    messages: false,
    addUsedSchema: false,
    meta: false,
    // most checks run a few times: what ajv's optimizer costs, it never earns back
    code: { optimize: false },
    formats: {
      byte: base64,
      ipv4: (text: string) => isIp(text) && text.includes('.') && !text.includes(':'),
      ipv6: (text: string) => isIp(text) && text.includes(':'),
      'date-time': dateTime,
      int32: { type: 'number', validate: (n: number) => Number.isInteger(n) && n >= -(2 ** 31) && n < 2 ** 31 },
      int64: { type: 'number', validate: (n: number) => Number.isInteger(n) && n >= -(2 ** 63) && n < 2 ** 63 },
    },
  });
  for (const keyword of shapeKeywords) ajv.addKeyword(keyword);
  return ajv;
}

/**
 * Checks objects against the API of their cluster. Whole shapes take ajv up to seconds to compile, so only the part that an
 * object uses is: properties it does not have accept anything, which cannot change the verdict on it. Objects of the same
 * structure share the compiled check, also across Kubernetes minors where that part of the shape is the same.
 */
export function createApiShapes(source: ShapeSource): ApiShapeChecker {
  const ajv = createShapeAjv();
  const rules = createShapeRules();
  const kinds = new Map<string, KindShape | undefined>();
  const checks = new Map<string, ValidateFunction>();
  const documents = new Map<string, unknown>();

  const kindShape = (apiVersion: string, kind: string, minor: string): KindShape | undefined => {
    const key = `${minor} ${apiVersion}/${kind}`;
    if (kinds.has(key)) return kinds.get(key);
    if (!documents.has(minor)) documents.set(minor, source.kubernetes(minor));
    const found = builtIn(documents.get(minor), apiVersion, kind) ?? custom(source, apiVersion, kind);
    kinds.set(key, found);
    return found;
  };
  const compile = (shape: Shape): ValidateFunction => {
    const key = JSON.stringify(shape);
    let check = checks.get(key);
    if (check === undefined) checks.set(key, (check = ajv.compile(shape)));
    return check;
  };

  return {
    check(object, kubernetesMinor) {
      const { apiVersion, kind } = object;
      const found =
        typeof apiVersion === 'string' && typeof kind === 'string'
          ? kindShape(apiVersion, kind, kubernetesMinor)
          : undefined;
      if (found === undefined) return { status: 'no-schema', problems: [] };
      const narrowed = narrowShape(found.shape, object, found.root, found.recursive);
      let check = found.compiled.get(narrowed.signature);
      if (check === undefined) found.compiled.set(narrowed.signature, (check = compile(narrowed.shape)));
      // rules rely on types: the API server asks them only when the schema holds
      const problems = check(object)
        ? [...metadataProblems(object as ValueMap), ...rules.problems(object as ValueMap, found.shape, found.root)]
        : problemsOf((check.errors ?? []) as ErrorObject[], object);
      return { status: problems.length === 0 ? 'valid' : 'invalid', scope: found.scope, problems };
    },
  };
}

function builtIn(document: unknown, apiVersion: string, kind: string): KindShape | undefined {
  if (!isMap(document) || !isMap(document['kinds'])) return undefined;
  const name = `${apiVersion}/${kind}`;
  const entry = Object.hasOwn(document['kinds'], name) ? document['kinds'][name] : undefined;
  if (!isMap(entry) || typeof entry['$ref'] !== 'string') return undefined;
  return {
    scope: scopeOf(entry['scope']),
    shape: { $ref: entry['$ref'] },
    root: document,
    compiled: new Map(),
    recursive: new Map(),
  };
}

function custom(source: ShapeSource, apiVersion: string, kind: string): KindShape | undefined {
  const [group, version, ...rest] = apiVersion.split('/');
  if (group === undefined || version === undefined || rest.length > 0) return undefined;
  const document = source.crd(group, version, kind);
  if (!isMap(document) || !isMap(document['shape'])) return undefined;
  return {
    scope: scopeOf(document['scope']),
    shape: document['shape'],
    root: document['shape'],
    compiled: new Map(),
    recursive: new Map(),
  };
}

const scopeOf = (value: unknown): 'Namespaced' | 'Cluster' => (value === 'Cluster' ? 'Cluster' : 'Namespaced');
