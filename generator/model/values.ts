/** Plain data as YAML and JSON have it. */
export type Value = null | boolean | number | string | readonly Value[] | ValueMap;
export interface ValueMap {
  readonly [key: string]: Value;
}
/** An object of Kubernetes: data with a kind of an API; the rest is read by its way (`textAt(object, 'spec', 'class')`). */
export interface KubernetesObject extends ValueMap {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Whether a value has what every object of Kubernetes has. */
export const isObject = (value: unknown): value is KubernetesObject =>
  isMap(value) && typeof value['apiVersion'] === 'string' && typeof value['kind'] === 'string';

/** The same value as an object; what it lacks is empty, for whoever has reported that. */
export const asObject = (value: ValueMap): KubernetesObject =>
  isObject(value)
    ? value
    : { ...value, apiVersion: asString(value['apiVersion']) ?? '', kind: asString(value['kind']) ?? '' };

export interface MutableMap {
  [key: string]: Value;
}

export function isMap(value: unknown): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: unknown): value is readonly Value[] {
  return Array.isArray(value);
}

/** Own member of a map, never one of Object.prototype; undefined where there is none. */
export function member(map: unknown, key: string): Value | undefined {
  return isMap(map) && Object.hasOwn(map, key) ? map[key] : undefined;
}

/** Sets an own member even where the key is `__proto__`. */
export function setMember(map: MutableMap, key: string, value: Value): void {
  if (key === '__proto__')
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  else map[key] = value;
}

/** Escapes one step of a JSON pointer (RFC 6901). */
export function pointerStep(step: string | number): string {
  return String(step).replaceAll('~', '~0').replaceAll('/', '~1');
}

export function pointerSteps(pointer: string): string[] {
  return pointer === ''
    ? []
    : pointer
        .slice(1)
        .split('/')
        .map((s) => s.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The JSON pointer of steps. */
export const pointerOf = (steps: readonly (string | number)[]): string =>
  steps.map((step) => `/${pointerStep(step)}`).join('');

/** A path for people with one more name: `spec.replicas`, `data["a.b"]`. */
export function withName(path: string, name: string): string {
  if (!/^[\w$*-]+$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === '' ? name : `${path}.${name}`;
}

/** A JSON pointer for people: `spec.items.0.name`, `metadata.annotations["a.io/b"]`; empty for the whole. */
export const pointerText = (pointer: string): string => pointerSteps(pointer).reduce(withName, '');

/** A name in quotes as JSON has it; what is no JSON stands for itself. */
function quotedName(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted.slice(1, -1);
  }
}

/** What people write for a path, as a JSON pointer: names behind dots, any name as `["a.b"]`, an item as `.0` or `[0]`. */
export function pointerOfPath(path: string): string {
  const steps = [...path.matchAll(/\[("(?:[^"\\]|\\.)*")\]|\[(\d+)\]|([^.[\]]+)/g)];
  return pointerOf(
    steps.map(([, quoted, index, name]) => (quoted === undefined ? (index ?? name ?? '') : quotedName(quoted))),
  );
}

/** The value at a JSON pointer, or undefined. */
export function valueAt(root: unknown, pointer: string): Value | undefined {
  return getAt(root, ...pointerSteps(pointer));
}

/** The value that these steps lead to from a map (of lists: their index as text), or undefined. */
export function getAt(root: unknown, ...steps: readonly string[]): Value | undefined {
  let node = root as Value | undefined;
  for (const step of steps) {
    node = isList(node) ? node[Number(step)] : member(node, step);
    if (node === undefined) return undefined;
  }
  return node;
}

/** The same where it has to be a text; undefined for anything else. */
export const textAt = (root: unknown, ...steps: readonly string[]): string | undefined =>
  asString(getAt(root, ...steps));

/** The same where it has to be a map; an empty one for anything else. */
export const mapAt = (root: unknown, ...steps: readonly string[]): ValueMap => asMap(getAt(root, ...steps));

/** The same where it has to be a list; an empty one for anything else. */
export const listAt = (root: unknown, ...steps: readonly string[]): readonly Value[] => asList(getAt(root, ...steps));

export function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function asList(value: unknown): readonly Value[] {
  return isList(value) ? value : [];
}

export function asMap(value: unknown): ValueMap {
  return isMap(value) ? value : {};
}

/** Code-unit order: the same on every machine and locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
