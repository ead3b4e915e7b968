import type { MutableMap, Value, ValueMap } from '../model/values.ts';
import { asList, asMap, asString, isList, isMap, member, pointerStep, setMember } from '../model/values.ts';
import { createShapeRules } from './shapeRules.ts';
import type { ShapeRules } from './shapeRules.ts';

export type Scope = 'Namespaced' | 'Cluster';

/** `schemas/kubernetes/v<minor>.json`: built-in kinds by `<apiVersion>/<Kind>`, and every definition they reach. */
export interface ApiShapes {
  readonly kinds: Readonly<Record<string, { readonly scope: Scope; readonly $ref: string }>>;
  readonly $defs: Readonly<Record<string, ValueMap>>;
}

/** `schemas/crds/<group>/<Kind>_<version>.json` has gvk, plural, scope and shape; `notes` names the checks that were lost. */
export interface CrdShape {
  readonly gvk: string;
  /** The name in URLs of the API server. */
  readonly plural: string;
  readonly scope: Scope;
  readonly shape: ValueMap;
  readonly notes: readonly string[];
}

/** What a conversion collects beside its result: definitions it refers to, and checks it had to drop. */
interface Findings {
  readonly refs: Set<string>;
  readonly notes: string[];
  readonly rules: ShapeRules;
  dropped: number;
}

const copied = [
  'enum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'multipleOf',
  'default',
] as const;
/** Formats that the checker (apiShapes.ts) implements; ajv refuses others. */
const checkedFormats: ReadonlySet<string> = new Set(['byte', 'date-time', 'int32', 'int64', 'ipv4', 'ipv6']);
/** The form of a Quantity, as controller-gen prints it into CRDs (sigs.k8s.io/controller-tools, pkg/crd/known_types.go). */
const quantityPattern =
  '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$';
const intOrString: readonly Value[] = [{ type: 'integer' }, { type: 'string' }];

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

const text: ValueMap = { type: 'string' };
const texts: ValueMap = { type: 'object', additionalProperties: text };
const time: ValueMap = { type: 'string', format: 'date-time' };
const int64: ValueMap = { type: 'integer', format: 'int64' };
const flag: ValueMap = { type: 'boolean' };
const closed = (properties: ValueMap, required: readonly string[] = []): ValueMap => ({
  type: 'object',
  properties,
  additionalProperties: false,
  ...(required.length > 0 ? { required } : {}),
});

/** ObjectMeta of Kubernetes' meta/v1: CRDs leave metadata open, because the API server knows its shape itself. */
export const objectMeta: ValueMap = closed({
  annotations: texts,
  creationTimestamp: time,
  deletionGracePeriodSeconds: int64,
  deletionTimestamp: time,
  finalizers: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
  generateName: text,
  generation: int64,
  labels: texts,
  name: text,
  namespace: text,
  resourceVersion: text,
  selfLink: text,
  uid: text,
  managedFields: {
    type: 'array',
    items: closed({
      apiVersion: text,
      fieldsType: text,
      fieldsV1: { type: 'object' },
      manager: text,
      operation: text,
      subresource: text,
      time,
    }),
  },
  ownerReferences: {
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['uid'],
    items: {
      ...closed({ apiVersion: text, blockOwnerDeletion: flag, controller: flag, kind: text, name: text, uid: text }, [
        'apiVersion',
        'kind',
        'name',
        'uid',
      ]),
      'x-kubernetes-map-type': 'atomic',
    },
  },
});
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
  const findings: Findings = { refs: new Set(), notes: [], rules, dropped: 0 };
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
    $defs[name] = decoded[name] ?? convert(isKind ? withoutStatus(definition) : definition, true, `/${name}`, findings);
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
  const group = asString(spec['group']);
  const kind = asString(member(spec['names'], 'kind'));
  if (
    member(crd, 'kind') !== 'CustomResourceDefinition' ||
    member(crd, 'apiVersion') !== 'apiextensions.k8s.io/v1' ||
    group === undefined ||
    kind === undefined
  )
    return [];
  return asList(spec['versions'])
    .filter((v) => member(v, 'served') === true)
    .map((version) => {
      const gvk = `${group}/${asString(member(version, 'name')) ?? ''}/${kind}`;
      const findings: Findings = { refs: new Set(), notes: [], rules, dropped: 0 };
      const schema = member(member(version, 'schema'), 'openAPIV3Schema');
      if (schema === undefined) findings.notes.push(`${gvk} has no schema: only its metadata is checked`);
      const shape = rootShape(asMap(schema ?? { 'x-kubernetes-preserve-unknown-fields': true }), findings);
      const plural = asString(member(spec['names'], 'plural')) ?? '';
      return {
        gvk,
        plural,
        scope: spec['scope'] === 'Cluster' ? 'Cluster' : 'Namespaced',
        shape,
        notes: findings.notes,
      };
    });
}

