import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { isMap } from '../../model/values.ts';
import type { ValueMap } from '../../model/values.ts';
import { isIp } from '../addresses.ts';
import { limitProblems } from './limits.ts';
import { metadataProblems } from './objectMetadata.ts';
import { addPlaces, leftOut, narrowShape } from './narrow.ts';
import type { Definitions, Shape } from './narrow.ts';
import { problemsOf } from './problems.ts';
import type { CrdShape } from '../schemaImport.ts';
import { shapeFromCrd } from '../schemaImport.ts';
import { kindIn } from '../definitions.ts';
import { sha } from '../../util/digest.ts';
import { createShapeRules, dereference } from './rules.ts';
import { shapeFromJsonSchema } from './fromJsonSchema.ts';
import type { ShapeProblem } from './problems.ts';

/**
 * Parsed files of the schemas folder: `kubernetes/v<minor>.json` has `{kinds: {"<apiVersion>/<Kind>": {scope, $ref}}, $defs}`,
 * `crds/<group>/<Kind>_<version>.json` has `{gvk, scope, shape}` (see schemaImport.ts).
 */
export interface ShapeSource {
  kubernetes(minor: string): unknown;
  crd(group: string, version: string, kind: string): unknown;
  /** Where shapes are looked for, in this order; without it in the files above and nowhere else. */
  readonly places?: readonly ShapePlace[];
}

/** `default` is the files of a ShapeSource; other places have JSON schemas as kubeconform reads them. */
export type ShapePlace = 'default' | { schema(apiVersion: string, kind: string, minor: string): unknown };

export interface ShapeResult {
  readonly status: 'valid' | 'invalid' | 'no-schema';
  readonly scope?: 'Namespaced' | 'Cluster';
  readonly problems: readonly ShapeProblem[];
}

export interface ApiShapeChecker {
  /** Says which objects are about to be checked, so that one compiled check serves all of a kind. */
  expect(objects: readonly Readonly<Record<string, unknown>>[], kubernetesMinor: string): void;
  check(object: Readonly<Record<string, unknown>>, kubernetesMinor: string): ShapeResult;
  /** Undefined for a kind without a schema. */
  scopeOf(apiVersion: string, kind: string, kubernetesMinor: string): 'Namespaced' | 'Cluster' | undefined;
  /** The schema of a kind, and what `$ref` in it points into; undefined without one. */
  schemaOf(apiVersion: string, kind: string, kubernetesMinor: string): { schema: ValueMap; root: ValueMap } | undefined;
  /** The same, but what these CustomResourceDefinitions say of their kinds comes before everything else. */
  withDefinitions(definitions: readonly ValueMap[]): ApiShapeChecker;
}

