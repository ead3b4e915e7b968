import type { Value, ValueMap } from '../model/values.ts';
import { asMap, isMap, mapAt, pointerOf, textAt } from '../model/values.ts';

/** One object that a document stands for. */
export interface ListItem {
  /** JSON pointer from the document to it; empty where the document is no list. */
  readonly pointer: string;
  readonly value: Value;
}

/**
 * The objects that a document stands for: itself, or the items of a list, also of lists in it. A list with fields beside its
 * items is one of them, so that what Kubernetes would drop in silence is checked as well. A typed list (`SecretList`) gives
 * its items the kind that they leave out, as kubectl does (apimachinery, decodeToList).
 */
export function listItems(document: Value): readonly ListItem[] {
  const found: ListItem[] = [];
  const open: ListItem[] = [{ pointer: '', value: document }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { pointer, value } = next;
    const items = isMap(value) ? itemsOf(value) : undefined;
    if (items === undefined) found.push(next);
    else {
      if (hasFields(asMap(value))) found.push(next);
      const inside = items.map((item, i) => ({
        pointer: pointer + pointerOf(['items', i]),
        value: withKind(item, asMap(value)),
      }));
      open.push(...inside.reverse());
    }
  }
  return found;
}

/** The same, of objects alone: what is no map has no field, and is reported for that. */
export const objectsOf = (document: Value): readonly ValueMap[] => listItems(document).map(({ value }) => asMap(value));

/** Undefined for what is no list, whatever its kind is called. */
function itemsOf(object: ValueMap): readonly Value[] | undefined {
  const { items } = object;
  const kind = textAt(object, 'kind') ?? '';
  if (items !== undefined && items !== null && !Array.isArray(items)) return undefined;
  const list = (items ?? []) as readonly Value[];
  if (kind.toLowerCase() === 'list') return list;
  if (list.length > 0 && list.every(isWhole)) return list;
  if (!kind.endsWith('List') || items === undefined || !list.every(isMap)) return undefined;
  return isBuiltIn(textAt(object, 'apiVersion') ?? '') || !hasContent(object) ? list : undefined;
}

/** An item that says itself what it is makes a list of whatever holds it: kubectl and Argo CD ask for no more. */
const isWhole = (item: Value): boolean =>
  textAt(item, 'apiVersion') !== undefined && textAt(item, 'kind') !== undefined;

const groupOf = (apiVersion: string): string => apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')));

/** Groups of Kubernetes itself have no kind that is called a list and is none. */
const isBuiltIn = (apiVersion: string): boolean =>
  !groupOf(apiVersion).includes('.') || groupOf(apiVersion).endsWith('.k8s.io');

/** What a list has not: a name (ListMeta has none), or fields beside its items. */
const hasContent = (object: ValueMap): boolean =>
  textAt(object, 'metadata', 'name') !== undefined ||
  mapAt(object, 'metadata')['generateName'] !== undefined ||
  hasFields(object);

const hasFields = (object: ValueMap): boolean =>
  Object.keys(object).some((key) => !['apiVersion', 'kind', 'metadata', 'items'].includes(key));

function withKind(item: Value, list: ValueMap): Value {
  if (!isMap(item) || textAt(item, 'kind') !== undefined || textAt(item, 'apiVersion') !== undefined) return item;
  const kind = (textAt(list, 'kind') ?? '').replace(/List$/i, '');
  return kind === '' ? item : { ...item, apiVersion: textAt(list, 'apiVersion') ?? '', kind };
}
