import type { ChartJob, ChartOutput, ChartRenderer } from './chartRenderer.ts';
import type { Context } from './context.ts';
import type { ShapeChecker } from './core/validate.ts';
import { sha } from './core/digest.ts';
import { idleFinding, objectFinding, purityFindings } from './core/helm/findings.ts';
import { judgeValues } from './core/helm/judge.ts';
import type { IdleValue, Purity } from './core/helm/judge.ts';
import { checkChartObjects } from './core/helm/chartObjects.ts';
import type { ObjectProblem } from './core/helm/chartObjects.ts';
import { minorOf } from './core/kubernetesVersion.ts';
import type { Tools } from './core/tools.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { ClusterPlan } from './model/model.ts';

/** What rendering the charts of clusters showed. */
export interface ProofReport {
  readonly diagnostics: readonly Diagnostic[];
  readonly charts: readonly ProvenChart[];
}

export interface ProvenChart {
  readonly cluster: string;
  readonly component: string;
  /** False: the chart is not on this machine, and nothing is known of what Helm makes of it. */
  readonly isHere: boolean;
}

/** Everything a proof says of one component, without places; kept by the key of its rendering. */
interface Proof extends Purity {
  readonly idle: readonly IdleValue[];
  readonly objects: readonly ObjectProblem[];
}

/** Changes whenever proofs find something else. */
const proofVersion = 1;

interface Bench {
  readonly ctx: Context;
  readonly charts: ChartRenderer;
  readonly tools: Tools;
  readonly shapes: ShapeChecker;
  /** Digest of the schemas that objects are checked against. */
  readonly schemas: string;
}

/**
 * Renders every chart of the clusters that is on this machine, as Argo CD would, whichever way it is delivered: that Helm takes
 * the values, that they take effect, that the result is the same each time, and that the API server would take the objects.
 */
export async function proveClusters(clusters: readonly ClusterPlan[], bench: Bench): Promise<ProofReport> {
  const diagnostics: Diagnostic[] = [];
  const charts: ProvenChart[] = [];
  // one cluster after the other: the outputs of a fleet do not fit into memory at once
  for (const [i, cluster] of clusters.entries()) {
    bench.ctx.log.progress('prove', i + 1, clusters.length);
    const found = await Promise.all(cluster.components.map((plan) => proveComponent(plan, cluster, bench)));
    found.forEach((one, at) => {
      if (one === undefined) return;
      const component = cluster.components[at]?.name ?? '';
      charts.push({ component, cluster: cluster.cluster.name, isHere: one !== 'missing' });
      if (one !== 'missing') diagnostics.push(...one);
    });
  }
  bench.ctx.log.clearProgress();
  return { diagnostics, charts };
}

async function proveComponent(
  plan: ClusterPlan['components'][number],
  cluster: ClusterPlan,
  bench: Bench,
): Promise<readonly Diagnostic[] | 'missing' | undefined> {
  if (plan.chart === undefined) return undefined;
  const prepared = await bench.charts.prepare(plan, cluster, 'find');
  const job = prepared.value;
  if (job === undefined) return prepared.diagnostics.some((d) => d.severity === 'error') ? [] : 'missing';
  const proof = await proofOf(job, bench);
  if (!('objects' in proof)) return proof.diagnostics;
  return [
    ...purityFindings(proof, job),
    ...proof.idle.map((value) => idleFinding(value, job, bench.tools)),
    ...proof.objects.map((problem) => objectFinding(problem, job)),
  ];
}

async function proofOf(job: ChartJob, bench: Bench): Promise<Proof | { diagnostics: readonly Diagnostic[] }> {
  const { component } = job.plan;
  const about = [proofVersion, job.key, bench.schemas, component.impure, component.withoutEffect];
  const key = sha(JSON.stringify(about));
  const kept = bench.ctx.renders.get(key);
  if (kept !== undefined) return JSON.parse(kept) as Proof;
  const output = await bench.charts.output(job);
  if (output.value === undefined) return { diagnostics: output.diagnostics };
  const proof = await freshProof(job, output.value, bench);
  bench.ctx.renders.put(key, JSON.stringify(proof));
  return proof;
}

async function freshProof(job: ChartJob, output: ChartOutput, { charts, shapes }: Bench): Promise<Proof> {
  const purity = await charts.purity(job, output);
  // where renderings differ by themselves, comparing them says nothing of values
  const isStable = purity.fields.length === 0;
  const idle = isStable ? await judgeValues(job.request, job.plan.component, charts.bench(job)) : [];
  const minor = minorOf(job.cluster.cluster.info.kubernetes.version);
  return { ...purity, idle, objects: checkChartObjects(output.documents, minor, shapes) };
}