interface KindShape {
  /** Undefined: the schema does not say. */
  readonly scope: 'Namespaced' | 'Cluster' | undefined;
  readonly shape: Shape;
  readonly definitions: Definitions;
  /** The places of the shape that the compiled check knows; it decides about objects that need no others. */
  readonly places: Set<string>;
  compiled: ValidateFunction | undefined;
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
export function createShapeAjv(onLeftOut?: () => void): Ajv2020 {
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
  ajv.addKeyword({ keyword: leftOut, errors: false, validate: () => (onLeftOut?.(), true) });
  return ajv;
}

/**
 * Checks objects against the API of their cluster. Whole shapes take ajv up to seconds to compile, so only the part that the
 * objects use is: what none of them has is left out, which cannot change the verdict on them. An object that has it says so
 * while it is checked (`leftOut`), and the check of its kind is compiled again, for what it uses too.
 */
export function createApiShapes(source: ShapeSource): ApiShapeChecker {
  let missed = false;
  const ajv = createShapeAjv(() => (missed = true));
  const rules = createShapeRules();
  const finder = createFinder(source);
  const learn = (found: KindShape, object: unknown): void => {
    if (addPlaces(found.places, found.shape, object, found.definitions)) found.compiled = undefined;
  };
  /** The errors of ajv on an object; undefined when there are none. */
  const errorsOf = (found: KindShape, object: unknown): readonly ErrorObject[] | undefined => {
    missed = false;
    if (found.compiled?.(object) === true && !missed) return undefined;
    if (found.compiled === undefined || missed) {
      learn(found, object);
      found.compiled = ajv.compile(narrowShape(found.shape, found.places, found.definitions));
      if (found.compiled(object)) return undefined;
    }
    return found.compiled.errors as readonly ErrorObject[];
  };

  const checker = (kindShape: Finder): ApiShapeChecker => ({
    withDefinitions: (definitions) => checker(withOwn(kindShape, definitions, finder.known)),
    scopeOf(apiVersion, kind, minor) {
      const found = kindShape({ apiVersion, kind }, minor);
      return found === undefined || 'served' in found ? undefined : found.scope;
    },
    schemaOf: (apiVersion, kind, minor) => schemaOfShape(kindShape({ apiVersion, kind }, minor)),
    expect(objects, minor) {
      for (const object of objects) {
        const found = kindShape(object, minor);
        if (found !== undefined && !('served' in found)) learn(found, object);
      }
    },
    check(object, minor) {
      const found = kindShape(object, minor);
      if (found === undefined)
        return {
          status: 'no-schema',
          problems: [...metadataProblems(object as ValueMap), ...limitProblems(object as ValueMap)],
        };
      if ('served' in found) return { status: 'invalid', problems: [notServed(found)] };
      const errors = errorsOf(found, object);
      // rules rely on types: the API server asks them only when the schema holds
      const problems =
        errors === undefined
          ? [
              ...metadataProblems(object as ValueMap),
              ...limitProblems(object as ValueMap),
              ...rules.problems(object as ValueMap, found.shape, found.definitions.root),
            ]
          : problemsOf(errors, object);
      return {
        status: problems.length === 0 ? 'valid' : 'invalid',
        ...(found.scope === undefined ? {} : { scope: found.scope }),
        problems,
      };
    },
  });
  return checker(finder.find);
}

function schemaOfShape(found: KindShape | NotServed | undefined): { schema: ValueMap; root: ValueMap } | undefined {
  if (found === undefined || 'served' in found) return undefined;
  const { root } = found.definitions;
  return { schema: dereference(found.shape, root), root };
}

/** A version that the definition of the kind has not, or does not serve. */
interface NotServed {
  readonly served: readonly string[];
}

const notServed = ({ served }: NotServed): ShapeProblem => ({
  pointer: '/apiVersion',
  keyword: 'served',
  message: `is no version that the definition of its kind serves (${served.join(', ')})`,
});

type Finder = (object: Readonly<Record<string, unknown>>, minor: string) => KindShape | NotServed | undefined;
type Known = (key: string, make: () => KindShape | undefined) => KindShape | undefined;

/** Definitions decide about their kinds, a finder about all others. Each is converted when an object asks for it. */
function withOwn(others: Finder, definitions: readonly ValueMap[], known: Known): Finder {
  const own = new Map(definitions.map((crd) => [kindIn(crd), crd]));
  const digests = new Map<ValueMap, string>();
  return (object, minor) => {
    const [group = '', version = ''] = String(object['apiVersion']).split('/');
    const crd = own.get(`${group}/${String(object['kind'])}`);
    if (crd === undefined) return others(object, minor);
    const digest = digests.get(crd) ?? sha(JSON.stringify(crd));
    digests.set(crd, digest);
    const find = (shapes: readonly CrdShape[]): CrdShape | undefined =>
      shapes.find((s) => s.gvk === `${group}/${version}/${String(object['kind'])}`);
    const found = known(`${digest} ${version}`, () => {
      const shape = find(shapeFromCrd(crd));
      return shape === undefined ? undefined : kindOf(shape.scope, shape.shape, shape.shape);
    });
    return found ?? { served: shapeFromCrd(crd).map((s) => `${group}/${s.gvk.split('/')[1] ?? ''}`) };
  };
}

/** Finds the shape of an object's kind; each is read once. */
function createFinder(source: ShapeSource): { readonly find: Finder; readonly known: Known } {
  const kinds = new Map<string, KindShape | undefined>();
  const documents = new Map<string, unknown>();

  const known: Known = (key, make) => {
    const found = kinds.get(key);
    if (found !== undefined || kinds.has(key)) return found;
    const made = make();
    kinds.set(key, made);
    return made;
  };
  const find = (apiVersion: string, kind: string, minor: string): KindShape | undefined => {
    if (!documents.has(minor)) documents.set(minor, source.kubernetes(minor));
    const gvk = `${apiVersion}/${kind}`;
    const usual = (): KindShape | undefined =>
      builtIn(documents.get(minor), apiVersion, kind) ?? known(gvk, () => custom(source, apiVersion, kind));
    const { places } = source;
    return places === undefined ? usual() : firstOf(places, usual, apiVersion, kind, minor);
  };
  const findOf: Finder = ({ apiVersion, kind }, minor) => {
    if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
    return known(`${minor} ${apiVersion}/${kind}`, () => find(apiVersion, kind, minor));
  };
  return { find: findOf, known };
}

function firstOf(
  places: readonly ShapePlace[],
  usual: () => KindShape | undefined,
  apiVersion: string,
  kind: string,
  minor: string,
): KindShape | undefined {
  for (const place of places) {
    const schema = place === 'default' ? undefined : place.schema(apiVersion, kind, minor);
    const shape = isMap(schema) ? shapeFromJsonSchema(schema).shape : undefined;
    const found = place === 'default' ? usual() : shape === undefined ? undefined : kindOf(undefined, shape, shape);
    if (found !== undefined) return found;
  }
  return undefined;
}

function kindOf(scope: unknown, shape: Shape, root: Shape): KindShape {
  return {
    scope: scope === 'Cluster' || scope === 'Namespaced' ? scope : undefined,
    shape,
    definitions: { root, recursive: new Map() },
    places: new Set(),
    compiled: undefined,
  };
}

function builtIn(document: unknown, apiVersion: string, kind: string): KindShape | undefined {
  if (!isMap(document) || !isMap(document['kinds'])) return undefined;
  const name = `${apiVersion}/${kind}`;
  const entry = Object.hasOwn(document['kinds'], name) ? document['kinds'][name] : undefined;
  if (!isMap(entry) || typeof entry['$ref'] !== 'string') return undefined;
  return kindOf(entry['scope'], { $ref: entry['$ref'] }, document);
}

function custom(source: ShapeSource, apiVersion: string, kind: string): KindShape | undefined {
  const [group, version, ...rest] = apiVersion.split('/');
  if (group === undefined || version === undefined || rest.length > 0) return undefined;
  const document = source.crd(group, version, kind);
  if (!isMap(document) || !isMap(document['shape'])) return undefined;
  return kindOf(document['scope'], document['shape'], document['shape']);
}
