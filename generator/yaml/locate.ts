import { LineCounter } from 'yaml';
import type { Excerpt, Location } from '../model/diagnostic.ts';
import { maskLines } from '../util/mask.ts';

/** An excerpt line is shown up to this width (characters); a place further right is shown with what stands before it. */
const excerptWidth = 120;
const lead = 60;

/** Where the lines of a text begin. */
export function countLines(text: string, lines: LineCounter = new LineCounter()): LineCounter {
  lines.addNewLine(0);
  for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) lines.addNewLine(i + 1);
  return lines;
}

/** A location with an excerpt of two lines before and one after. */
export function locate(file: string, text: string, lines: LineCounter, from: number, to: number): Location {
  if (lines.lineStarts.length === 0) countLines(text, lines);
  const found = lines.linePos(from);
  const line = Math.max(1, found.line);
  const col = Math.max(1, found.col);
  const end = Math.max(from + 1, Math.min(to, endOfLine(text, lines.lineStarts, line)));
  const firstLine = Math.max(1, line - 2);
  return { file, line, col, endCol: col + (end - from), ...excerptOf(text, lines, firstLine, line, col) };
}

/** A location in any text by line and column (templates). */
export function locateLine(file: string, text: string, line: number, col: number, width = 1): Location {
  const firstLine = Math.max(1, line - 2);
  return { file, line, col, endCol: col + width, ...excerptOf(text, countLines(text), firstLine, line, col) };
}

/** Where a line ends (from 1), without its line feed. */
const endOfLine = (text: string, lineStarts: readonly number[], line: number): number =>
  (lineStarts[line] ?? text.length + 1) - 1;

/** A line as a message may cite it; undefined where it is of a document that holds a Secret. */
export function citedLine(text: string, line: number): string | undefined {
  const cited = excerptOf(text, countLines(text), line, line, 1).excerpt?.lines[0]?.trim();
  return cited === '' ? undefined : cited;
}

/** As many lines above an excerpt may say what it is about. */
const near = 80;

/** What excerpts of one text have in common: a text with very many findings is looked through once. */
interface Seen {
  readonly text: string;
  readonly hasSecret: boolean;
  /** By the offsets of documents: whether they hold a Secret. */
  readonly documents: Map<string, boolean>;
  /** By the first and last line: lines as they may be shown. */
  readonly masked: Map<string, readonly string[]>;
}

let seen: Seen | undefined;

function seenOf(text: string): Seen {
  if (seen?.text !== text)
    seen = {
      text,
      hasSecret: aSecret.test(text),
      documents: new Map<string, boolean>(),
      masked: new Map<string, readonly string[]>(),
    };
  return seen;
}

function remembered<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}

/** None where a line of it would be of a document that holds a Secret; what is secret by its name or form is masked. */
function excerptOf(
  text: string,
  { lineStarts }: LineCounter,
  firstLine: number,
  line: number,
  col: number,
): { readonly excerpt?: Excerpt } {
  const last = Math.min(line + 1, lineStarts.length);
  const { hasSecret, documents, masked } = seenOf(text);
  if (hasSecret) {
    const [start, end] = documentsAround(text, lineStarts, firstLine, last);
    if (remembered(documents, `${start}-${end}`, () => holdsSecret(text.slice(start, end)))) return {};
  }
  const from = Math.max(1, firstLine - near);
  const lines = lineStarts.slice(from - 1, last).map((start, i) => {
    const end = endOfLine(text, lineStarts, from + i);
    return text.slice(start, text.charAt(end - 1) === '\r' ? end - 1 : end);
  });
  const above = firstLine - from;
  const shown = remembered(masked, `${from}-${last}`, () => maskLines(lines.join('\n'))).slice(above);
  const firstCol = col > excerptWidth - lead / 2 ? col - lead : 1;
  return {
    excerpt: { firstLine, firstCol, lines: shown.map((l) => l.slice(firstCol - 1, firstCol - 1 + excerptWidth)) },
  };
}

/**
 * The kind Secret or a list of them, in any case and any form of YAML or JSON: behind a tag or anchor, as a block, an alias, or
 * with escapes.
 */
const aSecret =
  /(?:^|[\s{,"'-])kind["']?\s*:\s*(?:[!&]\S*\s+){0,2}(?:[|>][-+0-9]*\s+)?(?:["']?secret(?:list)?["']?(?=[\s,}]|$)|\*\w|"[^"\n]*\\[xu])/im;
const content = /(?:^|[\s{,"'-])(?:data|stringData)["']?\s*:(?!\s*(?:(?:true|false|null|~|\d+)\s*(?:[,}#]|$)|\[))/im;

const holdsSecret = (documents: string): boolean =>
  documents.split(/^---/m).some((text) => aSecret.test(text) && content.test(text));

/** Where the whole documents begin and end that these lines are part of. */
function documentsAround(
  text: string,
  starts: readonly number[],
  first: number,
  last: number,
): readonly [start: number, end: number] {
  const isMark = (line: number): boolean => text.startsWith('---', starts[line - 1] ?? text.length);
  let [from, to] = [first, last];
  while (from > 1 && !isMark(from)) from -= 1;
  while (to < starts.length && !isMark(to + 1)) to += 1;
  return [starts[from - 1] ?? 0, starts[to] ?? text.length];
}
