import { compareText } from '../../model/values.ts';
import { guardedChanges, guardFindings } from '../../diff/guards.ts';
import type { ClusterGuards } from '../../model/guard.ts';
import type { Context } from '../../ports.ts';
import type { PatchedFiles } from '../../diff/tree.ts';
import { dataHoldersOf, diffTrees } from '../../diff/tree.ts';
import { compareWithBase } from '../../pipeline/compareTrees.ts';
import { kindsOfAll } from '../../catalog/kinds.ts';
import type { KindTable } from '../../kubernetes/kindTable.ts';
import { catalogsOf } from '../../pipeline/load.ts';
import type { ClusterDiff, TreeDiff } from '../../model/diff.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { hasErrors } from '../../model/diagnostic.ts';
import type { Change, ClusterPlan } from '../../model/model.ts';
import type { ClusterResult } from '../../pipeline/pipeline.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import { needCharts } from '../../preview/clusters.ts';
import { alikeClusters, diffText, radiusText } from '../../report/diffText.ts';
import type { ClusterWaves } from '../../report/types.ts';
import { patchText } from '../../report/patchText.ts';
import { many } from '../../report/text.ts';
import { secretsOfText } from '../../util/mask.ts';
import { withRendered } from '../../diff/charts.ts';
import type { Result } from '../command.ts';
import type { Selected } from '../shared/options.ts';
import { selected, threads } from '../shared/options.ts';
import { requireKnownComponents } from '../shared/names.ts';
import { renderAndCompare } from '../shared/renderAndCompare.ts';
import type { DiffInvocation } from './command.ts';
import { deployFolder, isLock, ownerOf, treePath } from '../../tree/paths.ts';

/** What differs between the rendered result and deploy/, or a base revision, by field. Exit code 2 when something does. */
export async function diff({ ctx, options, global }: DiffInvocation): Promise<Result> {
  const { base, rendered: isRendered, patch: isPatch, stat, component: only, cache } = options;
  // the plans, which charts are rendered from, do not pass between threads
  const sides = await comparedSides(ctx, {
    ...selected(options),
    base,
    cache,
    jobs: isRendered ? 1 : threads(ctx, options),
  });
  if (hasErrors(sides.diagnostics))
    return { diagnostics: sides.diagnostics, summary: 'The specs have errors; there is nothing to compare.' };
  requireKnownComponents(ctx, only, sides.changes.map(componentOf));
  const isWanted = (c: Change): boolean => only.length === 0 || only.includes(componentOf(c));
  const files = sides.changes.filter((c) => !isLock(c.path) && isWanted(c));
  if (isPatch || stat) return patches(files, sides, stat);
  const plain = diffTrees(sides.changes, sides.base, sides.kinds, only, guardsOfSides(sides), patchedFilesOf(sides));
  const {
    diff: found,
    diagnostics,
    absent,
  } = isRendered ? await rendered(plain, sides, ctx) : { diff: plain, diagnostics: [], absent: [] };
  return {
    text: diffText(found),
    data: { changes: files.map(({ path, cluster, kind }) => ({ path, cluster, kind })), diff: found },
    report: { diff: found, waves: global.output === 'markdown' ? await wavesOf(found, ctx) : [] },
    diagnostics: [...sides.diagnostics, ...diagnostics],
    summary: [radiusText(found), ...formattingOnly(found, files), ...absentText(absent)].join('\n'),
    differs: found.clusters.length > 0,
  };
}

interface Sides {
  readonly base: string;
  readonly changes: readonly Change[];
  readonly diagnostics: readonly Diagnostic[];
  readonly before: readonly ClusterResult[];
  readonly after: readonly ClusterResult[];
  /** What either side knows of kinds. */
  readonly kinds: KindTable;
}

/** Guarded changes since the base that nobody agreed to. */
function heldAgainstBase(sides: Pick<Sides, 'changes' | 'after'>): Diagnostic[] {
  const guards = guardsOfSides(sides);
  const clusters = [...new Set(sides.changes.map((c) => c.cluster))].sort(compareText);
  return clusters.flatMap((cluster) => {
    const changes = sides.changes.filter((c) => c.cluster === cluster);
    const own = guards.get(cluster) ?? { fields: [], accepted: [] };
    const found = guardFindings(guardedChanges(changes, own, dataHoldersOf(changes)));
    return found.map((d) => ({ ...d, severity: 'warning' as const }));
  });
}

/** What guards the fields of each cluster as it is now. */
export const guardsOfSides = ({ after }: Pick<Sides, 'after'>): ReadonlyMap<string, ClusterGuards> =>
  new Map(after.flatMap(({ name, guards }) => (guards === undefined ? [] : [[name, guards] as const])));

/** The patches of the clusters as they are now, by file. */
export const patchedFilesOf = ({ after }: Pick<Sides, 'after'>): PatchedFiles =>
  new Map(
    after.flatMap(({ name, tree }) =>
      [...(tree?.patched ?? [])].map(([path, patches]) => [treePath(name, path), patches] as const),
    ),
  );

interface SidesRequest extends Selected {
  /** A revision; undefined: deploy/. */
  readonly base: string | undefined;
  readonly cache: boolean;
  readonly jobs: number;
}

