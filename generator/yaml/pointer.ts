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

/** The texts among it; of a pointer that ends with `#`, the names of the members of the maps it leads to. */
export function textsAt(root: Value | undefined, pointer: string): string[] {
  if (pointer.endsWith('#'))
    return allAt(root, pointer.slice(0, -1)).flatMap((value) => (isMap(value) ? Object.keys(value) : []));
  return allAt(root, pointer).flatMap((value) => (typeof value === 'string' && value !== '' ? [value] : []));
}

/**
 * The texts a pattern stands for: each `{pointer}` in it is what the pointer leads to, with `*` one text for each item. Of
 * several pointers, `{/one|/other}`, the first counts that leads to something.
 */
export function fill(pattern: string, root: Value): string[] {
  const match = /\{([^{}]*)\}/.exec(pattern);
  if (match === null) return [pattern];
  const [whole, inside = ''] = match;
  const before = pattern.slice(0, match.index);
  const rest = fill(pattern.slice(match.index + whole.length), root);
  return firstTexts(inside.split('|'), root).flatMap((text) => rest.map((after) => `${before}${text}${after}`));
}

function firstTexts(pointers: readonly string[], root: Value): string[] {
  for (const pointer of pointers) {
    const texts = textsAt(root, pointer);
    if (texts.length > 0) return texts;
  }
  return [];
}

/** Whether a JSON pointer leads to something in an object that is neither null nor empty text; with `=value`, to just that. */
export function isAt(root: Value, condition: string): boolean {
  const [, pointer = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(condition) ?? [];
  return allAt(root, pointer).some((found) =>
    value === undefined ? found !== null && found !== '' : typeof found !== 'object' && String(found) === value,
  );
}
