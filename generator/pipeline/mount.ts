import fleetSchema from '../../schemas/fleet.schema.json' with { type: 'json' };
import { fleetFile, readFleet, usualCatalog } from '../catalog/fleetFile.ts';
import { fleetLockFile, lockFinding, parseFleetLock } from '../catalog/fleetLock.ts';
import type { FleetLock } from '../catalog/fleetLock.ts';
import { joinLayers } from '../catalog/layers.ts';
import type { JoinedCatalogs } from '../catalog/layers.ts';
import { atVersion, placeIn, shownSource, sourceText } from '../catalog/sources.ts';
import { lockFile, printLock, withCharts } from '../charts/lock.ts';
import { createSchemas } from '../config/jsonSchema.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { DiagnosticsError, hasErrors, ToolError } from '../model/diagnostic.ts';
import type { CatalogLayer, CatalogSource, Fleet, FleetCatalog, MountedCatalogs } from '../model/fleet.ts';
import type { CatalogFiles } from '../model/model.ts';
import type { ValueMap } from '../model/values.ts';
import type { Context } from '../ports.ts';
import { withOthers } from './overlay.ts';

/** What reads the files of a source that the lock names; `fetch` of the port, or one that asks no network. */
export type ReadCatalog = (source: CatalogSource, digest: string | undefined) => Promise<CatalogFiles>;

/** What is wrong with slipway.yaml beside a folder catalog/, which it would take the place of. */
function refuseBoth(ctx: Context): void {
  if (!ctx.files.exists(fleetFile)) return;
  throw new DiagnosticsError([
    {
      code: 'fleet/invalid',
      severity: 'error',
      message: 'slipway.yaml names catalogs, and the repository has a folder catalog/.',
      at: { file: fleetFile, line: 1, col: 1 },
      hint: 'Move the folder to catalogs/main and name it there (`source: ./catalogs/main`), or delete one of the two.',
    },
  ]);
}

/** Whether a folder is the repository of a fleet that takes its catalog from elsewhere. */
export function takesCatalogs({ files }: Context): boolean {
  if (files.exists('catalog')) return false;
  return [fleetFile, fleetLockFile, 'clusters', 'environments', 'custom'].some((path) => files.exists(path));
}

/** What slipway.yaml says, or stands for where it is not there. Throws DiagnosticsError. */
export function fleetOf(ctx: Context): Fleet {
  const { own } = ctx.catalogs;
  if (!ctx.files.exists(fleetFile)) return { file: undefined, catalogs: [usualCatalog(own)], customOverrides: [] };
  const checker = createSchemas().checker(fleetSchema as unknown as ValueMap);
  const { value, diagnostics } = readFleet(ctx.files.read(fleetFile), own, checker);
  if (value === undefined) throw new DiagnosticsError(diagnostics);
  return value;
}

/** What slipway.lock says; undefined where there is none. Throws DiagnosticsError. */
export function fleetLockOf(ctx: Context): FleetLock | undefined {
  if (!ctx.files.exists(fleetLockFile)) return undefined;
  const { value, diagnostics } = parseFleetLock(ctx.files.read(fleetLockFile));
  if (value === undefined) throw new DiagnosticsError(diagnostics);
  return value;
}

/**
 * The context with the catalogs of a fleet joined as catalog/ in its files, as slipway.lock names them; the same context where
 * the repository has that folder. Throws DiagnosticsError, with all there is to say.
 */
export async function mountCatalogs(ctx: Context, read: ReadCatalog = fetching(ctx)): Promise<Context> {
  if (ctx.files.exists('catalog')) {
    refuseBoth(ctx);
    return ctx;
  }
  if (!takesCatalogs(ctx)) return ctx;
  const fleet = fleetOf(ctx);
  const lock = fleetLockOf(ctx);
  const layers = await layersOf(ctx, fleet, lockedReader(fleet, lock, read));
  const joined = join(ctx, fleet, layers);
  return overlaid(ctx, fleet, layers, joined, lock, read);
}

/** Reads catalogs as the lock names them, from wherever they are. */
export const fetching =
  (ctx: Context): ReadCatalog =>
  async (source, digest) =>
    (await ctx.catalogs.fetch(source, digest)).files;

