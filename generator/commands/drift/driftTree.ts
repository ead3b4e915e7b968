import { chartKey } from '../../charts/identity.ts';
import type { Context } from '../../ports.ts';
import { bounded } from '../../util/concurrency.ts';
import { compareTree, readLock } from '../../tree/compare.ts';
import type { TreeDrift } from '../../drift/files.ts';
import { treeDrift } from '../../drift/files.ts';
import type { InstalledChart, InstalledVersions } from '../../drift/versions.ts';
import { installedKey, installedVersions, versionDrift } from '../../drift/versions.ts';
import { parseEntry } from '../../pipeline/runCache.ts';
import { chartsOfPlans } from '../../plan/wantedCharts.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { ToolError } from '../../model/diagnostic.ts';
import type { ClusterDrift, HandEdit } from '../../model/drift.ts';
import { compareText } from '../../model/values.ts';
import type { Pipeline, PipelineResult } from '../../pipeline/pipeline.ts';
import { parseSource } from '../../yaml/source.ts';
import { selected, threads } from '../shared/options.ts';
import { listing, treesOf } from '../shared/renderAndCompare.ts';
import type { DriftInvocation } from './command.ts';
import { deployFolder, lockFile, treePath } from '../../tree/paths.ts';

/** What the files alone show. */
export interface FileDrift {
  readonly clusters: readonly ClusterDrift[];
  readonly upstream: { readonly asked: number; readonly skipped?: string };
  readonly diagnostics: readonly Diagnostic[];
  readonly result: PipelineResult;
}

/** Trees against their inputs, files against their locks, versions against the catalog and the repositories of charts. */
export async function fileDrift(invocation: DriftInvocation, pipeline: Pipeline): Promise<FileDrift> {
  const { ctx, options } = invocation;
  const { component: only } = options;
  const result = await pipeline.run({
    ...selected(options),
    cache: options.cache ? (name) => parseEntry(ctx.files.readCache(name)) : undefined,
    jobs: threads(ctx, options),
    // a live comparison goes on with the plans and objects of what is rendered here
    keepObjects: options.live === true,
  });
  const rendered = new Map(treesOf(ctx, result).map((t) => [t.cluster, t.files]));
  const names = [...new Set([...result.clusters.map((c) => c.name), ...rendered.keys()])].sort(compareText);
  const cached = new Set(result.clusters.flatMap((c) => (c.cached === undefined ? [] : [c.name])));
  const installed = createInstalled(ctx);
  const trees = await bounded(names, 4, async (name) => {
    // current by the cache: its files are what was written, of inputs that are the same
    if (cached.has(name)) return { name, ...none, installed: installed(name) };
    const present = await listing(ctx, name);
    const lock = readLock(present);
    const files = rendered.get(name);
    const found = files === undefined ? [] : compareTree({ cluster: name, files }, present, lock).diagnostics;
    return {
      name,
      ...treeDrift(name, files, present, lock?.files),
      // edits are in the report; what is left are locks that cannot be read, and files that are not ours
      diagnostics: found.filter((d) => d.code !== 'publish/hand-edited' && d.code !== 'publish/not-owned'),
      installed: installed(name),
    };
  });
  const distinct = [...new Set(trees.flatMap(({ installed: i }) => (i === undefined ? [] : [i])))];
  const { offered, upstream, diagnostics } = await askUpstream(
    invocation,
    pipeline,
    distinct.flatMap((i) => i.charts),
  );
  const { catalog } = result.workspace;
  const isWanted = ({ component }: { readonly component?: string }): boolean =>
    only.length === 0 || (component !== undefined && only.includes(component));
  const versions = new Map(distinct.map((i) => [i, versionDrift(i, catalog, offered).filter(isWanted)]));
  const clusters = trees.map(({ name, stale, handEdited, installed: i }) => ({
    name,
    stale: stale.filter(isWanted),
    handEdited: handEdited.filter(isWanted),
    versions: (i === undefined ? undefined : versions.get(i)) ?? [],
  }));
  return {
    clusters: await withCommits(ctx, clusters),
    upstream,
    diagnostics: [...trees.flatMap((t) => t.diagnostics), ...diagnostics],
    result,
  };
}

