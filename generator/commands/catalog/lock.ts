import { lockFile, lockedDigest, printLock } from '../../charts/lock.ts';
import { isOfThisRepository } from '../../plan/wantedCharts.ts';
import type { WantedChart } from '../../plan/wantedCharts.ts';
import type { LockedChart } from '../../model/model.ts';
import { compareText } from '../../model/values.ts';
import { many } from '../../report/text.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { ChartPackage, Context } from '../../ports.ts';
import type { Fleet } from '../shared/fleetCharts.ts';
import { eachChart, loadFleet, referenceTo, wantedCharts } from '../shared/fleetCharts.ts';
import type { Result } from '../command.ts';
import { selected } from '../shared/options.ts';
import type { CatalogLockInvocation, CatalogPullInvocation } from './command.ts';
import { withoutEnd } from '../../util/text.ts';

const upstream = ({ repository, name, version }: WantedChart): string =>
  `${withoutEnd(repository, '/')}\0${name}\0${version}`;

/** Each chart that has to be fetched once, by its upstream name. */
export function uniqueCharts(charts: readonly WantedChart[]): WantedChart[] {
  const own = charts.filter((c) => !isOfThisRepository(c));
  return [...new Map(own.map((c) => [upstream(c), c])).values()].sort((a, b) => compareText(upstream(a), upstream(b)));
}

/** The charts of a fleet and of its catalog, as a lock has them; undefined when one cannot be fetched, or has changed. */
export async function chartsToLock(
  ctx: Context,
  options: CatalogLockInvocation['options'],
): Promise<{
  readonly fleet: Fleet;
  readonly lock?: readonly LockedChart[];
  readonly diagnostics: readonly Diagnostic[];
}> {
  // a lock is for all clusters; those with a pin have that of their pin
  const fleet = await loadFleet(ctx, { clusters: [] });
  const plans = fleet.plans.filter((p) => p.cluster.catalog.pin === undefined);
  const all = uniqueCharts(wantedCharts({ ...fleet, plans }, [], true));
  const chosen = new Set(wantedCharts({ ...fleet, plans }, options.component, true).map(upstream));
  const fetched = await eachChart(ctx, 'lock', all, async (chart): Promise<Pick<ChartPackage, 'digest'>> => {
    const reference = referenceTo(chart);
    if (!chosen.has(upstream(chart)) && chart.digest !== undefined) return { digest: chart.digest };
    return options.force ? ctx.charts.refetch(reference) : ctx.charts.fetch(reference, chart.digest);
  });
  const diagnostics = [...fleet.diagnostics, ...fetched.diagnostics];
  if (fetched.diagnostics.length > 0) return { fleet, diagnostics };
  const lock = fetched.done.map(({ chart, value }): LockedChart => {
    const { repository, name, version } = chart;
    return { repository, name, version, digest: value.digest };
  });
  return { fleet, lock, diagnostics };
}

/**
 * Writes catalog/catalog.lock: the charts of the catalog, and what specs set in their place. All of it or nothing: one chart
 * that cannot be fetched, or has changed, leaves the lock as it was. With --force, what the repositories have now is right.
 */
export async function lockCharts({ ctx, options }: CatalogLockInvocation): Promise<Result> {
  const { fleet, lock, diagnostics } = await chartsToLock(ctx, options);
  if (lock === undefined) return { diagnostics, summary: `${lockFile} is what it was.` };
  const before = fleet.catalog.lock ?? [];
  const added = lock.filter((c) => lockedDigest(before, c) === undefined);
  const changed = lock.filter((c) => ![undefined, c.digest].includes(lockedDigest(before, c)));
  const removed = before.filter((c) => lockedDigest(lock, c) === undefined);
  const text = printLock(lock);
  ctx.files.writeAll(new Map([[lockFile, text]]));
  const lines = [
    ...added.map((c) => `+ ${c.name} ${c.version}  ${c.repository}`),
    ...changed.map((c) => `~ ${c.name} ${c.version}  ${c.repository}`),
    ...removed.map((c) => `- ${c.name} ${c.version}  ${c.repository}`),
  ];
  return {
    text: lines.join('\n'),
    data: { file: lockFile, charts: lock, added, changed, removed },
    diagnostics,
    summary: `${lockFile}: ${many(lock.length, 'chart')}, ${added.length} new, ${changed.length} changed, ${removed.length} gone.`,
  };
}

/** Fills the cache with the charts of the selected clusters; those in folders of the repository are looked at. */
export async function pullCharts({ ctx, options }: CatalogPullInvocation): Promise<Result> {
  const fleet = await loadFleet(ctx, selected(options));
  const charts = wantedCharts(fleet, options.component, false);
  const pulled = await eachChart(ctx, 'pull', charts, async (chart) => {
    const reference = referenceTo(chart);
    const here = await ctx.charts.find(reference, chart.digest);
    return { wasHere: here !== undefined, digest: (here ?? (await ctx.charts.fetch(reference, chart.digest))).digest };
  });
  const rows = pulled.done.map(({ chart, value }) => ({
    component: chart.component,
    chart: chart.name,
    version: chart.version,
    from: chart.fetchFrom,
    ...value,
  }));
  const fetched = rows.filter((r) => !r.wasHere);
  return {
    text: fetched.map((r) => `${r.chart} ${r.version}  ${r.from}`).join('\n'),
    data: { charts: rows },
    diagnostics: [...fleet.diagnostics, ...pulled.diagnostics],
    summary: `Fetched ${many(fetched.length, 'chart')}; ${rows.length - fetched.length} of ${charts.length} were here.`,
  };
}