/** The same, of what is on this machine alone. */
export const readingHere =
  (ctx: Context): ReadCatalog =>
  async (source, digest) => {
    const here =
      digest === undefined && sourceText(source) === sourceText(ctx.catalogs.own)
        ? await ctx.catalogs.fetch(source)
        : await ctx.catalogs.find(source, digest ?? '');
    if (here !== undefined) return here.files;
    throw new ToolError(
      'catalog/source',
      `${shownSource(source)} is not on this machine.`,
      'Run a command that reads it.',
    );
  };

/** Of what slipway.yaml names, only what the lock has is read; the program's own needs none where no file names it. */
function lockedReader({ file }: Fleet, lock: FleetLock | undefined, read: ReadCatalog): ReadCatalog {
  return async (source) => {
    const digest = lockedDigestOf(lock, source);
    if (digest === undefined && file !== undefined) {
      const message =
        lock === undefined
          ? `${fleetLockFile} does not exist.`
          : `${fleetLockFile} does not name ${shownSource(source)}.`;
      throw new DiagnosticsError([lockFinding(message)]);
    }
    return read(source, digest);
  };
}

export const lockedDigestOf = (lock: FleetLock | undefined, source: CatalogSource): string | undefined =>
  lock?.catalogs.find((c) => c.source === sourceText(source))?.digest;

/** The catalogs with their files; all that cannot be had is said at once. Throws DiagnosticsError. */
export async function layersOf(ctx: Context, fleet: Fleet, read: ReadCatalog): Promise<readonly CatalogLayer[]> {
  const diagnostics: Diagnostic[] = [];
  const layers: CatalogLayer[] = [];
  for (const catalog of fleet.catalogs) {
    try {
      layers.push({ ...catalog, files: await filesOf(ctx, catalog, read) });
    } catch (error) {
      diagnostics.push(...placed(error, fleet, catalog));
    }
  }
  if (hasErrors(diagnostics)) throw new DiagnosticsError(diagnostics);
  return layers;
}

async function filesOf(ctx: Context, { source }: FleetCatalog, read: ReadCatalog): Promise<CatalogFiles> {
  return source.kind === 'folder' ? folderFiles(ctx, source.path) : read(source, undefined);
}

/** The files of a catalog in a folder of the repository, by path from there. Throws ToolError catalog/source. */
export function folderFiles(ctx: Context, folder: string): CatalogFiles {
  const files = ctx.files
    .list(folder, [''])
    .map((path) => [path.slice(folder.length + 1), ctx.files.read(path)] as const);
  if (files.some(([path]) => path === 'catalog.yaml')) return new Map(files);
  throw new ToolError(
    'catalog/source',
    `./${folder} has no catalog.yaml.`,
    'Name the folder of a catalog: what `slipway catalog vendor` made, or one with catalog.yaml at its top.',
  );
}

/** Findings where slipway.yaml names the catalog. */
function placed(error: unknown, { file }: Fleet, { pointer }: FleetCatalog): readonly Diagnostic[] {
  const at = pointer === undefined ? undefined : file?.at(`${pointer}/source`);
  if (error instanceof DiagnosticsError) return error.diagnostics.map((d) => (at === undefined ? d : { ...d, at }));
  if (!(error instanceof ToolError)) throw error;
  return [{ ...error.finding(), ...(at === undefined ? {} : { at }) }];
}

function join(ctx: Context, fleet: Fleet, layers: readonly CatalogLayer[]): JoinedCatalogs {
  const custom = ctx.files.list('custom', ['.yaml']).map((path) => path.slice('custom/'.length));
  const { value, diagnostics } = joinLayers(layers, fleet, custom);
  if (value === undefined) throw new DiagnosticsError(diagnostics);
  return value;
}

const below = 'catalog/';

/** The joined files as a repository has them: below catalog/, with the lock of all charts. */
function asFolder({ files, charts }: JoinedCatalogs, own: FleetLock['charts']): Map<string, string> {
  const found = new Map([...files].map(([path, text]) => [`${below}${path}`, text]));
  const all = withCharts(charts, own);
  if (all.length > 0) found.set(lockFile, printLock(all));
  return found;
}

