import { doubtfulIn } from '../../kubernetes/definitions.ts';
import type { Value } from '../../model/values.ts';
import { inexactNumbers } from '../../yaml/jsonNumbers.ts';
import { readJson } from '../../yaml/limits.ts';

/**
 * A value of JSON in which numbers that JavaScript cannot hold are the text of their digits: no desired object has such a number, so
 * that they differ from it, and two that differ in a digit differ. Limits in the schemas of a definition are kept as numbers, as
 * the API server itself does. Throws LimitError and SyntaxError.
 */
export function readExactJson(text: string): Value {
  const value = readJson(text);
  const inexact = doubtfulIn(value, inexactNumbers(text));
  if (inexact.length === 0) return value;
  let out = '';
  let from = 0;
  for (const { at, source } of inexact) {
    out += `${text.slice(from, at)}${JSON.stringify(source)}`;
    from = at + source.length;
  }
  return readJson(out + text.slice(from));
}
