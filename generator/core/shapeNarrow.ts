import type { Value, ValueMap } from '../model/values.ts';
import { isMap, setMember } from '../model/values.ts';
import type { MutableMap } from '../model/values.ts';

export type Shape = ValueMap;

export interface Narrowed {
  readonly shape: Shape;
  /** Same signature of the same kind, same narrowed shape. */
  readonly signature: string;
}

/**
 * The part of a shape that decides about one object: references are written out, properties that no value has accept anything.
 * A definition that refers to itself (the schema of a CRD) stays a reference: written out it would be as large as the object,
 * and a new one to compile for each. Exact, because JSON Schema never looks at the schema of an absent property, or of the items of an empty list: every schema in
 * the result gives the same verdict on the object's values as the one it stands for, under anyOf, oneOf and not as well.
 */
export function narrowShape(
  shape: Shape,
  object: unknown,
  root: Shape,
  /** What was found out about the definitions of this root, by reference. */
  recursive: Map<string, boolean> = new Map(),
): Narrowed {
  const walk: Walk = { root, recursive, trail: [], kept: new Set() };
  const narrowed = narrow(shape, [object], walk);
  const definitions = keptDefinitions(walk);
  return {
    shape: { ...(isMap(narrowed) ? narrowed : {}), ...(definitions === undefined ? {} : { $defs: definitions }) },
    signature: walk.trail.join(''),
  };
}

interface Walk {
  readonly root: Shape;
  readonly recursive: Map<string, boolean>;
  /** What decides about the result, in order: which properties are used, which lists and maps have content. */
  readonly trail: string[];
  /** Names of definitions that the result refers to. */
  readonly kept: Set<string>;
}

const definitionsPath = '#/$defs/';

/** `values` are all values that this schema has to judge: one for a property, all elements for the items of a list. */
function narrow(schema: Value, values: readonly unknown[], walk: Walk): Value {
  if (!isMap(schema)) return schema;
  const ref = schema['$ref'];
  if (typeof ref === 'string') return narrowReference(schema, ref, values, walk);
  const nested =
    schema['properties'] !== undefined || schema['items'] !== undefined || isMap(schema['additionalProperties']);
  if (
    !nested &&
    schema['anyOf'] === undefined &&
    schema['allOf'] === undefined &&
    schema['oneOf'] === undefined &&
    schema['not'] === undefined
  )
    return schema;
  const out: MutableMap = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === '$defs' || key === 'default') continue;
    if (key === 'properties') out[key] = narrowProperties(value, values, walk);
    else if (key === 'additionalProperties') out[key] = narrowAdditional(schema, value, values, walk);
    else if (key === 'items') out[key] = narrowItems(value, values, walk);
    else if (key === 'not') out[key] = narrow(value, values, walk);
    else if ((key === 'anyOf' || key === 'allOf' || key === 'oneOf') && Array.isArray(value))
      out[key] = value.map((branch: Value) => narrow(branch, values, walk));
    else out[key] = value;
  }
  return out;
}

/** Conditions beside a reference come on top of it. */
function narrowReference(schema: Shape, ref: string, values: readonly unknown[], walk: Walk): Value {
  if (isRecursive(ref, walk)) {
    walk.kept.add(ref.slice(definitionsPath.length));
    walk.trail.push('@');
    return schema;
  }
  const { $ref: _ref, ...rest } = schema;
  const own = narrow(definitionAt(ref, walk.root), values, walk);
  return Object.keys(rest).length === 0 ? own : { allOf: [own, narrow(rest, values, walk)] };
}

function definitionAt(ref: string, root: Shape): Value {
  let target: Value | undefined = root;
  for (const step of ref.slice(2).split('/'))
    target = isMap(target) ? target[step.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
  if (target === undefined) throw new Error(`The schema refers to ${ref}, which it does not have.`);
  return target;
}

/** True for a definition that refers to itself, directly or through others. */
function isRecursive(ref: string, { root, recursive }: Walk): boolean {
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
function keptDefinitions({ root, kept }: Walk): MutableMap | undefined {
  if (kept.size === 0) return undefined;
  const out: MutableMap = {};
  const refs = [...kept].map((name) => `${definitionsPath}${name}`);
  for (const ref of [...refs, ...reachable(refs, root)])
    setMember(out, ref.slice(definitionsPath.length), definitionAt(ref, root));
  return out;
}

function narrowProperties(properties: Value, values: readonly unknown[], walk: Walk): Value {
  if (!isMap(properties)) return properties;
  const out: MutableMap = {};
  walk.trail.push('{');
  for (const [index, name] of Object.keys(properties).entries()) {
    const used: unknown[] = [];
    for (const value of values) if (isMap(value) && Object.hasOwn(value, name)) used.push(value[name]);
    if (used.length > 0) {
      walk.trail.push(`${index}:`);
      setMember(out, name, narrow(properties[name] ?? true, used, walk));
      walk.trail.push(';');
    } else setMember(out, name, true);
  }
  walk.trail.push('}');
  return out;
}

function narrowAdditional(schema: Shape, additional: Value, values: readonly unknown[], walk: Walk): Value {
  if (!isMap(additional)) return additional;
  const properties = isMap(schema['properties']) ? schema['properties'] : {};
  const used: unknown[] = [];
  for (const value of values)
    if (isMap(value))
      for (const [name, member] of Object.entries(value)) if (!Object.hasOwn(properties, name)) used.push(member);
  return narrowMany(additional, used, walk);
}

function narrowItems(items: Value, values: readonly unknown[], walk: Walk): Value {
  return narrowMany(
    items,
    values.flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [])),
    walk,
  );
}

function narrowMany(schema: Value, values: readonly unknown[], walk: Walk): Value {
  if (values.length === 0) {
    walk.trail.push('-');
    return true;
  }
  walk.trail.push('*');
  return narrow(schema, values, walk);
}
