import type { Diagnostic, Outcome } from '../model/diagnostic.ts';
import { hasErrors, ToolError } from '../model/diagnostic.ts';
import type { RenderedInput } from '../model/finished.ts';
import type { ClusterPlan, PlannedChart } from '../model/model.ts';
import { referenceOf } from '../helm/renderer.ts';
import { chartFinding, chartPlace, faultyPart, isOfThisRepository } from '../plan/wantedCharts.ts';
import type { ChartPackage, Charts } from '../ports.ts';
import type { ChartRenderer } from '../helm/renderer.ts';
import type { ScopeOf } from '../helm/rendered.ts';
import { renderDelivered } from '../render/delivery.ts';
import type { DeliveredCharts } from '../render/delivery.ts';

export type FolderCheck = (cluster: ClusterPlan) => Promise<Outcome<readonly RenderedInput[]>>;

/** The charts of a cluster that are delivered rendered, once those in folders were looked at; what went into both. */
export async function renderCharts(
  cluster: ClusterPlan,
  tools: { readonly lookAtFolders: FolderCheck; charts(): Promise<ChartRenderer | undefined> },
  scopeOf: ScopeOf,
): Promise<Outcome<DeliveredCharts>> {
  const folders = await tools.lookAtFolders(cluster);
  if (hasErrors(folders.diagnostics)) return { diagnostics: folders.diagnostics };
  const { value, diagnostics } = await renderDelivered(cluster, tools.charts, scopeOf);
  const own = folders.value ?? [];
  if (value === undefined || own.length === 0) return value === undefined ? { diagnostics } : { value, diagnostics };
  const inputs = { ...value.inputs, charts: [...(value.inputs?.charts ?? []), ...own] };
  return { value: { ...value, inputs }, diagnostics };
}

/**
 * Looks at the charts in folders of this repository that Argo CD renders: that they are there, of the version that is named, and
 * with dependencies that can be built. Needs no Helm; gives what they are now. Each chart is looked at once for all clusters.
 */
export function createFolderCheck(charts: Charts): FolderCheck {
  const known = new Map<string, Promise<ChartPackage | ToolError | undefined>>();
  const look = (chart: PlannedChart): Promise<ChartPackage | ToolError | undefined> => {
    const key = [chart.fetchFrom, chart.name, chart.version].join('\0');
    const found = known.get(key) ?? charts.find(referenceOf(chart)).catch(refusal);
    known.set(key, found);
    return found;
  };
  return async (cluster) => {
    const value: RenderedInput[] = [];
    const diagnostics: Diagnostic[] = [];
    for (const { name, chart, component, delivery } of cluster.components) {
      if (chart === undefined || delivery !== 'chart' || !isOfThisRepository(chart)) continue;
      const found = await look(chart);
      if (found instanceof ToolError) {
        const at = chartPlace(component, cluster.cluster, faultyPart(found.code));
        diagnostics.push({ ...chartFinding(found, { component: name, at }), cluster: cluster.cluster.name });
      } else
        value.push({
          repository: chart.fetchFrom,
          name: chart.name,
          version: chart.version,
          digest: found?.digest ?? '',
        });
    }
    // what cannot be proven is said where charts are proven
    return { value, diagnostics: diagnostics.filter((d) => d.severity === 'error') };
  };
}

function refusal(error: unknown): ToolError {
  if (error instanceof ToolError) return error;
  throw error;
}
