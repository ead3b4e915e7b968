import type { Value, ValueMap } from '../model/values.ts';
import { asList, asMap, asString, isList, listAt, mapAt, member, textAt } from '../model/values.ts';
import { objectMeta, textShape } from './shapes/objectMeta.ts';
import { convert } from './schemaConvert.ts';
import type { Findings } from './schemaConvert.ts';
import { createShapeRules } from './shapes/rules.ts';
import type { ShapeRules } from './shapes/rules.ts';
import { quantityPattern } from './quantity.ts';

export type Scope = 'Namespaced' | 'Cluster';

/** `schemas/kubernetes/v<minor>.json`: built-in kinds by `<apiVersion>/<Kind>`, and every definition they reach. */
export interface ApiShapes {
  readonly kinds: Readonly<Record<string, { readonly scope: Scope; readonly $ref: string }>>;
  readonly $defs: Readonly<Record<string, ValueMap>>;
}

/** `schemas/crds/<group>/<Kind>_<version>.json` has gvk, plural, scope, subresources and shape; `notes` names the checks that were lost. */
export interface CrdShape {
  readonly gvk: string;
  /** The name in URLs of the API server. */
  readonly plural: string;
  readonly scope: Scope;
  /** `scale`, `status`: what the API server keeps behind paths of their own. */
  readonly subresources: readonly string[];
  /** True, or the warning that the API server gives. */
  readonly deprecated?: string | true;
  /** `<apiVersion>/<Kind>` of the version that is stored, for a deprecated one. */
  readonly replacement?: string;
  readonly shape: ValueMap;
  readonly notes: readonly string[];
}

/** Definitions whose OpenAPI text says less than the API server's decoder (apimachinery resource.Quantity, intstr.IntOrString). */
const decoded: Readonly<Record<string, ValueMap>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': {
    // the decoder takes white space off first
    anyOf: [
      { type: 'string', pattern: quantityPattern.replace('^', '^\\s*').replace(/\$$/, '\\s*$') },
      { type: 'number' },
    ],
  },
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': {
    anyOf: [{ type: 'integer', format: 'int32' }, { type: 'string' }],
  },
};

const schemaName = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps';
/** Where something else than a schema may stand, which OpenAPI does not say. A list of schemas for items is refused in every definition. */
const besideSchema: Readonly<Record<string, (schema: ValueMap | undefined) => ValueMap>> = {
  [`${schemaName}OrArray`]: () => ({ $ref: `#/$defs/${schemaName}` }),
  [`${schemaName}OrBool`]: (schema) => ({ ...schema, type: ['object', 'boolean'] }),
  [`${schemaName}OrStringArray`]: (schema) => ({ ...schema, type: ['object', 'array'], items: { type: 'string' } }),
};

const metaRef: ValueMap = { $ref: '#/$defs/ObjectMeta' };

/**
 * Shapes of built-in kinds from a Kubernetes OpenAPI v2 document. `kinds` has `<apiVersion>/<Kind>`, or `<apiVersion>/*` for
 * every kind that can be created; undefined takes all of those. A kind is namespaced when one of its paths has {namespace}.
 */
export function shapesFromOpenApi(
  swagger: unknown,
  kinds: readonly string[] | undefined,
  rules: ShapeRules = createShapeRules(),
): ApiShapes {
  const definitions = asMap(member(swagger, 'definitions'));
  const scopes = creatableKinds(swagger);
  const found: Record<string, { scope: Scope; $ref: string }> = {};
  const findings: Findings = { isBuiltIn: true, refs: new Set(), notes: [], rules, dropped: 0 };
  for (const [name, definition] of Object.entries(definitions)) {
    for (const gvk of asList(member(definition, 'x-kubernetes-group-version-kind')).map(gvkOf)) {
      const scope = scopes.get(gvk);
      if (
        scope === undefined ||
        (kinds !== undefined &&
          !kinds.some(
            (k) =>
              k === gvk ||
              (k.endsWith('/*') && gvk.startsWith(k.slice(0, -1)) && !gvk.slice(k.length - 1).includes('/')),
          ))
      )
        continue;
      found[gvk] = { scope, $ref: `#/$defs/${name}` };
      findings.refs.add(name);
    }
  }
  const $defs: Record<string, ValueMap> = {};
  // a Set's iteration also visits what is added on the way: this is the transitive closure
  for (const name of findings.refs) {
    const definition = asMap(definitions[name]);
    const isKind = isList(definition['x-kubernetes-group-version-kind']);
    $defs[name] =
      decoded[name] ??
      // only schemas refer to these, so theirs is here already
      besideSchema[name]?.($defs[schemaName]) ??
      convert(isKind ? withOpenStatus(definition) : definition, true, `/${name}`, findings);
  }
  return { kinds: found, $defs };
}

const gvkOf = (value: unknown): string => {
  const group = asString(member(value, 'group')) ?? '';
  return `${group === '' ? '' : `${group}/`}${asString(member(value, 'version')) ?? ''}/${asString(member(value, 'kind')) ?? ''}`;
};

