import { noTime, stopwatch } from './timings.ts';
import type { Timed, Timings } from './timings.ts';
import { createChartRenderer } from '../helm/renderer.ts';
import type { ChartRenderer } from '../helm/renderer.ts';
import type { Context } from '../ports.ts';
import { createApiShapes } from '../kubernetes/shapes/apiShapes.ts';
import type { ShapePlace } from '../kubernetes/shapes/shapeTypes.ts';
import { createApiLifecycle } from '../kubernetes/apiLifecycle.ts';
import { createCel } from '../template/cel.ts';
import { lastWave } from '../render/applications.ts';
import { exclusiveFindings, exclusiveOf } from '../validate/exclusive.ts';
import { renderFleets } from '../render/fleet.ts';
import type { PatchSchemas } from '../render/patches.ts';
import type { FleetMember } from '../render/fleet.ts';
import type { ScopeOf } from '../helm/rendered.ts';
import { minorOf } from '../kubernetes/version.ts';
import { guardsOf } from '../plan/guards.ts';
import { planCluster } from '../plan/plan.ts';
import { renderCluster } from '../render/render.ts';
import { resolveCluster } from '../plan/resolve.ts';
import { sha } from '../util/digest.ts';
import { locateMerged } from '../config/merge.ts';
import { unusedSettings } from '../plan/componentSettings.ts';
import { consentsOf } from '../plan/consents.ts';
import type { CachedCluster, FinishedCluster, ClusterFacts } from '../model/finished.ts';
import { createSchemas } from '../config/jsonSchema.ts';
import { createTemplates } from '../template/template.ts';
import { checkTemplates } from '../catalog/templateCheck.ts';
import type { Tools } from '../template/tools.ts';
import { plainPolicy } from '../validate/policy.ts';
import type { ObjectPolicy } from '../validate/policy.ts';
import type { Names } from '../validate/references/collect.ts';
import { chartsOf, checkReferences, namesOfTree, rulesOf } from '../validate/references/check.ts';
import { silencesOf, withoutSilenced } from '../plan/silence.ts';
import { sideBySide } from './sideBySide.ts';
import { secretsInTemplates } from './secretsInTemplates.ts';
import { layerSecrets, objectSecrets } from '../validate/secrets/findings.ts';
import { objectPlace } from '../validate/rules.ts';
import { validateTree } from '../validate/tree.ts';
import type { TreeChecks } from '../validate/tree.ts';
import type { Diagnostic, Outcome } from '../model/diagnostic.ts';
import { hasErrors } from '../model/diagnostic.ts';
import type { Catalog, ClusterPlan, RenderedTree, ResolvedCluster } from '../model/model.ts';
import { asString, valueAt } from '../model/values.ts';
import { catalogOf, planAll, soundness } from './plan.ts';
import type { PlannedClusters } from './plan.ts';
import { proveClusters } from '../validate/charts/proof.ts';
import type { ProofReport } from '../validate/charts/proof.ts';
import { specDigest } from './runCache.ts';
import { createFolderCheck, renderCharts } from './folderCharts.ts';
import type { FolderCheck } from './folderCharts.ts';
import type { Source } from '../model/source.ts';
import { catalogsOf, createLoader } from './load.ts';
import type { Selection, Workspace } from './load.ts';
import { finishInThreads, passesThreads } from './threads.ts';
import { deployedFileOf, treeFileOf } from '../tree/paths.ts';
import { specName } from '../config/specFiles.ts';

export type { Selection, Workspace } from './load.ts';

/** One cluster through all stages, as far as it came. */
export interface ClusterResult extends FinishedCluster {
  /** Current by the cache: nothing was rendered. */
  readonly cached?: CachedCluster;
  /** Absent when another thread rendered it. */
  readonly resolved?: ResolvedCluster;
  /** Absent when another thread rendered it. */
  readonly plan?: ClusterPlan;
  /** What the objects of the tree name, for the proof of charts to go on with. */
  readonly names?: Names;
  /** Which silences of the cluster silenced something of its tree. */
  readonly used?: Set<string>;
}

/** The part of a result that is plain data. */
export function finished({ name, facts, tree, checked, guards, diagnostics }: ClusterResult): FinishedCluster {
  return {
    name,
    diagnostics,
    ...(facts === undefined ? {} : { facts }),
    ...(tree === undefined ? {} : { tree }),
    ...(checked === undefined ? {} : { checked }),
    ...(guards === undefined ? {} : { guards }),
  };
}

