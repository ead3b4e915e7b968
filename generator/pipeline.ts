import catalogSchema from '../schemas/catalog.schema.json' with { type: 'json' };
import capabilitySchema from '../schemas/capability.schema.json' with { type: 'json' };
import clusterBase from '../schemas/base/cluster.schema.json' with { type: 'json' };
import componentSchema from '../schemas/component.schema.json' with { type: 'json' };
import environmentBase from '../schemas/base/environment.schema.json' with { type: 'json' };
import type { Context } from './context.ts';
import { createApiShapes } from './core/apiShapes.ts';
import { buildCatalog } from './core/catalog.ts';
import type { CatalogSchemas } from './core/catalog.ts';
import { createCel } from './core/cel.ts';
import { renderFleets } from './core/fleet.ts';
import { composeSchema } from './core/options.ts';
import { planCluster } from './core/plan.ts';
import { renderCluster } from './core/render.ts';
import { resolveCluster } from './core/resolve.ts';
import { createSchemas } from './core/schema.ts';
import { matchesSelector, nameMatcher } from './core/select.ts';
import { createTemplates } from './core/template.ts';
import type { Tools } from './core/tools.ts';
import { validateTree } from './core/validate.ts';
import type { Checked } from './core/validate.ts';
import { checkNamed, pinOf } from './core/workspace.ts';
import type { Diagnostic, Outcome } from './model/diagnostic.ts';
import { hasErrors, ToolError, UsageError } from './model/diagnostic.ts';
import type { Catalog, ClusterPlan, RenderedTree, ResolvedCluster } from './model/model.ts';
import type { ValueMap } from './model/values.ts';
import { asMap, asString, valueAt } from './model/values.ts';
import { parseSource } from './source/source.ts';
import type { Source } from './source/source.ts';

export interface Selection {
  /** Globs over cluster names; empty: all. */
  readonly clusters: readonly string[];
  /** Label selector `key=value,key2!=value`. */
  readonly selector?: string;
}

/** The files of a repository, read and checked one by one. */
export interface Workspace {
  readonly clusters: readonly Source[];
  readonly environments: ReadonlyMap<string, Source>;
  readonly catalog: Catalog | undefined;
  readonly catalogs: ReadonlyMap<string, Catalog>;
  readonly diagnostics: readonly Diagnostic[];
  /** False when a selection left clusters out. */
  readonly complete: boolean;
}

/** One cluster through all stages, as far as it came. */
export interface ClusterResult {
  readonly name: string;
  readonly resolved?: ResolvedCluster;
  readonly plan?: ClusterPlan;
  readonly tree?: RenderedTree;
  readonly checked?: Checked;
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
  loadWorkspace(selection: Selection): Promise<Workspace>;
  run(selection: Selection): Promise<PipelineResult>;
  /** The catalog of the working tree, for commands that need nothing else. */
  loadCatalog(): Outcome<Catalog>;
}

