// Release notes made from the catalogs of two revisions: what is added, changed and removed for who uses it.
//   npx tsx scripts/release-notes.ts v1.3.0            # since a tag, up to what stands here
import { resolve } from 'node:path';
import { catalogChanges, changesText } from '../generator/catalog/changes.ts';
import { createContext } from '../generator/context.ts';
import { withTexts } from '../generator/pipeline/overlay.ts';
import { createPipeline } from '../generator/pipeline/pipeline.ts';

const root = resolve(import.meta.dirname, '..');
const [revision] = process.argv.slice(2);
if (revision === undefined) throw new Error('usage: npx tsx scripts/release-notes.ts <revision>');
const ctx = createContext(root, { quiet: true, verbose: false });
const commit = await ctx.git.commitOf(revision);
if (commit === undefined) throw new Error(`there is no revision ${revision}`);
const paths = await ctx.git.changedSince(commit, ['catalog']);
const texts = await ctx.git.textsAt(commit, paths);
const then = withTexts(ctx, new Map(paths.map((path) => [path, texts.get(path)])));
const [before, after] = [then, ctx].map((side) => createPipeline(side).loadCatalog().value);
if (before === undefined || after === undefined) throw new Error('one of the two catalogs cannot be read');
const changes = catalogChanges(before, after);
const range = `${before.version} (${revision}) → ${after.version}`;
console.log(`## Catalog ${range}\n\n${changes.length === 0 ? 'Nothing that users see.' : changesText(changes)}`);
