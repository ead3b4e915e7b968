import type { Diagnostic } from '../model/diagnostic.ts';
import type { Report } from './types.ts';
import { mergeClusters, sortDiagnostics } from './text.ts';
import { visibleJson } from '../util/visible.ts';

/** `{version, data, diagnostics}`, as schemas/report.schema.json describes it. */
export const reportData = ({ data, diagnostics }: Report): object => ({
  version: 1,
  data: data ?? null,
  diagnostics: jsonDiagnostics(diagnostics),
});

export const jsonReport = (report: Report): string =>
  `${visibleJson(JSON.stringify(reportData(report), undefined, 2))}\n`;

function jsonDiagnostics(diagnostics: readonly Diagnostic[]): object[] {
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
