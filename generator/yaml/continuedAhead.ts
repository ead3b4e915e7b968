import { inserted, missingIndentation } from './continued.ts';
import type { Insertion } from './continued.ts';

/** What a parser says of a part of a text: nothing, or why and where it stopped. */
export type PartParser = (text: string) => { readonly reason: string; readonly position: number } | undefined;

/** A part that is read at once, from a line of a block on; it doubles where something in it goes on further. */
const part = 4096;

/**
 * Where space has to go below a line that begins an entry of a block: as far as that can be said by reading the text in parts, each
 * once, so that a text with thousands of such places takes a time that grows with it. What is found is only a proposal: the text
 * with it is to be read as a whole. `parse` is undefined where all is well.
 */
export function missingAhead(text: string, from: number, parse: PartParser): readonly Insertion[] {
  const found: Insertion[] = [];
  let cursor = from;
  let size = part;
  while (cursor < text.length) {
    const step = stepFrom(text, cursor, size, parse);
    if (step === 'more') size *= 2;
    else if (step === undefined) return found;
    else {
      found.push(...step.insertions);
      cursor = step.next;
      size = part;
    }
  }
  return found;
}

interface AheadStep {
  readonly insertions: readonly Insertion[];
  /** Where the next entry of a block begins. */
  readonly next: number;
}

/** The next place behind `cursor`, or the end of the part; `more` asks for a larger part, undefined ends the search. */
function stepFrom(text: string, cursor: number, size: number, parse: PartParser): AheadStep | 'more' | undefined {
  const isWhole = cursor + size >= text.length;
  const end = isWhole ? text.length : lineStart(text, cursor + size);
  if (end <= cursor) return 'more';
  const chunk = text.slice(cursor, end);
  const base = indentOf(text, cursor);
  const problem = parse(chunk);
  if (problem === undefined) {
    if (isWhole) return { insertions: [], next: text.length };
    const cut = lastEntry(text, cursor, end, base);
    return cut === undefined ? 'more' : { insertions: [], next: cut };
  }
  const at = cursor + problem.position;
  const line = lineStart(text, at);
  const open = line <= cursor ? undefined : parse(text.slice(cursor, Math.max(cursor, line - 1)));
  if (open === undefined) {
    // nothing is open there: the entry belongs to a block further out
    if (line > cursor && indentOf(text, line) <= base) return { insertions: [], next: line };
    return isWhole ? undefined : 'more';
  }
  const insertions = missingIndentation(text, at, open.reason);
  const last = insertions.at(-1);
  if (last === undefined) return isWhole ? undefined : 'more';
  const next = nextLine(text, last.at);
  const own = insertions.map((i) => ({ at: i.at - cursor, length: i.length }));
  if (parse(inserted(text.slice(cursor, next), own)) !== undefined) return isWhole ? undefined : 'more';
  return { insertions, next };
}

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;

function nextLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end + 1;
}

function indentOf(text: string, line: number): number {
  let at = line;
  while (text[at] === ' ') at += 1;
  return at - line;
}

/** The last line of a part that stands no further right than its first one: an entry of the same block, or of one further out. */
function lastEntry(text: string, from: number, end: number, base: number): number | undefined {
  for (let line = lineStart(text, end - 1); line > from; line = lineStart(text, line - 1)) {
    const indent = indentOf(text, line);
    if (indent <= base && !/[\s#]/.test(text[line + indent] ?? '#')) return line;
  }
  return undefined;
}