function overlaid(
  ctx: Context,
  fleet: Fleet,
  layers: readonly CatalogLayer[],
  joined: JoinedCatalogs,
  lock: FleetLock | undefined,
  read: ReadCatalog,
): Context {
  const charts = lock?.charts ?? [];
  const mounted: MountedCatalogs = {
    fleet,
    layers,
    charts,
    chartsOfCatalogs: joined.charts,
    placeOf: placesOf(joined),
    isEditable: (path) =>
      !path.startsWith(below) || joined.origins.get(path.slice(below.length))?.source.kind === 'folder',
  };
  const files = withMounted(ctx.files, asFolder(joined, charts), writerTo(joined));
  const pinnedCatalog: Context['pinnedCatalog'] = async (pin) => {
    const pinned = pinnedFleet(fleet, pin);
    const isLocked = pinned?.catalogs.every(
      ({ source }) => source.kind === 'folder' || lockedDigestOf(lock, source) !== undefined,
    );
    if (pinned === undefined || isLocked !== true) return ctx.pinnedCatalog(pin);
    return asFolder(join(ctx, pinned, await layersOf(ctx, pinned, lockedReader(fleet, lock, read))), charts);
  };
  return Object.create(ctx, {
    files: { value: files },
    mounted: { value: mounted },
    unmounted: { value: ctx },
    pinnedCatalog: { value: pinnedCatalog },
  }) as Context;
}

/** The files of a repository with these below catalog/; `placed` says where what is written there really goes. */
function withMounted(
  files: Context['files'],
  others: ReadonlyMap<string, string>,
  placed: (path: string) => string,
): Context['files'] {
  const really = <T>(texts: ReadonlyMap<string, T>): Map<string, T> =>
    new Map([...texts].map(([path, text]) => [placed(path), text]));
  return {
    ...files,
    ...withOthers(files, others),
    writeAll: (texts) => files.writeAll(really(texts)),
    createAll: (texts) => files.createAll(really(texts)),
  };
}

function placesOf({ origins }: JoinedCatalogs): MountedCatalogs['placeOf'] {
  return (path) => {
    const inside = path.slice(below.length);
    const source = path.startsWith(below) ? origins.get(inside)?.source : undefined;
    return source === undefined ? path : placeIn(source, inside);
  };
}

/** Where a file below catalog/ is written: in the folder that its catalog is. Throws ToolError file/write for other catalogs. */
function writerTo({ origins }: JoinedCatalogs): (path: string) => string {
  return (path) => {
    if (!path.startsWith(below)) return path;
    const inside = path.slice(below.length);
    const beside = inside.slice(0, inside.indexOf('/') + 1);
    const layer = origins.get(inside) ?? [...origins].find(([other]) => beside !== '' && other.startsWith(beside))?.[1];
    if (layer?.source.kind === 'folder') return `${layer.source.path}/${inside}`;
    const whose = layer === undefined ? 'no catalog of this fleet' : shownSource(layer.source);
    throw new ToolError(
      'file/write',
      `${path} belongs to ${whose}, which is no folder of this repository.`,
      'Put it into custom/, or own the catalog: `slipway catalog vendor`.',
    );
  };
}

/**
 * The catalogs of a fleet with the one that a pin names at its version: `<version>` of the first, `<name>@<version>` of another.
 * Undefined where the pin names none.
 */
export function pinnedFleet(fleet: Fleet, pin: string): Fleet | undefined {
  const [, name, version = pin] = /^([a-z0-9][a-z0-9-]*)@(.+)$/.exec(pin) ?? [];
  const [first, ...rest] = fleet.catalogs;
  const at = (catalog: FleetCatalog): FleetCatalog | undefined => {
    const source = atVersion(catalog.source, version);
    return source === undefined ? undefined : { ...catalog, source };
  };
  const named = fleet.catalogs.find((c) => c.name === (name ?? first.name));
  const moved = named === undefined ? undefined : at(named);
  if (moved === undefined) return undefined;
  const swap = (c: FleetCatalog): FleetCatalog => (c === named ? moved : c);
  return { ...fleet, catalogs: [swap(first), ...rest.map(swap)] };
}
