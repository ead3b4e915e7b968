import { withVersion } from '../../catalog/chartEdit.ts';
import { fleetLockFile, printFleetLock } from '../../catalog/fleetLock.ts';
import { lockedDigest, lockFile, printLock, withCharts, withoutChart } from '../../charts/lock.ts';
import type { ChartLock } from '../../charts/lock.ts';
import type { MountedCatalogs } from '../../model/fleet.ts';
import { fleetLockOf } from '../../pipeline/mount.ts';
import { newerVersions } from '../../charts/versions.ts';
import type { Newest } from '../../charts/versions.ts';
import type { WantedChart } from '../../plan/wantedCharts.ts';
import { UsageError } from '../../model/diagnostic.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { many, table } from '../../report/text.ts';
import { eachChart, loadFleet, referenceTo, wantedCharts } from '../shared/fleetCharts.ts';
import type { Fleet, Outcomes } from '../shared/fleetCharts.ts';
import type { Result } from '../command.ts';
import type { CatalogOutdatedInvocation, CatalogUpgradeInvocation } from './command.ts';
import type { Context } from '../../ports.ts';
import { chartsOfCatalog, chartsOfPlans } from '../../plan/wantedCharts.ts';

/** The charts of the catalog that their repositories have newer versions of; exit code 2 when there are any. */
export async function outdated({ ctx, options }: CatalogOutdatedInvocation): Promise<Result> {
  const fleet = await loadFleet(ctx, { clusters: [] });
  const charts = catalogOnly(fleet, options.component);
  const { done, diagnostics } = await newest(ctx, charts);
  const rows = done.map(({ chart, value }) => ({
    component: chart.component,
    chart: chart.name,
    version: chart.version,
    newest: value.newest ?? chart.version,
    sameMajor: value.compatible ?? chart.version,
  }));
  const behind = rows.filter((r) => r.newest !== r.version || r.sameMajor !== r.version);
  return {
    text: table([
      ...(behind.length === 0 ? [] : [['COMPONENT', 'CHART', 'VERSION', 'SAME MAJOR', 'NEWEST']]),
      ...behind.map((r) => [r.component, r.chart, r.version, r.sameMajor, r.newest]),
    ]),
    data: { charts: rows },
    diagnostics: [...fleet.diagnostics, ...diagnostics],
    ...closing(
      diagnostics,
      behind.length === 0
        ? `${many(rows.length, 'chart')}, none of them behind.`
        : `${behind.length} of ${many(rows.length, 'chart')} behind.`,
    ),
    differs: behind.length > 0,
  };
}

/** A sentence that would be untrue when not all charts could be asked for is left out. */
const closing = (diagnostics: readonly Diagnostic[], summary: string): { summary?: string } =>
  diagnostics.length > 0 ? {} : { summary };

function catalogOnly(fleet: Fleet, components: readonly string[]): WantedChart[] {
  wantedCharts(fleet, components, false); // refuses names that do not exist
  const charts = chartsOfCatalog(fleet.catalog, fleet.plans);
  return components.length === 0 ? charts : charts.filter((c) => components.includes(c.component));
}

const newest = (ctx: Context, charts: readonly WantedChart[]): Promise<Outcomes<Newest>> =>
  eachChart(ctx, 'versions', charts, async (chart) =>
    newerVersions(chart.version, await ctx.charts.versions(referenceTo(chart))),
  );

interface Upgrade {
  readonly chart: WantedChart;
  readonly version: string;
}

/**
 * Writes newer versions into component.yaml, and the lock beside it when there is one: the newest with the same major version,
 * or the one that --to names. A package that cannot be fetched leaves its component as it is.
 */
