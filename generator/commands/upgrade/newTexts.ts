import migrationsSchema from '../../../schemas/migrations.schema.json' with { type: 'json' };
import { fleetFile } from '../../catalog/fleetFile.ts';
import { fleetLockFile, printFleetLock } from '../../catalog/fleetLock.ts';
import type { FleetLock } from '../../catalog/fleetLock.ts';
import type { Migration } from '../../catalog/migrations.ts';
import { isUnsetIn, migrated, migrationsBetween, migrationsFile } from '../../catalog/migrations.ts';
import { placeIn, shownSource, sourceText } from '../../catalog/sources.ts';
import { planMerge } from '../../catalog/vendored.ts';
import { createSchemas } from '../../config/jsonSchema.ts';
import { pinOf } from '../../config/specChecker.ts';
import { specFiles } from '../../config/specFiles.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { DiagnosticsError, hasErrors, ToolError } from '../../model/diagnostic.ts';
import type { CatalogSource, Fleet } from '../../model/fleet.ts';
import type { CatalogFiles } from '../../model/model.ts';
import type { ValueMap } from '../../model/values.ts';
import { textAt } from '../../model/values.ts';
import { fleetOf, folderFiles, lockedDigestOf, mountCatalogs } from '../../pipeline/mount.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import { baseSchemas } from '../../config/baseSchemas.ts';
import { composeSchema } from '../../config/options.ts';
import { printSchema } from '../schema/schema.ts';
import { withTexts } from '../../pipeline/overlay.ts';
import type { PlannedClusters } from '../../pipeline/plan.ts';
import type { Context } from '../../ports.ts';
import { withValue } from '../../yaml/edit.ts';
import { parseSource } from '../../yaml/source.ts';
import { lockCatalogs } from '../shared/fleetCatalogs.ts';
import type { Target } from './targets.ts';

/** What an upgrade makes of the sources of a fleet. */
export interface NewTexts {
  /** By path; undefined: removed. */
  readonly texts: ReadonlyMap<string, string | undefined>;
  /** What was done, one line each. */
  readonly done: readonly string[];
  /** What somebody has to mend on the branch: both sides changed the same lines, a spec that cannot be migrated by itself. */
  readonly conflicts: readonly Diagnostic[];
}

interface Work {
  readonly ctx: Context;
  readonly fleet: Fleet;
  readonly lock: FleetLock | undefined;
  readonly texts: Map<string, string | undefined>;
  readonly done: string[];
  readonly conflicts: Diagnostic[];
}

/** The texts of a fleet with newer catalogs, in memory. `planned`: its clusters as they are now. Throws DiagnosticsError. */
export async function newTexts(
  ctx: Context,
  fleet: Fleet,
  lock: FleetLock | undefined,
  targets: readonly Target[],
  planned: PlannedClusters,
): Promise<NewTexts> {
  const work: Work = { ctx, fleet, lock, texts: new Map(), done: [], conflicts: [] };
  work.texts.set(fleetFile, withTargets(ctx, targets));
  for (const target of targets) {
    if (target.to === undefined) continue;
    const before = await filesOf(work, target.from);
    const after = await newFiles(work, target, target.to);
    if (target.catalog.source.kind === 'folder')
      await mergeFolder(work, target, target.catalog.source.path, before, after);
    migrateSpecs(work, planned, migrationsOf(target.to, before, after));
  }
  const then = withTexts(ctx, work.texts);
  const catalogs = await lockCatalogs(then, fleetOf(then), lock, false);
  work.texts.set(fleetLockFile, printFleetLock({ catalogs, charts: lock?.charts ?? [] }));
  if (work.conflicts.length === 0) await renewSchemas(work);
  return work;
}

/** The schemas for editors that the fleet has, with the options of the newer catalogs. */
async function renewSchemas({ ctx, texts, done }: Work): Promise<void> {
  const after = await mountCatalogs(withTexts(ctx, texts));
  const { value: catalog, diagnostics } = createPipeline(after).loadCatalog();
  if (catalog === undefined || hasErrors(diagnostics)) return; // said when it is rendered
  for (const what of ['cluster', 'environment'] as const) {
    const path = `schemas/${what}.schema.json`;
    const text = printSchema(composeSchema(baseSchemas[what], catalog));
    if (!ctx.files.exists(path) || ctx.files.read(path) === text) continue;
    texts.set(path, text);
    done.push(`${path}: written anew`);
  }
}

/** Throws DiagnosticsError, at what slipway.yaml names. */
async function newFiles({ ctx, fleet }: Work, { catalog }: Target, to: CatalogSource): Promise<CatalogFiles> {
  try {
    return (await ctx.catalogs.fetch(to)).files;
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const at = fleet.file?.at(`${catalog.pointer ?? ''}/${catalog.source.kind === 'folder' ? 'base' : 'source'}`);
    throw new DiagnosticsError([{ ...error.finding(), ...(at === undefined ? {} : { at }) }]);
  }
}

const filesOf = async ({ ctx, lock }: Work, source: CatalogSource): Promise<CatalogFiles> =>
  (await ctx.catalogs.fetch(source, lockedDigestOf(lock, source))).files;

