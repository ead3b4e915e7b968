import type { Context } from '../ports.ts';
import { UsageError } from '../model/diagnostic.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Catalog, ClusterPlan, Delivery } from '../model/model.ts';
import type { ValueMap } from '../model/values.ts';
import { asMap, compareText } from '../model/values.ts';
import { mergeMaps } from '../config/merge.ts';
import { withFleet } from './overlay.ts';
import { createPipeline } from './pipeline.ts';
import type { ProvenChart } from '../validate/charts/proof.ts';
import { emitYaml } from '../yaml/emit.ts';
import { didYouMean } from '../util/suggest.ts';
import { parseSource } from '../yaml/source.ts';

/** All examples of a catalog for one version of Kubernetes, in one delivery. */
export interface Trial {
  readonly kubernetes: string;
  readonly delivery: Delivery;
}

export interface TrialResult extends Trial {
  readonly examples: readonly ExampleResult[];
}

export interface ExampleResult {
  /** File of the example. */
  readonly example: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly charts: readonly ProvenChart[];
  readonly plan: ClusterPlan | undefined;
}

/** What an example need not say. */
const base: ValueMap = {
  domain: 'example.com',
  git: { repoURL: 'https://git.example.com/platform/fleet.git' },
};

/** The example files of a catalog, or of one of its capabilities, sorted. Throws UsageError for one there is not. */
export function examplesOf(ctx: Context, catalog: Catalog, only?: string): readonly string[] {
  const known = [...catalog.capabilities.keys()].sort(compareText);
  if (only !== undefined && !known.includes(only))
    throw new UsageError(
      `There is no capability "${only}".${didYouMean(only, known)}`,
      'Examples belong to capabilities; see `slipway catalog list`.',
    );
  return known
    .filter((name) => only === undefined || name === only)
    .flatMap((capability) =>
      ['catalog', 'custom'].flatMap((top) => ctx.files.list(`${top}/${capability}/examples`, ['.yaml'])),
    );
}

/** Renders every example as a cluster of its own, and proves its charts. */
export async function runTrial(ctx: Context, examples: readonly string[], trial: Trial): Promise<TrialResult> {
  const broken = new Map<string, readonly Diagnostic[]>();
  const overlay: Record<string, string> = {};
  examples.forEach((example, i) => {
    const parsed = parseSource(example, ctx.files.read(example));
    if (parsed.value === undefined) broken.set(example, parsed.diagnostics);
    else overlay[`clusters/${nameOf(i)}.yaml`] = clusterOf(nameOf(i), asMap(parsed.value.value), trial);
  });
  const result = await createPipeline(withFleet(ctx, overlay)).run({ clusters: [], prove: true });
  const own =
    (name: string) =>
    (d: { readonly cluster?: string }): boolean =>
      d.cluster === name;
  return {
    ...trial,
    examples: examples.map((example, i) => ({
      example,
      diagnostics: [
        ...(broken.get(example) ?? []),
        ...result.workspace.diagnostics,
        ...[...(result.proof?.diagnostics ?? []), ...result.clusters.flatMap((c) => c.diagnostics)].filter(
          own(nameOf(i)),
        ),
      ],
      charts: (result.proof?.charts ?? []).filter(own(nameOf(i))),
      plan: result.clusters.find((c) => c.name === nameOf(i))?.plan,
    })),
  };
}

const nameOf = (i: number): string => `e${i}`;

function clusterOf(name: string, example: ValueMap, { kubernetes, delivery }: Trial): string {
  const below = mergeMaps(base, asMap(example['spec']));
  const spec = mergeMaps(below, { kubernetes: { version: kubernetes }, delivery });
  return emitYaml({ apiVersion: 'slipway.dev/v1alpha1', kind: 'Cluster', metadata: { name }, spec });
}
