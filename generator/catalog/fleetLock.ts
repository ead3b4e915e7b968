import { parseCharts, printCharts } from '../charts/lock.ts';
import type { ChartLock } from '../charts/lock.ts';
import type { Diagnostic, Outcome } from '../model/diagnostic.ts';
import type { LockedCatalog } from '../model/fleet.ts';
import type { Source } from '../model/source.ts';
import type { Value } from '../model/values.ts';
import { asMap, asString, compareText, listAt } from '../model/values.ts';
import { emitYaml } from '../yaml/emit.ts';
import { parseSource } from '../yaml/source.ts';

export const fleetLockFile = 'slipway.lock';

export interface FleetLock {
  readonly catalogs: readonly LockedCatalog[];
  /** Charts that no catalog of the fleet has locked: those of custom/, and versions that specs set. */
  readonly charts: ChartLock;
}

/** Reads slipway.lock; every problem has a place. */
export function parseFleetLock(text: string): Outcome<FleetLock> {
  const outcome = parseSource(fleetLockFile, text);
  const source = outcome.value;
  if (source === undefined) return { diagnostics: outcome.diagnostics };
  if (asMap(source.value)['version'] !== 1) return refused(source, '/version', 'It is not a lock of version 1.');
  const catalogs: LockedCatalog[] = [];
  for (const [i, item] of listAt(source.value, 'catalogs').entries()) {
    const at = `/catalogs/${i}`;
    const entry = asMap(item);
    const [name, version, digest] = ['source', 'version', 'digest'].map((key) => asString(entry[key]));
    if (name === undefined || version === undefined || digest === undefined)
      return refused(source, at, 'An entry has source, version and digest, all of them text.');
    if (!/^sha256:[0-9a-f]{64}$/.test(digest))
      return refused(source, `${at}/digest`, 'A digest is sha256: and 64 hexadecimal digits.');
    if (catalogs.some((c) => c.source === name)) return refused(source, at, `${name} is locked twice.`);
    catalogs.push({ source: name, version, digest: digest.slice('sha256:'.length) });
  }
  const charts = parseCharts(source, (pointer, message) => lockFinding(message, source.at(pointer)));
  return charts.value === undefined
    ? { diagnostics: charts.diagnostics }
    : { value: { catalogs, charts: charts.value }, diagnostics: [] };
}

/** A lock that has to be written anew. */
export const lockFinding = (message: string, at?: Diagnostic['at']): Diagnostic => ({
  code: 'catalog/lock',
  severity: 'error',
  message,
  at: at ?? { file: fleetLockFile, line: 1, col: 1 },
  hint: 'Write it with `slipway catalog lock`, and commit it.',
});

const refused = (source: Source, pointer: string, message: string): Outcome<FleetLock> => ({
  diagnostics: [lockFinding(message, source.at(pointer))],
});

/** Sorted, without times: the same catalogs and charts give the same bytes. */
export function printFleetLock({ catalogs, charts }: FleetLock): string {
  const value = {
    version: 1,
    catalogs: [...catalogs]
      .sort((a, b) => compareText(a.source, b.source))
      .map(({ source, version, digest }) => ({ source, version, digest: `sha256:${digest}` })),
    ...(charts.length === 0 ? {} : { charts: printCharts(charts) }),
  };
  return `# Which files the catalogs of slipway.yaml have. Written by \`slipway catalog lock\`; do not edit.\n${emitYaml(value as Value)}`;
}
