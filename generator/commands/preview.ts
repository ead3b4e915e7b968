import type { ChartRenderer } from '../chartRenderer.ts';
import { compareText } from '../model/values.ts';
import type { ClusterPlan, ComponentPlan, RenderedTree } from '../model/model.ts';
import { itemsOf } from '../core/helm/rendered.ts';
import { imagesOf, objectRows, printAmount, resourcesOf, totalOf } from '../core/preview.ts';
import type { Amounts, PreviewedComponent, ResourceSum } from '../core/preview.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { DiagnosticsError, hasErrors, ToolError, UsageError } from '../model/diagnostic.ts';
import type { Pipeline } from '../pipeline.ts';
import { many, table } from '../report/text.ts';
import { emitDocuments } from '../source/emit.ts';
import { didYouMean } from '../source/suggest.ts';
import type { Invocation, Result } from './command.ts';
import { oneCluster } from './oneCluster.ts';

/** The objects that Argo CD would apply to a cluster, or to one component of it, without a cluster. */
export async function preview({ ctx, args, options }: Invocation): Promise<Result> {
  const [name = '', only] = args;
  const { cluster, result, pipeline } = await oneCluster(ctx, name, true);
  const { plan, tree } = cluster;
  if (plan === undefined || tree === undefined || hasErrors(result.diagnostics))
    throw new DiagnosticsError(result.diagnostics);
  const wanted = selected(plan, tree, only);
  const charts = await chartsFor(pipeline, plan, wanted);
  const diagnostics: Diagnostic[] = [...result.diagnostics];
  const components: PreviewedComponent[] = [];
  for (const component of wanted) {
    const { objects, findings } = await objectsOf(component, plan, tree, charts);
    diagnostics.push(...findings);
    components.push({ name: component, wave: waveOf(component, plan), objects });
  }
  components.sort((a, b) => a.wave - b.wave);
  const total = components.reduce((sum, c) => sum + c.objects.length, 0);
  return {
    ...view(options, components, name),
    diagnostics,
    summary: `${many(components.length, 'component')}, ${many(total, 'object')}.`,
  };
}

function selected(plan: ClusterPlan, tree: RenderedTree, only: string | undefined): readonly string[] {
  const all = [...tree.files.keys()].flatMap((path) => /^apps\/(.+)\.yaml$/.exec(path)?.[1] ?? []);
  const known = all.filter((name) => tree.files.has(`apps/${name}.yaml`));
  if (only === undefined) return known;
  if (!known.includes(only))
    throw new UsageError(
      `Cluster ${plan.cluster.name} has no component "${only}".${didYouMean(only, known)}`,
      `Components: ${known.join(', ')}.`,
    );
  return [only];
}

const waveOf = (name: string, plan: ClusterPlan): number =>
  plan.components.find((c) => c.name === name)?.wave ??
  plan.components.find((c) => c.definitions?.name === name)?.definitions?.wave ??
  0;

const isChart = (plan: ComponentPlan | undefined): plan is ComponentPlan =>
  plan?.chart !== undefined && plan.delivery === 'chart';

async function chartsFor(
  pipeline: Pipeline,
  plan: ClusterPlan,
  wanted: readonly string[],
): Promise<ChartRenderer | undefined> {
  if (!plan.components.some((c) => isChart(c) && wanted.includes(c.name))) return undefined;
  const charts = await pipeline.charts();
  if (charts !== undefined) return charts;
  throw new ToolError(
    'helm/missing',
    'A preview of charts needs Helm, and there is none.',
    'Install Helm 4, or set SLIPWAY_HELM.',
  );
}

/** From the chart as Argo CD would render it, or from the tree. */
async function objectsOf(
  name: string,
  plan: ClusterPlan,
  tree: RenderedTree,
  charts: ChartRenderer | undefined,
): Promise<{ readonly objects: PreviewedComponent['objects']; readonly findings: readonly Diagnostic[] }> {
  const component = plan.components.find((c) => c.name === name);
  if (!isChart(component) || charts === undefined)
    return {
      objects: tree.objects.filter((o) => o.path.startsWith(`manifests/${name}/`)).map((o) => o.object),
      findings: [],
    };
  const prepared = await charts.prepare(component, plan, 'fetch');
  if (prepared.value === undefined) return { objects: [], findings: prepared.diagnostics };
  const output = await charts.output(prepared.value);
  const objects = (output.value?.documents ?? []).flatMap(({ object }) => itemsOf(object));
  return { objects, findings: [...prepared.diagnostics, ...output.diagnostics] };
}

function view(
  options: Invocation['options'],
  components: readonly PreviewedComponent[],
  cluster: string,
): Pick<Result, 'text' | 'data'> {
  if (options['images'] === true) return imagesView(components);
  if (options['objects'] === true) return objectsView(components);
  if (options['resources'] === true) return resourcesView(components, cluster);
  const objects = components.flatMap((c) => c.objects);
  return {
    text: objects.length === 0 ? '' : emitDocuments(objects),
    data: components.map(({ name, wave, objects: own }) => ({ component: name, wave, objects: own })),
  };
}

function imagesView(components: readonly PreviewedComponent[]): Pick<Result, 'text' | 'data'> {
  const images = imagesOf(components);
  const rows = images.map((i) => [i.image, i.components.join(' ')]);
  return { text: rows.length === 0 ? '' : table([['IMAGE', 'COMPONENTS'], ...rows]), data: images };
}

function objectsView(components: readonly PreviewedComponent[]): Pick<Result, 'text' | 'data'> {
  const rows = components.flatMap(objectRows);
  return {
    text: table([
      ['COMPONENT', 'KIND', 'NAMESPACE', 'NAME', 'WAVE', 'HOOK'],
      ...rows.map((r) => [r.component, r.kind, r.namespace === '' ? '-' : r.namespace, r.name, String(r.wave), r.hook]),
    ]),
    data: rows,
  };
}

function resourcesView(components: readonly PreviewedComponent[], cluster: string): Pick<Result, 'text' | 'data'> {
  const sums = components.map(resourcesOf).filter((sum) => sum.pods > 0);
  const total = totalOf(sums, cluster);
  const row = (sum: ResourceSum): string[] => [
    sum.component,
    `${sum.pods}${sum.perNode > 0 ? ` (${sum.perNode} per node)` : ''}`,
    amountsText(sum.requests),
    amountsText(sum.limits),
  ];
  return {
    text: table([['COMPONENT', 'PODS', 'REQUESTS', 'LIMITS'], ...sums.map(row), row(total)]),
    data: { components: sums, total },
  };
}

function amountsText(amounts: Amounts): string {
  const parts = Object.entries(amounts)
    .sort(([a], [b]) => compareText(a, b))
    .map(([resource, amount]) => `${resource} ${printAmount(resource, amount)}`);
  return parts.join(', ') || '-';
}
