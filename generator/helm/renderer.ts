import type { Context, ChartContents, ChartPackage, ChartReference, Helm, HelmRequest } from '../ports.ts';
import { sha } from '../util/digest.ts';
import { apiVersionsOf } from './capabilities.ts';
import { refusalFinding } from './findings.ts';
import { judgePurity } from './judge.ts';
import type { TrialRenderer, Purity } from './judge.ts';
import { createDocumentReader } from './documents.ts';
import type { DocumentReader } from './documents.ts';
import type { ChartDocument } from './rendered.ts';
import { cached } from '../util/cache.ts';
import { kubeVersionOf, minorOf } from '../kubernetes/version.ts';
import { componentValues } from '../plan/values.ts';
import { chartFinding, chartPlace, faultyPart } from '../plan/wantedCharts.ts';
import type { Tools } from '../template/tools.ts';
import type { Diagnostic, Outcome } from '../model/diagnostic.ts';
import { ToolError } from '../model/diagnostic.ts';
import type { ClusterPlan, ComponentPlan, PlannedChart } from '../model/model.ts';
import type { ValueMap } from '../model/values.ts';

/** One component, ready for Helm. */
export interface ChartJob {
  readonly plan: ComponentPlan;
  readonly cluster: ClusterPlan;
  readonly request: HelmRequest;
  /** Says all that the result depends on: chart, values, release, APIs, and kind and version of Helm. */
  readonly key: string;
}

export interface ChartOutput {
  readonly documents: readonly ChartDocument[];
  /** Impure functions that were called; undefined when this Helm cannot tell. */
  readonly impure: readonly string[] | undefined;
}

/** What Helm makes of the charts of a run, each rendered once whatever asks for it. */
export interface ChartRenderer {
  readonly helm: Helm;
  /** `fetch`: charts that are not here are fetched; `find`: they are undefined. `apis`: of a live cluster, not of its spec. */
  prepare(
    plan: ComponentPlan,
    cluster: ClusterPlan,
    charts: 'fetch' | 'find',
    apis?: ClusterApis,
  ): Promise<Outcome<ChartJob>>;
  output(job: ChartJob): Promise<Outcome<ChartOutput>>;
  /** Whether the next rendering would be the same. */
  purity(job: ChartJob, output: ChartOutput): Promise<Purity>;
  /** For renderings of the same chart that are not kept. */
  trial(job: ChartJob): TrialRenderer;
}

/** Kind and version of a Helm: what another one renders, or can say of it, may differ. */
export const helmIdentity = ({ kind, version }: Helm): string => `${kind} ${version}`;

/** Changes whenever what is kept for a key is made otherwise. */
const outputVersion = 1;

/** `kubernetes`: a minor that takes the place of the clusters' own. */
export function createChartRenderer(ctx: Context, tools: Tools, helm: Helm, kubernetes?: string): ChartRenderer {
  const read = createDocumentReader();
  const packages = new Map<string, Promise<ChartPackage | undefined>>();
  const outputs = new Map<string, Promise<Outcome<ChartOutput>>>();
  const contents = new Map<string, Promise<ChartContents>>();
  const once = <T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> => {
    const running = known.get(key) ?? make();
    known.set(key, running);
    return running;
  };
  const packageOf = (chart: PlannedChart, how: 'fetch' | 'find'): Promise<ChartPackage | undefined> =>
    once(packages, `${how} ${chart.fetchFrom} ${chart.name} ${chart.version}`, () =>
      ctx.charts[how](referenceOf(chart), chart.digest),
    );
  const known = new WeakMap<ClusterPlan, ClusterApis>();
  const apisOf = (cluster: ClusterPlan): ClusterApis => {
    const apis = known.get(cluster) ?? clusterApis(cluster, kubernetes ?? cluster.cluster.info.kubernetes.version, ctx);
    known.set(cluster, apis);
    return apis;
  };
  const trial = (job: ChartJob): TrialRenderer => ({
    async template(request) {
      const result = await limited(() => helm.template(request));
      return result instanceof ToolError ? { error: result.message } : result;
    },
    parse: (result) => {
      const found = read(result);
      return 'error' in found ? [] : found.documents;
    },
    contents: () => once(contents, job.request.chart.digest, () => ctx.charts.read(job.request.chart)),
    pause: (milliseconds) => ctx.pause(milliseconds),
  });
  return {
    helm,
    async prepare(plan, cluster, how, apis) {
      const { chart } = plan;
      if (chart === undefined) return { diagnostics: [] };
      const { value, diagnostics } = componentValues(plan, cluster, tools);
      if (value === undefined) return { diagnostics };
      try {
        const found = await packageOf(chart, how);
        if (found === undefined) return { diagnostics };
        return { value: jobOf(plan, cluster, value, found, helm, apis ?? apisOf(cluster)), diagnostics };
      } catch (error) {
        return { diagnostics: [...diagnostics, chartProblem(error, plan, cluster)] };
      }
    },
    output: (job) =>
      once(outputs, job.key, () => outputOf(job, helm, ctx, read).finally(() => void outputs.delete(job.key))),
    purity(job, output) {
      const { component } = job.plan;
      return cached(ctx.renders, ['purity', job.key, component.impure], () =>
        judgePurity(job.request, component, output.impure, trial(job)),
      );
    },
    trial: trial,
  };
}

