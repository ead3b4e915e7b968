import { DiagnosticsError, hasErrors } from '../../model/diagnostic.ts';
import type { ClusterResult } from '../../pipeline/pipeline.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import { storeNames } from '../../kubernetes/externalSecrets.ts';
import { table } from '../../report/text.ts';
import type { Invocation, Result } from '../command.ts';

/** Lists what the plan of the selected clusters holds. */
export async function inspect({ ctx, global, args }: Invocation): Promise<Result> {
  const what = args[0] as 'clusters' | 'components' | 'plan' | 'secrets';
  const result = await createPipeline(ctx).run({
    clusters: global.cluster,
    keepObjects: what === 'secrets',
    ...(global.selector === undefined ? {} : { selector: global.selector }),
  });
  if (hasErrors(result.diagnostics)) throw new DiagnosticsError(result.diagnostics);
  const views = { clusters: clustersView, components: componentsView, plan: planView, secrets: secretsView };
  const rows = views[what](
    result.clusters.filter((c) => c.plan !== undefined),
    global.component,
  );
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