export interface PipelineResult {
  readonly workspace: Workspace;
  readonly clusters: readonly ClusterResult[];
  readonly fleets: readonly RenderedTree[];
  readonly diagnostics: readonly Diagnostic[];
  /** What rendering the charts showed; undefined when it was not asked for. */
  readonly proof?: ProofReport;
  readonly timings: Timings;
}

export interface Pipeline {
  readonly tools: Tools;
  /** What Helm makes of charts; undefined without a Helm. */
  charts(): Promise<ChartRenderer | undefined>;
  /** Which kinds are namespaced on a cluster. */
  scopesOf(cluster: ClusterPlan): ScopeOf;
  run(selection: Selection): Promise<PipelineResult>;
  /** The clusters as far as their plans: what they install and from where. Nothing is rendered. */
  plan(selection: Selection): Promise<PlannedClusters>;
  /** The catalog of the working tree, for commands that need nothing else. */
  loadCatalog(): Outcome<Catalog>;
}

/** How objects are checked, where it is not as usual. */
export interface ObjectChecks {
  /** Minor of Kubernetes in place of each cluster's. */
  readonly kubernetes?: string | undefined;
  readonly policy?: ObjectPolicy;
  /** Where schemas are looked for, in place of schemas/. */
  readonly places?: readonly ShapePlace[] | undefined;
}

/** The checks of objects, on the schemas of the repository and the program. */
export function createChecks(
  ctx: Context,
  { kubernetes, policy = plainPolicy, places }: ObjectChecks = {},
): TreeChecks {
  const documents = new Map<string, unknown>();
  const read = (path: string): unknown => {
    if (!documents.has(path)) documents.set(path, ctx.schemaJson(path));
    return documents.get(path);
  };
  const source = {
    kubernetes: (minor: string) => read(`kubernetes/v${minor}.json`),
    crd: (group: string, version: string, kind: string) => read(`crds/${group}/${kind}_${version}.json`),
    lifecycle: () => read('kubernetes/lifecycle.json'),
    ...(places === undefined ? {} : { places }),
  };
  return { shapes: createApiShapes(source), lifecycle: createApiLifecycle(source), policy, kubernetes };
}

/** One run: the tools are made once, compiled schemas and templates live as long as it. */
export function createPipeline(ctx: Context, objectChecks?: ObjectChecks): Pipeline {
  const tools: Tools = {
    cel: createCel(),
    templates: createTemplates(),
    memo: new Map(),
    secrets: ctx.secrets,
    checker: createSchemas().checker,
  };
  const checks = createChecks(ctx, objectChecks);
  const loader = createLoader(ctx, tools);
  let opened: Promise<ChartRenderer | undefined> | undefined;
  const charts = (): Promise<ChartRenderer | undefined> =>
    (opened ??= ctx
      .helm()
      .then((helm) => (helm === undefined ? undefined : createChartRenderer(ctx, tools, helm, checks.kubernetes))));
  const lookAtFolders = createFolderCheck(ctx.charts);
  const runTools: RunTools = { ctx, tools, checks, isUsual: objectChecks === undefined, charts, lookAtFolders };
  return {
    tools,
    charts,
    scopesOf: (cluster) => scopesOf(cluster, checks),
    loadCatalog: loader.catalog,
    run: (selection) => runAll(runTools, loader.workspace, selection),
    plan: (selection) => planAll(tools, loader.workspace, selection),
  };
}

/** What the stages of a run work with. */
interface RunTools {
  readonly ctx: Context;
  readonly tools: Tools;
  readonly checks: TreeChecks;
  /** Objects are checked as every run does by default; else nothing that other runs or threads found counts. */
  readonly isUsual: boolean;
  charts(): Promise<ChartRenderer | undefined>;
  readonly lookAtFolders: FolderCheck;
}

