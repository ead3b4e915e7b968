import type { Context } from '../../ports.ts';
import { DiagnosticsError, hasErrors, UsageError } from '../../model/diagnostic.ts';
import type { ClusterResult } from '../../pipeline/pipeline.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import { describeObject } from '../../kubernetes/object.ts';
import { compareText, pointerText } from '../../model/values.ts';
import { storeNames } from '../../kubernetes/externalSecrets.ts';
import type { ListRow } from '../../report/lists.ts';
import { cellText, hostRows, listNames, objectRows, tenantRows } from '../../report/lists.ts';
import { table } from '../../report/text.ts';
import { didYouMean } from '../../util/suggest.ts';
import type { Result } from '../command.ts';
import { requireKnownComponents } from '../shared/names.ts';
import { selected } from '../shared/options.ts';
import type { InspectClustersInvocation, InspectInvocation, InspectListInvocation } from './command.ts';

export const inspectClusters = ({ ctx, options }: InspectClustersInvocation): Promise<Result> =>
  listed(ctx, options, 'clusters', clustersView);

export const inspectComponents = ({ ctx, options }: InspectInvocation): Promise<Result> =>
  listed(ctx, options, 'components', (clusters) => componentsView(clusters, options.component));

export const inspectPlan = ({ ctx, options }: InspectInvocation): Promise<Result> =>
  listed(ctx, options, 'plan', (clusters) => planView(clusters, options.component));

export const inspectSecrets = ({ ctx, options }: InspectInvocation): Promise<Result> =>
  listed(ctx, options, 'secrets', (clusters) => secretsView(clusters, options.component));

export const inspectPatches = ({ ctx, options }: InspectInvocation): Promise<Result> =>
  listed(ctx, options, 'patches', (clusters) => patchesView(clusters, options.component));

export const inspectTenants = ({ ctx, options }: InspectClustersInvocation): Promise<Result> =>
  listed(ctx, options, 'tenants', (clusters) => rowsOf(clusters, ({ plan }) => tenantRows(plan)));

export const inspectHosts = ({ ctx, options }: InspectInvocation): Promise<Result> =>
  listed(ctx, options, 'hosts', (clusters) =>
    rowsOf(clusters, ({ tree, plan }) => hostRows(tree, plan), options.component),
  );

/** A list of the objects of some kinds, as the catalog declares it. */
export const inspectList = ({ ctx, options, args: { list } }: InspectListInvocation): Promise<Result> =>
  listed(ctx, options, list, (clusters) => {
    requireList(list, clusters);
    return rowsOf(clusters, ({ plan, tree }) => objectRows(plan.cluster.catalog, tree, list), options.component);
  });

function requireList(list: string, clusters: readonly ClusterResult[]): void {
  const catalogs = new Set(clusters.flatMap(({ plan }) => (plan === undefined ? [] : [plan.cluster.catalog])));
  const known = [...new Set([...catalogs].flatMap(listNames))].sort(compareText);
  if (known.includes(list) || catalogs.size === 0) return;
  throw new UsageError(
    `The catalog has no list "${list}".${didYouMean(list, known)}`,
    `Lists here: ${known.join(', ') || 'none'}.`,
  );
}

type Rendered = Required<Pick<ClusterResult, 'plan' | 'tree'>>;

/** Rows of every cluster, its name first; of some components only, where rows have one. */
function rowsOf(
  clusters: readonly ClusterResult[],
  rows: (cluster: Rendered) => readonly ListRow[],
  only: readonly string[] = [],
): Row[] {
  return clusters.flatMap(({ name, plan, tree }) =>
    plan === undefined || tree === undefined
      ? []
      : rows({ plan, tree })
          .filter(({ component }) => only.length === 0 || (typeof component === 'string' && only.includes(component)))
          .map((row) => ({ cluster: name, ...row })),
  );
}

/** What is listed without a look at the objects of the tree. */
const ofThePlan: ReadonlySet<string> = new Set(['clusters', 'components', 'plan']);