function withTargets(ctx: Context, targets: readonly Target[]): string {
  return targets.reduce((text, { catalog, to }) => {
    if (to === undefined) return text;
    const key = catalog.source.kind === 'folder' ? 'base' : 'source';
    const next = withValue(text, `${catalog.pointer ?? ''}/${key}`, sourceText(to));
    if (next !== undefined) return next;
    const at = parseSource(fleetFile, text).value?.at(catalog.pointer ?? '');
    throw new DiagnosticsError([
      {
        code: 'fleet/invalid',
        severity: 'error',
        message: 'slipway.yaml is written in a way that cannot be edited.',
        hint: 'Write its list of catalogs with one key a line.',
        ...(at === undefined ? {} : { at }),
      },
    ]);
  }, ctx.files.read(fleetFile));
}

/** What changed between two versions of the base goes into the folder; what the fleet changed there stays. */
async function mergeFolder(
  { ctx, texts, done, conflicts }: Work,
  { from, to = from }: Target,
  folder: string,
  before: CatalogFiles,
  after: CatalogFiles,
): Promise<void> {
  const { taken, both, removals } = planMerge(before, folderFiles(ctx, folder), after);
  for (const [path, text] of taken) texts.set(`${folder}/${path}`, text);
  const labels = { ours: 'this fleet', base: shownSource(from), theirs: shownSource(to) };
  for (const { path, ...sides } of both) {
    const merged = await ctx.git.mergeTexts({ ...sides, labels });
    texts.set(`${folder}/${path}`, merged.text);
    if (merged.conflicts > 0) conflicts.push(...conflictsIn(`${folder}/${path}`, merged.text));
  }
  for (const { path, removedBy } of removals)
    conflicts.push({
      code: 'upgrade/conflict',
      severity: 'error',
      message:
        removedBy === 'fleet'
          ? `${folder}/${path} was removed here, and ${shownSource(to)} changed it. It stays removed.`
          : `${shownSource(to)} removed ${path}, and the fleet changed it. It stays.`,
      at: { file: `${folder}/${path}`, line: 1, col: 1 },
      hint: 'Decide which of the two is right, on the branch.',
    });
  done.push(`${folder}: ${taken.size} taken over, ${both.length} merged, ${conflicts.length} in conflict`);
}

/** A finding at every mark that git made. */
function conflictsIn(file: string, text: string): Diagnostic[] {
  return text.split('\n').flatMap((line, i): Diagnostic[] =>
    line.startsWith('<<<<<<< ')
      ? [
          {
            code: 'upgrade/conflict',
            severity: 'error',
            message: 'The fleet and the catalog changed the same lines.',
            at: { file, line: i + 1, col: 1 },
            hint: 'Edit the file on the branch: keep what is right, and take the marks out.',
          },
        ]
      : [],
  );
}

function migrationsOf(source: CatalogSource, before: CatalogFiles, after: CatalogFiles): readonly Migration[] {
  const checker = createSchemas().checker(migrationsSchema as unknown as ValueMap);
  const [from, to] = [before, after].map(versionIn);
  const between = { from: from ?? '0.0.0', to: to ?? '0.0.0', place: placeIn(source, migrationsFile) };
  const { value, diagnostics } = migrationsBetween(after, between, checker);
  if (value === undefined) throw new DiagnosticsError(diagnostics);
  return value;
}

function versionIn(files: CatalogFiles): string {
  const about = parseSource('catalog.yaml', files.get('catalog.yaml') ?? '').value;
  return textAt(about?.value, 'spec', 'version') ?? '0.0.0';
}

/** Every spec, but for clusters with a pin: they keep the format of their catalog. */
function migrateSpecs(
  { ctx, texts, done, conflicts }: Work,
  { plans, workspace }: PlannedClusters,
  migrations: readonly Migration[],
): void {
  if (migrations.length === 0) return;
  const pinned = workspace.clusters.filter((source) => pinOf(source, workspace.environments) !== undefined);
  const merged = new Map(plans.map(({ cluster }) => [cluster.source.file, cluster.merged]));
  for (const file of [...specFiles(ctx.files, 'environments'), ...specFiles(ctx.files, 'clusters')]) {
    if (pinned.some((source) => source.file === file)) continue;
    const before = texts.get(file) ?? ctx.files.read(file);
    const own = merged.get(file);
    const found = migrated(file, before, migrations, (path) => own !== undefined && isUnsetIn(own, path));
    conflicts.push(...found.diagnostics);
    if (found.text === before) continue;
    texts.set(file, found.text);
    done.push(...found.done.map((line) => `${file}: ${line}`));
    const [cluster] = file.startsWith('environments/') ? pinned : [];
    if (cluster !== undefined) conflicts.push(sharedWithPin(file, cluster.file));
  }
}

const sharedWithPin = (file: string, cluster: string): Diagnostic => ({
  code: 'upgrade/migration',
  severity: 'error',
  message: `${file} has to be migrated, and ${cluster} is pinned to a catalog that wants it as it is.`,
  at: { file, line: 1, col: 1 },
  hint: 'Take spec.catalog out of that cluster first, or give it an environment of its own.',
});