/** Both sides, as the files that differ. */
export async function comparedSides(ctx: Context, request: SidesRequest): Promise<Sides> {
  const sides = await eitherSide(ctx, request);
  for (const { before = '' } of sides.changes) for (const secret of secretsOfText(before)) ctx.secrets.add(secret);
  return sides;
}

async function eitherSide(ctx: Context, { base, cache, ...request }: SidesRequest): Promise<Sides> {
  if (base !== undefined) {
    const sides = await compareWithBase(ctx, { revision: base, ...request });
    return { ...sides, base, diagnostics: [...sides.diagnostics, ...heldAgainstBase(sides)] };
  }
  const { result, changes, publishing } = await renderAndCompare(ctx, { ...request, cache });
  const held = publishing
    .filter((d) => d.code === 'publish/deletion' || d.code === 'publish/guarded-change')
    .map((d) => ({ ...d, severity: 'warning' as const }));
  const diagnostics = hasErrors(result.diagnostics) ? result.diagnostics : [...result.diagnostics, ...held];
  return {
    base: `${deployFolder}/`,
    changes,
    diagnostics,
    before: [],
    after: result.clusters,
    kinds: kindsOfAll(catalogsOf(result.workspace)),
  };
}

async function rendered(
  plain: TreeDiff,
  { changes, before, after, kinds }: Sides,
  ctx: Context,
): Promise<Awaited<ReturnType<typeof withRendered>>> {
  const charts = await needCharts(createPipeline(ctx).charts, 'leave --rendered out');
  return withRendered(plain, changes, { before: plansOf(before), after: plansOf(after) }, kinds, charts);
}

/** A comment has room for the graphs of a few clusters. */
const maxGraphs = 3;

/** The waves of the clusters that differ, one for those that differ alike. */
async function wavesOf(found: TreeDiff, ctx: Context): Promise<readonly ClusterWaves[]> {
  const losing = [...found.clusters].sort((a, b) => Number(losesData(b)) - Number(losesData(a)));
  const names = alikeClusters(losing).flatMap(({ first }) => (first.change === 'removed' ? [] : [first.name]));
  if (names.length === 0) return [];
  const { plans } = await createPipeline(ctx).plan({ clusters: [], only: new Set(names.slice(0, maxGraphs)) });
  return plans.map(clusterWaves);
}

const losesData = ({ notes }: ClusterDiff): boolean => notes.some((n) => n.concern === 'data');

/** What a graph of waves is drawn from. */
export function clusterWaves({ cluster, components }: ClusterPlan): ClusterWaves {
  return {
    cluster: cluster.name,
    components: components.map(({ name, wave, dependsOn }) => ({ name, wave, dependsOn })),
  };
}

const plansOf = (clusters: readonly ClusterResult[]): ReadonlyMap<string, ClusterPlan> =>
  new Map(clusters.flatMap((c) => (c.plan === undefined ? [] : [[c.name, c.plan] as const])));

function formattingOnly({ clusters }: TreeDiff, files: readonly Change[]): string[] {
  if (clusters.length > 0 || files.length === 0) return [];
  return [
    `${many(files.length, 'file')} ${files.length === 1 ? 'is' : 'are'} written otherwise (order, formatting): \`slipway diff --patch\` shows it.`,
  ];
}

function absentText(absent: readonly string[]): string[] {
  if (absent.length === 0) return [];
  return [
    `${many(absent.length, 'chart')} ${absent.length === 1 ? 'is' : 'are'} not on this machine (${absent.join(', ')}): \`slipway catalog pull\` fetches what the catalog names.`,
  ];
}

export function componentOf(change: Change): string {
  return ownerOf(change.path);
}

/** The files that differ, per component, with their lines. */
function patches(changes: readonly Change[], { diagnostics }: Sides, isStat: boolean): Result {
  return {
    text: changedText(changes, isStat),
    data: { changes: changes.map(({ path, cluster, kind }) => ({ path, cluster, kind })) },
    diagnostics,
    summary:
      changes.length === 0
        ? 'No differences.'
        : `${many(changes.length, 'file')} ${changes.length === 1 ? 'differs' : 'differ'} in ${many(new Set(changes.map((c) => `${c.cluster} / ${componentOf(c)}`)).size, 'component')} of ${many(new Set(changes.map((c) => c.cluster)).size, 'cluster')}.`,
    differs: changes.length > 0,
  };
}

/** Changes of trees, per cluster and component; `isStat` only names the files. */
export function changedText(changes: readonly Change[], isStat: boolean): string {
  const groups = new Map<string, Change[]>();
  for (const change of changes.filter((c) => !isLock(c.path))) {
    const key = `${change.cluster} / ${componentOf(change)}`;
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  const blocks = [...groups].map(
    ([key, own]) =>
      `${key}\n${own.map((c) => `  ${{ add: '+', modify: '~', delete: '-' }[c.kind]} ${c.path}`).join('\n')}\n${isStat ? '' : own.map(patch).join('')}`,
  );
  return blocks.join('\n').trimEnd();
}

function patch(change: Change): string {
  if (change.kind !== 'modify') return '';
  const { path, before = '', after = '' } = change;
  const lines = patchText([`a/${path}`, `b/${path}`], before, after, { context: 2 }).split('\n');
  return `${lines
    .map((l) => `    ${l}`)
    .join('\n')
    .trimEnd()}\n`;
}
