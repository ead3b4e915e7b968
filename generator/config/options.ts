import { addedSchema } from './addedLists.ts';
import type { Catalog } from '../model/model.ts';
import type { MutableMap, Value, ValueMap } from '../model/values.ts';
import { asMap, compareText, getAt, isList, isMap, mapAt, member, pointerStep, setMember } from '../model/values.ts';

/** Writes the implied `additionalProperties: false` out, at every object schema that has properties. */
export function closeSchema(schema: ValueMap): ValueMap {
  const out: MutableMap = {};
  for (const [key, value] of Object.entries(schema)) out[key] = closeMember(key, value);
  if (isMap(schema['properties']) && schema['additionalProperties'] === undefined) out['additionalProperties'] = false;
  return out;
}

function closeMember(key: string, value: Value): Value {
  if (['properties', '$defs', 'patternProperties'].includes(key) && isMap(value)) {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, isMap(v) ? closeSchema(v) : v]));
  }
  if (['items', 'additionalProperties'].includes(key) && isMap(value)) return closeSchema(value);
  return value;
}

/**
 * The same schema for one layer of settings: required keys may come from another layer, so `required` only stays
 * inside list items (lists replace as a whole).
 */
export function partialSchema(schema: ValueMap): ValueMap {
  const { required: _required, properties, ...rest } = schema;
  const out: MutableMap = { ...rest };
  if (isMap(properties))
    out['properties'] = Object.fromEntries(
      Object.entries(properties).map(([k, v]) => [k, isMap(v) ? partialSchema(v) : v]),
    );
  if (isMap(rest['additionalProperties'])) out['additionalProperties'] = partialSchema(rest['additionalProperties']);
  return out;
}

/** A partial schema that also offers `+<list>` beside every list that layers may add to. */
export function addingSchema(schema: ValueMap): ValueMap {
  const extra = schema['additionalProperties'];
  return {
    ...schema,
    ...(isMap(schema['properties']) ? { properties: withAdded(schema['properties']) } : {}),
    ...(isMap(extra) ? { additionalProperties: addingSchema(extra) } : {}),
  };
}

function withAdded(properties: ValueMap): ValueMap {
  const out: MutableMap = {};
  for (const [name, property] of Object.entries(properties)) {
    setMember(out, name, isMap(property) ? addingSchema(property) : property);
    const added = addedSchema(property, (items) => addingSchema(partialSchema(items)));
    if (added === undefined) continue;
    const description = `Added to ${name} of the layers below; items with the same name are merged.`;
    setMember(out, `+${name}`, { ...added, description });
  }
  return out;
}

/** The schema of cluster specs (or environments) with the options of every capability in it. */
export function composeSchema(base: ValueMap, catalog: Catalog): ValueMap {
  const spec = asMap(member(mapAt(base, 'properties'), 'spec'));
  const properties: MutableMap = { ...mapAt(spec, 'properties') };
  const options: MutableMap = {};
  for (const [name, capability] of [...catalog.capabilities].sort(([a], [b]) => compareText(a, b))) {
    const schema = partialSchema(capability.options);
    const { [capability.list ?? '']: listed, ...others } = mapAt(schema, 'properties') as Record<string, Value>;
    if (capability.list !== undefined && listed !== undefined) {
      const { [capability.list]: list, ...added } = withAdded({ [capability.list]: listed });
      properties[capability.list] = { ...asMap(list), description: capability.summary };
      Object.assign(properties, added);
    }
    setMember(options, name, {
      ...addingSchema(schema),
      type: ['object', 'null'],
      description: capability.summary,
      properties: withAdded(others),
    });
  }
  properties['capabilities'] = {
    ...mapAt(properties, 'capabilities'),
    properties: options,
    additionalProperties: false,
  };
  if (properties['defaults'] !== undefined)
    properties['defaults'] = { ...mapAt(properties, 'defaults'), properties: options, additionalProperties: false };
  return {
    ...base,
    $id: String(base['$id']).replace('/base/', '/'),
    properties: { ...mapAt(base, 'properties'), spec: { ...spec, properties } },
  };
}

