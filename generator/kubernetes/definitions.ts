import type { ValueMap } from '../model/values.ts';
import { mapAt, textAt } from '../model/values.ts';
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
