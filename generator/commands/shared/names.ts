import type { Context } from '../../ports.ts';
import { UsageError } from '../../model/diagnostic.ts';
import { compareText } from '../../model/values.ts';
import { specNames } from '../../config/specFiles.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import { deployFolder, ownerOf } from '../../tree/paths.ts';
import { didYouMean } from '../../util/suggest.ts';

/** Names in a hint, at most. */
const maxNames = 20;

/** The error for a cluster that does not exist. */
export function noCluster(ctx: Context, name: string): UsageError {
  const known = specNames(ctx.files, 'clusters');
  return new UsageError(
    `There is no cluster "${name}".${didYouMean(name, known)}`,
    `Clusters here: ${known.slice(0, maxNames).join(', ') || 'none'}.`,
  );
}

/**
 * Refuses names of components that nothing here has: neither what a run found, nor the catalog, nor a tree that stands in
 * deploy/. Throws UsageError.
 */
export function requireKnownComponents(ctx: Context, names: readonly string[], found: Iterable<string>): void {
  const known = new Set(found);
  if (names.every((name) => known.has(name))) return;
  const catalog = createPipeline(ctx).loadCatalog().value;
  const standing = ctx.files.list(deployFolder).map(ownerOf);
  requireComponents(names, new Set([...known, ...(catalog?.components.keys() ?? []), ...standing]));
}

/** Refuses names of components that nothing here has. Throws UsageError. */
export function requireComponents(names: readonly string[], known: ReadonlySet<string>): void {
  const unknown = names.find((name) => !known.has(name));
  if (unknown === undefined) return;
  const sorted = [...known].sort(compareText);
  throw new UsageError(
    `There is no component "${unknown}".${didYouMean(unknown, sorted)}`,
    sorted.length > maxNames ? 'See `slipway catalog list`.' : `Components here: ${sorted.join(', ') || 'none'}.`,
  );
}