async function runAll(
  runTools: RunTools,
  load: (s: Selection) => Promise<Workspace>,
  selection: Selection,
): Promise<PipelineResult> {
  const { ctx, tools } = runTools;
  const timings = noTime();
  const timed = stopwatch(ctx, timings);
  const workspace = await timed('load', () => load(selection));
  const templates = selection.checkTemplates === true ? catalogFindings(workspace, tools) : [];
  const isSound = soundness(workspace);
  const sound = workspace.clusters.filter(isSound);
  const clusters: ClusterResult[] = [
    ...[...workspace.current].map(([name, cached]) => ({
      name,
      cached,
      facts: cached,
      checked: cached.checked,
      diagnostics: cached.diagnostics,
    })),
    ...workspace.clusters.filter((s) => !isSound(s)).map((s) => ({ name: specName(s.file), diagnostics: [] })),
    ...workspace.unread.map((name) => ({ name, diagnostics: [] })),
  ];
  const elsewhere = passesThreads(runTools.isUsual, selection)
    ? await finishInThreads(ctx, sound.map(clusterName), selection.jobs ?? 1, timings)
    : undefined;
  const here = (source: Source, i: number): Promise<ClusterResult> => {
    ctx.log.progress('render', i + 1, sound.length);
    return runCluster(source, workspace, runTools, timed, selection);
  };
  clusters.push(...(elsewhere ?? (await sideBySide(ctx, sound, here))));
  ctx.log.clearProgress();
  clusters.sort((a, b) => (a.name < b.name ? -1 : 1));
  const members = clusters.flatMap(memberOf);
  const fleets =
    workspace.complete && members.length === clusters.length ? renderFleets(members) : { value: [], diagnostics: [] };
  const proof = selection.prove === true ? await timed('prove', () => proven(clusters, runTools)) : undefined;
  ctx.renders.trim();
  const unread = clusters.filter((c) => elsewhere !== undefined || c.cached !== undefined).flatMap(memberOf);
  const rendered = { plans: clusters.flatMap((c) => c.plan ?? []), unread: unread.flatMap((m) => m.components) };
  const diagnostics = [
    ...workspace.diagnostics,
    ...templates,
    ...(selection.checkTemplates === true ? secretsInTemplates(workspace, rendered, tools.secrets) : []),
    ...clusters.flatMap((c) => c.diagnostics),
    ...fleets.diagnostics,
    ...(selection.isTrial === true ? [] : exclusiveFindings(clusters)),
    ...(selection.isTrial === true ? [] : unusedInFleet(clusters, workspace)),
    // a silence may be for a cluster that was left out
    ...(proof?.diagnostics ?? []).filter((d) => workspace.complete || d.code !== 'spec/unused-silence'),
  ];
  return { workspace, clusters, fleets: fleets.value ?? [], diagnostics, timings, ...(proof && { proof }) };
}

/** What environments set and no cluster has a use for; unknown while a cluster was left out or came to no plan. */
function unusedInFleet(clusters: readonly ClusterResult[], { complete }: Workspace): Diagnostic[] {
  const settings = clusters.flatMap((c) => c.facts?.sharedSettings ?? []);
  return complete && settings.length === clusters.length ? unusedSettings(settings) : [];
}

function proven(clusters: readonly ClusterResult[], runTools: RunTools): Promise<ProofReport> {
  const { ctx, tools, checks } = runTools;
  const plans = clusters.flatMap(({ plan, names, used }) => (plan === undefined ? [] : [{ plan, names, used }]));
  const schemas = runTools.isUsual ? sha(JSON.stringify([ctx.programStamp(), ctx.files.stamps('schemas')])) : undefined;
  return proveClusters(plans, { ctx, tools, schemas, checks, open: runTools.charts });
}

function memberOf({ name, facts, tree, cached }: ClusterResult): FleetMember[] {
  const files =
    tree === undefined
      ? (cached?.stamps ?? []).flatMap(([path]) => deployedFileOf(path)?.file ?? [])
      : [...tree.files.keys()].map(treeFileOf);
  const components = files.flatMap((file) => (file.kind === 'application' ? [file.component] : []));
  return facts === undefined ? [] : [{ ...facts, name, components }];
}

/** What is wrong with the templates of every catalog in use, whether or not a cluster takes their branches. */
function catalogFindings(workspace: Workspace, tools: Tools): Diagnostic[] {
  return catalogsOf(workspace).flatMap((c) => checkTemplates(c, tools.templates, tools.cel));
}

const clusterName = (source: Source): string => asString(valueAt(source.value, '/metadata/name')) ?? source.file;

