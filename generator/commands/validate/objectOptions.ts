import type { Context } from '../../ports.ts';
import { readMinor } from '../../validate/policy.ts';
import type { ObjectPolicy } from '../../validate/policy.ts';
import { UsageError } from '../../model/diagnostic.ts';
import type { ValidateInvocation } from './command.ts';
import { createPlaces } from './schemaPlaces.ts';
import type { SchemaPlaces } from './schemaPlaces.ts';

export interface ObjectOptions {
  /** Minor, `1.36`. */
  readonly kubernetes: string | undefined;
  readonly policy: ObjectPolicy;
  readonly schemas: SchemaPlaces;
  /** True when none of the options is given. */
  readonly isUsual: boolean;
}

export function readObjectOptions({ ctx, options }: ValidateInvocation): ObjectOptions {
  const { schemaLocation: locations, ignoreMissingSchemas, offline } = options;
  const policy = { skip: new Set(options.skip), reject: new Set(options.reject), ignoreMissingSchemas };
  const kubernetes = versionOf(ctx, options.kubernetes, locations);
  return {
    kubernetes,
    policy,
    schemas: createPlaces(ctx, locations, offline),
    isUsual:
      kubernetes === undefined &&
      locations.length === 0 &&
      policy.skip.size + policy.reject.size === 0 &&
      !policy.ignoreMissingSchemas,
  };
}

function versionOf(ctx: Context, version: string | undefined, locations: readonly string[]): string | undefined {
  if (version === undefined) return undefined;
  const minor = readMinor(version);
  if (minor === undefined) throw new UsageError(`"${version}" is no version of Kubernetes.`, 'As in: 1.36.');
  const isOurs = locations.length === 0 || locations.includes('default');
  const known = ctx.kubernetesMinors();
  if (isOurs && !known.includes(minor))
    throw new UsageError(
      `There are no schemas of Kubernetes ${minor}; there are those of ${known.join(', ')}.`,
      'Import them: slipway schema import <its OpenAPI document> --kubernetes <version>.',
    );
  return minor;
}
