import type { Value } from '../../model/values.ts';
import { isList, isMap, member, pointerSteps } from '../../model/values.ts';

/** Everything a JSON pointer leads to, where `*` stands for every item of a list and every member of a map. */
export function reach(root: Value | undefined, pointer: string): Value[] {
  let found: Value[] = root === undefined ? [] : [root];
  for (const step of pointerSteps(pointer)) {
    found = found.flatMap((node) => {
      if (step === '*') return isList(node) ? [...node] : isMap(node) ? Object.values(node) : [];
      const next = isList(node) ? node[Number(step)] : member(node, step);
      return next === undefined ? [] : [next];
    });
  }
  return found;
}

/**
 * The texts a pattern stands for: each `{pointer}` in it is what the pointer leads to, with `*` one text for each item;
 * `{condition?pointer}` only where the condition leads to something.
 */
export function fill(pattern: string, root: Value): string[] {
  const match = /\{([^{}]*)\}/.exec(pattern);
  if (match === null) return [pattern];
  const [whole, inside = ''] = match;
  const [condition, pointer] = inside.includes('?') ? (inside.split('?') as [string, string]) : [undefined, inside];
  if (condition !== undefined && reach(root, condition).length === 0) return [];
  const before = pattern.slice(0, match.index);
  const rest = fill(pattern.slice(match.index + whole.length), root);
  return reach(root, pointer).flatMap((value) =>
    typeof value === 'string' && value !== '' ? rest.map((after) => `${before}${value}${after}`) : [],
  );
}
