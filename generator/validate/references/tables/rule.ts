import type { MakesRule, ReferenceRule } from '../../../model/references.ts';

/** What is made of the objects of a kind, `made(kind, what, name)`. */
export const made = (
  of: string,
  kind: string,
  name: string,
  keys?: readonly string[],
  namespace?: string,
): MakesRule => ({ for: of, kind, name, keys, namespace });

/** Maps with the name of a Secret or ConfigMap and one of its keys, at these places. */
export const keysAt = (from: readonly string[], places: readonly string[], to = 'Secret'): ReferenceRule[] =>
  places.map((at) => ({ from, at, to, keyAt: '/key' }));

/** The same, below members of these names wherever they stand in the objects. */
export const keysBelow = (
  from: readonly string[],
  members: readonly string[],
  places: readonly string[] = [''],
  to = 'Secret',
): ReferenceRule[] => members.flatMap((member) => places.map((at) => ({ from, member, at, to, keyAt: '/key' })));

/** Texts that are names, or maps with one, at these places. */
export const namesAt = (from: readonly string[], places: readonly string[], to = 'Secret'): ReferenceRule[] =>
  places.map((at) => ({ from, at, to }));