/** Where a planned chart is fetched from. */
export function referenceOf({ fetchFrom, name, version }: PlannedChart): ChartReference {
  return { repository: fetchFrom, name, version };
}

/** What all charts of a cluster are told of its APIs. */
export type ClusterApis = Pick<HelmRequest, 'kubeVersion' | 'apiVersions'>;

function clusterApis({ components }: ClusterPlan, version: string, ctx: Context): ClusterApis {
  return {
    kubeVersion: kubeVersionOf(version),
    apiVersions: apiVersionsOf(components, minorOf(version), {
      kubernetes: (minor) => ctx.schemaJson(`kubernetes/v${minor}.json`),
      versions: (group, kind) => ctx.crdVersions(group, kind),
    }),
  };
}

function jobOf(
  plan: ComponentPlan,
  cluster: ClusterPlan,
  values: ValueMap,
  chart: ChartPackage,
  helm: Helm,
  apis: ClusterApis,
): ChartJob {
  const request: HelmRequest = {
    chart,
    values,
    release: plan.release,
    namespace: plan.namespace,
    ...apis,
    skipCrds: plan.chart?.skipCrds === true,
  };
  const { chart: _, ...others } = request;
  return {
    plan,
    cluster,
    request,
    key: sha(JSON.stringify([outputVersion, helmIdentity(helm), chart.digest, others])),
  };
}

async function outputOf(
  job: ChartJob,
  helm: Helm,
  ctx: Context,
  readDocuments: DocumentReader,
): Promise<Outcome<ChartOutput>> {
  const before = ctx.renders.get(job.key);
  if (before !== undefined) return { value: JSON.parse(before) as ChartOutput, diagnostics: [] };
  const result = await limited(() => helm.template(job.request));
  if (result instanceof ToolError) return { diagnostics: [chartProblem(result, job.plan, job.cluster)] };
  if ('error' in result) return { diagnostics: [refusalFinding(result.error, job)] };
  const read = readDocuments(result);
  if ('error' in read) return { diagnostics: [refusalFinding(read.error, job)] };
  const value: ChartOutput = { documents: read.documents, impure: result.impure };
  ctx.renders.put(job.key, JSON.stringify(value));
  return { value, diagnostics: [] };
}

/** The result, or what a limit of time or size said. */
async function limited<T>(work: () => Promise<T>): Promise<T | ToolError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ToolError) return error;
    throw error;
  }
}

function chartProblem(error: unknown, { name, component }: ComponentPlan, { cluster }: ClusterPlan): Diagnostic {
  const isOfSource = error instanceof ToolError && error.code.startsWith('chart/');
  const at = isOfSource ? chartPlace(component, cluster, faultyPart(error.code)) : component.source.at('/spec/chart');
  const place = { component: name, at };
  return { ...chartFinding(error, place), cluster: cluster.name };
}
