import { betweenMarks, distributionsTable, helperTables, optionsTable } from '../../catalog/docs.ts';
import { DiagnosticsError } from '../../model/diagnostic.ts';
import type { Catalog } from '../../model/model.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import type { Context } from '../../ports.ts';
import { many } from '../../report/text.ts';
import { helperGroups } from '../../template/helpers.ts';
import { testedCapabilities } from '../../pipeline/catalogTests/examples.ts';
import type { Result } from '../command.ts';
import type { CatalogDocsInvocation } from './command.ts';

/** Writes what pages about the catalog have between marks; with --check, only says which are not current. */
export async function catalogDocs({ ctx, args, options }: CatalogDocsInvocation): Promise<Result> {
  const { value: catalog, diagnostics } = createPipeline(ctx).loadCatalog();
  if (catalog === undefined) throw new DiagnosticsError(diagnostics);
  const pages = stalePages(ctx, catalog, testedCapabilities(catalog, args.capability));
  const paths = [...pages.keys()];
  if (!options.check) ctx.files.writeAll(pages);
  return {
    text: paths.join('\n'),
    data: { pages: paths, written: !options.check },
    diagnostics,
    differs: options.check && paths.length > 0,
    summary:
      paths.length === 0
        ? 'All pages are current.'
        : `${many(paths.length, 'page')} ${options.check ? 'not current.' : 'written.'}`,
  };
}

/**
 * The pages below catalog/, custom/ and docs/ whose generated parts are not current, by path, as they have to be: `options` in
 * the README.md of a capability, `helpers` (those of templates) and `distributions` in any page.
 */
export function stalePages(
  ctx: Context,
  catalog: Catalog,
  capabilities: readonly string[],
): ReadonlyMap<string, string> {
  const everywhere = {
    helpers: helperTables(helperGroups),
    distributions: distributionsTable(catalog.distributions),
  };
  const found = new Map<string, string>();
  for (const path of ['catalog', 'custom', 'docs'].flatMap((folder) => ctx.files.list(folder, ['.md']))) {
    const name = /^(?:catalog|custom)\/([^/]+)\/README\.md$/.exec(path)?.[1] ?? '';
    const capability = capabilities.includes(name) ? catalog.capabilities.get(name) : undefined;
    const before = ctx.files.read(path);
    const parts = { ...everywhere, ...(capability === undefined ? {} : { options: optionsTable(capability.options) }) };
    const after = Object.entries(parts).reduce((page, [mark, text]) => betweenMarks(page, mark, text) ?? page, before);
    if (after !== before) found.set(path, after);
  }
  return found;
}
