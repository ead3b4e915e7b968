import type { Context } from '../../ports.ts';
import { DiagnosticsError, hasErrors } from '../../model/diagnostic.ts';
import type { ClusterResult } from '../../pipeline/pipeline.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import { describeObject } from '../../kubernetes/object.ts';
import { pointerText } from '../../model/values.ts';
import { storeNames } from '../../kubernetes/externalSecrets.ts';
import { table } from '../../report/text.ts';
import type { Result } from '../command.ts';
import { requireKnownComponents } from '../shared/names.ts';
import { selected } from '../shared/options.ts';
import type { InspectClustersInvocation, InspectInvocation } from './command.ts';

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

/** Lists something of the selected clusters, one row each. */
async function listed(
  ctx: Context,
  options: InspectClustersInvocation['options'] & Partial<InspectInvocation['options']>,
  what: string,
  view: (clusters: readonly ClusterResult[]) => readonly Row[],
): Promise<Result> {
  const result = await createPipeline(ctx).run({
    ...selected(options),
    keepObjects: what === 'secrets' || what === 'patches',
  });
  if (hasErrors(result.diagnostics)) throw new DiagnosticsError(result.diagnostics);
  const installed = result.clusters.flatMap((c) => (c.plan?.components ?? []).map((p) => p.name));
  requireKnownComponents(ctx, options.component ?? [], installed);
  const rows = view(result.clusters.filter((c) => c.plan !== undefined));
  const header = Object.keys(rows[0] ?? {});
  return {
    text:
      rows.length === 0
        ? ''
        : table([header.map((h) => h.toUpperCase()), ...rows.map((row) => header.map((h) => String(row[h])))]),
    data: rows,
    diagnostics: result.diagnostics,
    summary: rows.length === 0 ? `No ${what}.` : '',
  };
}

type Row = Readonly<Record<string, string | number>>;

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
