import type { Context, ChartReference } from '../../ports.ts';
import { chartFinding, chartsOfCatalog, chartsOfPlans } from '../../plan/wantedCharts.ts';
import type { WantedChart } from '../../plan/wantedCharts.ts';
import { DiagnosticsError, hasErrors } from '../../model/diagnostic.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Catalog, ClusterPlan } from '../../model/model.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import { bounded } from '../../util/concurrency.ts';
import { requireComponents } from './names.ts';
import type { Selected } from './options.ts';

/** Charts that are asked for side by side. */
const atOnce = 4;

export interface Fleet {
  readonly catalog: Catalog;
  readonly plans: readonly ClusterPlan[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The catalog and the plans of the selected clusters; throws DiagnosticsError when one of them cannot be planned. */
export async function loadFleet(ctx: Context, selection: Selected): Promise<Fleet> {
  const { workspace, plans, diagnostics } = await createPipeline(ctx).plan(selection);
  if (workspace.catalog === undefined || hasErrors(diagnostics)) throw new DiagnosticsError(diagnostics);
  return { catalog: workspace.catalog, plans, diagnostics };
}

/** The charts of clusters and, with `all`, of the whole catalog; of these components only, when some are named. */
export function wantedCharts({ catalog, plans }: Fleet, components: readonly string[], all: boolean): WantedChart[] {
  requireComponents(components, new Set(catalog.components.keys()));
  const charts = [...chartsOfPlans(plans), ...(all ? chartsOfCatalog(catalog, plans) : [])];
  return components.length === 0 ? charts : charts.filter((c) => components.includes(c.component));
}

export const referenceTo = ({ fetchFrom, name, version, component }: WantedChart): ChartReference => ({
  repository: fetchFrom,
  name,
  version,
  component,
});

export interface Outcomes<T> {
  /** In the order of the charts; those with a finding are left out. */
  readonly done: readonly { readonly chart: WantedChart; readonly value: T }[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Does the work for each chart, a few at a time; what fails becomes a finding at its place, and the rest goes on. */
export async function eachChart<T>(
  ctx: Context,
  label: string,
  charts: readonly WantedChart[],
  work: (chart: WantedChart) => Promise<T>,
): Promise<Outcomes<T>> {
  const done: { readonly chart: WantedChart; readonly value: T }[] = [];
  const diagnostics: Diagnostic[] = [];
  let finished = 0;
  const results = await bounded(charts, atOnce, async (chart) => {
    try {
      return { chart, value: await work(chart) };
    } catch (error) {
      return chartFinding(error, chart);
    } finally {
      finished += 1;
      ctx.log.progress(label, finished, charts.length);
    }
  });
  ctx.log.clearProgress();
  for (const result of results) {
    if ('chart' in result) done.push(result);
    else diagnostics.push(result);
  }
  return { done, diagnostics };
}
