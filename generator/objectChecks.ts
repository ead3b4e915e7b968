import type { Context } from './context.ts';
import { createApiLifecycle } from './core/apiLifecycle.ts';
import { createApiShapes } from './core/apiShapes.ts';
import type { ApiShapeChecker, ShapePlace } from './core/apiShapes.ts';
import { plainPolicy } from './core/objectPolicy.ts';
import type { ObjectPolicy } from './core/objectPolicy.ts';
import type { TreeChecks } from './core/validate.ts';

/** How objects are checked, where it is not as usual. */
export interface ObjectChecks {
  /** Minor of Kubernetes in place of each cluster's. */
  readonly kubernetes?: string | undefined;
  readonly policy?: ObjectPolicy;
  /** Where schemas are looked for, in place of schemas/. */
  readonly places?: readonly ShapePlace[] | undefined;
}

/** With the scope of kinds, which rendering asks for. */
export type Checks = TreeChecks & { readonly shapes: ApiShapeChecker };

/** The checks of objects, on the schemas of the repository and the program. */
export function createChecks(ctx: Context, { kubernetes, policy = plainPolicy, places }: ObjectChecks = {}): Checks {
  const documents = new Map<string, unknown>();
  const read = (path: string): unknown => {
    if (!documents.has(path)) documents.set(path, ctx.schemaJson(path));
    return documents.get(path);
  };
  const source = {
    kubernetes: (minor: string) => read(`kubernetes/v${minor}.json`),
    crd: (group: string, version: string, kind: string) => read(`crds/${group}/${kind}_${version}.json`),
    lifecycle: () => read('kubernetes/lifecycle.json'),
    ...(places === undefined ? {} : { places }),
  };
  return { shapes: createApiShapes(source), lifecycle: createApiLifecycle(source), policy, kubernetes };
}
