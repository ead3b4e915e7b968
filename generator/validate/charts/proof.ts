import { referenceOf } from '../../helm/renderer.ts';
import type { ChartJob, ChartOutput, ChartRenderer } from '../../helm/renderer.ts';
import type { Context } from '../../ports.ts';
import type { TreeChecks } from '../tree.ts';
import { idleFinding, otherHelmFinding, purityFindings } from '../../helm/findings.ts';
import { objectFinding, checkChartObjects } from './objects.ts';
import { judgeValues } from '../../helm/judge.ts';
import type { IdleValue } from '../../helm/judge.ts';
import type { ObjectProblem } from './objects.ts';
import { withNamespace, storedObject } from '../../helm/rendered.ts';
import type { ScopeOf } from '../../helm/rendered.ts';
import { minorOf } from '../../kubernetes/version.ts';
import { chartsOf, checkReferences, rulesOf } from '../references/check.ts';
import { collectNames } from '../references/collect.ts';
import type { Names } from '../references/collect.ts';
import { patchesOf } from '../../plan/patches.ts';
import { isOfThisRepository } from '../../plan/wantedCharts.ts';
import { silencesOf, unusedSilences, withoutSilenced } from '../../plan/silence.ts';
import type { Silence } from '../../plan/silence.ts';
import type { Tools } from '../../template/tools.ts';
import { cached } from '../../util/cache.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { ToolError } from '../../model/diagnostic.ts';
import type { Catalog, ClusterPlan, ComponentPlan } from '../../model/model.ts';

/** What rendering the charts of clusters showed. */
export interface ProofReport {
  readonly diagnostics: readonly Diagnostic[];
  /** False: there is no Helm, and nothing was rendered. */
  readonly hasHelm: boolean;
  readonly charts: readonly ProvenChart[];
}

export interface ProvenChart {
  readonly cluster: string;
  readonly component: string;
  /** False: the chart is not on this machine, and nothing is known of what Helm makes of it. */
  readonly isHere: boolean;
  /** False: what Argo CD makes of it cannot be known here, which a finding says. */
  readonly isProvable: boolean;
}

/** Changes whenever judging finds something else in the same renderings. */
const judgementVersion = 1;

/** A cluster as far as it came: with what the objects of its tree name, when there is one. */
export interface ProvableCluster {
  readonly plan: ClusterPlan;
  readonly names: Names | undefined;
  /** Which of its silences silenced something so far; gets those of its charts too. */
  readonly used: Set<string> | undefined;
}

interface ProvenComponent {
  readonly component: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly names?: Names;
}

interface ProofTools {
  readonly ctx: Context;
  /** Undefined without a Helm. */
  open(): Promise<ChartRenderer | undefined>;
  readonly tools: Tools;
  readonly checks: TreeChecks;
  /** Digest of the schemas that objects are checked against; undefined: what is found is not kept for other runs. */
  readonly schemas: string | undefined;
}

/**
 * Renders every chart of the clusters that is on this machine, as Argo CD would, whichever way it is delivered: that Helm takes
 * the values, that they take effect, that the result is the same each time, and that the API server would take the objects.
 */
export async function proveClusters(
  clusters: readonly ProvableCluster[],
  proofTools: ProofTools,
): Promise<ProofReport> {
  const diagnostics: Diagnostic[] = [];
  const charts: ProvenChart[] = [];
  let hasHelm = true;
  let judged = true;
  const compared = new Set<Catalog>();
  const all: Silence[] = [];
  const silenced = new Set<string>();
  // one cluster after the other: the outputs of a fleet do not fit into memory at once
  for (const [i, { plan: cluster, names, used = new Set<string>() }] of clusters.entries()) {
    proofTools.ctx.log.progress('prove', i + 1, clusters.length);
    const here = await packagesHere(cluster, proofTools.ctx);
    const plans = cluster.components.filter((plan) => here.get(plan.name) === true);
    const renderer = plans.length === 0 ? undefined : await proofTools.open();
    hasHelm &&= renderer !== undefined || plans.length === 0;
    const { catalog } = cluster.cluster;
    const isNew = renderer !== undefined && !compared.has(catalog) && plans.some((plan) => plan.delivery === 'chart');
    if (isNew) {
      compared.add(catalog);
      const other = otherHelmFinding(renderer.helm.version, catalog);
      if (other !== undefined) diagnostics.push(other);
    }
    const proven =
      renderer === undefined
        ? []
        : await Promise.all(plans.map((plan) => proveComponent(plan, cluster, { ...proofTools, charts: renderer })));
    const unproven = new Set(proven.filter(isUnproven).map((p) => p.component));
    for (const [component, isHere] of here)
      charts.push({ component, isHere, isProvable: !unproven.has(component), cluster: cluster.cluster.name });
    const absent = absentOf(cluster, proven);
    const found = [...proven.flatMap((p) => p.diagnostics), ...referencesOf(cluster, names, proven, absent)];
    const silences = silencesOf(cluster);
    diagnostics.push(...withoutSilenced(found, silences, used));
    if (names === undefined) judged = false;
    all.push(...silences.filter((s) => s.code !== 'reference/missing' || absent.length === 0));
    for (const key of used) silenced.add(key);
  }
  if (judged) diagnostics.push(...unusedSilences(all, silenced));
  proofTools.ctx.log.clearProgress();
  return { diagnostics, charts, hasHelm };
}

