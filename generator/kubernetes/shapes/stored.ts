import type { MutableMap, Value, ValueMap } from '../../model/values.ts';
import { asList, isList, isMap, mapAt, member, setMember } from '../../model/values.ts';

/** Defaults at one place of a shape and below; places without any are left out. */
interface Defaults {
  readonly properties: readonly Property[];
  readonly additional: Defaults | undefined;
  readonly items: Defaults | undefined;
}

interface Property {
  readonly name: string;
  /** Undefined: only below it. */
  readonly value: Value | undefined;
  readonly isNullable: boolean;
  readonly below: Defaults | undefined;
}

const plans = new WeakMap<object, { readonly defaults: Defaults | undefined }>();

/**
 * The object with the defaults of a definition filled in, as the API server does before it looks at anything else
 * (apiextensions-apiserver, schema/defaulting/algorithm.go): what is not there, and null where null is not allowed. The
 * object itself when there are none.
 */
export function withDefaults(object: ValueMap, shape: ValueMap): ValueMap {
  const defaults = defaultsOf(shape);
  return defaults === undefined ? object : (filled(object, defaults) as ValueMap);
}

function defaultsOf(shape: Value | undefined): Defaults | undefined {
  if (!isMap(shape)) return undefined;
  const known = plans.get(shape);
  if (known !== undefined) return known.defaults;
  const properties = Object.entries(mapAt(shape, 'properties')).flatMap(([name, child]): Property[] => {
    const value = member(child, 'default');
    const below = defaultsOf(child);
    return value === undefined && below === undefined ? [] : [{ name, value, below, isNullable: isNullable(child) }];
  });
  const [additional, items] = [defaultsOf(shape['additionalProperties']), defaultsOf(shape['items'])];
  const defaults =
    properties.length === 0 && additional === undefined && items === undefined
      ? undefined
      : { properties, additional, items };
  plans.set(shape, { defaults });
  return defaults;
}

function filled(value: Value, defaults: Defaults): Value {
  if (isList(value)) {
    const { items } = defaults;
    if (items === undefined) return value;
    const next = value.map((item) => filled(item, items));
    return next.some((item, i) => item !== value[i]) ? next : value;
  }
  if (!isMap(value)) return value;
  let out: MutableMap | undefined;
  const put = (name: string, item: Value): void => setMember((out ??= { ...value }), name, item);
  for (const { name, value: byDefault, isNullable: mayBeNull, below } of defaults.properties) {
    const found = member(value, name);
    const isAbsent = found === undefined || (found === null && !mayBeNull);
    const own = isAbsent && byDefault !== undefined ? byDefault : found;
    if (own === undefined) continue;
    const next = below === undefined ? own : filled(own, below);
    if (next !== found) put(name, next);
  }
  const { additional } = defaults;
  if (additional === undefined) return out ?? value;
  for (const [name, item] of Object.entries(value)) {
    if (defaults.properties.some((property) => property.name === name)) continue;
    const next = filled(item, additional);
    if (next !== item) put(name, next);
  }
  return out ?? value;
}

function isNullable(shape: Value): boolean {
  if (!isMap(shape)) return false;
  const { type, anyOf } = shape;
  if (isList(type)) return type.includes('null');
  return asList(anyOf).some((branch) => isMap(branch) && branch['type'] === 'null');
}

/** Finds what a reference of a shape stands for. */
type Resolve = (shape: Value | undefined) => ValueMap;

/**
 * The object without fields that are null where the shape does not allow it: to the API server they are not there. Unknown fields and
 * entries of lists stay. `asGo` is how built-in kinds are decoded, where null is absence everywhere.
 */
export function withoutNulls(value: Value, shape: Value | undefined, resolve: Resolve, asGo: boolean): Value {
  const own = resolve(shape);
  if (isList(value)) {
    const next = value.map((item) => withoutNulls(item, own['items'], resolve, asGo));
    return next.some((item, i) => item !== value[i]) ? next : value;
  }
  if (!isMap(value)) return value;
  const properties = mapAt(own, 'properties');
  let out: MutableMap | undefined;
  for (const [name, item] of Object.entries(value)) {
    const child = member(properties, name) ?? own['additionalProperties'];
    if (!isMap(child)) continue;
    if (item === null && (asGo || !isNullable(resolve(child)))) {
      out ??= { ...value };
      // eslint-disable-next-line typescript/no-dynamic-delete
      delete out[name];
      continue;
    }
    const next = withoutNulls(item, child, resolve, asGo);
    if (next !== item) setMember((out ??= { ...value }), name, next);
  }
  return out ?? value;
}
