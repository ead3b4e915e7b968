import { chartKey } from './identity.ts';
import type { ChartIdentity } from './identity.ts';
import type { Diagnostic, Outcome } from '../model/diagnostic.ts';
import type { LockedChart } from '../model/model.ts';
import type { Value } from '../model/values.ts';
import { asMap, asString, compareText, listAt } from '../model/values.ts';
import { emitYaml } from '../yaml/emit.ts';
import { parseSource } from '../yaml/source.ts';
import type { Source } from '../model/source.ts';

/** Beside the catalog, so that a pin of the catalog pins the packages of its charts too. */
export const lockFile = 'catalog/catalog.lock';

export type ChartLock = readonly LockedChart[];

/** Reads a lock; every problem has a place. */
export function parseLock(text: string, file: string = lockFile): Outcome<ChartLock> {
  const outcome = parseSource(file, text);
  const source = outcome.value;
  if (source === undefined) return { diagnostics: outcome.diagnostics };
  const refuse = (pointer: string, message: string): Diagnostic => ({
    code: 'chart/lock',
    severity: 'error',
    message,
    at: source.at(pointer),
    hint: 'Delete it, and write it anew with `slipway catalog lock`.',
  });
  if (asMap(source.value)['version'] !== 1)
    return { diagnostics: [refuse('/version', 'It is not a lock of version 1.')] };
  return parseCharts(source, refuse);
}

/** The list `charts` of a lock; `refuse` says what is wrong at a pointer. */
export function parseCharts(
  source: Source,
  refuse: (pointer: string, message: string) => Diagnostic,
): Outcome<ChartLock> {
  const refused = (pointer: string, message: string): Outcome<ChartLock> => ({
    diagnostics: [refuse(pointer, message)],
  });
  const charts: LockedChart[] = [];
  const seen = new Set<string>();
  for (const [i, item] of listAt(source.value, 'charts').entries()) {
    const entry = asMap(item);
    const [repository, name, version, digest] = ['repository', 'name', 'version', 'digest'].map((k) =>
      asString(entry[k]),
    );
    const at = `/charts/${i}`;
    if (repository === undefined || name === undefined || version === undefined || digest === undefined)
      return refused(at, 'An entry has repository, name, version and digest, all of them text.');
    if (!/^sha256:[0-9a-f]{64}$/.test(digest))
      return refused(`${at}/digest`, 'A digest is sha256: and 64 hexadecimal digits.');
    const chart = { repository, name, version, digest: digest.slice('sha256:'.length) };
    if (seen.has(chartKey(chart))) return refused(at, `${name} ${version} of ${repository} is locked twice.`);
    seen.add(chartKey(chart));
    charts.push(chart);
  }
  return { value: charts, diagnostics: [] };
}

/** Sorted, without times: the same charts give the same bytes. */
export function printLock(charts: Iterable<LockedChart>): string {
  const value = { version: 1, charts: printCharts(charts) };
  return `# Which package every chart of the catalog is. Written by \`slipway catalog lock\`; do not edit.\n${emitYaml(value as Value)}`;
}

/** The list `charts` of a lock, sorted. */
export const printCharts = (charts: Iterable<LockedChart>): Value =>
  [...charts]
    .sort((a, b) => compareText(chartKey(a), chartKey(b)))
    .map(({ repository, name, version, digest }) => ({ repository, name, version, digest: `sha256:${digest}` }));

/** What the lock says of a chart; undefined when it does not know it. */
export function lockedDigest(lock: ChartLock | undefined, chart: ChartIdentity): string | undefined {
  const wanted = chartKey(chart);
  return lock?.find((c) => chartKey(c) === wanted)?.digest;
}

/** The lock with these charts in place of, or beside, those it has. */
export function withCharts(lock: ChartLock, charts: readonly LockedChart[]): ChartLock {
  const byIdentity = new Map([...lock, ...charts].map((c) => [chartKey(c), c]));
  return [...byIdentity.values()];
}

/** The lock without this version of a chart. */
export function withoutChart(lock: ChartLock, chart: ChartIdentity): ChartLock {
  return lock.filter((c) => chartKey(c) !== chartKey(chart));
}
