import type { Diagnostic, Location } from '../model/diagnostic.ts';
import type { AddedList } from '../model/layer.ts';
import type { Layer } from '../model/layer.ts';
import type { MutableMap, Value, ValueMap } from '../model/values.ts';
import { asList, asMap, getAt, isList, isMap, mapAt, member, pointerStep, setMember } from '../model/values.ts';
import { didYouMean } from '../util/suggest.ts';
import { mergeMaps, mergeSpec } from './merge.ts';

/**
 * `+topics` in a layer adds to the list `topics` of the layers below, in place of replacing it: items with the name of one
 * that is there are merged with it, all others come after it; of texts and numbers, those that are there already stay once.
 */
const mark = '+';

const isAdded = (key: string): boolean => key.startsWith(mark);
const listOf = (key: string): string => key.slice(mark.length);

/** The schema of what `+<list>` may hold; undefined for what is no list of named items, texts or numbers. */
export function addedSchema(list: Value | undefined, partial: (schema: ValueMap) => ValueMap): ValueMap | undefined {
  const items = getAt(list, 'items');
  if (getAt(list, 'type') !== 'array' || !isMap(items)) return undefined;
  const { default: _default, minItems: _least, ...rest } = asMap(list) as Record<string, Value>;
  if (items['type'] === 'string' || items['type'] === 'integer') return { ...rest, minItems: 1 };
  if (items['type'] !== 'object' || !isMap(getAt(items, 'properties', 'name'))) return undefined;
  return { ...rest, minItems: 1, items: { ...partial(items), required: ['name'] } };
}

/** A list that adds, taken out of settings. */
interface Taken {
  readonly pointer: string;
  readonly value: Value;
  readonly schema: ValueMap;
}

/** Settings without the lists that add, those lists, and what is wrong with their names. */
export function takeAdded(
  settings: ValueMap,
  schema: ValueMap,
  partial: (schema: ValueMap) => ValueMap,
  at: (pointer: string) => Location,
  pointer = '',
): { readonly plain: ValueMap; readonly added: readonly Taken[]; readonly diagnostics: readonly Diagnostic[] } {
  const plain: MutableMap = {};
  const added: Taken[] = [];
  const diagnostics: Diagnostic[] = [];
  const properties = mapAt(schema, 'properties');
  for (const [key, value] of Object.entries(settings)) {
    const own = `${pointer}/${pointerStep(key)}`;
    const below = isAdded(key) ? undefined : (member(properties, key) ?? schema['additionalProperties']);
    if (isAdded(key)) {
      const list = addedSchema(member(properties, listOf(key)), partial);
      if (list === undefined) diagnostics.push(noList(key, properties, partial, at(own)));
      else if (Object.hasOwn(settings, listOf(key))) diagnostics.push(replacedToo(key, at(own)));
      else added.push(...inItems(value, list, own, partial, at, diagnostics));
    } else if (isMap(value) && isMap(below)) {
      const inner = takeAdded(value, below, partial, at, own);
      setMember(plain, key, inner.plain);
      added.push(...inner.added);
      diagnostics.push(...inner.diagnostics);
    } else setMember(plain, key, value);
  }
  return { plain, added, diagnostics };
}

/** A list that adds, and those in its items. */
function inItems(
  value: Value,
  schema: ValueMap,
  pointer: string,
  partial: (schema: ValueMap) => ValueMap,
  at: (pointer: string) => Location,
  diagnostics: Diagnostic[],
): Taken[] {
  const items = asMap(schema['items']);
  if (!isList(value) || !isMap(items['properties'])) return [{ pointer, value, schema }];
  const inner: Taken[] = [];
  const plain = value.map((item, i) => {
    if (!isMap(item)) return item;
    const taken = takeAdded(item, items, partial, at, `${pointer}/${i}`);
    inner.push(...taken.added);
    diagnostics.push(...taken.diagnostics);
    return taken.plain;
  });
  return [{ pointer, value: plain, schema }, ...inner];
}

function noList(key: string, properties: ValueMap, partial: (schema: ValueMap) => ValueMap, at: Location): Diagnostic {
  const known = Object.keys(properties)
    .filter((name) => addedSchema(properties[name], partial) !== undefined)
    .map((name) => `${mark}${name}`)
    .sort();
  return {
    code: 'schema/unknown-key',
    severity: 'error',
    at,
    message: `"${key}" adds to no list.${didYouMean(key, known)}`,
    hint:
      known.length === 0
        ? 'There is no list here that could be added to.'
        : `Lists that can be added to: ${known.join(', ')}.`,
  };
}