/** Null members of maps mean "remove", which no schema has to know: they are left out before a layer is checked. */
export function withoutNulls(value: Value): Value {
  if (isList(value)) return value;
  if (!isMap(value)) return value;
  const out: MutableMap = {};
  for (const key of Object.keys(value)) {
    const item = member(value, key) as Value;
    if (item !== null) setMember(out, key, withoutNulls(item));
  }
  return out;
}

/** Fills every default in, also inside list items; an optional option without a value becomes null. */
export function fillDefaults(schema: ValueMap, value: Value | undefined): Value {
  if (value === undefined || value === null) {
    const initial = schema['default'];
    if (initial === null) return null;
    if (initial !== undefined) return fillDefaults(schema, initial);
    if (isMap(schema['properties']) && schema['nullable'] !== true) return fillDefaults(schema, {});
    return null;
  }
  if (isList(value))
    return isMap(schema['items']) ? value.map((item) => fillDefaults(schema['items'] as ValueMap, item)) : value;
  if (!isMap(value)) return value;
  const out: MutableMap = {};
  const properties = mapAt(schema, 'properties');
  for (const key of Object.keys(properties))
    setMember(out, key, fillDefaults(asMap(properties[key]), member(value, key)));
  for (const key of Object.keys(value)) {
    if (Object.hasOwn(properties, key)) continue;
    const item = member(value, key) as Value;
    const extra = schema['additionalProperties'];
    setMember(out, key, isMap(extra) ? fillDefaults(extra, item) : item);
  }
  return out;
}

/** One property that only exists while its condition holds. */
export interface Condition {
  readonly pointer: string;
  readonly when: string;
}

/** Every `x-when` of an option schema, outermost first; those inside list items are not supported. */
export function conditionsOf(schema: ValueMap, pointer = ''): Condition[] {
  return Object.entries(mapAt(schema, 'properties')).flatMap(([key, child]) => {
    const at = `${pointer}/${pointerStep(key)}`;
    const when = getAt(child, 'x-when');
    return [...(typeof when === 'string' ? [{ pointer: at, when }] : []), ...conditionsOf(asMap(child), at)];
  });
}

/** A copy with the value at a pointer replaced. */
export function replaceAt(value: Value, steps: readonly string[], by: Value): Value {
  const [step, ...rest] = steps;
  if (step === undefined) return by;
  if (!isMap(value)) return value;
  return { ...value, [step]: replaceAt(member(value, step) ?? null, rest, by) };
}

/** The schema below a pointer of the options (through properties, items and free maps), or undefined. */
export function schemaAt(schema: ValueMap, steps: readonly string[]): ValueMap | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return schema;
  const next =
    member(mapAt(schema, 'properties'), step) ??
    (/^\d+$/.test(step) ? schema['items'] : undefined) ??
    schema['additionalProperties'];
  return isMap(next) ? schemaAt(next, rest) : undefined;
}

/** A key that no layer set although its schema requires it. */
export interface MissingKey {
  readonly pointer: string;
  readonly key: string;
  readonly description: string;
}

/** Required keys that the merged options lack. */
export function missingKeys(schema: ValueMap, value: Value, pointer = ''): MissingKey[] {
  const items = schema['items'];
  if (isList(value) && isMap(items)) return value.flatMap((item, i) => missingKeys(items, item, `${pointer}/${i}`));
  if (!isMap(value)) return [];
  const properties = mapAt(schema, 'properties');
  const required = isList(schema['required']) ? schema['required'].map(String) : [];
  const own = required
    .filter((key) => member(value, key) === undefined)
    .map((key) => ({ pointer, key, description: String(getAt(properties, key, 'description') ?? '') }));
  const extra = schema['additionalProperties'];
  const below = Object.keys(value).flatMap((key) => {
    const child = Object.hasOwn(properties, key) ? properties[key] : extra;
    return isMap(child) ? missingKeys(child, member(value, key) ?? null, `${pointer}/${pointerStep(key)}`) : [];
  });
  return [...own, ...below];
}
