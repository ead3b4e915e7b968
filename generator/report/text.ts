import type { Diagnostic, Location } from '../model/diagnostic.ts';
import { compareText } from '../model/values.ts';
import { visible, visibleLine } from '../util/visible.ts';

/** Colours by meaning; identity functions without colour. */
export interface Paint {
  error(text: string): string;
  warning(text: string): string;
  dim(text: string): string;
  bold(text: string): string;
  add(text: string): string;
}

export const plainPaint: Paint = { error: (t) => t, warning: (t) => t, dim: (t) => t, bold: (t) => t, add: (t) => t };

const maxColumns = 120;

/** Sorted by file, line and code: the same findings always print the same. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const key = (d: Diagnostic): string =>
    `${d.at?.file ?? '~'}\u0000${String(d.at?.line ?? 0).padStart(8, '0')}\u0000${String(d.at?.col ?? 0).padStart(6, '0')}\u0000${d.code}\u0000${d.message}`;
  return [...diagnostics].sort((a, b) => compareText(key(a), key(b)));
}

/** One finding as a person reads it: place, code, sentence, excerpt with caret, hint. */
export function formatDiagnostic(d: Diagnostic, paint: Paint = plainPaint): string {
  const label = d.severity === 'error' ? paint.error('error') : paint.warning('warning');
  const place = d.at === undefined ? '' : `${paint.bold(`${visibleLine(d.at.file)}:${d.at.line}:${d.at.col}`)}  `;
  const about = d.cluster === undefined ? '' : paint.dim(` (cluster ${visibleLine(d.cluster)})`);
  const lines = [`${place}${label}  ${d.code}${about}`, `  ${visibleLine(d.message)}`];
  if (d.at?.excerpt !== undefined) lines.push('', ...excerpt(d.at, paint));
  for (const related of d.related ?? [])
    lines.push(
      `  ${paint.dim(`${related.at === undefined ? '' : `${visibleLine(related.at.file)}:${related.at.line}:${related.at.col} `}${visibleLine(related.message)}`)}`,
    );
  if (d.hint !== undefined) lines.push(`  ${paint.dim('→')} ${visibleLine(d.hint)}`);
  return `${lines.join('\n')}\n`;
}

function excerpt(at: Location, paint: Paint): string[] {
  const { firstLine, firstCol, lines } = at.excerpt ?? { firstLine: at.line, firstCol: 1, lines: [] };
  const from = at.col - firstCol;
  const width = String(firstLine + lines.length).length;
  const cut = firstCol > 1 ? '…' : '';
  const out = lines.flatMap((text, i) => {
    const number = firstLine + i;
    if (number !== at.line && text.trim() === '') return [];
    const row = `  ${paint.dim(`${String(number).padStart(width)} |`)} ${cut}${visible(text.slice(0, maxColumns))}`;
    if (number !== at.line || from >= maxColumns) return [row];
    const carets = '^'.repeat(Math.max(1, Math.min((at.endCol ?? at.col + 1) - at.col, maxColumns - from)));
    const under = ' '.repeat(visible(text.slice(0, from)).length + cut.length);
    return [row, `  ${paint.dim(`${' '.repeat(width)} |`)} ${under}${paint.error(carets)}`];
  });
  return [...out, ''];
}

/** All findings and their count, or the empty string. Findings of several clusters at one place are one. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], paint: Paint = plainPaint): string {
  const merged = mergeClusters(sortDiagnostics(diagnostics));
  return merged.map((d) => formatDiagnostic(d, paint)).join('\n');
}

export function mergeClusters(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const groups = new Map<string, { diagnostic: Diagnostic; clusters: string[] }>();
  for (const d of diagnostics) {
    const key = `${d.code}|${d.message}|${d.at?.file}|${d.at?.line}|${d.at?.col}`;
    const group = groups.get(key) ?? { diagnostic: d, clusters: [] };
    if (d.cluster !== undefined) group.clusters.push(d.cluster);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ diagnostic, clusters }) => {
    const unique = [...new Set(clusters)];
    return unique.length === 0
      ? diagnostic
      : {
          ...diagnostic,
          cluster:
            unique.length <= 3 ? unique.join(', ') : `${unique.slice(0, 3).join(', ')} and ${unique.length - 3} more`,
        };
  });
}

/** `1 file`, `2 files`. */
export function many(n: number, word: string, words = `${word}s`): string {
  return `${n} ${n === 1 ? word : words}`;
}

/** `2 errors, 1 warning`. */
export function countText(diagnostics: readonly Diagnostic[]): string {
  const merged = mergeClusters(diagnostics);
  const errors = merged.filter((d) => d.severity === 'error').length;
  const warnings = merged.length - errors;
  return (
    [...(errors > 0 ? [many(errors, 'error')] : []), ...(warnings > 0 ? [many(warnings, 'warning')] : [])].join(', ') ||
    'no findings'
  );
}

/** Columns padded to their widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const lines = rows.map((row) => row.map(visibleLine));
  const widths = (lines[0] ?? []).map((_, column) =>
    lines.reduce((width, row) => Math.max(width, (row[column] ?? '').length), 0),
  );
  return lines
    .map((row) =>
      row
        .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