/** Lists something of the selected clusters, one row each. */
async function listed(
  ctx: Context,
  options: InspectClustersInvocation['options'] & Partial<InspectInvocation['options']>,
  what: string,
  view: (clusters: readonly ClusterResult[]) => readonly Row[],
): Promise<Result> {
  const result = await createPipeline(ctx).run({ ...selected(options), keepObjects: !ofThePlan.has(what) });
  if (hasErrors(result.diagnostics)) throw new DiagnosticsError(result.diagnostics);
  const installed = result.clusters.flatMap((c) => (c.plan?.components ?? []).map((p) => p.name));
  requireKnownComponents(ctx, options.component ?? [], installed);
  const rows = view(result.clusters.filter((c) => c.plan !== undefined));
  const header = Object.keys(rows[0] ?? {});
  return {
    text:
      rows.length === 0
        ? ''
        : table([header.map((h) => h.toUpperCase()), ...rows.map((row) => header.map((h) => cellText(row[h])))]),
    data: rows,
    diagnostics: result.diagnostics,
    summary: rows.length === 0 ? `No ${what}.` : '',
  };
}

type Row = ListRow;

function clustersView(clusters: readonly ClusterResult[]): Row[] {
  return clusters.map((c) => ({
    cluster: c.name,
    environment: c.resolved?.info.environment ?? '-',
    domain: c.resolved?.info.domain ?? '',
    kubernetes: c.resolved?.info.kubernetes.version ?? '',
    catalog: c.resolved?.catalog.pin ?? 'working tree',
    components: c.plan?.components.length ?? 0,
    capabilities: [...(c.resolved?.capabilities.keys() ?? [])].join(' '),
  }));
}

function componentsView(clusters: readonly ClusterResult[], only: readonly string[]): Row[] {
  return clusters.flatMap((c) =>
    (c.plan?.components ?? [])
      .filter((p) => only.length === 0 || only.includes(p.name))
      .map((p) => ({
        cluster: c.name,
        component: p.name,
        capability: p.component.capability,
        namespace: p.namespace,
        chart: p.chart === undefined ? 'manifests' : `${p.chart.name} ${p.chart.version}`,
      })),
  );
}

function planView(clusters: readonly ClusterResult[], only: readonly string[]): Row[] {
  return clusters.flatMap((c) =>
    [...(c.plan?.components ?? [])]
      .filter((p) => only.length === 0 || only.includes(p.name))
      .sort((a, b) => a.wave - b.wave)
      .map((p) => ({ cluster: c.name, wave: p.wave, component: p.name, after: p.dependsOn.join(' ') })),
  );
}

function secretsView(clusters: readonly ClusterResult[], only: readonly string[]): Row[] {
  return clusters.flatMap((c) =>
    (c.plan?.secrets ?? [])
      .filter((s) => only.length === 0 || only.includes(s.component))
      .map((s) => ({
        cluster: c.name,
        secret: `${s.namespace}/${s.name}`,
        keys: s.keys.join(' '),
        from: s.source,
        path: s.source === 'store' ? storeNames(c.tree?.objects ?? [], s.namespace, s.name).join(' ') : '-',
        neededBy: s.component,
        purpose: s.purpose,
      })),
  );
}

function patchesView(clusters: readonly ClusterResult[], only: readonly string[]): Row[] {
  return clusters.flatMap((c) =>
    (c.tree?.objects ?? [])
      .filter((o) => only.length === 0 || only.includes(o.component))
      .flatMap((o) =>
        (o.patches ?? []).flatMap(({ path, by, rights, fields }) =>
          fields.map(({ pointer, at }) => ({
            cluster: c.name,
            component: o.component,
            object: describeObject(o.object),
            field: pointerText(pointer),
            patch: path.replace(/^components\.[^[]*\./, ''),
            by,
            at: `${at.file}:${at.line}`,
            rights: rights ?? '-',
          })),
        ),
      ),
  );
}