/** Kinds that have a collection to post to, with their scope; leaves out lists, options and answers of the API. */
function creatableKinds(swagger: unknown): Map<string, Scope> {
  const scopes = new Map<string, Scope>();
  for (const [path, operations] of Object.entries(asMap(member(swagger, 'paths')))) {
    const post = member(operations, 'post');
    const gvk = member(post, 'x-kubernetes-group-version-kind');
    if (gvk === undefined || member(post, 'x-kubernetes-action') !== 'post' || path.includes('{name}')) continue;
    if (path.includes('{namespace}')) scopes.set(gvkOf(gvk), 'Namespaced');
    else if (!scopes.has(gvkOf(gvk))) scopes.set(gvkOf(gvk), 'Cluster');
  }
  return scopes;
}

/**
 * Shapes of every served version of an apiextensions.k8s.io/v1 CustomResourceDefinition. A shape is a JSON Schema of its own:
 * its metadata refers to `$defs/ObjectMeta` inside it. Empty when the value is no such definition.
 */
export function shapeFromCrd(crd: unknown, rules: ShapeRules = createShapeRules()): CrdShape[] {
  const spec = asMap(member(crd, 'spec'));
  const group = textAt(spec, 'group');
  const kind = asString(member(spec['names'], 'kind'));
  if (
    member(crd, 'kind') !== 'CustomResourceDefinition' ||
    member(crd, 'apiVersion') !== 'apiextensions.k8s.io/v1' ||
    group === undefined ||
    kind === undefined
  )
    return [];
  return listAt(spec, 'versions')
    .filter((v) => member(v, 'served') === true)
    .map((version) => {
      const gvk = `${group}/${asString(member(version, 'name')) ?? ''}/${kind}`;
      const findings: Findings = { isBuiltIn: false, refs: new Set(), notes: [], rules, dropped: 0 };
      const schema = member(member(version, 'schema'), 'openAPIV3Schema');
      if (schema === undefined) findings.notes.push(`${gvk} has no schema: only its metadata is checked`);
      const subresources = asMap(member(version, 'subresources'));
      const shape = rootShape(
        asMap(schema ?? { 'x-kubernetes-preserve-unknown-fields': true }),
        subresources['status'] !== undefined,
        findings,
      );
      return {
        gvk,
        plural: asString(member(spec['names'], 'plural')) ?? '',
        scope: spec['scope'] === 'Cluster' ? 'Cluster' : 'Namespaced',
        subresources: Object.keys(subresources).sort(),
        ...deprecationOf(version, crd),
        shape,
        notes: findings.notes,
      };
    });
}

function deprecationOf(version: Value, crd: unknown): Pick<CrdShape, 'deprecated' | 'replacement'> {
  if (member(version, 'deprecated') !== true) return {};
  const stored = storedVersion(crd);
  const gvk = stored === member(version, 'name') ? undefined : gvkIn(crd, stored);
  return {
    deprecated: asString(member(version, 'deprecationWarning')) ?? true,
    ...(gvk === undefined ? {} : { replacement: gvk }),
  };
}

/** The stored version when it is served, else the first that is. */
function storedVersion(crd: unknown): string | undefined {
  const served = asList(member(member(crd, 'spec'), 'versions')).filter((v) => member(v, 'served') === true);
  return asString(member(served.find((v) => member(v, 'storage') === true) ?? served[0], 'name'));
}

function gvkIn(crd: unknown, version: string | undefined): string | undefined {
  const spec = asMap(member(crd, 'spec'));
  const [group, kind] = [textAt(spec, 'group'), asString(member(spec['names'], 'kind'))];
  return group === undefined || kind === undefined || version === undefined ? undefined : `${group}/${version}/${kind}`;
}

/** The versions that a definition names and does not serve: objects of them are refused. */
export function retiredVersions(crd: unknown): { readonly gvk: string; readonly replacement?: string }[] {
  if (member(crd, 'kind') !== 'CustomResourceDefinition') return [];
  const replacement = gvkIn(crd, storedVersion(crd));
  return asList(member(member(crd, 'spec'), 'versions'))
    .filter((v) => member(v, 'served') === false)
    .flatMap((v) => gvkIn(crd, asString(member(v, 'name'))) ?? [])
    .map((gvk) => ({ gvk, ...(replacement === undefined ? {} : { replacement }) }));
}

function rootShape(schema: ValueMap, dropsStatus: boolean, findings: Findings): ValueMap {
  const { metadata, ...rest } = mapAt(schema, 'properties');
  // a CRD may limit metadata.name; that comes on top of ObjectMeta, so nothing in it is closed
  const limits = metadata === undefined ? {} : convert(metadata, false, '/metadata', findings);
  const { type: _type, ...own } = limits;
  const object = { ...schema, type: 'object', properties: rest };
  const root = convert(dropsStatus ? withOpenStatus(object) : object, true, '', findings);
  const properties = {
    ...mapAt(root, 'properties'),
    apiVersion: textShape,
    kind: textShape,
    metadata: { ...metaRef, ...own },
  };
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true || root['additionalProperties'] === true;
  return { ...root, properties, ...(open ? {} : { additionalProperties: false }), $defs: { ObjectMeta: objectMeta } };
}

/**
 * The status of an object that is made is dropped where it has a path of its own, whatever it is: only that the field is known
 * stays.
 */
function withOpenStatus(schema: ValueMap): ValueMap {
  const properties = mapAt(schema, 'properties');
  if (properties['status'] === undefined) return schema;
  const required = listAt(schema, 'required').filter((name) => name !== 'status');
  return {
    ...schema,
    properties: { ...properties, status: { 'x-kubernetes-preserve-unknown-fields': true } },
    required,
  };
}
