import { fleetFile } from '../../catalog/fleetFile.ts';
import { fleetLockFile, printFleetLock } from '../../catalog/fleetLock.ts';
import { catalogSource, shownSource, sourceText } from '../../catalog/sources.ts';
import { DiagnosticsError, ToolError, UsageError } from '../../model/diagnostic.ts';
import type { CatalogSource, Fleet, FleetCatalog } from '../../model/fleet.ts';
import { fleetLockOf, fleetOf, lockedDigestOf, mountCatalogs, takesCatalogs } from '../../pipeline/mount.ts';
import { withTexts } from '../../pipeline/overlay.ts';
import type { Context } from '../../ports.ts';
import { many } from '../../report/text.ts';
import { didYouMean } from '../../util/suggest.ts';
import { withValue } from '../../yaml/edit.ts';
import type { Result } from '../command.ts';
import { fleetText, lockCatalogs } from '../shared/fleetCatalogs.ts';
import type { CatalogVendorInvocation } from './command.ts';

/** Copies a catalog of the fleet into the repository, and remembers in slipway.yaml and slipway.lock what it was. */
export async function vendorCatalog({ ctx, args, options }: CatalogVendorInvocation): Promise<Result> {
  if (!takesCatalogs(ctx))
    throw new UsageError(
      ctx.files.exists('catalog') ? 'This repository owns its catalog: catalog/.' : 'This folder is no fleet.',
      'Run it in a repository with clusters/ or slipway.yaml and without catalog/.',
    );
  const fleet = fleetOf(ctx);
  const catalog = named(fleet, args.name);
  if (catalog.source.kind === 'folder')
    throw new UsageError(`"${catalog.name}" is a folder already: ${sourceText(catalog.source)}.`);
  const folder = target(ctx, options.to ?? `./catalogs/${catalog.name}`);
  const before = fleetLockOf(ctx);
  const { files } = await ctx.catalogs.fetch(catalog.source, lockedDigestOf(before, catalog.source));
  const edited = withSource(ctx, fleet, catalog, folder);
  const texts = new Map([...files].map(([path, text]) => [`${folder.path}/${path}`, text]));
  const after = withTexts(ctx, new Map([...texts, [fleetFile, edited]]));
  const catalogs = await lockCatalogs(after, fleetOf(after), before, false);
  const rest = new Map([
    [fleetFile, edited],
    [fleetLockFile, printFleetLock({ catalogs, charts: before?.charts ?? [] })],
  ]);
  await mountCatalogs(withTexts(after, rest)); // it goes together, or nothing is written
  ctx.files.writeAll(new Map([...texts, ...rest]));
  return {
    text: folder.path,
    data: { folder: folder.path, base: sourceText(catalog.source), files: texts.size },
    summary: `Copied ${many(texts.size, 'file')} of ${shownSource(catalog.source)} to ${folder.path}. \`slipway upgrade\` merges what changes there into yours.`,
  };
}

function named({ catalogs }: Fleet, name: string | undefined): FleetCatalog {
  const found = name === undefined ? catalogs[0] : catalogs.find((c) => c.name === name);
  if (found !== undefined) return found;
  const names = catalogs.map((c) => c.name);
  throw new UsageError(
    `There is no catalog "${name ?? ''}" in this fleet.${didYouMean(name ?? '', names)}`,
    `Catalogs: ${names.join(', ')}.`,
  );
}

function target(ctx: Context, to: string): Extract<CatalogSource, { kind: 'folder' }> {
  const source = catalogSource(to.startsWith('./') ? to : `./${to}`);
  if (source?.kind !== 'folder')
    throw new UsageError(`"${to}" is no folder of this repository.`, 'Name one below it, such as catalogs/main.');
  if (ctx.files.exists(source.path))
    throw new ToolError('file/write', `${source.path} exists already.`, 'Name another folder with --to.', {
      file: source.path,
    });
  return source;
}

/** slipway.yaml with the folder in place of the source, which becomes its base. */
function withSource(ctx: Context, fleet: Fleet, catalog: FleetCatalog, folder: CatalogSource): string {
  const { pointer } = catalog;
  if (pointer === undefined) {
    if (fleet.file === undefined) return fleetText([{ source: folder, base: catalog.source }]);
    const entry = [{ name: catalog.name, source: sourceText(folder), base: sourceText(catalog.source) }];
    return withValue(fleet.file.text, '/spec/catalogs', entry) ?? uneditable(fleet);
  }
  const text = ctx.files.read(fleetFile);
  const steps: readonly (readonly [key: string, value: string])[] = [
    ['source', sourceText(folder)],
    ['base', sourceText(catalog.source)],
    ['name', catalog.name],
  ];
  return steps.reduce((now, [key, value]) => withValue(now, `${pointer}/${key}`, value) ?? uneditable(fleet), text);
}

function uneditable({ file }: Fleet): never {
  throw new DiagnosticsError([
    {
      code: 'fleet/invalid',
      severity: 'error',
      message: 'slipway.yaml is written in a way that cannot be edited.',
      at: file?.at('/spec/catalogs') ?? { file: fleetFile, line: 1, col: 1 },
      hint: 'Write its list of catalogs with one key a line.',
    },
  ]);
}
