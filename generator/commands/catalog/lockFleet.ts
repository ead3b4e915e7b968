import { fleetFile } from '../../catalog/fleetFile.ts';
import { fleetLockFile, printFleetLock } from '../../catalog/fleetLock.ts';
import type { FleetLock } from '../../catalog/fleetLock.ts';
import type { ChartLock } from '../../charts/lock.ts';
import { lockedDigest } from '../../charts/lock.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { DiagnosticsError } from '../../model/diagnostic.ts';
import { fleetLockOf, fleetOf, lockedDigestOf, mountCatalogs, takesCatalogs } from '../../pipeline/mount.ts';
import { catalogSource } from '../../catalog/sources.ts';
import { withTexts } from '../../pipeline/overlay.ts';
import type { Context } from '../../ports.ts';
import { many } from '../../report/text.ts';
import type { Result } from '../command.ts';
import { fleetText, lockCatalogs, lockedLine } from '../shared/fleetCatalogs.ts';
import type { CatalogLockInvocation } from './command.ts';
import { chartsToLock, lockCharts } from './lock.ts';

/**
 * Writes which bytes a fleet is made of. With a folder catalog/: catalog/catalog.lock, see lockCharts. Without: slipway.lock, with
 * the catalogs of slipway.yaml and of pins; and with --with-charts, or where it has some already, the charts that no catalog locks.
 */
export async function lockFleet(invocation: CatalogLockInvocation): Promise<Result> {
  const { ctx, options } = invocation;
  if (!takesCatalogs(ctx)) return lockCharts({ ...invocation, ctx: await mountCatalogs(ctx) });
  const fleet = fleetOf(ctx);
  const before = standingLock(ctx);
  const catalogs = await lockCatalogs(ctx, fleet, before, options.force);
  const texts = new Map<string, string>();
  if (!ctx.files.exists(fleetFile)) texts.set(fleetFile, fleetText(fleet.catalogs));
  texts.set(fleetLockFile, printFleetLock({ catalogs, charts: before?.charts ?? [] }));
  const mounted = await mountCatalogs(withTexts(ctx, texts));
  const wantsCharts = options.withCharts || (before?.charts.length ?? 0) > 0;
  const charts = wantsCharts ? await ownCharts(mounted, options) : { value: [], diagnostics: [] };
  if (charts.value === undefined)
    return { diagnostics: charts.diagnostics, summary: `${fleetLockFile} is what it was.` };
  texts.set(fleetLockFile, printFleetLock({ catalogs, charts: charts.value }));
  const isChanged = [...texts].some(([path, text]) => !ctx.files.exists(path) || ctx.files.read(path) !== text);
  ctx.files.writeAll(texts);
  return {
    text: catalogs.map(lockedLine).join('\n'),
    data: { file: fleetLockFile, catalogs, charts: charts.value, gone: goneFrom(before, catalogs) },
    diagnostics: charts.diagnostics,
    summary: `${fleetLockFile}: ${many(catalogs.length, 'catalog')}, ${many(charts.value.length, 'chart')}${isChanged ? '' : ', as before'}.`,
  };
}

/** The lock that stands there; one that is damaged is written anew. */
function standingLock(ctx: Context): FleetLock | undefined {
  try {
    return fleetLockOf(ctx);
  } catch (error) {
    if (error instanceof DiagnosticsError) return undefined;
    throw error;
  }
}

/** The charts that no catalog has locked; those of the clusters and of custom/, and the catalogs' own. */
async function ownCharts(
  mounted: Context,
  options: CatalogLockInvocation['options'],
): Promise<{ readonly value?: ChartLock; readonly diagnostics: readonly Diagnostic[] }> {
  const { lock, diagnostics } = await chartsToLock(mounted, options);
  const known = mounted.mounted?.chartsOfCatalogs ?? [];
  if (lock === undefined) return { diagnostics };
  return { value: lock.filter((c) => lockedDigest(known, c) !== c.digest), diagnostics };
}

const goneFrom = (before: FleetLock | undefined, catalogs: FleetLock['catalogs']): readonly string[] =>
  (before?.catalogs ?? []).flatMap(({ source }) => {
    const parsed = catalogSource(source);
    const isKept = parsed !== undefined && lockedDigestOf({ catalogs, charts: [] }, parsed) !== undefined;
    return isKept ? [] : [source];
  });
