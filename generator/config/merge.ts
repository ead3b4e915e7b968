import type { Location } from '../model/diagnostic.ts';
import type { Layer, Origin } from '../model/model.ts';
import type { MutableMap, Value, ValueMap } from '../model/values.ts';
import { asList, asMap, isMap, member, pointerSteps, setMember, valueAt } from '../model/values.ts';

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

/** Merges the layers of a cluster, lowest first. `components.<name>.values` keeps its nulls. */
export function mergeLayers(layers: readonly Layer[]): ValueMap {
  let merged: ValueMap = {};
  let values: Record<string, ValueMap> = {};
  for (const { value } of layers) {
    merged = mergeMaps(merged, value);
    const components = member(value, 'components');
    if (isMap(components)) {
      for (const name of Object.keys(components)) {
        const own = member(member(components, name), 'values');
        if (isMap(own)) values = { ...values, [name]: mergeValues(values[name] ?? {}, own) };
      }
    }
  }
  for (const [name, own] of Object.entries(values)) {
    const component = valueAt(merged, `/components/${name}`);
    if (isMap(component))
      merged = {
        ...merged,
        components: { ...(merged['components'] as ValueMap), [name]: { ...component, values: own } },
      };
  }
  return merged;
}

/** The items of a list that layers add to, in place of replacing it; null in a layer takes away those below. */
export function gathered(layers: readonly Layer[], key: string): { readonly item: ValueMap; readonly at: Place }[] {
  return layers.reduce<{ item: ValueMap; at: Place }[]>((below, layer) => {
    const own = member(layer.value, key);
    if (own === null) return [];
    const at = (i: number, step = ''): Location => layer.source.at(`${layer.base}/${key}/${i}${step}`);
    return [...below, ...asList(own).map((item, i) => ({ item: asMap(item), at: (step?: string) => at(i, step) }))];
  }, []);
}

/** Where an item of a list stands, or a member of it (`/reason`). */
export type Place = (step?: string) => Location;

/** Who set a pointer of the merged spec: the last writer first, then those it overrode. */
export function originsOf(layers: readonly Layer[], pointer: string): Origin[] {
  const found: Origin[] = [];
  for (const layer of layers) {
    const value = reach(layer.value, pointer);
    if (value === 'absent') continue;
    found.push({
      label: layer.label,
      source: layer.source,
      pointer: filePointer(layer, pointer),
      value: value === 'removed' ? null : value.value,
    });
  }
  return found.reverse();
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

function reach(root: ValueMap, pointer: string): { value: Value } | 'absent' | 'removed' {
  let node: Value = root;
  for (const step of pointerSteps(pointer)) {
    const next: Value | undefined = Array.isArray(node) ? (node as readonly Value[])[Number(step)] : member(node, step);
    if (next === undefined) return 'absent';
    if (next === null) return 'removed';
    node = next;
  }
  return { value: node };
}
