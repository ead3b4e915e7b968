import { chartKey } from './identity.ts';
import type { ChartIdentity } from './identity.ts';
import type { Outcome } from '../model/diagnostic.ts';
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
  const value = asMap(source.value);
  if (value['version'] !== 1) return refused(source, '/version', 'It is not a lock of version 1.');
  const charts: LockedChart[] = [];
  const seen = new Set<string>();
  for (const [i, item] of listAt(value, 'charts').entries()) {
    const entry = asMap(item);
    const [repository, name, version, digest] = ['repository', 'name', 'version', 'digest'].map((k) =>
      asString(entry[k]),
    );
    const at = `/charts/${i}`;
    if (repository === undefined || name === undefined || version === undefined || digest === undefined)
      return refused(source, at, 'An entry has repository, name, version and digest, all of them text.');
    if (!/^sha256:[0-9a-f]{64}$/.test(digest))
      return refused(source, `${at}/digest`, 'A digest is sha256: and 64 hexadecimal digits.');
    const chart = { repository, name, version, digest: digest.slice('sha256:'.length) };
    if (seen.has(chartKey(chart))) return refused(source, at, `${name} ${version} of ${repository} is locked twice.`);
    seen.add(chartKey(chart));
    charts.push(chart);
  }
  return { value: charts, diagnostics: [] };
}

function refused(source: Source, pointer: string, message: string): Outcome<ChartLock> {
  return {
    diagnostics: [
      {
        code: 'chart/lock',
        severity: 'error',
        message,
        at: source.at(pointer),
        hint: 'Delete it, and write it anew with `slipway catalog lock`.',
      },
    ],
  };
}

/** Sorted, without times: the same charts give the same bytes. */
export function printLock(charts: Iterable<LockedChart>): string {
  const sorted = [...charts].sort((a, b) => compareText(chartKey(a), chartKey(b)));
  const value = {
    version: 1,
    charts: sorted.map(({ repository, name, version, digest }) => ({
      repository,
      name,
      version,
      digest: `sha256:${digest}`,
    })),
  };
  return `# Which package every chart of the catalog is. Written by \`slipway catalog lock\`; do not edit.\n${emitYaml(value as Value)}`;
}

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
