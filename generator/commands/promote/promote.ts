import type { Context } from '../../ports.ts';
import { environmentLayers } from '../../config/layers.ts';
import { planPromotion } from './settings.ts';
import type { Promotion, Side } from './settings.ts';
import { kindsOfAll } from '../../catalog/kinds.ts';
import { diffTrees } from '../../diff/tree.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { DiagnosticsError, hasErrors, ToolError, UsageError } from '../../model/diagnostic.ts';
import type { Value } from '../../model/values.ts';
import { pointerOfPath, pointerText, valueAt } from '../../model/values.ts';
import { withFile } from '../../pipeline/overlay.ts';
import { catalogsOf } from '../../pipeline/load.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import type { PlannedClusters } from '../../pipeline/plan.ts';
import { notesText } from '../../report/diffText.ts';
import { patchText } from '../../report/patchText.ts';
import { many, table } from '../../report/text.ts';
import { maskNamed, secretsOfText } from '../../util/mask.ts';
import { withValue } from '../../yaml/edit.ts';
import { parseSource } from '../../yaml/source.ts';
import { didYouMean } from '../../util/suggest.ts';
import type { Result } from '../command.ts';
import { agreedTrailers, lockPath } from '../commit/agreed.ts';
import { changedText, guardsOfSides } from '../diff/diff.ts';
import type { Compared } from '../shared/renderAndCompare.ts';
import { renderAndCompare } from '../shared/renderAndCompare.ts';
import { threads } from '../shared/options.ts';
import type { PromoteInvocation } from './command.ts';
import { commitOn, refuseUncommitted } from './commitOn.ts';
import { deployFolder } from '../../tree/paths.ts';
import type { SpecFolder } from '../../config/specFiles.ts';
import { specNames } from '../../config/specFiles.ts';

/** Brings what one cluster or environment has proven to another, as an edit of its file. */
export async function promote({ ctx, args, options }: PromoteInvocation): Promise<Result> {
  const { from, to } = args;
  const { branch } = options;
  const names = sidesOf(ctx, from, to, options.environments);
  const planned = await createPipeline(ctx).plan({ clusters: [] });
  const request = {
    from: sideOf(from, names, planned),
    to: sideOf(to, names, planned),
    options: pointersOf(options.options),
    override: options.override,
    installs: installedBy(to, names, planned),
  };
  const { promotions, diagnostics } = planPromotion(request);
  if (hasErrors(diagnostics)) throw new DiagnosticsError(diagnostics);
  const { file } = request.to.source;
  if (options.check) return waiting(promotions, diagnostics, from, to);
  if (promotions.length === 0 && branch !== undefined) await refuseUncommitted(ctx, file);
  if (promotions.length === 0)
    return { diagnostics, data: { promotions: [] }, summary: `"${to}" has all of it already.` };
  const before = ctx.files.read(file);
  const after = edited(before, file, promotions);
  const compared = await renderAndCompare(withFile(ctx, file, after), { clusters: [], jobs: threads(ctx, options) });
  if (hasErrors(compared.result.diagnostics))
    throw new DiagnosticsError([...diagnostics, ...compared.result.diagnostics]);
  const done =
    branch === undefined
      ? ctx.files.writeAll(new Map([[file, after]]))
      : await commitOn(branch, { ctx, file, before, after, compared, trailers: consented(ctx, compared), from, to });
  for (const change of compared.changes)
    for (const secret of secretsOfText(change.before ?? '')) ctx.secrets.add(secret);
  const patch = patchText([`a/${file}`, `b/${file}`], before, after, { context: 2 });
  const parts = [urgentNotes(compared), patch.trimEnd(), changedText(compared.changes, options.stat)];
  return {
    text: parts.filter((part) => part !== '').join('\n\n'),
    data: {
      file,
      promotions: promotions.map(asData),
      changes: compared.changes.map(({ path, kind }) => ({ path, kind })),
      commit: done ?? null,
    },
    diagnostics: [...diagnostics, ...compared.result.diagnostics, ...(branch === undefined ? heldLater(compared) : [])],
    summary: `Promoted ${many(promotions.length, 'value')} from ${from} to ${to}.${done === undefined ? ' Next: slipway render.' : ` Committed on ${branch ?? ''} as ${done.slice(0, 12)}.`}`,
  };
}

/** What `render` will ask about: said now, held then. */
const heldLater = ({ publishing }: Compared): Diagnostic[] =>
  publishing
    .filter((d) => d.code === 'publish/deletion' || d.code === 'publish/guarded-change')
    .map((d) => ({ ...d, severity: 'warning' }));

/** What loses data or cannot be taken back, as `slipway diff` says it first. */
function urgentNotes({ result, changes }: Compared): string {
  const kinds = kindsOfAll(catalogsOf(result.workspace));
  const guards = guardsOfSides({ after: result.clusters });
  return notesText(diffTrees(changes, `${deployFolder}/`, kinds, [], guards), ['data', 'refused']);
}

