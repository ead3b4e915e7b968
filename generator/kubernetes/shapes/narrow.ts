import type { Value, ValueMap, MutableMap } from '../../model/values.ts';
import { isMap, pointerSteps, setMember } from '../../model/values.ts';

export type Shape = ValueMap;

/** The document that references of a shape point into, and which of its definitions refer to themselves (filled on the way). */
export interface Definitions {
  readonly root: Shape;
  readonly recursive: Map<string, boolean>;
}

const definitionsPath = '#/$defs/';
const branches = ['anyOf', 'allOf', 'oneOf'] as const;

/**
 * Tells every place of a shape that an object's values stand at: properties that are there, lists and maps with content. False
 * ends the walk.
 */
function visitPlaces(
  schema: Value,
  values: readonly unknown[],
  place: string,
  definitions: Definitions,
  tell: (place: string) => boolean,
): boolean {
  if (!isMap(schema)) return true;
  const ref = schema['$ref'];
  if (typeof ref === 'string') {
    if (isRecursive(ref, definitions)) return true;
    const { $ref: _ref, ...rest } = schema;
    return (
      visitPlaces(definitionAt(ref, definitions.root), values, place, definitions, tell) &&
      visitPlaces(rest, values, `${place}+`, definitions, tell)
    );
  }
  const below = (child: Value | undefined, found: readonly unknown[], at: string): boolean =>
    child === undefined || found.length === 0 || (tell(at) && visitPlaces(child, found, at, definitions, tell));
  const beside = (child: Value | undefined, at: string): boolean =>
    child === undefined || visitPlaces(child, values, at, definitions, tell);
  const properties = isMap(schema['properties']) ? schema['properties'] : {};
  const members = Object.keys(properties).every((name, index) => {
    const found: unknown[] = [];
    for (const value of values) if (isMap(value) && Object.hasOwn(value, name)) found.push(value[name]);
    return below(properties[name], found, `${place}/${index}`);
  });
  return (
    members &&
    (!isMap(schema['additionalProperties']) ||
      below(schema['additionalProperties'], extraMembers(values, properties), `${place}/+`)) &&
    (schema['items'] === undefined || below(schema['items'], itemsOf(values), `${place}/*`)) &&
    beside(schema['not'], `${place}!`) &&
    branches.every((key) => branchesOf(schema, key).every((branch, i) => beside(branch, `${place}|${key}${i}`)))
  );
}

function extraMembers(values: readonly unknown[], properties: Shape): unknown[] {
  const found: unknown[] = [];
  for (const value of values)
    if (isMap(value))
      for (const [name, member] of Object.entries(value)) if (!Object.hasOwn(properties, name)) found.push(member);
  return found;
}

const itemsOf = (values: readonly unknown[]): unknown[] =>
  values.flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : []));

const branchesOf = (schema: Shape, key: (typeof branches)[number]): readonly Value[] =>
  Array.isArray(schema[key]) ? (schema[key] as readonly Value[]) : [];

/** Adds the places that an object needs; true when one was new. */
export function addPlaces(places: Set<string>, shape: Shape, object: unknown, definitions: Definitions): boolean {
  const before = places.size;
  visitPlaces(shape, [object], '', definitions, (place) => (places.add(place), true));
  return places.size > before;
}

/** Keyword of the places that a narrowed shape leaves out: whoever meets it has an object that needs more. */
export const leftOut = 'x-slipway-left-out';
const leftOutShape: Shape = { [leftOut]: true };

/**
 * The part of a shape that decides about objects which need no other places: references are written out, other properties
 * accept anything, and say so (`leftOut`). A definition that refers to itself (the schema of a CRD) stays a reference: written out it would be as
 * large as the object. Exact, because JSON Schema never looks at the schema of an absent property, or of the items of an
 * empty list: every schema in the result gives the same verdict on the objects' values as the one it stands for, under
 * anyOf, oneOf and not as well.
 */
