import type { Unchecked } from '../model/drift.ts';
import { compareText } from '../model/values.ts';

/** What was left out, reported once for all objects of one kind and one reason. */
export interface UncheckedList {
  add(what: string, why: string): void;
  list(): Unchecked[];
}

export function createUnchecked(): UncheckedList {
  const found = new Map<string, { readonly what: string; readonly why: string; count: number }>();
  return {
    add(what, why) {
      const key = `${what}\0${why}`;
      const known = found.get(key) ?? { what, why, count: 0 };
      known.count += 1;
      found.set(key, known);
    },
    list: () =>
      [...found.values()]
        .map(({ what, why, count }) => ({ what: count === 1 ? what : `${what} (${count} times)`, why }))
        .sort((a, b) => compareText(a.what, b.what) || compareText(a.why, b.why)),
  };
}
