import type { Location } from '../model/diagnostic.ts';
import type { Layer, Origin } from '../model/layer.ts';
import type { MutableMap, Value, ValueMap } from '../model/values.ts';
import {
  asList,
  asMap,
  getAt,
  isList,
  isMap,
  mapAt,
  member,
  pointerOf,
  pointerSteps,
  setMember,
} from '../model/values.ts';

/** Maps merge, lists and scalars replace, null removes. Neither argument is changed. */
export function mergeMaps(below: ValueMap, above: ValueMap): ValueMap {
  const out: MutableMap = { ...below };
  for (const key of Object.keys(above)) {
    const value = member(above, key) as Value;
    const old = member(out, key);
    if (value === null) delete out[key];
    else if (isMap(value)) setMember(out, key, mergeMaps(isMap(old) ? old : {}, value));
    else setMember(out, key, value);
  }
  return out;
}

/** Helm values: as mergeMaps, but null stays, because Helm removes the chart's default with it. */
export function mergeValues(below: ValueMap, above: ValueMap): ValueMap {
  const out: MutableMap = { ...below };
  for (const key of Object.keys(above)) {
    const value = member(above, key) as Value;
    const old = member(out, key);
    setMember(out, key, isMap(value) && isMap(old) ? mergeValues(old, value) : value);
  }
  return out;
}

/** Lists of a spec that layers add to, in place of replacing them; null takes away those of the layers below. */
const gatheredLists = ['externals', 'silence', 'deletions', 'acceptedChanges'] as const;
type GatheredList = (typeof gatheredLists)[number];

/** How many steps lead to the list that layers add to, of a pointer to it or into it; undefined for every other pointer. */
function gatheredDepth([first, , third]: readonly string[]): number | undefined {
  if (gatheredLists.some((list) => list === first)) return 1;
  return first === 'components' && third === 'patches' ? 3 : undefined;
}

/** Whether layers add to the list at a pointer, in place of replacing it. */
export function isGathered(pointer: string): boolean {
  const steps = pointerSteps(pointer);
  return gatheredDepth(steps) === steps.length;
}

/** Merges the layers of a cluster, lowest first: null removes what those below it set. */
export const mergeLayers = (layers: readonly Layer[]): ValueMap =>
  layers.reduce<ValueMap>((below, { value }) => mergeSpec(below, value), {});

/** As mergeMaps, but `components.<name>.values` keep their nulls, which are for Helm, and patches add up. */
export function mergeSpec(below: ValueMap, above: ValueMap): ValueMap {
  const merged: MutableMap = { ...mergeMaps(below, above) };
  for (const key of gatheredLists)
    if (isList(member(above, key))) merged[key] = [...asList(member(below, key)), ...asList(above[key])];
  const own = member(above, 'components');
  if (!isMap(own)) return merged;
  const components: MutableMap = { ...mapAt(merged, 'components') };
  for (const [name, settings] of Object.entries(own)) {
    if (!isMap(settings)) continue;
    const standing = asMap(getAt(below, 'components', name));
    const { values, patches } = settings;
    setMember(components, name, {
      ...asMap(member(components, name)),
      ...(isMap(values) ? { values: mergeValues(asMap(standing['values']), values) } : {}),
      ...(isList(patches) ? { patches: [...asList(standing['patches']), ...patches] } : {}),
    });
  }
  return { ...merged, components };
}

/** An item of a list that layers add to. */
export interface GatheredItem {
  readonly item: ValueMap;
  readonly at: Place;
  /** Whose it is: `cluster prod-eu`, `environment prod`. */
  readonly label: string;
  /** Its place in the list of its layer. */
  readonly index: number;
}

export const gathered = (layers: readonly Layer[], key: GatheredList): readonly GatheredItem[] =>
  gatheredAt(layers, [key]);

/** The items of a list that layers add to; a null on the way to it takes away those of the layers below. */
export function gatheredAt(layers: readonly Layer[], steps: readonly string[]): readonly GatheredItem[] {
  const pointer = pointerOf(steps);
  return layers.reduce<readonly GatheredItem[]>((below, { value, source, base, label }) => {
    if (reach(value, pointer) === 'removed') return [];
    const own = asList(getAt(value, ...steps)).map((item, index): GatheredItem => {
      const at: Place = (step = '') => source.at(`${base}${pointer}/${index}${step}`);
      return { item: asMap(item), at, label, index };
    });
    return [...below, ...own];
  }, []);
}

/** Where an item of a list stands, or a member of it (`/reason`). */
export type Place = (step?: string) => Location;

