/** The text of one document of a YAML stream. */
export interface DocumentText {
  readonly body: string;
  /** Lines of the stream above its first one. */
  readonly above: number;
  /** What stands behind the `---` above it, where nothing but a comment may. */
  readonly stray?: string;
}

/**
 * The documents of a stream as Kubernetes takes them apart (apimachinery, YAMLReader): at lines that begin with `---`, wherever
 * they stand; a text block cannot hold one. Documents without a text are left out.
 */
export function splitDocuments(text: string): readonly DocumentText[] {
  const found: DocumentText[] = [];
  let from = 0;
  let above = 0;
  let stray: string | undefined;
  const add = (to: number): void => {
    const body = text.slice(from, to);
    if (body !== '' || stray !== undefined) found.push({ body, above, ...(stray === undefined ? {} : { stray }) });
    for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) above++;
  };
  for (const mark of text.matchAll(/^---([^\n]*)(?:\n|$)/gm)) {
    add(mark.index);
    const rest = (mark[1] ?? '').trim();
    stray = rest === '' || rest.startsWith('#') ? undefined : rest;
    from = mark.index + mark[0].length;
    if (mark[0].endsWith('\n')) above++;
  }
  add(text.length);
  return found;
}
