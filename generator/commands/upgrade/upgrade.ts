import { catalogChanges, changesText } from '../../catalog/changes.ts';
import { fleetFile } from '../../catalog/fleetFile.ts';
import { shownSource, versionOf } from '../../catalog/sources.ts';
import { kindsOfAll } from '../../catalog/kinds.ts';
import { diffTrees } from '../../diff/tree.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { DiagnosticsError, hasErrors, UsageError, withPlaces } from '../../model/diagnostic.ts';
import { catalogsOf } from '../../pipeline/load.ts';
import { fleetLockOf, mountCatalogs, takesCatalogs } from '../../pipeline/mount.ts';
import { withTexts } from '../../pipeline/overlay.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import type { Context } from '../../ports.ts';
import { notesText, radiusText } from '../../report/diffText.ts';
import { many, table } from '../../report/text.ts';
import { deployFolder } from '../../tree/paths.ts';
import type { Result } from '../command.ts';
import { changedText, guardsOfSides } from '../diff/diff.ts';
import type { Compared } from '../shared/renderAndCompare.ts';
import { renderAndCompare } from '../shared/renderAndCompare.ts';
import { threads } from '../shared/options.ts';
import { chartValueChanges } from './chartValues.ts';
import type { UpgradeInvocation, UpgradeOptions } from './command.ts';
import type { NewTexts } from './newTexts.ts';
import { newTexts } from './newTexts.ts';
import type { Target } from './targets.ts';
import { newerProgram, upgradeTargets } from './targets.ts';
import type { Committed } from './write.ts';
import { branchName, refuseDirty, refuseTaken, written } from './write.ts';

/** Brings the catalogs of a fleet to newer versions: reports what that does, then commits it on a branch. */
export async function upgrade({ ctx, options }: UpgradeInvocation): Promise<Result> {
  const mounted = await fleetContext(ctx);
  const { fleet } = mounted.mounted ?? {};
  if (fleet === undefined) throw new UsageError('This folder is no fleet.');
  const { targets, diagnostics: unanswered } = await upgradeTargets(ctx, fleet, options);
  const program = options.offline ? undefined : await newerProgram(ctx);
  const diagnostics = [...(program === undefined ? [] : [program]), ...unanswered];
  const moving = targets.filter((t) => t.to !== undefined);
  const newer = targets.filter((t) => t.to !== undefined || t.beyond !== undefined);
  const text = targetTable(newer);
  const data = { catalogs: newer.map(asData) };
  if (options.check || moving.length === 0)
    return {
      text,
      data: { ...data, texts: [], changes: [], commit: null },
      diagnostics,
      differs: options.check && (newer.length > 0 || program !== undefined),
      summary: closing(newer, moving, options),
    };
  const branch = options.branch ?? branchName(moving);
  if (!options.dryRun && !options.inPlace) await refuseTaken(ctx, branch);
  const planned = await createPipeline(mounted).plan({ clusters: [] });
  if (hasErrors(planned.diagnostics)) throw new DiagnosticsError(planned.diagnostics);
  const made = await newTexts(ctx, fleet, fleetLockOf(ctx), targets, planned);
  if (!options.dryRun) await refuseDirty(ctx, [...made.texts.keys()], options.inPlace);
  const outcome = await outcomeOf(ctx, mounted, made, options);
  const commit =
    options.dryRun || (options.inPlace && hasErrors(outcome.diagnostics))
      ? undefined
      : await written(ctx, { branch, made, outcome, moving, isInPlace: options.inPlace });
  return {
    text: [text, ...outcome.parts].filter((part) => part !== '').join('\n\n'),
    data: {
      ...data,
      texts: [...made.texts.keys()],
      changes: (outcome.compared?.changes ?? []).map(({ path, kind }) => ({ path, kind })),
      commit: commit?.id ?? null,
    },
    diagnostics: [...diagnostics, ...outcome.diagnostics, ...held(outcome)],
    summary: ending(options, branch, commit, outcome),
  };
}

