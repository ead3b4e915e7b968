import { maskNamed, maskSecrets } from '../util/mask.ts';
import type { Value } from '../model/values.ts';
import { isList, isMap } from '../model/values.ts';
import type { FieldChange, Step } from './fields.ts';

/** One scalar that differs, or that came or went with what it was part of. */
export interface Leaf {
  readonly path: readonly Step[];
  readonly before: Value | undefined;
  readonly after: Value | undefined;
}

/** What was added or removed as a whole, down to its scalars; nothing for an order. */
export function leavesOf({ kind, path, before, after }: FieldChange): Leaf[] {
  if (kind === 'order') return [];
  if (kind === 'changed') return [{ path, before, after }];
  const walk = (value: Value, at: readonly Step[]): Leaf[] => {
    if (isList(value)) return value.flatMap((item, index) => walk(item, [...at, { index }]));
    if (isMap(value)) return Object.entries(value).flatMap(([key, item]) => walk(item as Value, [...at, key]));
    return [
      kind === 'added' ? { path: at, before: undefined, after: value } : { path: at, before: value, after: undefined },
    ];
  };
  return walk((kind === 'added' ? after : before) ?? null, path);
}

/** A value in a sentence: at most 100 characters. */
export const shortText = (value: Value | undefined): string => {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? maskSecrets(value) : JSON.stringify(maskNamed(value));
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
};
