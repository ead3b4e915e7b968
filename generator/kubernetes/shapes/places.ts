import type { Value, ValueMap } from '../../model/values.ts';
import { asList, asMap, isMap, mapAt, member, pointerSteps, valueAt } from '../../model/values.ts';

/**
 * The parts of a shape that a JSON pointer leads to from one of its parts, `*` for every item of a list and every member of a
 * map; none: objects of this shape never have anything there. What the shape leaves open (unknown fields are preserved) is
 * `{}`.
 */
export function partsAt(part: ValueMap, pointer: string, root: ValueMap): readonly ValueMap[] {
  return pointerSteps(pointer).reduce<readonly ValueMap[]>(
    (parts, step) => parts.flatMap((own) => below(own, step, root)),
    resolved(part, root),
  );
}

/** The parts that are called `name`, at any depth; a shape that refers to itself is gone through once. */
export function partsCalled(shape: ValueMap, name: string): readonly ValueMap[] {
  const found: ValueMap[] = [];
  const seen = new Set<ValueMap>();
  const walk = (part: ValueMap): void => {
    for (const own of resolved(part, shape)) {
      if (seen.has(own)) continue;
      seen.add(own);
      for (const [key, value] of Object.entries(mapAt(own, 'properties'))) {
        if (key === name) found.push(...resolved(value, shape));
        if (isMap(value)) walk(value);
      }
      for (const open of ['items', 'additionalProperties']) {
        const inner = own[open];
        if (isMap(inner)) walk(inner);
      }
    }
  };
  walk(shape);
  return found;
}

/** The part itself and what it is made up of, with references written out. */
function resolved(part: Value | undefined, root: ValueMap, seen: ReadonlySet<string> = new Set()): ValueMap[] {
  if (part === true) return [{}];
  if (!isMap(part)) return [];
  const ref = part['$ref'];
  if (typeof ref === 'string')
    return seen.has(ref) ? [] : resolved(valueAt(root, ref.replace(/^#/, '')), root, new Set([...seen, ref]));
  const more = ['allOf', 'anyOf', 'oneOf'].flatMap((key) => asList(part[key]));
  return [part, ...more.flatMap((inner) => (isConstraint(inner) ? [] : resolved(inner, root, seen)))];
}

/** What only narrows the part beside it, and describes nothing. */
const isConstraint = (part: Value): boolean =>
  isMap(part) && !['$ref', 'type', 'properties', 'items'].some((key) => Object.hasOwn(part, key));

function below(part: ValueMap, step: string, root: ValueMap): ValueMap[] {
  const { type, items, additionalProperties, properties } = part;
  if (Object.keys(part).length === 0) return [part];
  const types = typeof type === 'string' ? [type] : asList(type).map(String);
  const may = (name: string): boolean => types.length === 0 || types.includes(name);
  const found: ValueMap[] = [];
  if (may('array') && (step === '*' || /^\d+$/.test(step))) found.push(...resolved(items, root));
  if (!may('object')) return found;
  const own = step === '*' ? Object.values(asMap(properties)) : [member(properties, step)];
  const known = own.flatMap((inner) => resolved(inner, root));
  const isOpen = additionalProperties !== false && (types.includes('object') || properties !== undefined);
  const others = isOpen && (step === '*' || known.length === 0) ? resolved(additionalProperties ?? true, root) : [];
  return [...found, ...known, ...others];
}

/** What a part stands for, with a reference followed. */
export function dereference(schema: ValueMap, root: ValueMap): ValueMap {
  const ref = schema['$ref'];
  if (typeof ref !== 'string') return schema;
  let target: Value | undefined = root;
  for (const step of pointerSteps(ref.slice(1))) target = member(target, step);
  return dereference(asMap(target), root);
}