async function fleetContext(ctx: Context): Promise<Context> {
  if (!takesCatalogs(ctx))
    throw new UsageError(
      ctx.files.exists('catalog') ? 'This repository owns its catalog: catalog/.' : 'This folder is no fleet.',
      'An upgrade is for fleets with slipway.yaml: docs/catalogs.md.',
    );
  if (!ctx.files.exists(fleetFile))
    throw new UsageError(
      'This fleet has the catalog of whatever version of Slipway runs.',
      'Run `slipway catalog lock`, which writes slipway.yaml and slipway.lock.',
    );
  return mountCatalogs(ctx);
}

/** What an upgrade does to the trees, as far as they can be rendered. */
export interface Outcome {
  readonly compared: Compared | undefined;
  readonly parts: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

async function outcomeOf(ctx: Context, before: Context, made: NewTexts, options: UpgradeOptions): Promise<Outcome> {
  if (made.conflicts.length > 0)
    return { compared: undefined, parts: [made.done.join('\n')], diagnostics: made.conflicts };
  const after = await mountCatalogs(withTexts(ctx, made.texts));
  const compared = await renderAndCompare(after, { clusters: [], jobs: threads(ctx, options) });
  const [old, now] = [before, after].map((side) => createPipeline(side).loadCatalog().value);
  const changes = old === undefined || now === undefined ? [] : catalogChanges(old, now);
  const values = await chartValueChanges(ctx, before, after);
  const isBroken = hasErrors(compared.result.diagnostics);
  const kinds = kindsOfAll(catalogsOf(compared.result.workspace));
  const trees = diffTrees(
    compared.changes,
    `${deployFolder}/`,
    kinds,
    [],
    guardsOfSides({ after: compared.result.clusters }),
  );
  const parts = [
    made.done.join('\n'),
    changesText(changes),
    values,
    isBroken ? '' : notesText(trees, ['data', 'refused', 'version']),
    isBroken ? '' : changedText(compared.changes, options.stat),
    isBroken ? '' : radiusText(trees),
  ];
  return {
    compared: isBroken ? undefined : compared,
    parts,
    diagnostics: [...withPlaces(compared.result.diagnostics, after.mounted?.placeOf), ...failure(isBroken)],
  };
}

const failure = (isBroken: boolean): Diagnostic[] =>
  isBroken
    ? [
        {
          code: 'upgrade/failed',
          severity: 'error',
          message: 'The fleet does not render with the newer catalogs.',
          at: { file: fleetFile, line: 1, col: 1 },
          hint: 'Correct the specs on the branch, or upgrade to another version with --to.',
        },
      ]
    : [];

function targetTable(targets: readonly Target[]): string {
  if (targets.length === 0) return '';
  return table([
    ['CATALOG', 'VERSION', 'UPGRADE', 'BEYOND'],
    ...targets.map((t) => {
      const { name, from, to, beyond } = asData(t);
      return [name, from, to ?? '-', beyond ?? '-'];
    }),
  ]);
}

const asData = ({
  catalog,
  from,
  to,
  beyond,
}: Target): {
  readonly name: string;
  readonly from: string;
  readonly to: string | null;
  readonly beyond: string | null;
} => ({
  name: catalog.name,
  from: versionOf(from) ?? shownSource(from),
  to: to === undefined ? null : (versionOf(to) ?? null),
  beyond: beyond ?? null,
});

function closing(newer: readonly Target[], moving: readonly Target[], { check }: UpgradeOptions): string {
  if (newer.length === 0) return 'Every catalog is current.';
  if (moving.length === 0) return 'What is newer is another major version: `slipway upgrade --major`.';
  return check ? `${many(moving.length, 'catalog')} can be upgraded: \`slipway upgrade\`.` : '';
}

function ending(options: UpgradeOptions, branch: string, commit: Committed | undefined, { compared }: Outcome): string {
  if (options.dryRun) return 'Nothing was written.';
  if (options.inPlace)
    return compared === undefined ? 'Nothing was written.' : 'Written. Next: slipway diff, slipway render.';
  if (commit?.id === undefined) return `Branch ${branch} has nothing that is new.`;
  const without = compared === undefined ? 'it has to be mended there' : 'render there, and agree to what goes';
  return `Committed on ${branch} as ${commit.id.slice(0, 12)}${commit.hasTrees ? '' : `, without trees: ${without}`}.`;
}

/** What `render` will ask about: said now, held then. */
const held = ({ compared }: Outcome): readonly Diagnostic[] =>
  (compared?.publishing ?? []).map((d) => ({ ...d, severity: 'warning' }));
