import type { Value } from '../model/values.ts';
import { isList, isMap, member, pointerSteps } from '../model/values.ts';

/** Everything a JSON pointer leads to, where `*` stands for every item of a list and every member of a map. */
export function allAt(root: Value | undefined, pointer: string): Value[] {
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

/** The texts among it. */
export const textsAt = (root: Value | undefined, pointer: string): string[] =>
  allAt(root, pointer).flatMap((value) => (typeof value === 'string' && value !== '' ? [value] : []));

/**
 * The texts a pattern stands for: each `{pointer}` in it is what the pointer leads to, with `*` one text for each item;
 * `{condition?pointer}` only where the condition holds, and `{condition?}` is no text then. A condition is a pointer that has
 * to lead to something, with `=value` to just that, and with `!` in front it must not.
 */
export function fill(pattern: string, root: Value): string[] {
  const match = /\{([^{}]*)\}/.exec(pattern);
  if (match === null) return [pattern];
  const [whole, inside = ''] = match;
  const before = pattern.slice(0, match.index);
  const rest = fill(pattern.slice(match.index + whole.length), root);
  return textsOf(inside, root).flatMap((text) => rest.map((after) => `${before}${text}${after}`));
}

function textsOf(inside: string, root: Value): string[] {
  const [pointer = '', condition] = inside.split('?').reverse();
  if (condition !== undefined && !holds(condition, root)) return [];
  if (condition !== undefined && pointer === '') return [''];
  return textsAt(root, pointer);
}

function holds(condition: string, root: Value): boolean {
  const [, not, pointer = '', value] = /^(!?)([^=]*)(?:=(.*))?$/.exec(condition) ?? [];
  const isThere = allAt(root, pointer).some((found) =>
    value === undefined ? found !== null && found !== '' : typeof found !== 'object' && String(found) === value,
  );
  return isThere !== (not === '!');
}
