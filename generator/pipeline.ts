import type { Context } from './context.ts';
import { createApiShapes } from './core/apiShapes.ts';
import type { ApiShapeChecker } from './core/apiShapes.ts';
import { createCel } from './core/cel.ts';
import { renderFleets } from './core/fleet.ts';
import { planCluster } from './core/plan.ts';
import { renderCluster } from './core/render.ts';
import { resolveCluster } from './core/resolve.ts';
import type { CachedCluster } from './core/runCache.ts';
import { createSchemas } from './core/schema.ts';
import { createTemplates } from './core/template.ts';
import { checkTemplates } from './core/templateCheck.ts';
import type { Tools } from './core/tools.ts';
import { validateTree } from './core/validate.ts';
import type { Checked } from './core/validate.ts';
import { pinOf } from './core/workspace.ts';
import type { Diagnostic, Outcome } from './model/diagnostic.ts';
import { hasErrors } from './model/diagnostic.ts';
import type { Catalog, ClusterPlan, RenderedTree, ResolvedCluster } from './model/model.ts';
import { asString, valueAt } from './model/values.ts';
import type { Source } from './source/source.ts';
import { createLoader } from './workspace.ts';
import type { Selection, Workspace } from './workspace.ts';

export type { Selection, Workspace } from './workspace.ts';

/** One cluster through all stages, as far as it came. */
export interface ClusterResult {
  readonly name: string;
  readonly source?: Source;
  /** Current by the cache: nothing was rendered. */
  readonly cached?: CachedCluster;
  readonly resolved?: ResolvedCluster;
  readonly plan?: ClusterPlan;
  readonly tree?: RenderedTree;
  readonly checked?: Checked;
  readonly diagnostics: readonly Diagnostic[];
}

export type Timings = Record<'load' | 'resolve' | 'plan' | 'render' | 'validate' | 'compare' | 'publish', number>;

export interface PipelineResult {
  readonly workspace: Workspace;
  readonly clusters: readonly ClusterResult[];
  readonly fleets: readonly RenderedTree[];
  readonly diagnostics: readonly Diagnostic[];
  readonly timings: Timings;
}

export interface Pipeline {
  readonly tools: Tools;
  run(selection: Selection): Promise<PipelineResult>;
  /** The catalog of the working tree, for commands that need nothing else. */
  loadCatalog(): Outcome<Catalog>;
}

/** One run: the tools are made once, compiled schemas and templates live as long as it. */
export function createPipeline(ctx: Context): Pipeline {
  const tools: Tools = {
    cel: createCel(),
    templates: createTemplates(),
    memo: new Map(),
    checker: createSchemas().checker,
  };
  const shapes = createApiShapes({
    kubernetes: (minor) => ctx.schemaJson(`kubernetes/v${minor}.json`),
    crd: (group, version, kind) => ctx.schemaJson(`crds/${group}/${kind}_${version}.json`),
  });
  const loader = createLoader(ctx, tools);
  return {
    tools,
    loadCatalog: loader.catalog,
    run: (selection) => runAll(ctx, tools, shapes, loader.workspace, selection),
  };
}

type Timed = <T>(stage: keyof Timings, work: () => T) => T;

async function runAll(
  ctx: Context,
  tools: Tools,
  shapes: ApiShapeChecker,
  load: (s: Selection) => Promise<Workspace>,
  selection: Selection,
): Promise<PipelineResult> {
  const timings: Timings = { load: 0, resolve: 0, plan: 0, render: 0, validate: 0, compare: 0, publish: 0 };
  const timed: Timed = (stage, work) => {
    const start = ctx.now();
    const result = work();
    timings[stage] += ctx.now() - start;
    return result;
  };
  const start = ctx.now();
  const workspace = await load(selection);
  timings.load = ctx.now() - start;
  const templates = selection.checkTemplates === true ? catalogFindings(workspace, tools) : [];
  const broken = new Set(workspace.diagnostics.filter((d) => d.severity === 'error').map((d) => d.at?.file));
  const skipAll = [...broken].some((file) => file === undefined || /^(?:catalog|custom|environments)\//.test(file));
  const clusters: ClusterResult[] = [...workspace.current].map(([name, cached]) => ({
    name,
    cached,
    checked: cached.checked,
    diagnostics: cached.diagnostics,
  }));
  workspace.clusters.forEach((source, i) => {
    ctx.log.progress('render', i + 1, workspace.clusters.length);
    const name = asString(valueAt(source.value, '/metadata/name')) ?? source.file;
    clusters.push(
      skipAll || broken.has(source.file)
        ? { name, diagnostics: [] }
        : { source, ...runCluster(name, source, workspace, tools, shapes, timed) },
    );
  });
  ctx.log.clearProgress();
  clusters.sort((a, b) => (a.name < b.name ? -1 : 1));
  const infos = clusters.flatMap((c) =>
    c.resolved === undefined
      ? c.cached === undefined
        ? []
        : [{ name: c.name, info: c.cached.info }]
      : [{ name: c.name, info: c.resolved.info, layers: c.resolved.layers }],
  );
  const fleets =
    workspace.complete && infos.length === clusters.length ? renderFleets(infos) : { value: [], diagnostics: [] };
  const diagnostics = [
    ...workspace.diagnostics,
    ...templates,
    ...clusters.flatMap((c) => c.diagnostics),
    ...fleets.diagnostics,
  ];
  return { workspace, clusters, fleets: fleets.value ?? [], diagnostics, timings };
}

/** What is wrong with the templates of every catalog in use, whether or not a cluster takes their branches. */
function catalogFindings({ catalog, catalogs }: Workspace, tools: Tools): Diagnostic[] {
  const all = [...(catalog === undefined ? [] : [catalog]), ...catalogs.values()];
  return all.flatMap((c) => checkTemplates(c, tools.templates, tools.cel));
}

/** resolve → plan → render → validate; stops between stages when one found errors. */
function runCluster(
  name: string,
  source: Source,
  workspace: Workspace,
  tools: Tools,
  shapes: ApiShapeChecker,
  timed: Timed,
): ClusterResult {
  const pin = pinOf(source, workspace.environments);
  const catalog = pin === undefined ? workspace.catalog : workspace.catalogs.get(pin);
  if (catalog === undefined) return { name, diagnostics: [] };
  const diagnostics: Diagnostic[] = [];
  const stage = <T>(key: keyof Timings, work: () => Outcome<T>): T | undefined => {
    const outcome = timed(key, work);
    diagnostics.push(...outcome.diagnostics);
    return hasErrors(outcome.diagnostics) ? undefined : outcome.value;
  };
  const resolved = stage('resolve', () => resolveCluster(source, workspace.environments, catalog, tools));
  if (resolved === undefined) return { name, diagnostics };
  const plan = stage('plan', () => planCluster(resolved, tools));
  if (plan === undefined) return { name, resolved, diagnostics };
  const tree = stage('render', () => renderCluster(plan, tools));
  if (tree === undefined) return { name, resolved, plan, diagnostics };
  const report = timed('validate', () => validateTree(tree, plan, shapes, tools.memo));
  diagnostics.push(...report.diagnostics);
  return { name, resolved, plan, tree: { ...tree, objects: [] }, checked: report.checked, diagnostics };
}
