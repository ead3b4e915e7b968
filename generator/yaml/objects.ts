import { boolYaml11Tag, CORE_SCHEMA, mergeTag, YAMLException } from 'js-yaml';
import type { Location } from '../model/diagnostic.ts';
import type { Value, KubernetesObject } from '../model/values.ts';
import { isList, isMap, mapAt, textAt, isObject } from '../model/values.ts';
import { listItems } from './lists.ts';
import { LimitError, readJson, readYaml } from './limits.ts';
import { locateLine } from './locate.ts';
import { conflictIn } from './refuse.ts';
import { stripBom, sourceOf } from './source.ts';

/** One document of a file of Kubernetes objects, or one item of a list. */
export interface FoundObject {
  readonly file: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty when there is none. */
  readonly name: string;
  readonly object: KubernetesObject;
  /** Where a JSON pointer of the object stands in the file: its value, or its key. */
  at(pointer: string, part?: 'key' | 'value'): Location;
}

/** A document that is no object, and why. */
export interface Unreadable {
  readonly file: string;
  readonly why: string;
  /** True when it is no YAML at all. */
  readonly isSyntax: boolean;
  /** Git left its markers in it. */
  readonly isConflict?: boolean;
  readonly at: Location;
}

/** Kubernetes reads YAML 1.1: `yes` is true and `<<` merges; dates stay text. */
const schema = CORE_SCHEMA.withTags(mergeTag, boolYaml11Tag);

/** The objects of a file (YAML documents or JSON), as kubectl and kubeconform take them apart; empty documents are none. */
export function objectsIn(file: string, raw: string): (FoundObject | Unreadable)[] {
  const text = stripBom(raw);
  const conflict = conflictIn(file, text);
  if (conflict?.at !== undefined)
    return [{ file, why: 'a merge conflict marker was left in it', isSyntax: true, at: conflict.at, isConflict: true }];
  let line = 0;
  return splitDocuments(text).flatMap(({ body, lines }) => {
    const first = line;
    line += lines;
    return readDocument(file, text, body, first);
  });
}

/** At lines that begin with `---`, wherever they stand: a text block cannot hold one, for Kubernetes. */
function splitDocuments(text: string): { body: string; lines: number }[] {
  const parts = text.split(/\n---[^\n]*(?:\n|$)/);
  return parts.map((body) => ({ body, lines: body.split('\n').length + 1 }));
}

function readDocument(file: string, text: string, body: string, first: number): (FoundObject | Unreadable)[] {
  const lineAt = (line: number): Location => locateLine(file, text, line, 1);
  let value: Value;
  try {
    value = /^\s*\{/.test(body) ? parsedJson(body) : parsedYaml(body);
  } catch (error) {
    const inside = error instanceof YAMLException ? (error.mark?.line ?? 0) : 0;
    const said = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
    const why = said.replace(/ \(\d+:\d+\)$/, ''); // lines of the document, not of the file
    return [{ file, why, isSyntax: true, at: lineAt(first + inside + 1) }];
  }
  if (value === null) return [];
  const source = sourceOf(file, body, value);
  const at: FoundObject['at'] = (pointer, part) => shifted(source.at(pointer, part), first);
  return listItems(value).map((item) => objectOf(file, item.value, (p, part) => at(item.pointer + p, part)));
}

/** Null for a text of nothing but comments. */
const parsedYaml = (body: string): Value => readYaml(body, { schema })[0] ?? null;

/** Duplicate keys are an error in YAML; JSON.parse takes the last. */
function parsedJson(body: string): Value {
  try {
    return readJson(body);
  } catch (error) {
    if (error instanceof LimitError) throw error;
    return parsedYaml(body); // flow maps of YAML begin alike
  }
}

function objectOf(file: string, value: Value, at: FoundObject['at']): FoundObject | Unreadable {
  const refuse = (why: string): Unreadable => ({ file, why, isSyntax: false, at: at('') });
  if (!isMap(value) || isList(value)) return refuse('it is no object');
  if (typeof value['kind'] !== 'string') return refuse('it has no kind');
  if (!isObject(value)) return refuse('it has no apiVersion');
  const { kind, apiVersion } = value;
  const metadata = mapAt(value, 'metadata');
  const name = textAt(metadata, 'name') ?? textAt(metadata, 'generateName') ?? '';
  return { file, apiVersion, kind, name, object: value, at };
}

function shifted({ line, excerpt, ...place }: Location, by: number): Location {
  return {
    ...place,
    line: line + by,
    ...(excerpt === undefined ? {} : { excerpt: { ...excerpt, firstLine: excerpt.firstLine + by } }),
  };
}
