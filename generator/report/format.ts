import type { Diagnostic } from '../model/diagnostic.ts';
import { mergeClusters, sortDiagnostics } from './text.ts';

/** Findings as JSON: `{version, diagnostics: [...]}`. */
export function jsonDiagnostics(diagnostics: readonly Diagnostic[]): object[] {
  return mergeClusters(sortDiagnostics(diagnostics)).map(({ at, related, names: _names, ...rest }) => ({
    ...rest,
    ...(at === undefined ? {} : { file: at.file, line: at.line, col: at.col }),
    ...(related === undefined
      ? {}
      : {
          related: related.map((r) => ({
            message: r.message,
            ...(r.at === undefined ? {} : { file: r.at.file, line: r.at.line, col: r.at.col }),
          })),
        }),
  }));
}

/** Findings as GitHub workflow commands, shown beside the changed lines of a pull request. */
export function githubDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const escape = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (text: string): string => escape(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return mergeClusters(sortDiagnostics(diagnostics))
    .map(
      (d) =>
        `::${d.severity} ${d.at === undefined ? '' : `file=${property(d.at.file)},line=${d.at.line},col=${d.at.col},`}title=${property(d.code)}::${escape(`${d.message}${d.hint === undefined ? '' : ` ${d.hint}`}`)}`,
    )
    .join('\n');
}