const replacedToo = (key: string, at: Location): Diagnostic => ({
  code: 'spec/added-list',
  severity: 'error',
  at,
  message: `"${listOf(key)}" is set beside "${key}", so there is nothing of other layers that could be added to.`,
  hint: `Put all items into ${listOf(key)}, or take it out.`,
});

/** The layers with what they add put together with what stands below, and where each item of it is from. */
export function withAddedLists(layers: readonly Layer[]): readonly Layer[] {
  if (!layers.some(({ value }) => holdsAdded(value))) return layers;
  let below: ValueMap = {};
  return layers.map((layer) => {
    const lists = new Map<string, AddedList>();
    const value = holdsAdded(layer.value) ? expandedSpec(layer.value, below, lists) : layer.value;
    below = mergeSpec(below, value);
    return lists.size === 0 ? layer : { ...layer, value, added: { written: layer.value, lists } };
  });
}

const known = new WeakMap<ValueMap, boolean>();

/** Whether a layer has lists that add: below its capabilities, or right in it. */
function holdsAdded(spec: ValueMap): boolean {
  const found = known.get(spec) ?? (Object.keys(spec).some(isAdded) || holdsBelow(member(spec, 'capabilities')));
  known.set(spec, found);
  return found;
}

const holdsBelow = (value: Value | undefined): boolean =>
  isMap(value) && Object.entries(value).some(([key, item]) => isAdded(key) || holdsBelow(item));

/** Names of Helm values, labels and the like are taken as they are: only capabilities and the lists of a spec add. */
function expandedSpec(spec: ValueMap, below: ValueMap, lists: Map<string, AddedList>): ValueMap {
  const { capabilities, ...rest } = spec as Record<string, Value>;
  const top = Object.fromEntries(Object.entries(rest).filter(([key]) => isAdded(key)));
  const others = Object.fromEntries(Object.entries(rest).filter(([key]) => !isAdded(key)));
  const expandedTop = expanded(top, below, { merged: '', written: '' }, lists);
  if (!isMap(capabilities))
    return { ...others, ...expandedTop, ...(capabilities === undefined ? {} : { capabilities }) };
  const at = { merged: '/capabilities', written: '/capabilities' };
  return { ...others, ...expandedTop, capabilities: expanded(capabilities, mapAt(below, 'capabilities'), at, lists) };
}

/** Where a value stands: in the merged spec, and in its layer as it is written. */
interface Places {
  readonly merged: string;
  readonly written: string;
}

function expanded(above: ValueMap, below: ValueMap, at: Places, lists: Map<string, AddedList>): ValueMap {
  const out: MutableMap = {};
  for (const [key, value] of Object.entries(above)) {
    const name = isAdded(key) ? listOf(key) : key;
    const own = { merged: `${at.merged}/${pointerStep(name)}`, written: `${at.written}/${pointerStep(key)}` };
    const standing = member(below, name);
    if (isAdded(key)) {
      if (isList(value)) setMember(out, name, joined(value, asList(standing), own, lists));
    } else setMember(out, name, isMap(value) ? expanded(value, asMap(standing), own, lists) : value);
  }
  return out;
}

function joined(items: readonly Value[], below: readonly Value[], at: Places, lists: Map<string, AddedList>): Value[] {
  const out = [...below];
  const written: (number | undefined)[] = below.map(() => undefined);
  items.forEach((item, i) => {
    const same = out.findIndex((other) => isSame(item, other));
    const index = same === -1 ? out.length : same;
    written[index] = i;
    if (!isMap(item)) out[index] = item;
    else {
      const standing = asMap(out[index]);
      const own = { merged: `${at.merged}/${index}`, written: `${at.written}/${i}` };
      out[index] = mergeMaps(standing, expanded(item, standing, own, lists));
    }
  });
  lists.set(at.merged, { at: at.written, written });
  return out;
}

const isSame = (item: Value, other: Value): boolean =>
  isMap(item) ? item['name'] === getAt(other, 'name') : item === other;
