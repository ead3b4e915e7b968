/** A line of a template, or of a partial that it brings in. */
export interface TracedLine {
  /** Name of the partial; empty for the template itself. */
  readonly partial: string;
  readonly line: number;
}

/** Which template line each line of a rendered text came from; for errors that only show in the result. */
export type Trace = (renderedLine: number) => TracedLine;

/** Private-use characters around a place; they cannot be typed into a template by accident. */
const marks = /\uE000([^:\uE001]*):(\d+)\uE001/g;

/** Puts the line number, and the partial if it is one, in front of every line of a template's literal text. */
export function markLines(body: readonly hbs.AST.Statement[], partial: string): void {
  const mark = (line: number): string => `\uE000${partial}:${line}\uE001`;
  for (const node of body) {
    if (node.type === 'ContentStatement') {
      const content = node as hbs.AST.ContentStatement & { original: string };
      const first =
        content.loc.start.line + newlines(content.original.slice(0, content.original.indexOf(content.value)));
      content.value = content.value
        .split('\n')
        .map((text, i) => `${mark(first + i)}${text}`)
        .join('\n');
    } else if (node.type === 'BlockStatement') {
      const block = node as hbs.AST.BlockStatement;
      markLines(block.program?.body ?? [], partial);
      markLines(block.inverse?.body ?? [], partial);
    }
  }
}

/** Reads the marks of a rendered text: the last one before a line's first visible character counts. */
export function traceOf(marked: string): Trace {
  let last: TracedLine = { partial: '', line: 1 };
  const lines = marked.split('\n').map((line) => {
    const visible = line.replace(marks, (m) => ' '.repeat(m.length)).search(/\S/);
    const all = [...line.matchAll(marks)];
    const before = all.filter((m) => visible === -1 || m.index < visible);
    const [, partial = '', number = '1'] = before.at(-1) ?? all[0] ?? [];
    if (all.length > 0) last = { partial, line: Number(number) };
    return last;
  });
  return (renderedLine) => lines[renderedLine - 1] ?? last;
}

const newlines = (text: string): number => text.split('\n').length - 1;
