import { isMap, member } from '../../model/values.ts';
import type { ValueMap } from '../../model/values.ts';
import { sha } from '../../util/digest.ts';
import { kindIn } from '../definitions.ts';
import { shapeFromCrd } from '../schemaImport.ts';
import type { CrdShape } from '../schemaImport.ts';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { shapeFromJsonSchema } from './fromJsonSchema.ts';
import type { Definitions, Shape } from './narrow.ts';
import { dereference } from './places.ts';
import type { ShapePlace, ShapeSource } from './shapeTypes.ts';

export interface KindShape {
  readonly origin: 'kubernetes' | 'definition' | 'catalogue';
  /** Whether the status of an object that is made goes away. */
  readonly dropsStatus: boolean;
  /** Undefined: the schema does not say. */
  readonly scope: 'Namespaced' | 'Cluster' | undefined;
  readonly shape: Shape;
  readonly definitions: Definitions;
  /** The places of the shape that the compiled check knows; it decides about objects that need no others. */
  readonly places: Set<string>;
  compiled: ValidateFunction | undefined;
}

/** A version that the definition of the kind has not, or does not serve. */
export interface NotServed {
  readonly served: readonly string[];
}

export type Finder = (object: Readonly<Record<string, unknown>>, minor: string) => KindShape | NotServed | undefined;
export type Known = (key: string, make: () => KindShape | undefined) => KindShape | undefined;

/** Definitions decide about their kinds, a finder about all others. Each is converted when an object asks for it. */
export function withOwn(others: Finder, definitions: readonly ValueMap[], known: Known): Finder {
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
      return shape === undefined ? undefined : kindOf(shape.scope, shape.shape, shape.shape, 'definition');
    });
    return found ?? { served: shapeFromCrd(crd).map((s) => `${group}/${s.gvk.split('/')[1] ?? ''}`) };
  };
}

/** Finds the shape of an object's kind; each is read once. */
export function createFinder(source: ShapeSource): { readonly find: Finder; readonly known: Known } {
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
    const found =
      place === 'default' ? usual() : shape === undefined ? undefined : kindOf(undefined, shape, shape, 'catalogue');
    if (found !== undefined) return found;
  }
  return undefined;
}

function kindOf(scope: unknown, shape: Shape, root: Shape, origin: KindShape['origin']): KindShape {
  const status = member(dereference(shape, root)['properties'], 'status');
  return {
    origin,
    dropsStatus: isMap(status) && Object.keys(status).length === 0,
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
  return kindOf(entry['scope'], { $ref: entry['$ref'] }, document, 'kubernetes');
}

function custom(source: ShapeSource, apiVersion: string, kind: string): KindShape | undefined {
  const [group, version, ...rest] = apiVersion.split('/');
  if (group === undefined || version === undefined || rest.length > 0) return undefined;
  const document = source.crd(group, version, kind);
  if (!isMap(document) || !isMap(document['shape'])) return undefined;
  return kindOf(document['scope'], document['shape'], document['shape'], 'definition');
}