/** One run: the tools are made once, compiled schemas and templates live as long as it. */
export function createPipeline(ctx: Context): Pipeline {
  const schemas = createSchemas();
  const checkers: CatalogSchemas = { catalog: schemas.checker(catalogSchema), capability: schemas.checker(capabilitySchema), component: schemas.checker(componentSchema) };
  const tools: Tools = { cel: createCel(), templates: createTemplates(), memo: new Map(), checker: schemas.checker };
  const shapes = createApiShapes({
    kubernetes: (minor) => ctx.schemaJson(`kubernetes/v${minor}.json`),
    crd: (group, version, kind) => ctx.schemaJson(`crds/${group}/${kind}_${version}.json`),
  });
  const loadCatalog = (): Outcome<Catalog> => collectFiles(ctx, ['catalog', 'custom'], (files) => buildCatalog(files, checkers));

  const loadWorkspace = async (selection: Selection): Promise<Workspace> => {
    const diagnostics: Diagnostic[] = [];
    const catalog = loadCatalog();
    diagnostics.push(...catalog.diagnostics);
    const environments = new Map<string, Source>();
    for (const source of readSources(ctx, 'environments', undefined, diagnostics)) environments.set(source.file.replace(/^environments\/|\.ya?ml$/g, ''), source);
    const all = ctx.files.list('clusters', ['.yaml', '.yml']);
    const wanted = nameMatcher(selection.clusters);
    const files = all.filter((f) => wanted(f.replace(/^clusters\/|\.ya?ml$/g, '')));
    if (files.length === 0 && selection.clusters.length > 0) throw new UsageError(`No cluster matches ${selection.clusters.join(', ')}.`, `Clusters here: ${all.map((f) => f.replace(/^clusters\/|\.ya?ml$/g, '')).join(', ') || 'none'}.`);
    let clusters = readSources(ctx, 'clusters', files, diagnostics);
    if (selection.selector !== undefined) clusters = clusters.filter((s) => matchesSelector(asMap(valueAt(s.value, '/metadata/labels')), selection.selector ?? ''));
    const catalogs = new Map<string, Catalog>();
    for (const source of clusters) await pinnedCatalog(ctx, source, environments, catalogs, checkers, diagnostics);
    if (catalog.value !== undefined) {
      const composed = new Map<Catalog, ReturnType<typeof tools.checker>>();
      const checkerFor = (c: Catalog): ReturnType<typeof tools.checker> => composed.get(c) ?? composed.set(c, tools.checker(composeSchema(clusterBase as unknown as ValueMap, c))).get(c)!;
      const environmentChecker = tools.checker(composeSchema(environmentBase as unknown as ValueMap, catalog.value));
      for (const source of environments.values()) diagnostics.push(...checkNamed(source, environmentChecker, 'environments'));
      for (const source of clusters) {
        const pin = pinOf(source, environments);
        const own = pin === undefined ? catalog.value : catalogs.get(pin);
        if (own !== undefined) diagnostics.push(...checkNamed(source, checkerFor(own), 'clusters'));
      }
    }
    return { clusters, environments, catalog: catalog.value, catalogs, diagnostics, complete: files.length === all.length && selection.selector === undefined };
  };

  return { tools, loadCatalog, loadWorkspace, run: (selection) => runStages(ctx, tools, shapes, loadWorkspace, selection) };
}