const isUnproven = ({ diagnostics }: ProvenComponent): boolean => diagnostics.some((d) => d.code === 'chart/unproven');

/** Components with a chart, and whether its package is on this machine; one that is not what the lock says counts as here. */
async function packagesHere(cluster: ClusterPlan, ctx: Context): Promise<ReadonlyMap<string, boolean>> {
  const found = new Map<string, boolean>();
  for (const { name, chart } of cluster.components) {
    if (chart === undefined) continue;
    try {
      found.set(name, (await ctx.charts.find(referenceOf(chart), chart.digest)) !== undefined);
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      found.set(name, true); // said where it is rendered
    }
  }
  return found;
}

/** Names that point nowhere, in the tree and in the charts that could be rendered. Without a tree nothing is known. */
function referencesOf(
  cluster: ClusterPlan,
  tree: Names | undefined,
  proven: readonly ProvenComponent[],
  absent: readonly ComponentPlan[],
): readonly Diagnostic[] {
  if (tree === undefined) return [];
  return checkReferences([tree, ...proven.flatMap((p) => p.names ?? [])], cluster, absent);
}

/** Components whose chart nobody could look into. */
function absentOf(cluster: ClusterPlan, proven: readonly ProvenComponent[]): readonly ComponentPlan[] {
  const known = new Set(proven.filter((p) => p.names !== undefined).map((p) => p.component));
  return chartsOf(cluster).filter((c) => !known.has(c.name));
}

/** What Helm made of the chart of a component that is delivered as one. */
function namesOfChart(
  plan: ComponentPlan,
  cluster: ClusterPlan,
  output: ChartOutput,
  proofTools: OpenProofTools,
): Names {
  const minor = proofTools.checks.kubernetes ?? minorOf(cluster.cluster.info.kubernetes.version);
  const scopeOf: ScopeOf = (apiVersion, kind) => proofTools.checks.shapes.scopeOf(apiVersion, kind, minor);
  const objects = output.documents.map(({ source, object }) => ({
    component: plan.name,
    source,
    object: withNamespace(storedObject(object), plan.namespace, scopeOf),
  }));
  return collectNames(objects, rulesOf(cluster, proofTools.tools.memo));
}

/** What of a policy decides about the objects of a chart. */
const policyKey = ({ skip, reject }: TreeChecks['policy']): readonly string[] => [
  [...skip].sort().join(),
  [...reject].sort().join(),
];

interface OpenProofTools extends ProofTools {
  readonly charts: ChartRenderer;
}

async function proveComponent(
  plan: ComponentPlan,
  cluster: ClusterPlan,
  proofTools: OpenProofTools,
): Promise<ProvenComponent> {
  const component = plan.name;
  const prepared = await proofTools.charts.prepare(plan, cluster, 'find');
  const job = prepared.value;
  if (job === undefined) return { component, diagnostics: prepared.diagnostics.filter((d) => isNews(d, plan)) };
  const output = await proofTools.charts.output(job);
  if (output.value === undefined) return { component, diagnostics: output.diagnostics };
  const purity = await proofTools.charts.purity(job, output.value);
  // where renderings differ by themselves, comparing them says nothing of values
  const idle = purity.fields.length > 0 ? [] : await idleValues(job, proofTools);
  // what is patched is judged as it stands in the tree
  const isPatched = plan.delivery === 'rendered' && patchesOf(cluster.cluster, plan.component.name).length > 0;
  const objects = isPatched ? [] : await objectProblems(job, output.value, proofTools);
  const diagnostics = [
    ...purityFindings(purity, job),
    ...idle.map((value) => idleFinding(value, job, proofTools.tools)),
    ...objects.map((problem) => objectFinding(problem, job)),
  ];
  // rendered ones stand in the tree
  if (plan.delivery !== 'chart') return { component, diagnostics };
  return { component, diagnostics, names: namesOfChart(plan, cluster, output.value, proofTools) };
}

/** What is wrong with the templates of values was said when they were rendered for the tree, and of charts in folders, before. */
function isNews({ code, severity }: Diagnostic, { chart }: ComponentPlan): boolean {
  const wasSaid = severity === 'error' && chart !== undefined && isOfThisRepository(chart);
  return code.startsWith('chart/') && !wasSaid;
}

function idleValues(job: ChartJob, { ctx, charts }: OpenProofTools): Promise<readonly IdleValue[]> {
  const { component } = job.plan;
  const about = ['values', judgementVersion, job.key, component.withoutEffect];
  return cached(ctx.renders, about, () => judgeValues(job.request, component, charts.trial(job)));
}

function objectProblems(
  job: ChartJob,
  output: ChartOutput,
  { ctx, checks, schemas }: OpenProofTools,
): Promise<readonly ObjectProblem[]> {
  const minor = checks.kubernetes ?? minorOf(job.cluster.cluster.info.kubernetes.version);
  const check = (): readonly ObjectProblem[] => checkChartObjects(output.documents, minor, checks);
  return schemas === undefined
    ? Promise.resolve(check())
    : cached(ctx.renders, ['objects', schemas, minor, ...policyKey(checks.policy), job.key], check);
}
