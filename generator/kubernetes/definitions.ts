import type { Value, ValueMap } from '../model/values.ts';
import { isMap, listAt, mapAt, pointerStep, textAt } from '../model/values.ts';
import type { DoubtfulScalar } from '../yaml/kubernetesYaml.ts';
import { isAmbiguous } from '../yaml/scalars.ts';
import { kindOf, nameOf } from './object.ts';

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

/** A rule in CEL of a definition, with its place in it. */
export interface DefinedRule {
  readonly pointer: string;
  readonly rule: string;
}

/** The rules of every version of a definition. */
export function* rulesOfDefinition(definition: ValueMap): Generator<DefinedRule> {
  for (const [i, version] of listAt(mapAt(definition, 'spec'), 'versions').entries())
    yield* rulesBelow(mapAt(version, 'schema', 'openAPIV3Schema'), `/spec/versions/${i}/schema/openAPIV3Schema`);
}

function* rulesBelow(schema: Value, pointer: string): Generator<DefinedRule> {
  if (!isMap(schema)) return;
  for (const [i, item] of listAt(schema, 'x-kubernetes-validations').entries()) {
    const rule = textAt(item, 'rule');
    if (rule !== undefined) yield { pointer: `${pointer}/x-kubernetes-validations/${i}/rule`, rule };
  }
  for (const [name, child] of Object.entries(mapAt(schema, 'properties')))
    yield* rulesBelow(child ?? null, `${pointer}/properties/${pointerStep(name)}`);
  for (const key of ['items', 'additionalProperties'] as const)
    yield* rulesBelow(schema[key] ?? null, `${pointer}/${key}`);
  for (const key of ['allOf', 'anyOf', 'oneOf'] as const)
    for (const [i, child] of listAt(schema, key).entries()) yield* rulesBelow(child, `${pointer}/${key}/${i}`);
}

/** Fields of a schema that the API server itself keeps as numbers of double precision. */
const limits: ReadonlySet<string> = new Set(['minimum', 'maximum', 'multipleOf']);

/** The scalars of a document that are not to be written as they are read; limits in the schemas of a definition are. */
export function doubtfulIn(document: Value, scalars: readonly DoubtfulScalar[]): readonly DoubtfulScalar[] {
  if (scalars.length === 0 || !isMap(document) || !isDefinition(document)) return scalars;
  return scalars.filter(({ key, source }) => !limits.has(key ?? '') || isAmbiguous(source));
}

/** A definition of a kind that one before it defines too. */
export interface SecondDefinition<T> {
  readonly about: T;
  readonly first: T;
  /** `group/Kind` */
  readonly kind: string;
  /** Both have one name: they are the same object, of which one is left. */
  readonly isOneObject: boolean;
  /** Both say the same. */
  readonly isEqual: boolean;
}

/** Definitions of one kind, of which an API server establishes the first alone. */
export function secondDefinitions<T>(items: readonly T[], objectOf: (item: T) => ValueMap): SecondDefinition<T>[] {
  const first = new Map<string, T>();
  return items.flatMap((about): SecondDefinition<T>[] => {
    const object = objectOf(about);
    if (!isDefinition(object)) return [];
    const kind = kindIn(object);
    const other = first.get(kind);
    first.set(kind, other ?? about);
    if (other === undefined) return [];
    const before = objectOf(other);
    return [
      {
        about,
        first: other,
        kind,
        isOneObject: nameOf(before) === nameOf(object),
        isEqual: JSON.stringify(before['spec']) === JSON.stringify(object['spec']),
      },
    ];
  });
}

/** What to say of it behind the object: `defines …`. */
export const secondDefinitionText = ({ kind, isOneObject }: SecondDefinition<unknown>, first: string): string =>
  isOneObject
    ? `defines ${kind} a second time (${first}): one of the two takes the place of the other.`
    : `defines ${kind}, which ${first} defines too: the API server establishes the first alone.`;