/**
 * What the commit says of removals and guarded changes that the specs agree to. Throws DiagnosticsError for those that nobody
 * agreed to: nothing is committed that `render` would hold.
 */
const consented = (ctx: Context, { result, changes }: Compared): readonly string[] =>
  agreedTrailers(result, changes, (cluster) =>
    ctx.files.exists(lockPath(cluster)) ? ctx.files.read(lockPath(cluster)) : undefined,
  );

const asData = ({ pointer, before, after }: Promotion): object => ({
  pointer,
  before: maskNamed(before ?? null, pointerText(pointer)),
  after: maskNamed(after, pointerText(pointer)),
});

function waiting(
  promotions: readonly Promotion[],
  diagnostics: readonly Diagnostic[],
  from: string,
  to: string,
): Result {
  const rows = promotions.map(({ pointer, before, after }) => {
    const path = pointerText(pointer);
    return [path, short(maskNamed(before, path)), '→', short(maskNamed(after, path))];
  });
  return {
    text: table(rows),
    data: { promotions: promotions.map(asData) },
    diagnostics,
    summary:
      promotions.length === 0
        ? `"${to}" has all of it already.`
        : `${many(promotions.length, 'value')} of ${from} ${promotions.length === 1 ? 'waits' : 'wait'} for ${to}.`,
    differs: promotions.length > 0,
  };
}

const short = (value: Value | undefined): string =>
  value === undefined ? 'none' : typeof value === 'string' && !value.includes('\n') ? value : JSON.stringify(value);

type What = SpecFolder;

/** Whether the names are those of clusters or of environments; both may have the same. Throws UsageError. */
function sidesOf(ctx: Context, from: string, to: string, environments: boolean): What {
  const known = (what: What): readonly string[] => specNames(ctx.files, what);
  if (from === to)
    throw new UsageError(`"${from}" cannot be promoted to itself.`, 'Name two clusters, or two environments.');
  const kinds: readonly What[] = environments ? ['environments'] : ['clusters', 'environments'];
  const both = kinds.find((what) => [from, to].every((name) => known(what).includes(name)));
  if (both !== undefined) return both;
  const all = kinds.flatMap(known);
  const stranger = [from, to].find((name) => !all.includes(name));
  if (stranger !== undefined)
    throw new UsageError(
      `There is no ${environments ? 'environment' : 'cluster or environment'} "${stranger}".${didYouMean(stranger, all)}`,
      `Here are: ${[...new Set(all)].sort().slice(0, 20).join(', ') || 'none'}.`,
    );
  const cluster = known('clusters').includes(from) ? from : to;
  throw new UsageError(
    `"${cluster}" is a cluster and "${cluster === from ? to : from}" an environment.`,
    'What is proven goes from cluster to cluster, or from environment to environment.',
  );
}

function sideOf(name: string, what: What, { workspace, plans, diagnostics }: PlannedClusters): Side {
  if (what === 'clusters') {
    const plan = plans.find((p) => p.cluster.name === name);
    if (plan === undefined) throw new DiagnosticsError(diagnostics);
    return { name, source: plan.cluster.source, layers: plan.cluster.layers };
  }
  const source = workspace.environments.get(name);
  const layers = source === undefined ? undefined : environmentLayers(name, source, workspace.environments);
  if (source === undefined || layers?.value === undefined)
    throw new DiagnosticsError([...diagnostics, ...(layers?.diagnostics ?? [])]);
  return { name, source, layers: layers.value };
}

/** A cluster only takes versions of components it can have; of an environment nobody knows. */
function installedBy(name: string, what: What, { plans }: PlannedClusters): (component: string) => boolean {
  const cluster = what === 'clusters' ? plans.find((p) => p.cluster.name === name)?.cluster : undefined;
  return (component) => {
    const capability = cluster?.catalog.components.get(component)?.capability;
    return cluster === undefined || (capability !== undefined && cluster.capabilities.has(capability));
  };
}

function pointersOf(paths: readonly string[]): readonly string[] {
  const wrong = paths.find((p) => !/^(?:capabilities|components)\.[^.]+\../.test(p));
  if (wrong !== undefined)
    throw new UsageError(
      `"${wrong}" is no option.`,
      'Paths start with capabilities.<name> or components.<name>, as in capabilities.kafka.brokers.',
    );
  return paths.map(pointerOfPath);
}

/** The text with all of it, or nothing: what the edit gives is read again and compared. */
function edited(before: string, file: string, promotions: readonly Promotion[]): string {
  let text = before;
  for (const { filePointer, after, pointer } of promotions) {
    const next = withValue(text, filePointer, after);
    const read = next === undefined ? undefined : parseSource(file, next).value?.value;
    if (next === undefined || JSON.stringify(valueAt(read, filePointer)) !== JSON.stringify(after))
      throw new ToolError(
        'promote/edit',
        `${file} cannot be edited at ${pointerText(pointer)}.`,
        `Write ${short(maskNamed(after, pointerText(pointer)))} there by hand.`,
        { file },
      );
    text = next;
  }
  return text;
}
