import type { ValueMap } from '../model/values.ts';
import { isMap, mapAt, member } from '../model/values.ts';

/** A JSON Schema of what a template can see; `{}` is anything. Undefined: nothing is known to be there. */
export type Shape = ValueMap;

export const anything: Shape = {};
export const text: Shape = { type: 'string' };
export const closed = (properties: ValueMap): Shape => ({ type: 'object', properties, additionalProperties: false });

/** The items of a list or of a free map. */
export function itemOf(shape: Shape): Shape {
  const inner = shape['items'] ?? shape['additionalProperties'];
  return isMap(inner) ? inner : anything;
}

/** What a step leads to; undefined when there is no such key. */
export function stepInto(shape: Shape, step: string): Shape | undefined {
  const known = member(mapAt(shape, 'properties'), step);
  if (isMap(known)) return known;
  const extra = shape['additionalProperties'];
  if (isMap(extra)) return extra;
  if (shape['properties'] !== undefined && extra !== true) return undefined;
  const scalar = ['string', 'integer', 'number', 'boolean'].includes(String(shape['type']));
  return scalar ? undefined : anything;
}

/** The arguments of a call, by their shapes. */
export interface CallShapes {
  readonly params: readonly Shape[];
  readonly hash: readonly (readonly [string, Shape])[];
}

const textHelpers: ReadonlySet<string> = new Set(
  'str join replace lower upper trimPrefix trimSuffix sha dnsLabel file jsonText yamlText'.split(' '),
);

/** What a helper gives, as far as its arguments tell; `key` is its second argument where that is written out. */
export function resultShape(helper: string, { params, hash }: CallShapes, key: string | undefined): Shape {
  const [first = anything, ...rest] = params;
  if (textHelpers.has(helper)) return text;
  switch (helper) {
    case 'where':
    case 'sortBy':
    case 'uniq':
    case 'default':
      return first;
    case 'object':
      return closed(Object.fromEntries(hash));
    case 'first':
      return itemOf(first);
    case 'get':
      return key === undefined ? anything : (stepInto(first, key) ?? anything);
    case 'concat':
      return common(params);
    case 'list':
      return { type: 'array', items: common(params) };
    case 'ternary':
      return common(rest);
    default:
      return anything;
  }
}

/** The shape of all of them, when they have the same. */
function common(shapes: readonly Shape[]): Shape {
  const [first = anything] = shapes;
  const printed = JSON.stringify(first);
  return shapes.every((shape) => JSON.stringify(shape) === printed) ? first : anything;
}
