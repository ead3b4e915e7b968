import { describe, expect, it } from 'vitest';
import type { Diagnostic, Severity } from '../../../generator/model/diagnostic.ts';
import { boundedFindings } from '../../../generator/report/bounded.ts';

const finding = (file: string, line: number, severity: Severity = 'error', cluster = 'a'): Diagnostic => ({
  code: 'schema/value',
  severity,
  cluster,
  message: `finding ${line}`,
  at: { file, line, col: 1 },
});
const lines = (file: string, count: number, severity: Severity = 'error'): Diagnostic[] =>
  Array.from({ length: count }, (_, i) => finding(file, i + 1, severity));
const shown = (found: readonly Diagnostic[]): string[] =>
  found.map((d) => `${d.severity} ${d.at?.file}:${d.at?.line} ${d.code === 'report/left-out' ? d.message : ''}`);

describe('boundedFindings', () => {
  it('leaves what is few as it is', () => {
    const few = lines('f', 100);
    expect(boundedFindings(few)).toBe(few);
  });

  it('shows errors first, and says of each file how many are left out', () => {
    const found = boundedFindings([...lines('w', 3, 'warning'), ...lines('e', 3)], { perFile: 2, total: 3 });
    expect(shown(found)).toEqual([
      'error e:1 ',
      'error e:2 ',
      'warning w:1 ',
      'error e:3 1 more finding is not shown of this file.',
      'warning w:2 2 more findings are not shown of this file.',
    ]);
  });

  it('counts what several clusters have at one place once, and keeps it for each of them', () => {
    const twice = lines('f', 3).flatMap((d) => [d, { ...d, cluster: 'b' }]);
    const found = boundedFindings(twice, { perFile: 2, total: 10 });
    expect(found.filter((d) => d.code === 'schema/value')).toHaveLength(4);
    expect(shown(found).at(-1)).toBe('error f:3 1 more finding is not shown of this file.');
  });

  it('is short whatever the number of files', () => {
    const files = Array.from({ length: 50 }, (_, i) => finding(`f${i}`, 1));
    expect(boundedFindings(files, { perFile: 3, total: 5 })).toHaveLength(5 + 3 + 1);
  });
});
