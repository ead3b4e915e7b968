import type { MutableMap, Value, ValueMap } from '../model/values.ts';
import { asMap, isList, isMap, listAt, mapAt, member, pointerStep, pointerSteps, setMember } from '../model/values.ts';
import { dereference } from './shapes/places.ts';

/** The schema of a kind, or of a part of it; `root` is what `$ref` points into. Without one no list has keys. */
export interface PatchSchema {
  readonly schema: ValueMap;
  readonly root: ValueMap;
}

/** Why a patch cannot be applied; `pointer` is in the patch. */
export class PatchError extends Error {
  override readonly name = 'PatchError';
  readonly pointer: string;
  readonly hint: string;
  constructor(pointer: string, message: string, hint: string) {
    super(message);
    this.pointer = pointer;
    this.hint = hint;
  }
}

const noSchema: PatchSchema = { schema: {}, root: {} };

/**
 * A strategic merge patch as Kubernetes and kustomize have it: maps merge, null removes, lists whose schema has keys
 * (`x-kubernetes-list-map-keys`) merge by them, all others are replaced. Entries stay where they are, new ones come last.
 * `$patch: delete` and `$patch: replace` stand in a map or in an entry of a list. Throws PatchError.
 */
export function strategicMerge(object: ValueMap, patch: ValueMap, schema: PatchSchema = noSchema): ValueMap {
  const merged = mergeMap(object, patch, schema, '');
  if (merged === undefined)
    throw new PatchError('/$patch', '"$patch: delete" would remove the object', 'Switch off what makes the object.');
  return merged;
}

/** Undefined: `$patch: delete` removes it. */
function mergeMap(below: ValueMap, patch: ValueMap, schema: PatchSchema, pointer: string): ValueMap | undefined {
  const directive = directiveOf(patch, pointer);
  if (directive === 'delete') return undefined;
  const out: MutableMap = directive === 'replace' ? {} : { ...below };
  for (const [key, value] of Object.entries(patch)) {
    if (key === '$patch') continue;
    const merged = mergeValue(member(out, key), value, memberSchema(schema, key), `${pointer}/${pointerStep(key)}`);
    if (merged === undefined) delete out[key];
    else setMember(out, key, merged);
  }
  return out;
}

function mergeValue(below: Value | undefined, patch: Value, schema: PatchSchema, pointer: string): Value | undefined {
  if (patch === null) return undefined;
  if (isMap(patch)) return mergeMap(isMap(below) ? below : {}, patch, schema, pointer);
  return isList(patch) ? mergeList(isList(below) ? below : [], patch, schema, pointer) : patch;
}

function mergeList(
  below: readonly Value[],
  patch: readonly Value[],
  schema: PatchSchema,
  pointer: string,
): readonly Value[] | undefined {
  const whole = patch.find((item) => isMap(item) && Object.keys(item).length === 1 && '$patch' in item);
  const directive = whole === undefined ? 'merge' : directiveOf(asMap(whole), pointer);
  if (directive === 'delete') return undefined;
  const items = patch.map((item, i) => ({ item, at: `${pointer}/${i}` })).filter(({ item }) => item !== whole);
  const { keys, isSet } = listKeys(schema, pointer);
  if (directive === 'replace' || (keys.length === 0 && !isSet)) return items.map(({ item, at }) => plain(item, at));
  if (isSet) return [...below, ...items.flatMap(({ item }) => (below.includes(item) ? [] : [item]))];
  const out: (Value | undefined)[] = [...below];
  const added: Value[] = [];
  for (const { item, at } of items) {
    if (!isMap(item) || keys.every((key) => member(item, key) === undefined))
      throw new PatchError(at, `an entry of this list is told by its ${keys.join(' and ')}`, `Write ${keys[0] ?? ''}.`);
    const index = entryIndex(out, item, keys, schema);
    const merged = mergeMap(asMap(index === -1 ? {} : out[index]), item, itemSchema(schema), at);
    if (index !== -1) out[index] = merged;
    else if (merged !== undefined) added.push(merged);
  }
  return [...out.filter((item) => item !== undefined), ...added];
}

/** What stands in a list that is replaced: without nulls, and without directives, which mean nothing there. */
function plain(value: Value, pointer: string): Value {
  if (isList(value)) return value.map((item, i) => plain(item, `${pointer}/${i}`));
  if (!isMap(value)) return value;
  if ('$patch' in value)
    throw new PatchError(
      `${pointer}/$patch`,
      'the schema has no key for the entries of this list, which is replaced as a whole',
      'Write the whole list, or change the entry with a JSON patch.',
    );
  return mergeMap({}, value, noSchema, pointer) ?? {};
}

const directives: ReadonlySet<unknown> = new Set([undefined, 'merge', 'replace', 'delete']);

function directiveOf(patch: ValueMap, pointer: string): 'merge' | 'replace' | 'delete' {
  const other = Object.keys(patch).find((key) =>
    /^\$(?:retainKeys$|setElementOrder\/|deleteFromPrimitiveList\/)/.test(key),
  );
  if (other !== undefined)
    throw new PatchError(
      `${pointer}/${pointerStep(other)}`,
      `the directive "${other}" is not supported`,
      'Write what is to be there, null for what is to go, or use a JSON patch.',
    );
  const directive = member(patch, '$patch');
  if (!directives.has(directive))
    throw new PatchError(
      `${pointer}/$patch`,
      `"$patch" is delete, replace or merge, not ${JSON.stringify(directive)}`,
      'Use $patch: delete to remove an entry, $patch: replace to leave nothing of what is there.',
    );
  return (directive ?? 'merge') as 'merge' | 'replace' | 'delete';
}

