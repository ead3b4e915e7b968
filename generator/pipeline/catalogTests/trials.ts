import type { Charts, Context } from '../../ports.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { ClusterPlan, Delivery } from '../../model/model.ts';
import type { ProvenChart } from '../../validate/charts/proof.ts';
import { createPipeline } from '../pipeline.ts';
import { atExample, exampleSpec, testContext } from './examples.ts';
import type { Example } from './examples.ts';

/** All examples of a catalog for one version of Kubernetes, in one delivery. */
export interface Trial {
  readonly kubernetes: string;
  readonly delivery: Delivery;
}

export interface TrialResult extends Trial {
  /** False: nothing could render the charts, and nothing is known of them. */
  readonly hasHelm: boolean;
  readonly examples: readonly ExampleResult[];
}

export interface ExampleResult {
  readonly example: Example;
  readonly diagnostics: readonly Diagnostic[];
  readonly charts: readonly ProvenChart[];
  /** Undefined when it could not be planned. */
  readonly plan: ClusterPlan | undefined;
}

/** Renders every example as a cluster of its own, and proves its charts. */
export async function runTrial(ctx: Context, examples: readonly Example[], trial: Trial): Promise<TrialResult> {
  const over = { kubernetes: { version: trial.kubernetes }, delivery: trial.delivery };
  const specs = examples.map((example, i) => exampleSpec(ctx, example, nameOf(i), { over }));
  const texts: Record<string, string> = {};
  for (const { generated } of specs) if (generated !== undefined) texts[generated.file] = generated.text;
  const result = await createPipeline(testContext(ctx, specs, texts)).run({ clusters: [], prove: true });
  const found = [
    ...(result.proof?.diagnostics ?? []),
    ...result.workspace.diagnostics,
    ...result.clusters.flatMap((c) => c.diagnostics),
  ];
  return {
    ...trial,
    hasHelm: result.proof?.hasHelm !== false,
    examples: specs.map((spec, i) => ({
      example: spec.example,
      diagnostics: [...spec.diagnostics, ...found.filter((d) => isOf(d, nameOf(i))).map((d) => atExample(d, spec))],
      charts: (result.proof?.charts ?? []).filter((c) => c.cluster === nameOf(i)),
      plan: result.clusters.find((c) => c.name === nameOf(i))?.plan,
    })),
  };
}

const nameOf = (i: number): string => `e${i}`;

/** Findings of the workspace are those of a cluster by their file; the rest of them concerns all. */
function isOf({ cluster, at }: Diagnostic, name: string): boolean {
  if (cluster !== undefined) return cluster === name;
  const file = /^clusters\/(.*)\.yaml$/.exec(at?.file ?? '')?.[1];
  return file === undefined || file === name;
}

/** The same context, which asks for a chart once: what could not be fetched for one trial cannot be for the next. */
export function fetchingOnce(ctx: Context): Context {
  const { charts } = ctx;
  const fetched = new Map<string, ReturnType<Charts['fetch']>>();
  const fetch: Charts['fetch'] = (chart, digest) => {
    const key = JSON.stringify([chart.repository, chart.name, chart.version, digest]);
    const known = fetched.get(key) ?? charts.fetch(chart, digest);
    fetched.set(key, known);
    return known;
  };
  return Object.create(ctx, { charts: { value: { ...charts, fetch } } }) as Context;
}
