import { helmIdentity } from '../helm/renderer.ts';
import type { ChartJob, ChartRenderer } from '../helm/renderer.ts';
import { purityFindings } from '../helm/findings.ts';
import { plainManifests } from '../helm/rendered.ts';
import type { RenderedChart, ScopeOf } from '../helm/rendered.ts';
import { originsOf } from '../config/merge.ts';
import type { RenderedInput, RenderedInputs } from '../model/finished.ts';
import type { Diagnostic, Outcome } from '../model/diagnostic.ts';
import { hasErrors } from '../model/diagnostic.ts';
import type { ClusterPlan, ComponentPlan } from '../model/model.ts';
import { pointerStep } from '../model/values.ts';

export interface DeliveredCharts {
  /** The plain manifests of every component that is delivered rendered, by component. */
  readonly charts: ReadonlyMap<string, RenderedChart>;
  /** What they were rendered from; absent when there are none. */
  readonly inputs?: RenderedInputs;
}

/** Renders the components of a cluster that are delivered rendered. */
export async function renderDelivered(
  cluster: ClusterPlan,
  open: () => Promise<ChartRenderer | undefined>,
  scopeOf: ScopeOf,
): Promise<Outcome<DeliveredCharts>> {
  const wanted = cluster.components.filter((c) => c.delivery === 'rendered');
  const [first] = wanted;
  if (first === undefined) return { value: { charts: new Map() }, diagnostics: [] };
  const charts = await open();
  if (charts === undefined) return { diagnostics: [withoutHelm(first, wanted.length, cluster)] };
  const outcomes = await Promise.all(wanted.map((plan) => renderOne(plan, cluster, charts, scopeOf)));
  const rendered = new Map<string, RenderedChart>();
  const inputs: RenderedInput[] = [];
  outcomes.forEach(({ value }, i) => {
    const name = wanted[i]?.name;
    if (name === undefined || value === undefined) return;
    rendered.set(name, value.chart);
    inputs.push(inputOf(value.job));
  });
  return {
    value: { charts: rendered, inputs: { helm: helmIdentity(charts.helm), charts: inputs } },
    diagnostics: outcomes.flatMap((o) => o.diagnostics),
  };
}

function inputOf({ plan: { chart: planned }, request: { chart } }: ChartJob): RenderedInput {
  const { name, version, digest } = chart;
  const locked = planned?.digest;
  return {
    repository: planned?.fetchFrom ?? '',
    name,
    version,
    digest,
    ...(locked === undefined ? {} : { locked }),
  };
}

interface RenderedComponent {
  readonly job: ChartJob;
  readonly chart: RenderedChart;
}

async function renderOne(
  plan: ComponentPlan,
  cluster: ClusterPlan,
  charts: ChartRenderer,
  scopeOf: ScopeOf,
): Promise<Outcome<RenderedComponent>> {
  const prepared = await charts.prepare(plan, cluster, 'fetch');
  const job = prepared.value;
  if (job === undefined) return { diagnostics: prepared.diagnostics.map(asError) };
  const output = await charts.output(job);
  if (output.value === undefined) return { diagnostics: [...prepared.diagnostics, ...output.diagnostics] };
  const impure = purityFindings(await charts.purity(job, output.value), job);
  if (hasErrors(impure)) return { diagnostics: impure };
  const plain = plainManifests(output.value.documents, plan, scopeOf);
  const diagnostics = plain.diagnostics.map((d) => ({ ...d, cluster: cluster.cluster.name }));
  return {
    ...(plain.value === undefined ? {} : { value: { job, chart: plain.value } }),
    diagnostics: [...prepared.diagnostics, ...diagnostics],
  };
}

/** What stops a chart from being rendered is an error where it is rendered here. */
const asError = (diagnostic: Diagnostic): Diagnostic =>
  diagnostic.code === 'chart/unproven' ? { ...diagnostic, severity: 'error' } : diagnostic;

function withoutHelm({ component }: ComponentPlan, count: number, { cluster }: ClusterPlan): Diagnostic {
  const pointers = [`/components/${pointerStep(component.name)}/delivery`, '/delivery'];
  const said = pointers.flatMap((pointer) => originsOf(cluster.layers, pointer))[0];
  const at = said?.source.at(said.pointer, 'value') ?? component.source.at('/spec/delivery');
  return {
    code: 'helm/missing',
    severity: 'error',
    cluster: cluster.name,
    component: component.name,
    at,
    message: `Delivery rendered (${count === 1 ? `of "${component.name}"` : `of ${count} components`}) needs Helm, and there is none.`,
    hint: 'Install Helm 4 (or 3.18 and newer), or name the program in SLIPWAY_HELM; `slipway doctor` says what it finds.',
  };
}
