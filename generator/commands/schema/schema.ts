import capabilitySchema from '../../../schemas/capability.schema.json' with { type: 'json' };
import catalogSchema from '../../../schemas/catalog.schema.json' with { type: 'json' };
import clusterBase from '../../../schemas/base/cluster.schema.json' with { type: 'json' };
import componentSchema from '../../../schemas/component.schema.json' with { type: 'json' };
import environmentBase from '../../../schemas/base/environment.schema.json' with { type: 'json' };
import kindsSchema from '../../../schemas/kinds.schema.json' with { type: 'json' };
import type { Context } from '../../ports.ts';
import { composeSchema } from '../../config/options.ts';
import { DiagnosticsError, hasErrors, UsageError } from '../../model/diagnostic.ts';
import type { ValueMap } from '../../model/values.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import type { Invocation, Result } from '../command.ts';

const fixed: Readonly<Record<string, unknown>> = {
  catalog: catalogSchema,
  capability: capabilitySchema,
  component: componentSchema,
  kinds: kindsSchema,
};
const bases: Readonly<Record<string, unknown>> = { cluster: clusterBase, environment: environmentBase };

/** Prints a schema; those of clusters and environments are composed with every capability's options. */
export async function schema(invocation: Invocation): Promise<Result> {
  const { ctx, args, options } = invocation;
  const [what = '', file] = args;
  if (what === 'import') return (await import('./import.ts')).importSchema(invocation, file);
  if (options['write'] === true) return writeComposed(ctx);
  const value = fixed[what] ?? composed(ctx, what);
  return { text: printSchema(value), data: value };
}

export function composed(ctx: Context, what: string): ValueMap {
  const base = bases[what];
  if (base === undefined) throw new UsageError(`There is no schema "${what}".`);
  const catalog = createPipeline(ctx).loadCatalog();
  if (catalog.value === undefined || hasErrors(catalog.diagnostics)) throw new DiagnosticsError(catalog.diagnostics);
  return composeSchema(base as ValueMap, catalog.value);
}

export function printSchema(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function writeComposed(ctx: Context): Result {
  const changed = Object.keys(bases).flatMap((what) => {
    const path = `schemas/${what}.schema.json`;
    const text = printSchema(composed(ctx, what));
    if (ctx.files.exists(path) && ctx.files.read(path) === text) return [];
    ctx.files.write(path, text);
    return [path];
  });
  return {
    data: { written: changed },
    summary: changed.length === 0 ? 'The schemas are current.' : `Wrote ${changed.join(', ')}.`,
  };
}
