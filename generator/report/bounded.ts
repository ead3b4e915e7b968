import type { Diagnostic } from '../model/diagnostic.ts';
import { hasErrors } from '../model/diagnostic.ts';
import { sortDiagnostics } from './text.ts';

/** So many findings are shown; docs/limits.md has the reasons. */
export interface FindingLimits {
  readonly perFile: number;
  readonly total: number;
}

export const findingLimits: FindingLimits = { perFile: 100, total: 1000 };

/**
 * What is shown of findings that are very many: errors first, by place, with one more finding for each file that says how many
 * were left out. Findings of several clusters at one place count once.
 */
export function boundedFindings(
  diagnostics: readonly Diagnostic[],
  limits: FindingLimits = findingLimits,
): readonly Diagnostic[] {
  if (diagnostics.length <= limits.perFile) return diagnostics;
  const shown: Diagnostic[] = [];
  const leftOut = new Map<string, Map<string, Diagnostic>>();
  const perFile = new Map<string, Set<string>>();
  const total = new Set<string>();
  const sorted = sortDiagnostics(diagnostics);
  const [errors, warnings] = (['error', 'warning'] as const).map((s) => sorted.filter((d) => d.severity === s));
  for (const d of [...(errors ?? []), ...(warnings ?? [])]) {
    const file = d.at?.file ?? '';
    const key = JSON.stringify([d.code, d.message, file, d.at?.line, d.at?.col]);
    const own = perFile.get(file) ?? new Set<string>();
    perFile.set(file, own);
    if (own.has(key) || (own.size < limits.perFile && total.size < limits.total)) {
      own.add(key);
      total.add(key);
      shown.push(d);
    } else leftOut.set(file, (leftOut.get(file) ?? new Map<string, Diagnostic>()).set(key, d));
  }
  return [...shown, ...leftOutFindings([...leftOut], limits)];
}

function leftOutFindings(
  files: readonly [string, ReadonlyMap<string, Diagnostic>][],
  limits: FindingLimits,
): Diagnostic[] {
  const findings = files.map(([file, found]): Diagnostic => leftOutFinding(file, [...found.values()]));
  if (findings.length <= limits.perFile) return findings;
  const rest = files.slice(limits.perFile).flatMap(([, found]) => [...found.values()]);
  return [...findings.slice(0, limits.perFile), leftOutFinding('', rest)];
}

function leftOutFinding(file: string, found: readonly Diagnostic[]): Diagnostic {
  const [first] = found;
  return {
    code: 'report/left-out',
    severity: hasErrors(found) ? 'error' : 'warning',
    message: `${found.length} more finding${found.length === 1 ? ' is' : 's are'} not shown${file === '' ? '' : ' of this file'}.`,
    hint: 'Correct what is shown first; most often the rest follows from it.',
    ...(first?.at === undefined ? {} : { at: first.at }),
  };
}