/**
 * Who set a pointer of the merged spec: the last writer first, then those it overrode; null where a layer removed it. A layer
 * that replaces a list around it has the last word about what is in it.
 */
export function originsOf(layers: readonly Layer[], pointer: string): Origin[] {
  const steps = pointerSteps(pointer);
  const depth = gatheredDepth(steps);
  if (depth !== undefined && steps.length > depth) return originOfItem(layers, steps, depth);
  const found: Origin[] = [];
  for (const layer of layers.toReversed()) {
    const own = writtenIn(layer, pointer);
    const value = own === undefined ? 'absent' : reach(own.value, own.rest);
    if (value === 'replaced') break;
    if (value !== 'absent' && own !== undefined)
      found.push(originIn(layer, `${own.pointer}${own.rest}`, value === 'removed' ? null : value.value));
  }
  return found;
}

/**
 * Where a layer has what a pointer of the merged spec leads to: the pointer up to the innermost list that the layer adds to and
 * its item there, what that holds, and the rest of the way. Undefined for an item that the layer does not name.
 */
function writtenIn(
  layer: Layer,
  pointer: string,
): { readonly value: Value; readonly pointer: string; readonly rest: string } | undefined {
  const steps = pointerSteps(pointer);
  for (let depth = steps.length; layer.added !== undefined && depth > 0; depth -= 1) {
    const list = layer.added.lists.get(pointerOf(steps.slice(0, depth)));
    if (list === undefined) continue;
    const [index, ...rest] = steps.slice(depth);
    // the list as a whole is what the layer made of it
    if (index === undefined) return { value: getAt(layer.value, ...steps) ?? null, pointer: list.at, rest: '' };
    const item = list.written[Number(index)];
    if (item === undefined) return undefined;
    const at = `${list.at}/${item}`;
    return { value: getAt(layer.added.written, ...pointerSteps(at)) ?? null, pointer: at, rest: pointerOf(rest) };
  }
  return { value: layer.value, pointer: '', rest: pointer };
}

const originIn = (layer: Layer, pointer: string, value: Value): Origin => ({
  label: layer.label,
  source: layer.source,
  pointer: filePointer(layer, pointer),
  value,
});

/** The one layer that an item of a gathered list comes from; `depth` steps lead to the list. */
function originOfItem(layers: readonly Layer[], steps: readonly string[], depth: number): Origin[] {
  const list = steps.slice(0, depth);
  const [index, ...rest] = steps.slice(depth);
  let count = 0;
  let owner: { readonly layer: Layer; readonly steps: readonly string[] } | undefined;
  for (const layer of layers) {
    if (reach(layer.value, pointerOf(list)) === 'removed') [count, owner] = [0, undefined];
    const { length } = asList(getAt(layer.value, ...list));
    if (Number(index) >= count && Number(index) < count + length)
      owner = { layer, steps: [...list, String(Number(index) - count), ...rest] };
    count += length;
  }
  const value = owner === undefined ? undefined : getAt(owner.layer.value, ...owner.steps);
  return owner === undefined || value === undefined ? [] : [originIn(owner.layer, pointerOf(owner.steps), value)];
}

/** The deepest enclosing pointer that some layer wrote, with its writer; for errors about what is missing. */
export function nearestOrigin(layers: readonly Layer[], pointer: string): Origin | undefined {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const origin = originsOf(layers, at)[0];
    if (origin !== undefined || at === '') return origin;
  }
}

/** Where a pointer of the merged spec was written last; where nobody wrote it, its nearest parent. */
export function locateMerged(layers: readonly Layer[], pointer: string, part: 'key' | 'value'): Location | undefined {
  const origin = nearestOrigin(layers, pointer);
  return origin?.source.at(origin.pointer, part);
}

/** Defaults of an environment (base ending in `#`) stand at `<base>/<capability>`, without the step `capabilities`. */
function filePointer(layer: Layer, pointer: string): string {
  return layer.base.endsWith('#')
    ? `${layer.base.slice(0, -1)}${pointer.replace(/^\/capabilities/, '')}`
    : `${layer.base}${pointer}`;
}

/** `replaced`: a list or scalar around it is set, and has no such member: what layers below have there does not count. */
function reach(root: Value, pointer: string): { value: Value } | 'absent' | 'removed' | 'replaced' {
  let node: Value = root;
  let isMerged = true;
  for (const step of pointerSteps(pointer)) {
    isMerged &&= isMap(node);
    const next: Value | undefined = isList(node) ? node[Number(step)] : member(node, step);
    if (next === undefined) return isMerged ? 'absent' : 'replaced';
    if (next === null) return 'removed';
    node = next;
  }
  return { value: node };
}
