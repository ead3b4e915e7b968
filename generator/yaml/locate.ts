import { LineCounter } from 'yaml';
import type { Excerpt, Location } from '../model/diagnostic.ts';

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
  const endOfLine = text.indexOf('\n', from);
  const end = Math.max(from + 1, Math.min(to, endOfLine === -1 ? text.length : endOfLine));
  const firstLine = Math.max(1, line - 2);
  const starts = lines.lineStarts.slice(firstLine - 1, line + 1);
  return {
    file,
    line,
    col,
    endCol: col + (end - from),
    excerpt: excerptOf(
      starts.map((start) => lineFrom(text, start)),
      firstLine,
      col,
    ),
  };
}

/** A location in any text by line and column (templates). */
export function locateLine(file: string, text: string, line: number, col: number, width = 1): Location {
  const firstLine = Math.max(1, line - 2);
  return {
    file,
    line,
    col,
    endCol: col + width,
    excerpt: excerptOf(text.split('\n').slice(firstLine - 1, line + 1), firstLine, col),
  };
}

function lineFrom(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  return text.slice(start, end === -1 ? text.length : end);
}

function excerptOf(lines: readonly string[], firstLine: number, col: number): Excerpt {
  const firstCol = col > excerptWidth - lead / 2 ? col - lead : 1;
  return {
    firstLine,
    firstCol,
    lines: lines.map((l) => l.replace(/\r$/, '').slice(firstCol - 1, firstCol - 1 + excerptWidth)),
  };
}
