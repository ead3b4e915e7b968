import type { Context } from '../../ports.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { hasErrors } from '../../model/diagnostic.ts';
import type { Change } from '../../model/model.ts';
import type { PipelineResult } from '../../pipeline/pipeline.ts';
import type { CachedCluster } from '../../model/finished.ts';
import { printEntry } from '../../pipeline/runCache.ts';
import { many, table } from '../../report/text.ts';
import type { Result } from '../command.ts';
import { compareText } from '../../model/values.ts';
import { selected, threads } from '../shared/options.ts';
import { renderAndCompare } from '../shared/renderAndCompare.ts';
import { statsText } from '../shared/statsText.ts';
import type { RenderInvocation } from './command.ts';
import { lockFile, treeFolder, treePath } from '../../tree/paths.ts';

/** Remembers which clusters are current, so that the next run can pass over them. */
function remember(ctx: Context, result: PipelineResult, publishing: readonly Diagnostic[]): void {
  const reported = new Set(publishing.filter(isWarning).map((d) => d.cluster));
  for (const { name, facts, tree, checked, guards, diagnostics } of result.clusters) {
    if (facts === undefined || tree === undefined || hasErrors(diagnostics) || reported.has(name)) continue;
    // an entry that has done its work is warned of from the next run on
    if (facts.deletions.length + (guards?.accepted.length ?? 0) > 0) continue;
    const entry: CachedCluster = {
      ...facts,
      stamps: ctx.files.stamps(treeFolder(name)),
      files: tree.files.size,
      components: Object.keys(tree.lock.components).length,
      checked: checked ?? { valid: 0, invalid: 0, skipped: 0, noSchema: 0 },
      diagnostics,
    };
    ctx.files.writeCache(name, printEntry(entry));
  }
}

/** The objects of trees as one stream of YAML documents, each with the file it would be in. */
async function printTrees({ ctx, options }: RenderInvocation): Promise<Result> {
  // what is current by the cache has no tree to print
  const request = { ...selected(options), jobs: threads(ctx, options), cache: false };
  const { result } = await renderAndCompare(ctx, request);
  // what would not be written is not printed either: it may hold what nobody should see
  const files = result.clusters.flatMap(({ tree, diagnostics }) =>
    tree === undefined || hasErrors(diagnostics)
      ? []
      : [...tree.files]
          .filter(([path]) => path !== lockFile)
          .sort(([a], [b]) => compareText(a, b))
          .map(([path, text]) => ({ path: treePath(tree.cluster, path), text })),
  );
  return {
    text: files.map(({ path, text }) => `---\n# ${path}\n${text}`).join(''),
    data: { files },
    diagnostics: result.diagnostics,
    summary: `${many(files.length, 'file')} of ${many(result.clusters.length, 'cluster')}; nothing was written.`,
  };
}

export async function render(invocation: RenderInvocation): Promise<Result> {
  const { ctx, options } = invocation;
  if (options.stdout) return printTrees(invocation);
  const { force, allowDelete, check, cache } = options;
  const request = { ...selected(options), jobs: threads(ctx, options), cache };
  const { result, changes, publishing } = await renderAndCompare(ctx, request);
  const found = publishing.filter(
    (d) =>
      d.severity === 'warning' ||
      d.code === 'publish/guarded-change' ||
      (d.code === 'publish/deletion' ? !allowDelete : !force),
  );
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
        ok: isOk(c),
        checked: c.checked,
      })),
      changes: changes.map(({ path, kind }) => ({ path, kind })),
      timings: result.timings,
    },
    diagnostics,
    summary: `${summaryLine(result.clusters.length, changes.length, check, failed)}${options.stats ? `\n${statsText(result.timings)}` : ''}`,
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
      at: { file: own[0]?.path ?? treeFolder(cluster), line: 1, col: 1 },
      message: `${treeFolder(cluster)} is not what its inputs render to: ${many(own.length, 'file')} ${own.length === 1 ? 'differs' : 'differ'}.`,
      hint: 'Run `slipway render` and commit the result.',
    };
  });
}

/** Whether a cluster came through its stages without an error. */
const isOk = ({ tree, cached, diagnostics }: PipelineResult['clusters'][number]): boolean =>
  (tree !== undefined || cached !== undefined) && !hasErrors(diagnostics);

function clusterLine(cluster: PipelineResult['clusters'][number], changes: readonly Change[]): string[] {
  const { name, tree, cached, checked } = cluster;
  if (tree === undefined && cached === undefined) return [name, 'failed', '', '', ''];
  const own = changes.filter((c) => c.cluster === name);
  const count = (kind: Change['kind']): number => own.filter((c) => c.kind === kind).length;
  const unchecked = checked === undefined || checked.noSchema === 0 ? '' : `, ${checked.noSchema} without schema`;
  const components = tree === undefined ? (cached?.components ?? 0) : Object.keys(tree.lock.components).length;
  const files = tree?.files.size ?? cached?.files ?? 0;
  return [
    name,
    isOk(cluster) ? 'ok' : 'failed',
    `${components} components`,
    `${files} files`,
    `+${count('add')} ~${count('modify')} -${count('delete')}`,
    `${checked?.valid ?? 0} objects valid${unchecked}`,
  ];
}