function rootShape(schema: ValueMap, findings: Findings): ValueMap {
  const { metadata, ...rest } = asMap(schema['properties']);
  // a CRD may limit metadata.name; that comes on top of ObjectMeta, so nothing in it is closed
  const limits = metadata === undefined ? {} : convert(metadata, false, '/metadata', findings);
  const { type: _type, ...own } = limits;
  const root = convert({ ...withoutStatus({ ...schema, type: 'object', properties: rest }) }, true, '', findings);
  const properties = { ...asMap(root['properties']), apiVersion: text, kind: text, metadata: { ...metaRef, ...own } };
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true || root['additionalProperties'] === true;
  return { ...root, properties, ...(open ? {} : { additionalProperties: false }), $defs: { ObjectMeta: objectMeta } };
}

/** Objects in git have no status: it belongs to controllers, so it is an unknown field there. */
function withoutStatus(schema: ValueMap): ValueMap {
  const { status: _status, ...properties } = asMap(schema['properties']);
  const required = asList(schema['required']).filter((name) => name !== 'status');
  return { ...schema, properties, required };
}

/**
 * One OpenAPI schema as JSON Schema 2020-12. `structural` positions describe what an object may have and are closed; branches of
 * anyOf, oneOf, allOf and not only add conditions, so they stay open (Kubernetes "structural schemas").
 */
function convert(source: Value | undefined, structural: boolean, pointer: string, findings: Findings): ValueMap {
  const schema = asMap(source);
  const ref = asString(schema['$ref'])?.replace('#/definitions/', '');
  if (ref !== undefined) {
    findings.refs.add(ref);
    return { $ref: `#/$defs/${ref}` };
  }
  const out: MutableMap = {};
  const nullable = schema['nullable'] === true;
  if (schema['type'] !== undefined) out['type'] = nullable ? [schema['type'], 'null'] : schema['type'];
  for (const key of copied)
    if (schema[key] !== undefined && !(key === 'default' && schema[key] === null)) out[key] = schema[key];
  if (nullable && isList(out['enum']) && !out['enum'].includes(null)) out['enum'] = [...out['enum'], null];
  bounds(schema, out);
  convertText(schema, out, pointer, findings);
  convertMembers(schema, out, structural, pointer, findings);
  if (schema['items'] !== undefined) out['items'] = convert(schema['items'], structural, `${pointer}/*`, findings);
  convertBranches(schema, out, pointer, findings);
  convertExtensions(schema, out, pointer, findings);
  if (schema['x-kubernetes-int-or-string'] === true || schema['format'] === 'int-or-string') {
    const other = out['anyOf'];
    delete out['type'];
    out['anyOf'] = nullable ? [...intOrString, { type: 'null' }] : intOrString;
    if (other !== undefined && JSON.stringify(other) !== JSON.stringify(intOrString))
      out['allOf'] = [...asList(out['allOf']), { anyOf: other }];
  }
  return out;
}

/** OpenAPI 3.0 marks a bound as exclusive beside it; JSON Schema 2020-12 has the bound there. */
function bounds(schema: ValueMap, out: MutableMap): void {
  for (const [bound, exclusive] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    const value = schema[bound];
    if (value !== undefined) out[schema[exclusive] === true ? exclusive : bound] = value;
  }
}