async function runStages(ctx: Context, tools: Tools, shapes: ReturnType<typeof createApiShapes>, load: (s: Selection) => Promise<Workspace>, selection: Selection): Promise<PipelineResult> {
  const timings: Timings = { load: 0, resolve: 0, plan: 0, render: 0, validate: 0, compare: 0, publish: 0 };
  const timed = <T>(stage: keyof Timings, work: () => T): T => {
    const start = ctx.now();
    const result = work();
    timings[stage] += ctx.now() - start;
    return result;
  };
  const start = ctx.now();
  const workspace = await load(selection);
  timings.load = ctx.now() - start;
  const diagnostics: Diagnostic[] = [...workspace.diagnostics];
  const broken = new Set(diagnostics.filter((d) => d.severity === 'error').map((d) => d.at?.file));
  const clusters: ClusterResult[] = [];
  const skipAll = [...broken].some((file) => file === undefined || /^(?:catalog|custom|environments)\//.test(file));
  workspace.clusters.forEach((source, i) => {
    ctx.log.progress('render', i + 1, workspace.clusters.length);
    const name = asString(valueAt(source.value, '/metadata/name')) ?? source.file;
    const pin = pinOf(source, workspace.environments);
    const catalog = pin === undefined ? workspace.catalog : workspace.catalogs.get(pin);
    if (skipAll || broken.has(source.file) || catalog === undefined) {
      clusters.push({ name });
      return;
    }
    const resolved = timed('resolve', () => resolveCluster(source, workspace.environments, catalog, tools));
    diagnostics.push(...resolved.diagnostics);
    if (resolved.value === undefined || hasErrors(resolved.diagnostics)) {
      clusters.push({ name });
      return;
    }
    const cluster = resolved.value;
    const plan = timed('plan', () => planCluster(cluster, tools));
    diagnostics.push(...plan.diagnostics);
    if (plan.value === undefined || hasErrors(plan.diagnostics)) {
      clusters.push({ name, resolved: cluster });
      return;
    }
    const clusterPlan = plan.value;
    const rendered = timed('render', () => renderCluster(clusterPlan, tools));
    diagnostics.push(...rendered.diagnostics);
    if (rendered.value === undefined || hasErrors(rendered.diagnostics)) {
      clusters.push({ name, resolved: cluster, plan: clusterPlan });
      return;
    }
    const tree = rendered.value;
    const report = timed('validate', () => validateTree(tree, clusterPlan, shapes, tools.memo));
    diagnostics.push(...report.diagnostics);
    clusters.push({ name, resolved: cluster, plan: clusterPlan, tree: { ...tree, objects: [] }, checked: report.checked });
  });
  ctx.log.clearProgress();
  const fleets = workspace.complete && clusters.every((c) => c.resolved !== undefined) ? renderFleets(clusters.flatMap((c) => (c.resolved === undefined ? [] : [c.resolved]))) : { value: [], diagnostics: [] };
  diagnostics.push(...fleets.diagnostics);
  return { workspace, clusters, fleets: fleets.value ?? [], diagnostics, timings };
}

function collectFiles<T>(ctx: Context, folders: readonly string[], use: (files: ReadonlyMap<string, string>) => Outcome<T>): Outcome<T> {
  const files = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  for (const file of folders.flatMap((f) => ctx.files.list(f, ['.yaml', '.hbs']))) {
    try {
      files.set(file, ctx.files.read(file));
    } catch (error) {
      diagnostics.push(fileDiagnostic(file, error));
    }
  }
  const outcome = use(files);
  return { ...outcome, diagnostics: [...diagnostics, ...outcome.diagnostics] };
}

function readSources(ctx: Context, folder: string, files: readonly string[] | undefined, diagnostics: Diagnostic[]): Source[] {
  return (files ?? ctx.files.list(folder, ['.yaml', '.yml'])).flatMap((file) => {
    try {
      const outcome = parseSource(file, ctx.files.read(file));
      diagnostics.push(...outcome.diagnostics);
      return outcome.value === undefined ? [] : [outcome.value];
    } catch (error) {
      diagnostics.push(fileDiagnostic(file, error));
      return [];
    }
  });
}

function fileDiagnostic(file: string, error: unknown): Diagnostic {
  if (!(error instanceof ToolError)) throw error;
  return { code: error.code, severity: 'error', message: error.message, at: { file, line: 1, col: 1 }, ...(error.hint === undefined ? {} : { hint: error.hint }) };
}

/** Reads the catalog of a pin from its git tag; `custom/` belongs to the fleet and always comes from the working tree. */
async function pinnedCatalog(ctx: Context, source: Source, environments: ReadonlyMap<string, Source>, catalogs: Map<string, Catalog>, checkers: CatalogSchemas, diagnostics: Diagnostic[]): Promise<void> {
  const pin = pinOf(source, environments);
  if (pin === undefined || catalogs.has(pin)) return;
  const at = source.at(source.has('/spec/catalog') ? '/spec/catalog' : '/spec');
  const files = (await ctx.git.isRepository()) ? await ctx.git.filesAt(pin, ['catalog']) : undefined;
  if (files === undefined || files.size === 0) {
    diagnostics.push({ code: 'catalog/pin', severity: 'error', message: `There is no git tag "${pin}"${files === undefined ? '' : ' with a catalog'} in this repository.`, at, hint: 'Run `git fetch --tags`, or correct spec.catalog.' });
    return;
  }
  const outcome = collectFiles(ctx, ['custom'], (custom) => buildCatalog(new Map([...files, ...custom]), checkers, pin));
  diagnostics.push(...outcome.diagnostics.map((d) => ({ ...d, message: `${d.message} (catalog ${pin})` })));
  if (outcome.value !== undefined) catalogs.set(pin, outcome.value);
}
