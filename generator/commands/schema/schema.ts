import capabilitySchema from '../../../schemas/capability.schema.json' with { type: 'json' };
import catalogSchema from '../../../schemas/catalog.schema.json' with { type: 'json' };
import componentSchema from '../../../schemas/component.schema.json' with { type: 'json' };
import fleetSchema from '../../../schemas/fleet.schema.json' with { type: 'json' };
import { baseSchemas } from '../../config/baseSchemas.ts';
import kindsSchema from '../../../schemas/kinds.schema.json' with { type: 'json' };
import type { Context } from '../../ports.ts';
import { composeSchema } from '../../config/options.ts';
import { DiagnosticsError, hasErrors } from '../../model/diagnostic.ts';
import type { ValueMap } from '../../model/values.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import { maskAll } from '../../util/mask.ts';
import type { Result } from '../command.ts';
import type { ComposedSchemaInvocation } from './command.ts';

const fixed = {
  fleet: fleetSchema,
  catalog: catalogSchema,
  capability: capabilitySchema,
  component: componentSchema,
  kinds: kindsSchema,
};

type Fixed = keyof typeof fixed;
type Composed = keyof typeof baseSchemas;

/** Prints the schema of clusters or environments, composed with every capability's options; or writes both. */
export const composedSchema =
  (what: Composed) =>
  async ({ ctx, options }: ComposedSchemaInvocation): Promise<Result> => {
    if (options.write) return writeComposed(ctx);
    const value = maskAll(composed(ctx, what));
    return { text: printSchema(value), data: value };
  };

export const fixedSchema = (what: Fixed) => async (): Promise<Result> => ({
  text: printSchema(fixed[what]),
  data: fixed[what],
});

export function composed(ctx: Context, what: Composed): ValueMap {
  const catalog = createPipeline(ctx).loadCatalog();
  if (catalog.value === undefined || hasErrors(catalog.diagnostics)) throw new DiagnosticsError(catalog.diagnostics);
  return composeSchema(baseSchemas[what], catalog.value);
}

export function printSchema(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function writeComposed(ctx: Context): Result {
  const texts = new Map(
    (Object.keys(baseSchemas) as Composed[]).map((what) => [
      `schemas/${what}.schema.json`,
      printSchema(composed(ctx, what)),
    ]),
  );
  const isChanged = (path: string): boolean => !ctx.files.exists(path) || ctx.files.read(path) !== texts.get(path);
  const changed = [...texts.keys()].filter(isChanged);
  ctx.files.writeAll(texts);
  return {
    data: { written: changed },
    summary: changed.length === 0 ? 'The schemas are current.' : `Wrote ${changed.join(', ')}.`,
  };
}
