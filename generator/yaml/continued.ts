/**
 * Text that go-yaml reads and js-yaml does not: lines that continue a quoted text, a list in `[]` or a map in `{}`, and stand no
 * further right than what holds them, or a document that is nothing but plain text and stand further left than its first line.
 * They get space in front, which means nothing there.
 */

/** Space that was put into a text. */
export interface Insertion {
  /** Where, in the text without it. */
  readonly at: number;
  readonly length: number;
}

/** Further right than anything that may hold a line. */
const indentation = 240;

/** The lines before are a document that is one plain text. */
export const plainDocument = 'a plain scalar';

const isBoundary = (text: string, at: number): boolean => /^(?:---|\.\.\.)(?:\s|$)/.test(text.slice(at, at + 4));

/**
 * Where space has to go for a parser to read on after it complained of deficient indentation at a position. `open` is what it
 * says of the text before that line. Empty where that is not what is wrong.
 */
export function missingIndentation(text: string, position: number, open: string): readonly Insertion[] {
  const from = text.lastIndexOf('\n', position - 1) + 1;
  if (isBoundary(text, from)) return [];
  const end = endOf(text, from, open);
  const found: Insertion[] = [];
  for (let at = from; at < end; at = nextLine(text, at))
    if (text[at] !== '\n' && text[at] !== '\r' && !isBoundary(text, at)) found.push({ at, length: indentation });
  return found;
}

function endOf(text: string, from: number, open: string): number {
  if (open === plainDocument) return nextLine(text, from);
  return open.endsWith('quoted scalar')
    ? endOfQuoted(text, from, open.includes('single') ? "'" : '"')
    : endOfFlow(text, from);
}

function nextLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end + 1;
}

/** The end of a quoted text, from a position inside it; the end of the text when none does. */
function endOfQuoted(text: string, from: number, quote: "'" | '"'): number {
  const next = quote === "'" ? /''|(')/g : /\\[^]|(")/g;
  next.lastIndex = from;
  for (let found = next.exec(text); found !== null; found = next.exec(text))
    if (found[1] !== undefined) return found.index + 1;
  return text.length;
}

/**
 * Where the outermost list or map in brackets ends, from a position inside it. How deep that is nobody says: it has ended when
 * nothing follows a bracket that can only stand inside of another one.
 */
function endOfFlow(text: string, from: number): number {
  const next = /(?<=^|[\s,:[{])(?:'(?:[^']|'')*'|"(?:\\[^]|[^"\\])*")|(?<=^|\s)#[^\n]*|([[{])|([\]}])/gm;
  next.lastIndex = from;
  let depth = 0;
  for (let found = next.exec(text); found !== null; found = next.exec(text)) {
    if (found[1] !== undefined) depth++;
    if (found[2] === undefined || --depth >= 0) continue;
    const after = /^(?:\s|(?<=\s)#[^\n]*\n)*/.exec(text.slice(found.index + 1, found.index + 2000))?.[0] ?? '';
    if (!/[,\]}]/.test(text[found.index + 1 + after.length] ?? '')) return found.index + 1;
  }
  return text.length;
}

/** The text with space put into it. */
export function inserted(text: string, insertions: readonly Insertion[]): string {
  let out = '';
  let from = 0;
  for (const { at, length } of insertions) {
    out += text.slice(from, at) + ' '.repeat(length);
    from = at;
  }
  return out + text.slice(from);
}

/** The position, in the text without the insertions, of a position in the text with them. */
export function withoutInsertions(position: number, insertions: readonly Insertion[]): number {
  let before = 0;
  for (const { at, length } of insertions) {
    if (at + before >= position) break;
    before += Math.min(length, position - at - before);
  }
  return position - before;
}
