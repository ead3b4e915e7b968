import type { Context, Kubernetes } from '../../ports.ts';
import { bounded } from '../../util/concurrency.ts';
import { desiredTree } from '../../drift/desired.ts';
import { greet, liveApis } from '../../drift/live/apis.ts';
import { liveDrift } from '../../drift/live/cluster.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { hasErrors, ToolError } from '../../model/diagnostic.ts';
import type { LiveDrift } from '../../model/drift.ts';
import type { ValueMap } from '../../model/values.ts';
import type { ClusterResult, Pipeline, PipelineResult } from '../../pipeline/pipeline.ts';
import { previewComponents } from '../../preview/clusters.ts';
import type { DriftInvocation } from './command.ts';
import type { Contexts } from './driftContexts.ts';
import { chooseContexts } from './driftContexts.ts';
import { listing } from '../shared/renderAndCompare.ts';
import { fleetTree } from '../../model/names.ts';
import { applicationPath, hubRootPath, rootFile, treePath } from '../../tree/paths.ts';
import { specNames } from '../../config/specFiles.ts';

export interface LiveOutcome {
  readonly live: ReadonlyMap<string, LiveDrift>;
  readonly diagnostics: readonly Diagnostic[];
}

/** One that hangs does not hold up the others. */
const clustersAtOnce = 4;

/** The clusters that are named; one that cannot be spoken with is a finding, and the others have their turn. */
export async function liveDrifts(
  { ctx, options }: DriftInvocation,
  result: PipelineResult,
  pipeline: Pipeline,
): Promise<LiveOutcome> {
  const contexts = chooseContexts({
    given: options.context,
    all: options.all,
    clusters: result.clusters.map((c) => c.name),
    known: specNames(ctx.files, 'clusters'),
  });
  const connections = createConnections(ctx, contexts, options.qps);
  const live = new Map<string, LiveDrift>();
  const diagnostics: Diagnostic[] = [];
  try {
    const named = result.clusters.filter((c) => contexts.has(c.name));
    const rendered = await renderedClusters(named, pipeline);
    const outcomes = await bounded(named, clustersAtOnce, (cluster) =>
      liveCluster(ctx, rendered.get(cluster.name) ?? cluster, options.component, { connections, pipeline }),
    );
    for (const [i, outcome] of outcomes.entries()) {
      diagnostics.push(...outcome.diagnostics);
      if (outcome.value !== undefined) live.set(named[i]?.name ?? '', outcome.value);
    }
  } finally {
    connections.close();
  }
  return { live, diagnostics };
}

/** Clusters with their plans and objects: those that the first run passed over or rendered in threads are rendered together. */
async function renderedClusters(
  named: readonly ClusterResult[],
  pipeline: Pipeline,
): Promise<ReadonlyMap<string, ClusterResult>> {
  const missing = named.filter((c) => c.plan === undefined).map((c) => c.name);
  const again =
    missing.length === 0
      ? []
      : (await pipeline.run({ clusters: [], only: new Set(missing), keepObjects: true })).clusters;
  return new Map([...named, ...again].map((c) => [c.name, c]));
}

interface Connections {
  /** Undefined: nobody named a context for it. */
  to(cluster: string): Promise<Kubernetes> | undefined;
  close(): void;
}

function createConnections(ctx: Context, contexts: Contexts, qps: number): Connections {
  const open = new Map<string, Promise<Kubernetes>>();
  const opened: Kubernetes[] = [];
  return {
    to(cluster) {
      if (!contexts.has(cluster)) return undefined;
      const context = contexts.get(cluster);
      const found =
        open.get(cluster) ??
        ctx.kubernetes({ context, qps }).then((api) => {
          opened.push(api);
          return api;
        });
      open.set(cluster, found);
      return found;
    },
    close: () => opened.forEach((api) => api.close()),
  };
}

interface Means {
  readonly connections: Connections;
  readonly pipeline: Pipeline;
}

