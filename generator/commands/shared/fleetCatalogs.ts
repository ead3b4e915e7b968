import { fleetFile, usualCatalog } from '../../catalog/fleetFile.ts';
import { fleetLockFile, printFleetLock } from '../../catalog/fleetLock.ts';
import type { FleetLock } from '../../catalog/fleetLock.ts';
import { sourceText } from '../../catalog/sources.ts';
import { specFiles, specName } from '../../config/specFiles.ts';
import { pinOf } from '../../config/specChecker.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { DiagnosticsError, ToolError } from '../../model/diagnostic.ts';
import type { CatalogSource, Fleet, FleetCatalog, LockedCatalog } from '../../model/fleet.ts';
import type { Source } from '../../model/source.ts';
import type { Value } from '../../model/values.ts';
import { textAt } from '../../model/values.ts';
import { lockedDigestOf, pinnedFleet } from '../../pipeline/mount.ts';
import type { Context } from '../../ports.ts';
import { emitYaml } from '../../yaml/emit.ts';
import { parseSource } from '../../yaml/source.ts';
import { header } from './scaffold.ts';

/** A source that has to be in the lock, and what names it. */
interface Named {
  readonly source: CatalogSource;
  readonly at: Diagnostic['at'];
}

/** Every source that slipway.yaml, or a spec by its pin, names; folders of the repository are none of them. */
async function namedSources(ctx: Context, fleet: Fleet): Promise<readonly Named[]> {
  const named: Named[] = fleet.catalogs.flatMap(({ source, base, pointer }) =>
    [source, ...(base === undefined ? [] : [base])].map((s) => ({
      source: s,
      at: pointer === undefined ? undefined : fleet.file?.at(`${pointer}/${s === base ? 'base' : 'source'}`),
    })),
  );
  for (const [pin, at] of pinsOf(ctx)) {
    // a tag of this repository with a catalog is what it always was
    if (((await ctx.pinnedCatalog(pin))?.size ?? 0) > 0) continue;
    const pinned = pinnedFleet(fleet, pin);
    if (pinned === undefined) throw new DiagnosticsError([noSuchPin(pin, at, fleet)]);
    named.push(...pinned.catalogs.map(({ source }) => ({ source, at })));
  }
  const known = new Map(named.toReversed().map((n) => [sourceText(n.source), n]));
  return [...known.values()].filter(({ source }) => source.kind !== 'folder').toReversed();
}

const noSuchPin = (pin: string, at: Diagnostic['at'], { catalogs }: Fleet): Diagnostic => ({
  code: 'catalog/pin',
  severity: 'error',
  message: `"${pin}" is no version of a catalog of this fleet.`,
  hint: `Write <version> for "${catalogs[0].name}", or <name>@<version>; a folder has no other versions.`,
  ...(at === undefined ? {} : { at }),
});

/** The pins of all clusters, with the first place that names each; what cannot be read has findings of its own elsewhere. */
function pinsOf(ctx: Context): ReadonlyMap<string, Diagnostic['at']> {
  const read = (folder: 'clusters' | 'environments'): Source[] =>
    specFiles(ctx.files, folder).flatMap((file) => parseSource(file, ctx.files.read(file)).value ?? []);
  const environments = new Map(read('environments').map((source) => [specName(source.file), source]));
  const pins = new Map<string, Diagnostic['at']>();
  for (const cluster of read('clusters')) {
    const pin = pinOf(cluster, environments);
    const places = [cluster, ...environments.values()].filter((s) => textAt(s.value, 'spec', 'catalog') === pin);
    if (pin !== undefined && !pins.has(pin)) pins.set(pin, places[0]?.at('/spec/catalog'));
  }
  return pins;
}

/**
 * What the catalogs of a fleet are, for its lock. A source that is locked already has to be the same, unless `force`. Throws
 * DiagnosticsError with all that cannot be had.
 */
export async function lockCatalogs(
  ctx: Context,
  fleet: Fleet,
  before: FleetLock | undefined,
  force: boolean,
): Promise<readonly LockedCatalog[]> {
  const locked: LockedCatalog[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const { source, at } of await namedSources(ctx, fleet)) {
    try {
      const digest = force ? undefined : lockedDigestOf(before, source);
      const found = await ctx.catalogs.fetch(source, digest);
      const about = parseSource('catalog.yaml', found.files.get('catalog.yaml') ?? '').value;
      const version = textAt(about?.value, 'spec', 'version') ?? '';
      locked.push({ source: sourceText(source), version, digest: found.digest });
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      diagnostics.push({ ...error.finding(), ...(at === undefined ? {} : { at }) });
    }
  }
  if (diagnostics.length > 0) throw new DiagnosticsError(diagnostics);
  return locked;
}

/** The text of a slipway.yaml with these catalogs. */
export function fleetText(catalogs: readonly Pick<FleetCatalog, 'source' | 'base'>[]): string {
  const entries = catalogs.map(({ source, base }) => ({
    source: sourceText(source),
    ...(base === undefined ? {} : { base: sourceText(base) }),
  }));
  return `# Where the catalogs of this fleet come from; slipway.lock names their digests.\n${header}\nkind: Fleet\n${emitYaml({ spec: { catalogs: entries } } as Value)}`;
}

/** slipway.yaml and slipway.lock of a new fleet: the catalog of the program, at its version. No network is asked. */
export async function newFleetFiles(ctx: Context): Promise<ReadonlyMap<string, string>> {
  const own = usualCatalog(ctx.catalogs.own);
  const { files, digest } = await ctx.catalogs.fetch(own.source);
  const about = parseSource('catalog.yaml', files.get('catalog.yaml') ?? '').value;
  const version = textAt(about?.value, 'spec', 'version') ?? '';
  const lock = printFleetLock({ catalogs: [{ source: sourceText(own.source), version, digest }], charts: [] });
  return new Map([
    [fleetFile, fleetText([own])],
    [fleetLockFile, lock],
  ]);
}

/** A source and its digest as one line for people. */
export const lockedLine = ({ source, version, digest }: LockedCatalog): string =>
  `${source}  ${version}  sha256:${digest.slice(0, 12)}…`;
