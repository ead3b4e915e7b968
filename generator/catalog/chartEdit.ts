import type { Location } from '../model/diagnostic.ts';

/**
 * The text of a file with another version at the place of the old one; everything else stays as it is, comments, quotes and
 * line ends included. undefined: the place does not hold the old version.
 */
export function withVersion(text: string, at: Location, old: string, version: string): string | undefined {
  const mark = text.startsWith('\ufeff') ? 1 : 0;
  let start = mark;
  for (let line = 1; line < at.line; line += 1) start = text.indexOf('\n', start) + 1;
  const from = start + at.col - 1;
  const quote = /^["']/.exec(text.slice(from))?.[0] ?? '';
  const begin = from + quote.length;
  if (!text.startsWith(old, begin)) return undefined;
  return text.slice(0, begin) + version + text.slice(begin + old.length);
}
