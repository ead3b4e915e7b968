import type { ChartRenderer } from '../helm/renderer.ts';
import { purityFindings } from '../helm/findings.ts';
import { plainManifests } from '../helm/rendered.ts';
import type { RenderedChart, ScopeOf } from '../helm/rendered.ts';
import { originsOf } from '../config/merge.ts';
import type { Diagnostic, Outcome } from '../model/diagnostic.ts';
import { hasErrors } from '../model/diagnostic.ts';
import type { ClusterPlan, ComponentPlan } from '../model/model.ts';
import { pointerStep } from '../model/values.ts';

/** The plain manifests of every component of a cluster that is delivered rendered, by component. */
export async function renderDelivered(
  cluster: ClusterPlan,
  open: () => Promise<ChartRenderer | undefined>,
  scopeOf: ScopeOf,
): Promise<Outcome<ReadonlyMap<string, RenderedChart>>> {
  const wanted = cluster.components.filter((c) => c.delivery === 'rendered');
  const [first] = wanted;
  if (first === undefined) return { value: new Map(), diagnostics: [] };
  const charts = await open();
  if (charts === undefined) return { diagnostics: [withoutHelm(first, wanted.length, cluster)] };
  const outcomes = await Promise.all(wanted.map((plan) => renderOne(plan, cluster, charts, scopeOf)));
  const value = new Map<string, RenderedChart>();
  outcomes.forEach((outcome, i) => {
    const name = wanted[i]?.name;
    if (name !== undefined && outcome.value !== undefined) value.set(name, outcome.value);
  });
  return { value, diagnostics: outcomes.flatMap((o) => o.diagnostics) };
}

async function renderOne(
  plan: ComponentPlan,
  cluster: ClusterPlan,
  charts: ChartRenderer,
  scopeOf: ScopeOf,
): Promise<Outcome<RenderedChart>> {
  const prepared = await charts.prepare(plan, cluster, 'fetch');
  const job = prepared.value;
  if (job === undefined) return { diagnostics: prepared.diagnostics };
  const output = await charts.output(job);
  if (output.value === undefined) return { diagnostics: [...prepared.diagnostics, ...output.diagnostics] };
  const impure = purityFindings(await charts.purity(job, output.value), job);
  if (hasErrors(impure)) return { diagnostics: impure };
  const plain = plainManifests(output.value.documents, plan, scopeOf);
  const diagnostics = plain.diagnostics.map((d) => ({ ...d, cluster: cluster.cluster.name }));
  return { ...plain, diagnostics: [...prepared.diagnostics, ...diagnostics] };
}

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