export async function upgrade({ ctx, args, options }: CatalogUpgradeInvocation): Promise<Result> {
  const named = args.name === undefined ? options.component : [args.name];
  const { to } = options;
  if (to !== undefined && named.length !== 1)
    throw new UsageError('--to needs one component.', 'Run `slipway catalog upgrade <component> --to <version>`.');
  const fleet = await loadFleet(ctx, { clusters: [] });
  const charts = catalogOnly(fleet, named).filter(({ at }) => ctx.mounted?.isEditable(at.file) !== false);
  if (charts.length === 0 && named.length > 0)
    throw new UsageError(
      `"${named.join(', ')}" has no chart that could be upgraded.`,
      'See `slipway catalog outdated`.',
    );
  const found = to === undefined ? await newest(ctx, charts) : undefined;
  const upgrades: Upgrade[] =
    found === undefined
      ? charts.filter((c) => c.version !== to).map((chart) => ({ chart, version: to ?? chart.version }))
      : found.done.flatMap(({ chart, value }) =>
          value.compatible === undefined ? [] : [{ chart, version: value.compatible }],
        );
  const versions = new Map(upgrades.map(({ chart, version }) => [chart.component, version]));
  const fetched = await eachChart(
    ctx,
    'fetch',
    upgrades.map((u) => u.chart),
    async (chart) => ctx.charts.fetch({ ...referenceTo(chart), version: versions.get(chart.component) ?? '' }),
  );
  const done = fetched.done.map(({ chart, value }) => ({ chart, version: value.version, digest: value.digest }));
  const texts = new Map<string, string>();
  for (const { chart, version } of done)
    texts.set(chart.at.file, edited(texts.get(chart.at.file) ?? ctx.files.read(chart.at.file), chart, version));
  if (fleet.catalog.lock !== undefined && done.length > 0) {
    const lock = relocked(fleet, done);
    if (ctx.mounted === undefined) texts.set(lockFile, printLock(lock));
    else texts.set(fleetLockFile, withFleetCharts(ctx, ctx.mounted, lock));
  }
  ctx.files.writeAll(texts);
  const rows = done.map(({ chart, version }) => ({ component: chart.component, from: chart.version, to: version }));
  return {
    text: table(rows.map((r) => [r.component, r.from, '→', r.to])),
    data: { upgraded: rows },
    diagnostics: [...fleet.diagnostics, ...(found?.diagnostics ?? []), ...fetched.diagnostics],
    ...closing(
      [...(found?.diagnostics ?? []), ...fetched.diagnostics],
      rows.length === 0
        ? 'Nothing to upgrade.'
        : `Upgraded ${many(rows.length, 'chart')}. Next: slipway diff, and what their release notes say.`,
    ),
  };
}

/** The text of a file with another version of its chart. */
function edited(before: string, { at, version: old, component }: WantedChart, version: string): string {
  const text = withVersion(before, at, old, version);
  if (text === undefined)
    throw new UsageError(
      `The version of "${component}" cannot be edited at ${at.file}:${at.line}.`,
      `Write ${version} there by hand.`,
    );
  return text;
}

/** The lock with the new packages in, and those out that nothing else wants. */
function relocked({ catalog, plans }: Fleet, done: readonly (Upgrade & { readonly digest: string })[]): ChartLock {
  const upgraded = new Map(done.map(({ chart }) => [chart.component, chart.version]));
  const others = [...chartsOfCatalog(catalog, plans), ...chartsOfPlans(plans)].filter(
    (c) => upgraded.get(c.component) !== c.version,
  );
  const isWanted = ({ repository, name, version }: WantedChart): boolean =>
    others.some((c) => c.repository === repository && c.name === name && c.version === version);
  const kept = done
    .filter(({ chart }) => !isWanted(chart))
    .reduce((lock, { chart }) => withoutChart(lock, chart), catalog.lock ?? []);
  const added = done.map(({ chart: { repository, name }, version, digest }) => ({ repository, name, version, digest }));
  return withCharts(kept, added);
}

/** slipway.lock with what no catalog of the fleet has locked. */
function withFleetCharts(ctx: Context, { chartsOfCatalogs }: MountedCatalogs, lock: ChartLock): string {
  const charts = lock.filter((chart) => lockedDigest(chartsOfCatalogs, chart) !== chart.digest);
  return printFleetLock({ catalogs: fleetLockOf(ctx)?.catalogs ?? [], charts });
}