export function narrowShape(shape: Shape, places: ReadonlySet<string>, definitions: Definitions): Shape {
  const kept = new Set<string>();
  const narrowed = narrow(shape, '', { ...definitions, places, kept });
  const own = isMap(narrowed) ? narrowed : {};
  return kept.size === 0 ? own : { ...own, $defs: keptDefinitions(kept, definitions.root) };
}

interface Walk extends Definitions {
  readonly places: ReadonlySet<string>;
  /** References that the result has. */
  readonly kept: Set<string>;
}

function narrow(schema: Value, place: string, walk: Walk): Value {
  if (!isMap(schema)) return schema;
  const ref = schema['$ref'];
  if (typeof ref === 'string') return narrowReference(schema, ref, place, walk);
  const out: MutableMap = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === '$defs' || key === 'default') continue;
    if (key === 'properties' && isMap(value)) out[key] = narrowProperties(value, place, walk);
    else if (key === 'additionalProperties' && isMap(value)) out[key] = narrowAt(value, `${place}/+`, walk);
    else if (key === 'items') out[key] = narrowAt(value, `${place}/*`, walk);
    else if (key === 'not') out[key] = narrow(value, `${place}!`, walk);
    else if ((key === 'anyOf' || key === 'allOf' || key === 'oneOf') && Array.isArray(value))
      out[key] = value.map((branch: Value, i: number) => narrow(branch, `${place}|${key}${i}`, walk));
    else out[key] = value;
  }
  // the API server reads whole numbers into 64 bits
  if (out['type'] === 'integer' && out['format'] === undefined) out['format'] = 'int64';
  return out;
}

const narrowAt = (schema: Value, place: string, walk: Walk): Value =>
  walk.places.has(place) ? narrow(schema, place, walk) : leftOutShape;

function narrowProperties(properties: Shape, place: string, walk: Walk): Shape {
  const out: MutableMap = {};
  for (const [index, name] of Object.keys(properties).entries())
    setMember(out, name, narrowAt(properties[name] ?? true, `${place}/${index}`, walk));
  return out;
}

/** Conditions beside a reference come on top of it. */
function narrowReference(schema: Shape, ref: string, place: string, walk: Walk): Value {
  if (isRecursive(ref, walk)) {
    walk.kept.add(ref);
    return schema;
  }
  const { $ref: _ref, ...rest } = schema;
  const own = narrow(definitionAt(ref, walk.root), place, walk);
  return Object.keys(rest).length === 0 ? own : { allOf: [own, narrow(rest, `${place}+`, walk)] };
}

function definitionAt(ref: string, root: Shape): Value {
  let target: Value | undefined = root;
  for (const step of pointerSteps(ref.slice(1))) target = isMap(target) ? target[step] : undefined;
  if (target === undefined) throw new Error(`The schema refers to ${ref}, which it does not have.`);
  return target;
}

/** True for a definition that refers to itself, directly or through others. */
function isRecursive(ref: string, { root, recursive }: Definitions): boolean {
  const known = recursive.get(ref);
  if (known !== undefined) return known;
  const found = ref.startsWith(definitionsPath) && reachable([ref], root).has(ref);
  recursive.set(ref, found);
  return found;
}

/** References inside the definitions of others, and in turn inside theirs. */
function reachable(refs: readonly string[], root: Shape): Set<string> {
  const found = new Set<string>();
  const visit = (ref: string): void => {
    for (const [, inner = ''] of JSON.stringify(definitionAt(ref, root)).matchAll(/"\$ref":"(#[^"]*)"/g)) {
      if (found.has(inner)) continue;
      found.add(inner);
      visit(inner);
    }
  };
  refs.forEach(visit);
  return found;
}

/** The definitions that were not written out, and what they refer to, as they are. */
function keptDefinitions(kept: ReadonlySet<string>, root: Shape): MutableMap {
  const out: MutableMap = {};
  for (const ref of [...kept, ...reachable([...kept], root)])
    setMember(out, ref.slice(definitionsPath.length), definitionAt(ref, root));
  return out;
}
