import { kindsOfAll } from '../../catalog/kinds.ts';
import { catalogsOf } from '../../pipeline/load.ts';
import type { ClusterGuards } from '../../model/guard.ts';
import { guardedChanges, guardFindings, unusedAcceptances } from '../../diff/guards.ts';
import type { Context } from '../../ports.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { hasErrors } from '../../model/diagnostic.ts';
import type { Change, RenderedTree } from '../../model/model.ts';
import { getAt } from '../../model/values.ts';
import type { ObjectChecks, PipelineResult } from '../../pipeline/pipeline.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import { parseEntry } from '../../pipeline/runCache.ts';
import { compareTree, readLock } from '../../tree/compare.ts';
import { fleetTree } from '../../model/names.ts';
import type { Consent } from '../../model/finished.ts';
import type { Guard } from '../../tree/deletions.ts';
import { deletionFindings, hubComponent, removalsOf, unusedConsents } from '../../tree/deletions.ts';
import type { Selected } from './options.ts';
import { deployFolder, lockFile, treeFolder, treePath } from '../../tree/paths.ts';

export interface Compared {
  readonly result: PipelineResult;
  readonly changes: readonly Change[];
  /** Findings of publishing: hand edits, and removals and guarded changes that need consent. */
  readonly publishing: readonly Diagnostic[];
}

/** The texts below a folder of deploy/, by path relative to it, with the line ends that they have in git. */
export async function listing(ctx: Context, cluster: string): Promise<ReadonlyMap<string, string>> {
  const root = treeFolder(cluster);
  const texts = ctx.files.list(root).map((path) => [path, ctx.files.read(path)] as const);
  const converted = texts.some(([, text]) => text.includes('\r\n'))
    ? await ctx.git.checkedOutWithCrlf(root)
    : new Set<string>();
  return new Map(
    texts.map(([path, text]) => [
      path.slice(root.length + 1),
      converted.has(path) ? text.replaceAll('\r\n', '\n') : text,
    ]),
  );
}

/** What a run is about, and how it goes. */
export interface RunRequest extends Selected {
  /** Threads that render side by side; 1 without it. */
  readonly jobs?: number;
  /** False: renders what is current by the cache too. */
  readonly cache?: boolean;
  /** Reads all templates of the catalog too, also those that no cluster uses. */
  readonly checkTemplates?: boolean;
  /** Renders every chart that is on this machine. */
  readonly prove?: boolean;
  /** Other checks than the usual ones: nothing that an earlier run or another thread found counts. */
  readonly checks?: ObjectChecks | undefined;
}

/** Runs all stages and compares with what stands in deploy/. */
export async function renderAndCompare(ctx: Context, request: RunRequest): Promise<Compared> {
  const { checks, prove = false, checkTemplates = false, cache = true, jobs = 1, ...selection } = request;
  // what is current by the cache has no plan to prove
  const isCached = cache && !prove && checks === undefined;
  const result = await createPipeline(ctx, checks).run({
    ...selection,
    cache: isCached ? (name) => parseEntry(ctx.files.readCache(name)) : undefined,
    checkTemplates,
    prove,
    jobs,
  });
  const start = ctx.now();
  const changes: Change[] = [];
  const publishing: Diagnostic[] = [];
  for (const tree of treesOf(ctx, result)) {
    const present = await listing(ctx, tree.cluster);
    const lock = readLock(present);
    const comparison = compareTree(tree, present, lock);
    changes.push(...comparison.changes);
    const guard = guardOf(result, tree.cluster, lock?.components);
    const removals = removalsOf(comparison.changes, guard);
    const guards = guardsOfCluster(result, tree.cluster);
    const guarded = guardedChanges(comparison.changes, guards, guard.dataHolding);
    publishing.push(
      ...comparison.diagnostics,
      ...deletionFindings(removals, guard.budget),
      ...guardFindings(guarded),
      ...[...unusedConsents(guard.consents, removals), ...unusedAcceptances(guards.accepted, guarded)].map((d) => ({
        ...d,
        cluster: tree.cluster,
      })),
    );
  }
  result.timings.compare = ctx.now() - start;
  return { result, changes, publishing };
}

/** What has to be asked before something of a cluster goes; `locked` are the components of the lock that stands there. */
export function guardOf(
  result: PipelineResult,
  cluster: string,
  locked: Readonly<Record<string, unknown>> = {},
): Guard {
  const facts = result.clusters.find((c) => c.name === cluster)?.facts;
  const held = Object.entries(locked).filter(([, c]) => getAt(c, 'dataHolding') === true);
  return {
    dataHolding: new Set(held.map(([name]) => name)),
    kinds: kindsOfAll(catalogsOf(result.workspace)),
    budget: facts?.deletionBudget ?? 0,
    consents: cluster === fleetTree ? departures(result) : (facts?.deletions ?? []).filter((c) => !isOfHub(c)),
  };
}

const isOfHub = ({ component }: Consent): boolean => component === hubComponent;

/** The consents of clusters to leave their hub, each for itself. */
const departures = ({ clusters }: PipelineResult): readonly Consent[] =>
  clusters.flatMap(({ name, facts }) => (facts?.deletions ?? []).filter(isOfHub).map((c) => ({ ...c, name })));

/** What guards the fields of a cluster; nothing for one that was not rendered. */
export const guardsOfCluster = (result: PipelineResult, cluster: string): ClusterGuards =>
  result.clusters.find((c) => c.name === cluster)?.guards ?? { fields: [], accepted: [] };

/** What deploy/ has to hold, as far as it was rendered: of the clusters, the hubs, and nothing for clusters that are gone. */
export function treesOf(ctx: Context, result: PipelineResult): readonly Pick<RenderedTree, 'cluster' | 'files'>[] {
  const trees: Pick<RenderedTree, 'cluster' | 'files'>[] = [
    ...result.clusters.flatMap((c) => (c.tree === undefined ? [] : [c.tree])),
    ...result.fleets,
  ];
  const isAll = result.workspace.complete && !hasErrors(result.diagnostics);
  return isAll
    ? [...trees, ...orphans(ctx, [...trees.map((t) => t.cluster), ...result.clusters.map((c) => c.name)])]
    : trees;
}

/** Trees whose cluster is gone: everything in them that we wrote is to be removed. */
function orphans(ctx: Context, known: readonly string[]): Pick<RenderedTree, 'cluster' | 'files'>[] {
  return ctx.files
    .folders(deployFolder)
    .filter((f) => !known.includes(f) && ctx.files.exists(treePath(f, lockFile)))
    .map((cluster) => ({ cluster, files: new Map() }));
}