const none: { readonly diagnostics: readonly Diagnostic[] } & TreeDrift = {
  diagnostics: [],
  stale: [],
  handEdited: [],
};

type Installed = (cluster: string) => InstalledVersions | undefined;

/** What trees install, by their locks: without the digests of their files those of many clusters are the same text. */
function createInstalled(ctx: Context): Installed {
  const known = new Map<string, InstalledVersions | undefined>();
  return (name) => {
    const file = treePath(name, lockFile);
    if (!ctx.files.exists(file)) return undefined;
    const text = ctx.files
      .read(file)
      .replace(/^files:\n(?: .*\n)*/m, '')
      .replace(/^cluster: .*\n/m, '');
    if (!known.has(text)) {
      const value = parseSource(file, text).value?.value;
      known.set(text, value === undefined ? undefined : installedVersions(value));
    }
    return known.get(text);
  };
}

interface Upstream {
  readonly offered: ReadonlyMap<string, readonly string[]>;
  readonly upstream: FileDrift['upstream'];
  readonly diagnostics: readonly Diagnostic[];
}

/** What the repositories of charts have, each chart once, from its mirror where a cluster has one. */
async function askUpstream(
  { ctx, options }: DriftInvocation,
  pipeline: Pipeline,
  charts: readonly InstalledChart[],
): Promise<Upstream> {
  const distinct = [...new Map(charts.map((c) => [installedKey(c), c])).values()].filter(
    (c) =>
      !c.repository.startsWith('./') && (options.component.length === 0 || options.component.includes(c.component)),
  );
  if (options.offline) return { offered: new Map(), upstream: { asked: 0, skipped: '--offline' }, diagnostics: [] };
  if (distinct.length === 0) return { offered: new Map(), upstream: { asked: 0 }, diagnostics: [] };
  const { plans } = await pipeline.plan(selected(options));
  const places = new Map(chartsOfPlans(plans).map((c) => [chartKey(c), c] as const));
  const offered = new Map<string, readonly string[]>();
  const failures = new Map<string, Diagnostic>();
  let done = 0;
  await bounded(distinct, 4, async (chart) => {
    const place = places.get(installedKey(chart));
    const repository = place?.fetchFrom ?? chart.repository;
    try {
      const { chart: name, version, component } = chart;
      offered.set(installedKey(chart), await ctx.charts.versions({ repository, name, version, component }));
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      failures.set(repository, unanswered(error, chart, repository, place?.at));
    }
    ctx.log.progress('versions', ++done, distinct.length);
  });
  ctx.log.clearProgress();
  return { offered, upstream: { asked: offered.size }, diagnostics: [...failures.values()] };
}

const unanswered = (
  error: ToolError,
  { component }: InstalledChart,
  repository: string,
  at: Diagnostic['at'] = { file: 'catalog/catalog.yaml', line: 1, col: 1 },
): Diagnostic => ({
  code: 'drift/upstream',
  severity: 'warning',
  component,
  at,
  message: `Whether ${repository} has newer versions is not known: ${error.message}`,
  hint: error.hint ?? 'Leave the question out with --offline.',
});

/** Who changed what was edited, where that is committed. */
async function withCommits(ctx: Context, clusters: readonly ClusterDrift[]): Promise<ClusterDrift[]> {
  const isAny = clusters.some((c) => c.handEdited.length > 0);
  // who did it is an extra: without a git that answers, the edits are reported all the same
  const hasGit = isAny && (await ctx.git.isRepository().catch(() => false));
  if (!hasGit) return [...clusters];
  const open = new Set(await ctx.git.changed([deployFolder]));
  return Promise.all(
    clusters.map(async (cluster) => ({
      ...cluster,
      handEdited: await bounded(cluster.handEdited, 4, async (edit): Promise<HandEdit> => {
        const commit = open.has(edit.path) ? undefined : await ctx.git.lastCommit(edit.path);
        return commit === undefined ? edit : { ...edit, commit };
      }),
    })),
  );
}
