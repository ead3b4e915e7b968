import { chartKey } from '../charts/identity.ts';
import type { VersionDrift } from '../model/drift.ts';
import type { Catalog, CatalogComponent } from '../model/model.ts';
import { asMap, compareText, mapAt, textAt } from '../model/values.ts';
import { newerVersions } from '../charts/versions.ts';

/** A chart that a tree installs, by its tree.lock. */
export interface InstalledChart {
  readonly component: string;
  readonly chart: string;
  readonly repository: string;
  readonly version: string;
}

export interface InstalledVersions {
  readonly catalog: { readonly version: string; readonly pin: string | undefined };
  readonly charts: readonly InstalledChart[];
}

/** What the text of a tree.lock says is installed. */
export function installedVersions(lock: unknown): InstalledVersions {
  const root = asMap(lock);
  const catalog = mapAt(root, 'catalog');
  const charts = Object.entries(mapAt(root, 'components')).flatMap(([component, value]): InstalledChart[] => {
    const { chart, repository, version } = asMap(value);
    if (typeof chart !== 'string' || typeof repository !== 'string' || typeof version !== 'string') return [];
    return [{ component, chart, repository, version }];
  });
  return { catalog: { version: textAt(catalog, 'version') ?? '', pin: textAt(catalog, 'pin') }, charts };
}

/** The key of the chart that a component installs. */
export const installedKey = ({ chart, ...rest }: InstalledChart): string => chartKey({ ...rest, name: chart });

/** `upstream` has what repositories offer, newest first, by installedKey; charts that are not in it were not asked for. */
export function versionDrift(
  installed: InstalledVersions,
  catalog: Catalog | undefined,
  upstream: ReadonlyMap<string, readonly string[]>,
): VersionDrift[] {
  const drifts: VersionDrift[] = [];
  const { pin, version } = installed.catalog;
  if (pin !== undefined && catalog !== undefined && isNewer(catalog.version, version))
    drifts.push({ what: 'catalog', current: `${pin} (${version})`, catalog: catalog.version, isUpstreamKnown: true });
  const offered = offers(catalog);
  for (const item of installed.charts) {
    const own = catalog?.components.get(item.component)?.chart ?? offered.get(`${item.repository}\0${item.chart}`);
    const isSame = own?.name === item.chart && own.repository === item.repository;
    const newer = isSame && isNewer(own.version, item.version) ? own.version : undefined;
    const { newest, compatible } = newerVersions(item.version, upstream.get(installedKey(item)) ?? []);
    const beyond =
      newest === undefined || newest === newer || !isNewer(newest, newer ?? item.version) ? undefined : newest;
    if (newer === undefined && beyond === undefined) continue;
    drifts.push({
      what: 'chart',
      component: item.component,
      chart: item.chart,
      current: item.version,
      isUpstreamKnown: upstream.has(installedKey(item)),
      ...(newer === undefined ? {} : { catalog: newer }),
      ...(beyond === undefined ? {} : { upstream: beyond }),
      ...(compatible === undefined ? {} : { sameMajor: compatible }),
    });
  }
  return drifts.sort((a, b) => compareText(a.component ?? '', b.component ?? ''));
}

const isNewer = (candidate: string, current: string): boolean =>
  newerVersions(current, [candidate]).newest !== undefined;

const known = new WeakMap<Catalog, ReadonlyMap<string, CatalogComponent['chart']>>();

/** Components of a list have other names in the lock than in the catalog. */
function offers(catalog: Catalog | undefined): ReadonlyMap<string, CatalogComponent['chart']> {
  if (catalog === undefined) return new Map();
  const found =
    known.get(catalog) ??
    new Map(
      [...catalog.components.values()].flatMap(({ chart }) =>
        chart === undefined ? [] : [[`${chart.repository}\0${chart.name}`, chart] as const],
      ),
    );
  known.set(catalog, found);
  return found;
}
