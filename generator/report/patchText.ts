import { formatPatch, structuredPatch } from 'diff';
import { maskLines } from '../util/mask.ts';

export interface PatchOptions {
  /** Lines around a change. */
  readonly context: number;
  /** What stands behind the names of the files. */
  readonly headers?: readonly [string, string];
}

/** What changes between two versions of a text, as a unified diff without its first line; secrets are masked. */
export function patchText(
  [from, to]: readonly [string, string],
  before: string,
  after: string,
  { context, headers = ['', ''] }: PatchOptions,
): string {
  const patch = structuredPatch(from, to, before, after, headers[0], headers[1], { context });
  const shown = { '-': maskLines(before), '+': maskLines(after) };
  for (const hunk of patch.hunks) {
    const line = { '-': hunk.oldStart - 1, '+': hunk.newStart - 1 };
    hunk.lines = hunk.lines.map((text) => {
      const sign = text.slice(0, 1);
      if (sign === '\\') return text;
      const masked = sign === '-' ? shown['-'][line['-']] : shown['+'][line['+']];
      if (sign !== '+') line['-'] += 1;
      if (sign !== '-') line['+'] += 1;
      return sign + (masked ?? '');
    });
  }
  return formatPatch(patch).split('\n').slice(1).join('\n');
}
