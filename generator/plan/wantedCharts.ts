import type { DiagnosticCode } from '../model/codes.ts';
import type { Diagnostic, Location } from '../model/diagnostic.ts';
import { ToolError } from '../model/diagnostic.ts';
import type { Catalog, CatalogComponent, ClusterPlan, ResolvedCluster } from '../model/model.ts';
import { asMap, compareText, valueAt } from '../model/values.ts';
import { lockedDigest } from '../charts/lock.ts';
import { locateMerged } from '../config/merge.ts';
import { mirrorOf } from './mirrors.ts';

/** A chart that something installs, and who wants it. */
export interface WantedChart {
  /** As the catalog, or the spec in its place, names it. */
  readonly repository: string;
  readonly name: string;
  readonly version: string;
  /** The repository or its mirror. */
  readonly fetchFrom: string;
  readonly component: string;
  /** Where its version is written. */
  readonly at: Location;
  /** What the lock of its catalog says (hex). */
  readonly digest: string | undefined;
}

/** Charts in folders of the fleet repository are what its commit says: nothing to fetch, lock or bundle. */
export const isOfThisRepository = (chart: { readonly repository: string }): boolean =>
  chart.repository.startsWith('./');

/** The charts of these clusters, each once for every place it is fetched from. */
export function chartsOfPlans(plans: readonly ClusterPlan[]): WantedChart[] {
  const found = new Map<string, WantedChart>();
  for (const { cluster, components } of plans) {
    for (const { chart, component } of components) {
      if (chart === undefined) continue;
      const { repository, name, version, fetchFrom } = chart;
      const key = [fetchFrom, repository, name, version, cluster.catalog.pin].join('\0');
      if (found.has(key)) continue;
      found.set(key, {
        repository,
        name,
        version,
        fetchFrom,
        component: component.name,
        at: chartPlace(component, cluster, 'version'),
        digest: lockedDigest(cluster.catalog.lock, chart),
      });
    }
  }
  return [...found.values()].sort(byName);
}

/** Where the version, or the repository, of a chart is written: in the spec that sets one of them, else in the catalog. */
export function chartPlace(
  component: CatalogComponent,
  { overrides, layers }: ResolvedCluster,
  part: 'version' | 'repository',
): Location {
  const override = asMap(overrides[component.name]);
  const set = [part, 'version', 'repository'].find((k) => override[k] !== undefined);
  const own = set === undefined ? undefined : locateMerged(layers, `/components/${component.name}/${set}`, 'value');
  return own ?? component.source.at(`/spec/chart/${part}`);
}

/** The part of a chart's address that a finding about it is about. */
export const faultyPart = (code: DiagnosticCode): 'version' | 'repository' =>
  code === 'chart/missing' || code === 'chart/invalid' ? 'version' : 'repository';

const byName = (a: WantedChart, b: WantedChart): number =>
  compareText(a.component, b.component) || compareText(a.version, b.version) || compareText(a.fetchFrom, b.fetchFrom);

/** The charts of a catalog itself, fetched from the mirrors that clusters of this repository have. */
export function chartsOfCatalog(catalog: Catalog, plans: readonly ClusterPlan[]): WantedChart[] {
  const mirrors = plans.map(({ cluster }) => asMap(valueAt(cluster.merged, '/charts/mirrors')));
  return [...catalog.components.values()]
    .flatMap((component) => chartOfComponent(component, catalog, mirrors))
    .sort(byName);
}

function chartOfComponent(
  component: CatalogComponent,
  catalog: Catalog,
  mirrors: readonly ReturnType<typeof asMap>[],
): WantedChart[] {
  const { chart } = component;
  if (chart === undefined || isOfThisRepository(chart)) return [];
  const { repository, name, version } = chart;
  const places = mirrors.map((m) => mirrorOf(repository, m));
  return [
    {
      repository,
      name,
      version,
      fetchFrom: places.find((place) => place !== repository) ?? repository,
      component: component.name,
      at: component.source.at('/spec/chart/version'),
      digest: lockedDigest(catalog.lock, chart),
    },
  ];
}

/** What went wrong with a chart, as a finding at the place that names it; anything but a ToolError is thrown on. */
export function chartFinding(error: unknown, { component, at }: Pick<WantedChart, 'component' | 'at'>): Diagnostic {
  if (!(error instanceof ToolError)) throw error;
  const severity = error.code === 'chart/unproven' ? 'warning' : 'error';
  return { ...error.finding(), severity, at, component };
}
