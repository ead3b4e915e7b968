import { lockFile } from '../charts/lock.ts';
import type { Context } from '../ports.ts';
import { matchesSelector, nameMatcher, requireMatches } from '../util/glob.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { hasErrors, ToolError, UsageError } from '../model/diagnostic.ts';
import type { Change, RenderedTree } from '../model/model.ts';
import { asString, compareText, valueAt } from '../model/values.ts';
import { inputPaths } from '../config/inputs.ts';
import { mountCatalogs } from './mount.ts';
import { withTexts } from './overlay.ts';
import type { ClusterResult, PipelineResult } from './pipeline.ts';
import { createPipeline } from './pipeline.ts';
import { parseSource } from '../yaml/source.ts';
import { catalogsOf, isCatalogFile } from './load.ts';
import { kindsOfAll } from '../catalog/kinds.ts';
import type { KindTable } from '../kubernetes/kindTable.ts';
import { treePath } from '../tree/paths.ts';
import { specFiles, specName } from '../config/specFiles.ts';

export interface BaseSelection {
  readonly revision: string;
  readonly clusters: readonly string[];
  readonly selector?: string;
  readonly jobs: number;
}

/** What a base revision renders to and what the working tree renders to, where that may differ. */
export interface ComparedWithBase {
  readonly changes: readonly Change[];
  readonly before: readonly ClusterResult[];
  readonly after: readonly ClusterResult[];
  /** What either side knows of kinds. */
  readonly kinds: KindTable;
  /** Findings of the working tree, and of the base where it does not render. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Renders a revision and the working tree in memory with this program, and compares. Only what an input that differs can
 * reach is rendered: a cluster whose spec and environments are the same under the same catalog is the same. Throws UsageError
 * when there is no such revision, or no such cluster.
 */
export async function compareWithBase(ctx: Context, selection: BaseSelection): Promise<ComparedWithBase> {
  const { revision } = selection;
  if (!(await ctx.git.isRepository()))
    throw new ToolError(
      'git/not-a-repository',
      'This folder is not a git work tree, so it has no revisions.',
      'Run `git init`, or pass the repository with --root.',
    );
  const commit = await ctx.git.commitOf(revision);
  if (commit === undefined)
    throw new UsageError(
      `There is no revision "${revision}" in this repository.`,
      (await ctx.git.isShallow())
        ? 'This clone is shallow: run `git fetch --unshallow`, or have CI clone with its whole history (fetch-depth: 0, GIT_DEPTH: "0").'
        : 'Run `git fetch`, or name another.',
    );
  const paths = await ctx.git.changedSince(commit, [...inputPaths, ...catalogFolders(ctx)]);
  const texts = await ctx.git.textsAt(commit, paths);
  const standing = withTexts(ctx.unmounted ?? ctx, new Map(paths.map((path) => [path, texts.get(path)])));
  const base = await mountCatalogs(standing);
  const touched = touchedClusters(ctx, base, paths, selection.clusters);
  const run = (of: Context): Promise<PipelineResult> => rendered(of, touched, selection.jobs);
  const [after, before] = [await run(ctx), await run(base)];
  const wanted = labelled(selection.selector, before, after);
  return {
    changes: wanted.flatMap((name) => treeChanges(name, treeOf(before, name), treeOf(after, name))),
    before: before.clusters,
    after: after.clusters,
    kinds: kindsOfAll([before, after].flatMap((side) => catalogsOf(side.workspace))),
    diagnostics: [...after.diagnostics, ...baseFindings(before, revision)],
  };
}

/** Folders of the repository that catalogs of its slipway.yaml are. */
const catalogFolders = ({ mounted }: Context): readonly string[] =>
  (mounted?.layers ?? []).flatMap(({ source }) => (source.kind === 'folder' ? [source.path] : []));

/** Clusters that a change of these files can reach. */
interface Touched {
  readonly names: ReadonlySet<string>;
  /** The roots of hubs may differ, which takes every cluster. */
  readonly everything: boolean;
}

/** What any cluster may be made of. */
const isShared = (path: string): boolean =>
  isCatalogFile(path) ||
  path === lockFile ||
  /^(?:catalogs\/|slipway\.(?:yaml|lock)$)/.test(path) ||
  /^schemas\/(?:crds|kubernetes)\//.test(path);

function touchedClusters(now: Context, base: Context, paths: readonly string[], globs: readonly string[]): Touched {
  const specs = (ctx: Context): readonly string[] => specFiles(ctx.files, 'clusters');
  const all = [...new Set([...specs(now), ...specs(base)])].sort(compareText);
  requireMatches(globs, all.map(specName));
  const isWanted = nameMatcher(globs);
  const changed = new Set(paths);
  const folders = [...catalogFolders(now), ...catalogFolders(base)];
  const everyCluster = paths.some((path) => isShared(path) || folders.some((folder) => path.startsWith(`${folder}/`)));
  const environments = new Set([...reaching(now, changed), ...reaching(base, changed)]);
  const isTouched = (file: string): boolean =>
    changed.has(file) || (environments.size > 0 && environments.has(environmentOf(now, file) ?? ''));
  const names = all.filter((file) => isWanted(specName(file)) && (everyCluster || isTouched(file))).map(specName);
  const isWhole = all.every((file) => isWanted(specName(file)));
  return {
    names: new Set(names),
    everything: isWhole && names.length > 0 && changesHubs(now, base, all, names),
  };
}

/** Environments that differ, or that extend one that does. */
function reaching(ctx: Context, changed: ReadonlySet<string>): string[] {
  const files = specFiles(ctx.files, 'environments');
  const parents = new Map(files.map((file) => [specName(file), textAt(ctx, file, '/spec/extends')]));
  const differs = new Set([...changed].filter((f) => f.startsWith('environments/')).map(specName));
  return [...differs, ...parents.keys()].filter((name) => {
    const seen = new Set<string>();
    for (let at: string | undefined = name; at !== undefined && !seen.has(at); at = parents.get(at)) {
      if (differs.has(at)) return true;
      seen.add(at);
    }
    return false;
  });
}

const environmentOf = (ctx: Context, file: string): string | undefined => textAt(ctx, file, '/spec/environment');

function textAt(ctx: Context, file: string, pointer: string): string | undefined {
  if (!ctx.files.exists(file)) return undefined;
  return asString(valueAt(parseSource(file, ctx.files.read(file)).value?.value, pointer));
}

/** Whether the roots of hubs may differ: some cluster has a hub, and what hubs are made of is not the same. */
function changesHubs(now: Context, base: Context, all: readonly string[], names: readonly string[]): boolean {
  const touched = new Set(names);
  const usesHubs = (ctx: Context): boolean =>
    [...all, ...specFiles(ctx.files, 'environments')].some(
      (file) => ctx.files.exists(file) && /\bhub\b/.test(ctx.files.read(file)),
    );
  if (!usesHubs(now) && !usesHubs(base)) return false;
  return all.filter((file) => touched.has(specName(file))).some((file) => hubText(now, file) !== hubText(base, file));
}

/** What a root of roots takes from a spec; environments and catalog may say the same, so that any of them counts as another. */
function hubText(ctx: Context, file: string): string {
  if (!ctx.files.exists(file)) return '';
  const spec = parseSource(file, ctx.files.read(file)).value?.value;
  const own = ['/spec/argocd', '/spec/git', '/spec/environment'].map((pointer) => valueAt(spec, pointer) ?? null);
  const environment = environmentOf(ctx, file);
  const files = specFiles(ctx.files, 'environments');
  return JSON.stringify([own, environment === undefined ? [] : files.map((f) => ctx.files.read(f))]);
}

function rendered(ctx: Context, { names, everything }: Touched, jobs: number): Promise<PipelineResult> {
  return createPipeline(ctx).run({ clusters: [], jobs, ...(everything ? {} : { only: names }) });
}

/** The clusters with these labels on either side, and the roots of hubs. */
function labelled(selector: string | undefined, ...results: readonly PipelineResult[]): string[] {
  const names = results.flatMap((r) => [
    ...r.clusters.flatMap((c) =>
      selector === undefined || (c.facts !== undefined && matchesSelector(c.facts.info.labels, selector))
        ? [c.name]
        : [],
    ),
    ...(selector === undefined ? r.fleets.map((f) => f.cluster) : []),
  ]);
  return [...new Set(names)].sort(compareText);
}

function treeOf(result: PipelineResult, name: string): RenderedTree | undefined {
  return result.fleets.find((f) => f.cluster === name) ?? result.clusters.find((c) => c.name === name)?.tree;
}

function treeChanges(cluster: string, before: RenderedTree | undefined, after: RenderedTree | undefined): Change[] {
  const [old, now] = [before?.files ?? new Map<string, string>(), after?.files ?? new Map<string, string>()];
  const paths = [...new Set([...old.keys(), ...now.keys()])].filter((path) => old.get(path) !== now.get(path));
  return paths.sort(compareText).map((path) => {
    const sides = { before: old.get(path), after: now.get(path) };
    const kind = sides.before === undefined ? 'add' : sides.after === undefined ? 'delete' : 'modify';
    return { path: treePath(cluster, path), cluster, kind, ...sides };
  });
}

/** One finding for a base that does not render; its warnings were said when it was made. */
function baseFindings(before: PipelineResult, revision: string): Diagnostic[] {
  const errors = before.diagnostics.filter((d) => d.severity === 'error');
  const [first] = errors;
  if (first === undefined || !hasErrors(errors)) return [];
  return [
    {
      code: 'diff/base',
      severity: 'error',
      message: `${revision} does not render, so there is nothing to compare with: ${first.message}`,
      hint: 'Name a revision that renders, or leave --base out to compare with deploy/.',
      ...(first.at === undefined ? {} : { at: first.at }),
    },
  ];
}