/** The entry that a patch means: the one with the same keys. A key that one of them lacks has its default. */
export function entryIndex(
  list: readonly (Value | undefined)[],
  wanted: ValueMap,
  keys: readonly string[],
  schema: PatchSchema,
): number {
  const defaults = mapAt(itemSchema(schema).schema, 'properties');
  const valueOf = (item: Value | undefined, key: string): Value | undefined =>
    member(item, key) ?? member(defaults[key], 'default');
  const exact = list.findIndex(
    (item) => isMap(item) && keys.every((key) => valueOf(item, key) === valueOf(wanted, key)),
  );
  if (exact !== -1) return exact;
  const given = keys.filter((key) => member(wanted, key) !== undefined);
  const alike = [...list.keys()].filter((i) => given.every((key) => member(list[i], key) === wanted[key]));
  return given.length < keys.length && alike.length === 1 ? (alike[0] ?? -1) : -1;
}

/** What tells the entries of a list apart. Finalizers are the one list of texts that is merged. */
export function listKeys({ schema }: PatchSchema, pointer: string): { keys: readonly string[]; isSet: boolean } {
  return {
    keys: listAt(schema, 'x-kubernetes-list-map-keys').map(String),
    isSet: pointer === '/metadata/finalizers',
  };
}

export function memberSchema({ schema, root }: PatchSchema, key: string): PatchSchema {
  const additional = schema['additionalProperties'];
  const next = member(mapAt(schema, 'properties'), key) ?? (isMap(additional) ? additional : undefined);
  return { schema: dereference(asMap(next), root), root };
}

export const itemSchema = ({ schema, root }: PatchSchema): PatchSchema => ({
  schema: dereference(mapAt(schema, 'items'), root),
  root,
});

/** One field that a patch changed; `pointer` is in the object after it, or before it for what is gone. */
export interface PatchedField {
  readonly pointer: string;
  readonly before?: Value;
  readonly after?: Value;
}

/** The fields in which two objects differ, as deep as can be said. Entries of lists are paired by their keys. */
export function changedFields(
  before: Value | undefined,
  after: Value | undefined,
  schema: PatchSchema = noSchema,
  pointer = '',
): PatchedField[] {
  if (before === after || JSON.stringify(before) === JSON.stringify(after)) return [];
  if ((isMap(before) || before === undefined) && (isMap(after) || after === undefined)) {
    const names = [...new Set([...Object.keys(asMap(before)), ...Object.keys(asMap(after))])];
    const below = names.flatMap((name) =>
      changedFields(
        member(before, name),
        member(after, name),
        memberSchema(schema, name),
        `${pointer}/${pointerStep(name)}`,
      ),
    );
    if (below.length > 0) return below;
  }
  if (isList(before) && isList(after)) {
    const pairs = pairEntries(before, after, schema, pointer);
    if (pairs !== undefined)
      return pairs.flatMap(([old, now, at]) => changedFields(old, now, itemSchema(schema), `${pointer}/${at}`));
  }
  return [{ pointer, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}

type EntryPair = readonly [Value | undefined, Value | undefined, number];

/** Undefined where nothing says which entry is which. */
function pairEntries(
  before: readonly Value[],
  after: readonly Value[],
  schema: PatchSchema,
  pointer: string,
): readonly EntryPair[] | undefined {
  const { keys } = listKeys(schema, pointer);
  if (keys.length === 0)
    return before.length === after.length ? before.map((old, i): EntryPair => [old, after[i], i]) : undefined;
  const indexOf = (list: readonly Value[], item: Value): number => entryIndex(list, asMap(item), keys, schema);
  return [
    ...before.flatMap((old, i): EntryPair[] => (indexOf(after, old) === -1 ? [[old, undefined, i]] : [])),
    ...after.map((now, i): EntryPair => [before[indexOf(before, now)], now, i]),
  ];
}

/** Where a patch says a field of the object: the deepest pointer of the patch on the way to it. */
export function placeInPatch(pointer: string, object: Value, patch: Value, schema: PatchSchema = noSchema): string {
  let at = '';
  let [node, said, shape]: [Value | undefined, Value | undefined, PatchSchema] = [object, patch, schema];
  for (const step of pointerSteps(pointer)) {
    if (isList(node)) {
      const entry: Value | undefined = node[Number(step)];
      const { keys } = listKeys(shape, at);
      const index: number =
        keys.length === 0 ? Number(step) : isList(said) ? entryIndex(said, asMap(entry), keys, shape) : -1;
      [node, said, shape] = [entry, isList(said) ? said[index] : undefined, itemSchema(shape)];
      if (said === undefined) return at;
      at = `${at}/${index}`;
    } else {
      const next: Value | undefined = member(said, step);
      if (next === undefined) return at;
      [node, said, shape] = [member(node, step), next, memberSchema(shape, step)];
      at = `${at}/${pointerStep(step)}`;
    }
  }
  return at;
}
