import type { Context } from '../../ports.ts';
import { compareTree, readLock } from '../../tree/compare.ts';
import { deletionFindings, removalsOf, unusedConsents } from '../../tree/deletions.ts';
import type { Guard } from '../../tree/deletions.ts';
import { parseEntry, printEntry } from '../../pipeline/runCache.ts';
import type { RunCache } from '../../pipeline/runCache.ts';
import type { CachedCluster } from '../../model/finished.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { hasErrors } from '../../model/diagnostic.ts';
import type { Change, RenderedTree } from '../../model/model.ts';
import { asMap } from '../../model/values.ts';
import type { ObjectChecks, PipelineResult, Timings } from '../../pipeline/pipeline.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import { many, table } from '../../report/text.ts';
import type { Invocation, Result } from '../command.ts';

export interface Compared {
  readonly result: PipelineResult;
  readonly changes: readonly Change[];
  /** Findings of publishing: hand edits and deletions that need consent. */
  readonly publishing: readonly Diagnostic[];
}

/** The texts below a folder of deploy/, by path relative to it, with the line ends that they have in git. */
export async function listing(ctx: Context, cluster: string): Promise<ReadonlyMap<string, string>> {
  const root = `deploy/${cluster}`;
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

/**
 * Runs all stages and compares with what stands in deploy/; shared by render, validate, diff and commit.
 * `checkTemplates` reads all templates of the catalog too, also those that no cluster uses. With `checks` other than the usual
 * ones, nothing that an earlier run or another thread found counts.
 */
export async function renderAndCompare(
  invocation: Invocation,
  checkTemplates = false,
  prove = false,
  checks?: ObjectChecks,
): Promise<Compared> {
  const { ctx, global } = invocation;
  // what is current by the cache has no plan to prove
  const useCache = invocation.options['cache'] !== false && !prove && checks === undefined;
  const cache: RunCache | undefined = useCache ? (name) => parseEntry(ctx.files.readCache(name)) : undefined;
  const result = await createPipeline(ctx, checks).run({
    clusters: global.cluster,
    cache,
    checkTemplates,
    prove,
    jobs: global.jobs ?? 1,
    ...(global.selector === undefined ? {} : { selector: global.selector }),
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
    publishing.push(
      ...comparison.diagnostics,
      ...deletionFindings(removals, guard.budget),
      ...unusedConsents(guard.consents, removals).map((d) => ({ ...d, cluster: tree.cluster })),
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
  const held = Object.entries(locked).filter(([, c]) => asMap(c)['dataHolding'] === true);
  return {
    dataHolding: new Set(held.map(([name]) => name)),
    budget: facts?.deletionBudget ?? 0,
    consents: facts?.deletions ?? [],
  };
}

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
    .folders('deploy')
    .filter((f) => !known.includes(f) && ctx.files.exists(`deploy/${f}/tree.lock`))
    .map((cluster) => ({ cluster, files: new Map() }));
}

/** Remembers which clusters are current, so that the next run can pass over them. */
function remember(ctx: Context, result: PipelineResult, publishing: readonly Diagnostic[]): void {
  const reported = new Set(publishing.filter(isWarning).map((d) => d.cluster));
  for (const { name, facts, tree, checked, diagnostics } of result.clusters) {
    if (facts === undefined || tree === undefined || hasErrors(diagnostics) || reported.has(name)) continue;
    const entry: CachedCluster = {
      ...facts,
      stamps: ctx.files.stamps(`deploy/${name}`),
      files: tree.files.size,
      components: Object.keys(tree.lock.components).length,
      checked: checked ?? { valid: 0, invalid: 0, skipped: 0, noSchema: 0 },
      diagnostics,
    };
    ctx.files.writeCache(name, printEntry(entry));
  }
}

export async function render(invocation: Invocation): Promise<Result> {
  const { ctx, options } = invocation;
  const { result, changes, publishing } = await renderAndCompare(invocation);
  const force = options['force'] === true;
  const allowDelete = options['allowDelete'] === true;
  const found = publishing.filter(
    (d) => d.severity === 'warning' || (d.code === 'publish/deletion' ? !allowDelete : !force),
  );
  const check = options['check'] === true;
  const diagnostics = [...result.diagnostics, ...(check ? [...found.filter(isWarning), ...stale(changes)] : found)];
  const failed = hasErrors([...result.diagnostics, ...(check ? [] : found)]);
  if (!check && !failed) {
    const start = ctx.now();
    await ctx.turn();
    ctx.files.publish(changes);
    remember(ctx, result, publishing);
    await ctx.turn();
    result.timings.publish = ctx.now() - start;
  }
  const lines = result.clusters.map((c) => clusterLine(c, changes));
  return {
    text: table(lines),
    data: {
      clusters: result.clusters.map((c) => ({
        name: c.name,
        ok: c.tree !== undefined || c.cached !== undefined,
        checked: c.checked,
      })),
      changes: changes.map(({ path, kind }) => ({ path, kind })),
      timings: result.timings,
    },
    diagnostics,
    summary: `${summaryLine(result.clusters.length, changes.length, check, failed)}${invocation.global.stats ? `\n${statsText(result.timings)}` : ''}`,
    differs: check && changes.length > 0,
  };
}

const isWarning = (d: Diagnostic): boolean => d.severity === 'warning';

function summaryLine(clusters: number, files: number, check: boolean, failed: boolean): string {
  const verb = check || failed ? 'would change' : 'changed';
  const total = files > 0 ? `, ${many(files, 'file')} ${verb}` : failed ? '' : ', nothing changed';
  return `${many(clusters, 'cluster')}${total}.${failed ? ' Nothing was written.' : ''}`;
}

function stale(changes: readonly Change[]): Diagnostic[] {
  const clusters = [...new Set(changes.map((c) => c.cluster))];
  return clusters.map((cluster) => {
    const own = changes.filter((c) => c.cluster === cluster);
    return {
      code: 'publish/stale',
      severity: 'warning',
      cluster,
      at: { file: own[0]?.path ?? `deploy/${cluster}`, line: 1, col: 1 },
      message: `deploy/${cluster} is not what its inputs render to: ${many(own.length, 'file')} ${own.length === 1 ? 'differs' : 'differ'}.`,
      hint: 'Run `slipway render` and commit the result.',
    };
  });
}

function clusterLine(
  { name, tree, cached, checked }: PipelineResult['clusters'][number],
  changes: readonly Change[],
): string[] {
  if (tree === undefined && cached === undefined) return [name, 'failed', '', '', ''];
  const own = changes.filter((c) => c.cluster === name);
  const count = (kind: Change['kind']): number => own.filter((c) => c.kind === kind).length;
  const unchecked = checked === undefined || checked.noSchema === 0 ? '' : `, ${checked.noSchema} without schema`;
  const components = tree === undefined ? (cached?.components ?? 0) : Object.keys(tree.lock.components).length;
  const files = tree?.files.size ?? cached?.files ?? 0;
  return [
    name,
    'ok',
    `${components} components`,
    `${files} files`,
    `+${count('add')} ~${count('modify')} -${count('delete')}`,
    `${checked?.valid ?? 0} objects valid${unchecked}`,
  ];
}

/** Time per stage (milliseconds) and the highest memory use of the process. */
export function statsText(timings: Timings): string {
  const memory = `memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`;
  return [...Object.entries(timings).map(([stage, ms]) => `${stage} ${ms.toFixed(0)} ms`), memory].join(' · ');
}
