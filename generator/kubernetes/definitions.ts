import type { Value, ValueMap } from '../model/values.ts';
import { isMap, mapAt, textAt } from '../model/values.ts';
import type { DoubtfulScalar } from '../yaml/kubernetesYaml.ts';
import { isAmbiguous } from '../yaml/scalars.ts';
import { kindOf } from './object.ts';

export const isDefinition = (object: ValueMap): boolean => object['kind'] === 'CustomResourceDefinition';

/** `group/Kind` that a CustomResourceDefinition defines. */
export function kindIn(definition: ValueMap): string {
  const spec = mapAt(definition, 'spec');
  return `${textAt(spec, 'group') ?? ''}/${textAt(spec, 'names', 'kind') ?? ''}`;
}

/** The definitions among objects that others of them are of. */
export function usedDefinitions(objects: readonly ValueMap[]): readonly ValueMap[] {
  const definitions = objects.filter(isDefinition);
  if (definitions.length === 0) return [];
  const used = new Set(objects.map(kindOf));
  return definitions.filter((definition) => used.has(kindIn(definition)));
}

/** Fields of a schema that the API server itself keeps as numbers of double precision. */
const limits: ReadonlySet<string> = new Set(['minimum', 'maximum', 'multipleOf']);

/** The scalars of a document that are not to be written as they are read; limits in the schemas of a definition are. */
export function doubtfulIn(document: Value, scalars: readonly DoubtfulScalar[]): readonly DoubtfulScalar[] {
  if (scalars.length === 0 || !isMap(document) || !isDefinition(document)) return scalars;
  return scalars.filter(({ key, source }) => !limits.has(key ?? '') || isAmbiguous(source));
}