async function liveCluster(
  ctx: Context,
  cluster: ClusterResult,
  components: readonly string[],
  { connections, pipeline }: Means,
): Promise<{ readonly value?: LiveDrift; readonly diagnostics: readonly Diagnostic[] }> {
  const { name, facts } = cluster;
  const diagnostics: Diagnostic[] = [];
  try {
    const api = await connections.to(name);
    if (api === undefined) return { diagnostics };
    const version = await greet(api);
    const files = await listing(ctx, name);
    const hub = facts?.info.argocd.hub ?? null;
    const charts = await renderedCharts(
      ctx,
      { pipeline, apis: () => liveApis(api, version) },
      cluster,
      components,
      diagnostics,
    );
    const control = hub === null ? api : await hubOf(hub, name, connections, diagnostics);
    const fleet = new Map([...(await listing(ctx, fleetTree))].filter(([path]) => path === hubRootPath(name)));
    const tree = desiredTree(name, files);
    diagnostics.push(
      ...tree.applications.flatMap((a) =>
        a.rules.flatMap((r) => r.unknown.map((text) => ruleFinding(text, a.file, name))),
      ),
    );
    const value = await liveDrift(ctx, { cluster: name, listing: files, fleet, charts, api, control, components });
    return {
      value,
      diagnostics: [...diagnostics, ...value.unchecked.map((u) => uncheckedFinding(u.what, u.why, name))],
    };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return { diagnostics: [...diagnostics, { ...error.finding(), cluster: name, at: placeOf(name) }] };
  }
}

const placeOf = (cluster: string): NonNullable<Diagnostic['at']> => ({
  file: treePath(cluster, rootFile),
  line: 1,
  col: 1,
});

/** The cluster whose Argo CD manages this one, or why it is not asked. */
async function hubOf(
  hub: string,
  cluster: string,
  connections: Connections,
  diagnostics: Diagnostic[],
): Promise<Kubernetes | string> {
  try {
    const found = await connections.to(hub);
    return found ?? `they are on the hub ${hub}, whose context is not named (--context ${hub}=<context>)`;
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    diagnostics.push({ ...error.finding(), cluster, at: placeOf(cluster) });
    return `they are on the hub ${hub}, which cannot be asked`;
  }
}

/** What Helm makes of the charts of a cluster; a chart that it does not make anything of is left to Argo CD's own word. */
async function renderedCharts(
  ctx: Context,
  { pipeline, apis: ask }: { readonly pipeline: Pipeline; readonly apis: () => ReturnType<typeof liveApis> },
  { name: cluster, plan, tree }: ClusterResult,
  components: readonly string[],
  diagnostics: Diagnostic[],
): Promise<ReadonlyMap<string, readonly ValueMap[]>> {
  const helm = await ctx.helm().catch((error: unknown) => {
    if (!(error instanceof ToolError)) throw error;
    // what is wrong with it is said; Argo CD's own word is left
    diagnostics.push({ ...error.finding(), severity: 'warning', cluster, at: placeOf(cluster) });
    return undefined;
  });
  if (helm === undefined) return new Map();
  if (plan === undefined || tree === undefined) return new Map();
  const names = plan.components
    .filter((c) => c.chart !== undefined && c.delivery === 'chart' && tree.files.has(applicationPath(c.name)))
    .map((c) => c.name)
    .filter((n) => components.length === 0 || components.includes(n));
  if (names.length === 0) return new Map();
  const apis = await ask();
  if (typeof apis === 'string')
    diagnostics.push(uncheckedFinding('the version and APIs that charts see', apis, cluster));
  const means = typeof apis === 'string' ? pipeline : { ...pipeline, apis };
  const previewed = await previewComponents({ plan, tree }, names, means);
  const failed = new Set(previewed.diagnostics.filter((d) => d.severity === 'error').map((d) => d.component));
  diagnostics.push(
    ...previewed.diagnostics.filter((d) => d.severity === 'error').map((d) => ({ ...d, severity: 'warning' as const })),
  );
  if (hasErrors(previewed.diagnostics) && failed.has(undefined)) return new Map();
  return new Map((previewed.value ?? []).filter((c) => !failed.has(c.name)).map((c) => [c.name, c.objects]));
}

const ruleFinding = (text: string, file: string, cluster: string): Diagnostic => ({
  code: 'drift/ignore-rule',
  severity: 'warning',
  cluster,
  at: { file, line: 1, col: 1 },
  message: `The expression ${text} of ignoreDifferences is not understood here; what it would hide is reported.`,
  hint: 'Write it as a path (`.a[].b`, `select(.name == "x")`), or as jsonPointers.',
});

const uncheckedFinding = (what: string, why: string, cluster: string): Diagnostic => ({
  code: 'drift/unchecked',
  severity: 'warning',
  cluster,
  at: placeOf(cluster),
  message: `Not compared: ${what}: ${why}.`,
  hint: 'docs/drift.md has the rights that the account needs.',
});