function convertText(schema: ValueMap, out: MutableMap, pointer: string, findings: Findings): void {
  const format = asString(schema['format']);
  if (format !== undefined && checkedFormats.has(format)) out['format'] = format;
  else if (format !== undefined && format !== 'int-or-string') findings.dropped += 1;
  const pattern = asString(schema['pattern']);
  if (pattern === undefined) return;
  if (isRegExp(pattern)) out['pattern'] = pattern;
  else {
    findings.dropped += 1;
    findings.notes.push(`${pointer}: the pattern ${pattern} is not checked, because JavaScript cannot read it`);
  }
}

/** Go's patterns that JavaScript reads alike; `[[:alpha:]]` compiles in both, but means something else. */
function isRegExp(pattern: string): boolean {
  if (pattern.includes('[:')) return false;
  try {
    return new RegExp(pattern, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

function convertMembers(
  schema: ValueMap,
  out: MutableMap,
  structural: boolean,
  pointer: string,
  findings: Findings,
): void {
  const properties: MutableMap = {};
  for (const [name, value] of Object.entries(asMap(schema['properties'])))
    setMember(properties, name, convert(value, structural, `${pointer}/${pointerStep(name)}`, findings));
  if (schema['x-kubernetes-embedded-resource'] === true)
    Object.assign(properties, { apiVersion: text, kind: text, metadata: objectMeta });
  const named = Object.keys(properties).length > 0;
  if (named) out['properties'] = properties;
  // the API server fills in defaults before it checks
  const required = asList(schema['required']).filter(
    (name) => !structural || member(properties[String(name)], 'default') === undefined,
  );
  if (required.length > 0) out['required'] = required;
  const additional = schema['additionalProperties'];
  if (isMap(additional)) out['additionalProperties'] = convert(additional, structural, `${pointer}/*`, findings);
  else if (typeof additional === 'boolean') out['additionalProperties'] = additional;
  else if (structural && named && schema['x-kubernetes-preserve-unknown-fields'] !== true)
    out['additionalProperties'] = false;
}

/** What Kubernetes demands beyond JSON Schema: unique entries of lists, and rules in CEL (checked in shapeRules.ts). */
function convertExtensions(schema: ValueMap, out: MutableMap, pointer: string, findings: Findings): void {
  const listType = schema['x-kubernetes-list-type'];
  if (listType === 'set' || listType === 'map') out['x-kubernetes-list-type'] = listType;
  if (listType === 'map') out['x-kubernetes-list-map-keys'] = schema['x-kubernetes-list-map-keys'] ?? [];
  if (schema['x-kubernetes-map-type'] === 'atomic') out['x-kubernetes-map-type'] = 'atomic';
  const rules = asList(schema['x-kubernetes-validations']).flatMap((source): ValueMap[] => {
    const rule = asString(member(source, 'rule'));
    if (rule === undefined) return [];
    const problem = findings.rules.unreadable(rule);
    if (problem !== undefined) findings.notes.push(`${pointer}: the rule ${rule} is not checked: ${problem}`);
    return [{ rule, ...(member(source, 'optionalOldSelf') === true ? { optionalOldSelf: true } : {}) }];
  });
  if (rules.length > 0) out['x-kubernetes-validations'] = rules;
}

/**
 * A branch that lost a check accepts too much. In allOf that is only weaker; in anyOf the whole keyword says nothing when a branch
 * accepts all; in oneOf and not it could turn right into wrong, so those are dropped.
 */
function convertBranches(schema: ValueMap, out: MutableMap, pointer: string, findings: Findings): void {
  for (const key of ['anyOf', 'allOf', 'oneOf', 'not'] as const) {
    const source = schema[key];
    if (source === undefined) continue;
    const before = findings.dropped;
    const branches = (key === 'not' ? [source] : asList(source)).map((branch) =>
      convert(branch, false, pointer, findings),
    );
    const lost = findings.dropped > before;
    if (lost && (key === 'oneOf' || key === 'not'))
      findings.notes.push(`${pointer}: ${key} is not checked, because a part of it is not`);
    else if (key === 'not') out[key] = branches[0] ?? {};
    else if (key !== 'anyOf' || branches.every((branch) => Object.keys(branch).length > 0)) out[key] = branches;
  }
}
