import type { ChartRenderer, ClusterApis } from '../helm/renderer.ts';
import { withNamespace } from '../helm/rendered.ts';
import type { PreviewedComponent } from './objects.ts';
import type { Diagnostic, Outcome } from '../model/diagnostic.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { ToolError } from '../model/diagnostic.ts';
import type { ClusterPlan, ComponentPlan, RenderedTree, TreeObject } from '../model/model.ts';
import { compareText } from '../model/values.ts';
import { applicationPath, manifestFolder } from '../tree/paths.ts';

/** A cluster that rendered, with the objects of its tree. */
export interface PreviewedCluster {
  readonly plan: ClusterPlan;
  readonly tree: RenderedTree;
}

/** The Applications of a tree, by component; AppProjects stand beside them. */
export function applicationsOf({ tree }: Pick<PreviewedCluster, 'tree'>): readonly string[] {
  const own = tree.objects.filter(({ path, component }) => path === applicationPath(component));
  return own.map(({ component }) => component).sort(compareText);
}

/** How charts are rendered; `apis` are those of a live cluster, where it is asked. */
export interface PreviewMeans extends Pick<Pipeline, 'charts' | 'scopesOf'> {
  readonly apis?: ClusterApis;
}

/** What Argo CD would apply of these components: charts rendered as it would, everything else from the tree. */
export async function previewComponents(
  cluster: PreviewedCluster,
  names: readonly string[],
  { charts: open, scopesOf, apis }: PreviewMeans,
): Promise<Outcome<readonly PreviewedComponent[]>> {
  const { plan, tree } = cluster;
  const diagnostics: Diagnostic[] = [];
  const charts = plan.components.some((c) => isChart(c) && names.includes(c.name)) ? await needCharts(open) : undefined;
  const scopeOf = scopesOf(plan);
  const value = await Promise.all(
    names.map(async (name) => {
      const component = plan.components.find((c) => c.name === name);
      const wave = waveOf(name, plan);
      if (charts === undefined || !isChart(component)) return { name, wave, objects: objectsOf(tree.objects, name) };
      const prepared = await charts.prepare(component, plan, 'fetch', apis);
      const output = prepared.value === undefined ? undefined : await charts.output(prepared.value);
      diagnostics.push(...prepared.diagnostics, ...(output?.diagnostics ?? []));
      const objects = (output?.value?.documents ?? []).map(({ object }) => object);
      return { name, wave, objects: objects.map((o) => withNamespace(o, component.namespace, scopeOf)) };
    }),
  );
  return { value: value.sort((a, b) => a.wave - b.wave), diagnostics };
}

/** The charts of a run; `otherwise` is one more way out. Throws ToolError helm/missing. */
export async function needCharts(
  open: () => Promise<ChartRenderer | undefined>,
  otherwise?: string,
): Promise<ChartRenderer> {
  const charts = await open();
  if (charts !== undefined) return charts;
  throw new ToolError(
    'helm/missing',
    'What becomes of charts only Helm knows, and there is none.',
    `Install Helm 4 (or 3.18 and newer), ${otherwise === undefined ? 'or ' : ''}name the program in SLIPWAY_HELM${otherwise === undefined ? '' : `, or ${otherwise}`}.`,
  );
}

const objectsOf = (objects: readonly TreeObject[], name: string): PreviewedComponent['objects'] =>
  objects.filter((o) => o.path.startsWith(`${manifestFolder(name)}/`)).map((o) => o.object);

const waveOf = (name: string, plan: ClusterPlan): number =>
  plan.components.find((c) => c.name === name)?.wave ??
  plan.components.find((c) => c.definitions?.name === name)?.definitions?.wave ??
  0;

const isChart = (plan: ComponentPlan | undefined): plan is ComponentPlan =>
  plan?.chart !== undefined && plan.delivery === 'chart';
