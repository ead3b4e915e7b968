import migrationsSchema from '../../../schemas/migrations.schema.json' with { type: 'json' };
import { isUnsetIn, migrated, migrationsFile, readMigrations } from '../../catalog/migrations.ts';
import type { Migration } from '../../catalog/migrations.ts';
import { createSchemas } from '../../config/jsonSchema.ts';
import { mergeMaps } from '../../config/merge.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { hasErrors } from '../../model/diagnostic.ts';
import type { CatalogFiles } from '../../model/model.ts';
import type { Source } from '../../model/source.ts';
import type { ValueMap } from '../../model/values.ts';
import type { Context } from '../../ports.ts';
import { lockFile } from '../../tree/paths.ts';
import { withFleet, withTexts } from '../overlay.ts';
import { createPipeline } from '../pipeline.ts';
import { base, clusterSource } from './examples.ts';

const file = `catalog/${migrationsFile}`;

/**
 * Every migration of the catalog by its tests: a spec with the catalog of a tag, and the migrated spec with the catalog that
 * stands here, have to render to the same tree.
 */
export async function checkMigrations(ctx: Context): Promise<readonly Diagnostic[]> {
  if (!ctx.files.exists(file)) return [];
  const checker = createSchemas().checker(migrationsSchema as unknown as ValueMap);
  const { value, diagnostics } = readMigrations(ctx.files.read(file), file, checker);
  if (value === undefined) return diagnostics;
  const found: Diagnostic[] = [];
  for (const [i, migration] of value.migrations.entries()) {
    const refuse = refuser(value.source, `/spec/${i}`);
    if (migration.tests === undefined || migration.tests.length === 0)
      found.push(refuse('', 'The migration has no test.', 'Give it one: a tag, and a spec that it changes.'));
    for (const [k, test] of (migration.tests ?? []).entries())
      // what came later is needed as well: it is the catalog of now that renders
      found.push(
        ...(await testFindings(ctx, value.migrations.slice(i), test, (...about) => refuse(`/tests/${k}`, ...about))),
      );
  }
  return found;
}

type Refuse = (message: string, hint: string) => Diagnostic;

const refuser =
  (source: Source, pointer: string) =>
  (below: string, message: string, hint: string): Diagnostic => ({
    code: 'catalog/migration',
    severity: 'error',
    message,
    at: source.at(`${pointer}${below}`),
    hint,
  });

async function testFindings(
  ctx: Context,
  migrations: readonly Migration[],
  { from, spec }: NonNullable<Migration['tests']>[number],
  refuse: Refuse,
): Promise<readonly Diagnostic[]> {
  const then = await ctx.pinnedCatalog(from);
  if (then === undefined || then.size === 0)
    return [refuse(`There is no git tag "${from}" with a catalog.`, 'Run `git fetch --tags`, or name another.')];
  const kubernetes = createPipeline(ctx).loadCatalog().value?.minimumKubernetes ?? '';
  const defaults = { kubernetes: { version: kubernetes } };
  const source = clusterSource('example', [defaults, spec as ValueMap].reduce(mergeMaps, base));
  if (source === undefined) return [refuse('Its spec is no spec.', 'Write it as in examples.')];
  const before = await treeOf(withCatalog(ctx, then), source.text);
  if (before.files === undefined)
    return [refuse(`With ${from}, the spec does not render: ${before.problem}`, 'Correct the spec, or the tag.')];
  const merged = before.merged ?? {};
  const made = migrated(source.file, source.text, migrations, (path) => isUnsetIn(merged, path));
  if (made.diagnostics.length > 0)
    return made.diagnostics.map((d) => refuse(d.message, 'Correct the steps, or the spec of the test.'));
  const after = await treeOf(ctx, made.text);
  if (after.files === undefined)
    return [refuse(`Migrated, the spec does not render: ${after.problem}`, 'Correct the steps of the migration.')];
  const paths = [...new Set([...before.files.keys(), ...after.files.keys()])].filter(
    (path) => path !== lockFile && before.files?.get(path) !== after.files?.get(path),
  );
  if (paths.length === 0) return [];
  return [
    refuse(
      `Migrated, the spec renders to another tree: ${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ', …' : ''}.`,
      'Correct the steps; a default that has changed is written out with `default`.',
    ),
  ];
}

/** The repository with the catalog of another time. */
const withCatalog = (ctx: Context, then: CatalogFiles): Context =>
  withTexts(ctx, new Map([...ctx.files.list('catalog').map((path) => [path, undefined] as const), ...then]));

interface Rendered {
  /** Undefined when it does not render. */
  readonly files: ReadonlyMap<string, string> | undefined;
  readonly merged: ValueMap | undefined;
  readonly problem: string;
}

async function treeOf(ctx: Context, text: string): Promise<Rendered> {
  const result = await createPipeline(withFleet(ctx, { 'clusters/example.yaml': text })).run({
    clusters: [],
    isTrial: true,
  });
  const [cluster] = result.clusters;
  const problem = result.diagnostics.find((d) => d.severity === 'error')?.message ?? 'it makes no tree.';
  const files = hasErrors(result.diagnostics) ? undefined : cluster?.tree?.files;
  return { files, merged: cluster?.plan?.cluster.merged, problem };
}
