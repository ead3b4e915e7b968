import { fleetFile } from '../../catalog/fleetFile.ts';
import { atVersion, shownSource, sourceText, versionOf } from '../../catalog/sources.ts';
import { newerVersions } from '../../charts/versions.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { ToolError, UsageError } from '../../model/diagnostic.ts';
import type { CatalogSource, Fleet, FleetCatalog } from '../../model/fleet.ts';
import { version } from '../../model/version.ts';
import type { Context } from '../../ports.ts';
import type { UpgradeOptions } from './command.ts';

/** A catalog, where it is, and where it can go. */
export interface Target {
  readonly catalog: FleetCatalog;
  /** What has versions: the source, or the base of a folder. */
  readonly from: CatalogSource;
  /** Undefined: it stays. */
  readonly to: CatalogSource | undefined;
  /** What there is beyond that: another major version. */
  readonly beyond: string | undefined;
}

/** What slipway.yaml can be upgraded to; what cannot be asked for is a finding, and stays. */
export async function upgradeTargets(
  ctx: Context,
  fleet: Fleet,
  options: UpgradeOptions,
): Promise<{ readonly targets: readonly Target[]; readonly diagnostics: readonly Diagnostic[] }> {
  const named = namedVersions(fleet, options.to);
  const targets: Target[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const catalog of fleet.catalogs) {
    const from = catalog.source.kind === 'folder' ? catalog.base : catalog.source;
    if (from === undefined) continue; // a folder that was never copied from anywhere
    const wanted = named.get(catalog.name);
    try {
      targets.push(
        wanted === undefined
          ? options.to.length > 0
            ? { catalog, from, to: undefined, beyond: undefined }
            : await newestOf(ctx, catalog, from, options)
          : { catalog, from, to: moved(from, wanted), beyond: undefined },
      );
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      const at = fleet.file?.at(`${catalog.pointer ?? ''}/source`);
      diagnostics.push({ ...error.finding(), severity: 'warning', ...(at === undefined ? {} : { at }) });
    }
  }
  return { targets, diagnostics };
}

function namedVersions(fleet: Fleet, to: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    to.map((text) => {
      const [, name = fleet.catalogs[0].name, version = text] = /^([a-z0-9][a-z0-9-]*)@(.+)$/.exec(text) ?? [];
      if (!fleet.catalogs.some((c) => c.name === name))
        throw new UsageError(
          `There is no catalog "${name}" in this fleet.`,
          `Catalogs: ${fleet.catalogs.map((c) => c.name).join(', ')}.`,
        );
      return [name, version];
    }),
  );
}

function moved(from: CatalogSource, version: string): CatalogSource | undefined {
  const to = atVersion(from, version);
  if (to === undefined)
    throw new UsageError(
      `"${version}" is no version of ${shownSource(from)}.`,
      'Write the version, the tag or the digest.',
    );
  return sourceText(to) === sourceText(from) ? undefined : to;
}

async function newestOf(
  ctx: Context,
  catalog: FleetCatalog,
  from: CatalogSource,
  { major, offline }: UpgradeOptions,
): Promise<Target> {
  const installed = await ctx.catalogs.installed(from);
  const versions = installed !== undefined ? [installed] : offline ? [] : await ctx.catalogs.versions(from);
  const { newest, compatible } = newerVersions(versionOf(from) ?? '', versions);
  const next = major ? newest : compatible;
  return {
    catalog,
    from,
    to: next === undefined ? undefined : atVersion(from, next),
    beyond: newest === next ? undefined : newest,
  };
}

/** Catalogs that are here, and newer than what slipway.yaml names; no network is asked. */
export async function availableUpgrades(ctx: Context): Promise<readonly Diagnostic[]> {
  const { fleet } = ctx.mounted ?? {};
  if (fleet?.file === undefined) return [];
  const found: Diagnostic[] = [];
  for (const { source, base, pointer } of fleet.catalogs) {
    const from = base ?? source;
    const installed = await ctx.catalogs.installed(from);
    const { newest } = newerVersions(versionOf(from) ?? '', installed === undefined ? [] : [installed]);
    if (newest !== undefined)
      found.push({
        code: 'upgrade/available',
        severity: 'warning',
        message: `${newest} of this catalog is installed here, and the fleet has ${versionOf(from) ?? ''}.`,
        at: fleet.file.at(`${pointer ?? ''}/${base === undefined ? 'source' : 'base'}`),
        hint: 'See what it changes: `slipway upgrade --dry-run`.',
      });
  }
  return found;
}

/** A newer program than this one, where its registry can be asked and has one. */
export async function newerProgram(ctx: Context): Promise<Diagnostic | undefined> {
  const { own } = ctx.catalogs;
  try {
    const { newest } = newerVersions(version, await ctx.catalogs.versions(own));
    const command = newest === undefined ? undefined : atVersion(own, newest);
    if (newest === undefined || command === undefined) return undefined;
    return {
      code: 'upgrade/available',
      severity: 'warning',
      message: `Slipway ${newest} is published, and this is ${version}.`,
      at: { file: ctx.files.exists('package.json') ? 'package.json' : fleetFile, line: 1, col: 1 },
      hint: `Run \`npm install -D ${sourceText(command).slice('npm:'.length)}\`, then \`slipway upgrade\`.`,
    };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    ctx.log.detail(error.message);
    return undefined;
  }
}
