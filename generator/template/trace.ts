/** Which template line each line of a rendered text came from; for errors that only show in the result. */
export type Trace = (renderedLine: number) => number;

/** Private-use characters around a line number; they cannot be typed into a template by accident. */
const mark = (line: number): string => `\uE000${line}\uE001`;
const marks = /\uE000(\d+)\uE001/g;

/** Puts the template's line number in front of every line of its literal text. */
export function markLines(body: readonly hbs.AST.Statement[]): void {
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
      markLines(block.program?.body ?? []);
      markLines(block.inverse?.body ?? []);
    }
  }
}

/** Reads the marks of a rendered text: the last one before a line's first visible character counts. */
export function traceOf(marked: string): Trace {
  let last = 1;
  const lines = marked.split('\n').map((line) => {
    const visible = line.replace(marks, (m) => ' '.repeat(m.length)).search(/\S/);
    const all = [...line.matchAll(marks)];
    const before = all.filter((m) => visible === -1 || m.index < visible);
    last = Number((before.at(-1) ?? all[0])?.[1] ?? last);
    return last;
  });
  return (renderedLine) => lines[renderedLine - 1] ?? last;
}

const newlines = (text: string): number => text.split('\n').length - 1;