function scopesOf({ cluster }: ClusterPlan, { shapes, kubernetes }: TreeChecks): ScopeOf {
  const minor = kubernetes ?? minorOf(cluster.info.kubernetes.version);
  return (apiVersion, kind) => shapes.scopeOf(apiVersion, kind, minor);
}

function patchSchemasOf({ cluster }: ClusterPlan, { shapes, kubernetes }: TreeChecks): PatchSchemas {
  const minor = kubernetes ?? minorOf(cluster.info.kubernetes.version);
  return (apiVersion, kind) => shapes.schemaOf(apiVersion, kind, minor);
}

/** resolve → plan → render → validate; stops between stages when one found errors. */
async function runCluster(
  source: Source,
  workspace: Workspace,
  runTools: RunTools,
  timed: Timed,
  { keepObjects, prove }: Selection,
): Promise<ClusterResult> {
  const { tools, checks } = runTools;
  const name = clusterName(source);
  const catalog = catalogOf(source, workspace);
  if (catalog === undefined) return { name, diagnostics: [] };
  const diagnostics: Diagnostic[] = [];
  const stage = async <T>(key: keyof Timings, work: () => Outcome<T> | Promise<Outcome<T>>): Promise<T | undefined> => {
    const outcome = await timed(key, work);
    diagnostics.push(...outcome.diagnostics);
    return hasErrors(outcome.diagnostics) ? undefined : outcome.value;
  };
  const resolved = await stage('resolve', () => resolveCluster(source, workspace.environments, catalog, tools));
  if (resolved === undefined) return { name, diagnostics };
  const used = new Set<string>();
  const own = await timed('resolve', () => layerSecrets(resolved, tools));
  diagnostics.push(...withoutSilenced(own, silencesOf({ cluster: resolved, components: [] }), used));
  if (hasErrors(diagnostics)) return { name, diagnostics };
  const known = factsOf(resolved, workspace);
  const plan = await stage('plan', () => planCluster(resolved, tools));
  if (plan === undefined) return { name, facts: known, resolved, diagnostics };
  const guards = await stage('plan', () => guardsOf(plan, tools));
  if (guards === undefined) return { name, facts: known, resolved, diagnostics };
  const base = {
    ...known,
    lastWave: lastWave(plan.components),
    sharedSettings: plan.sharedSettings,
    exclusive: exclusiveOf(plan),
  };
  const charts = await stage('charts', () => renderCharts(plan, runTools, scopesOf(plan, checks)));
  if (charts === undefined) return { name, facts: base, resolved, plan, diagnostics };
  const facts = charts.inputs === undefined ? base : { ...base, rendered: charts.inputs };
  const tree = await stage('render', () => renderCluster(plan, tools, charts.charts, patchSchemasOf(plan, checks)));
  if (tree === undefined) return { name, facts, resolved, plan, diagnostics };
  const report = await timed('validate', () => validateTree(tree, plan, checks, tools.memo));
  const silences = silencesOf(plan);
  const secrets = await timed('validate', () => objectSecrets(tree.objects, resolved, tools));
  const placed = secrets.map((d) => ({ ...d, at: d.at ?? objectPlace(d.component, plan), cluster: name }));
  const names = await timed('validate', () => namesOfTree(tree.objects, rulesOf(plan, tools.memo)));
  // a proof knows the charts, and judges names with what they bring
  const missing = prove === true ? [] : checkReferences([names], plan, chartsOf(plan));
  diagnostics.push(...withoutSilenced([...report.diagnostics, ...placed, ...missing], silences, used));
  const kept = keepObjects === true ? tree : { ...tree, objects: [] };
  const found = prove === true ? { names, used } : {};
  return { name, facts, resolved, plan, guards, tree: kept, checked: report.checked, diagnostics, ...found };
}

function factsOf({ source, catalog, info, layers, merged }: ResolvedCluster, workspace: Workspace): ClusterFacts {
  const hubAt = info.argocd.hub === null ? undefined : locateMerged(layers, '/argocd/hub', 'value');
  return {
    spec: specDigest(source.file, source.text),
    shared: workspace.sharedDigest(catalog),
    catalogVersion: catalog.version,
    info,
    deletionBudget: Number(merged['deletionBudget'] ?? 0),
    deletions: consentsOf(layers),
    ...(catalog.pin === undefined ? {} : { pin: catalog.pin }),
    ...(hubAt === undefined ? {} : { hubAt }),
  };
}
