import type { Location } from '../model/diagnostic.ts';
import type { Value, KubernetesObject } from '../model/values.ts';
import { isList, isMap, mapAt, textAt, isObject } from '../model/values.ts';
import { splitDocuments } from './documents.ts';
import type { DocumentText } from './documents.ts';
import { readKubernetesYaml } from './kubernetesYaml.ts';
import { listItems } from './lists.ts';
import { LimitError, readJson } from './limits.ts';
import { locateLine } from './locate.ts';
import { kubernetesPlaces } from './kubernetesPlaces.ts';
import { stripBom } from './source.ts';
import { conflictIn } from './refuse.ts';

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

/** The objects of a file (YAML documents or JSON), as kubectl and kubeconform take them apart; empty documents are none. */
export function objectsIn(file: string, raw: string): (FoundObject | Unreadable)[] {
  const text = stripBom(raw);
  const conflict = conflictIn(file, text);
  if (conflict?.at !== undefined)
    return [{ file, why: 'a merge conflict marker was left in it', isSyntax: true, at: conflict.at, isConflict: true }];
  return splitDocuments(text).flatMap((document) => readDocument(file, text, document));
}

function readDocument(file: string, text: string, { body, above, stray }: DocumentText): (FoundObject | Unreadable)[] {
  const unreadable = (why: string, line: number): Unreadable[] => [
    { file, why, isSyntax: true, at: locateLine(file, text, line, 1) },
  ];
  if (stray !== undefined) return unreadable(`"${stray.slice(0, 40)}" stands behind ---`, above);
  const read = readText(body);
  if ('problem' in read) return unreadable(read.problem.reason, above + read.problem.line);
  if (read.value === null) return [];
  const places = kubernetesPlaces(file, body);
  const at: FoundObject['at'] = (pointer, part) => shifted(places.at(pointer, part), above);
  return listItems(read.value).map((item) => objectOf(file, item.value, (p, part) => at(item.pointer + p, part)));
}

/** Two equal keys are an error in YAML; JSON.parse takes the last. */
function readText(body: string): ReturnType<typeof readKubernetesYaml> {
  if (/^\s*\{/.test(body))
    try {
      return { value: readJson(body), doubtful: [] };
    } catch (error) {
      if (error instanceof LimitError) return { problem: { reason: error.message, line: 1 } };
      // flow maps of YAML begin alike
    }
  return readKubernetesYaml(body, { strict: true });
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
