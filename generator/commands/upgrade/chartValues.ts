import type { CatalogComponent } from '../../model/model.ts';
import type { Value, ValueMap } from '../../model/values.ts';
import { asMap, compareText, isMap, member } from '../../model/values.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import type { ChartPackage, Context } from '../../ports.ts';
import { kubernetesValue } from '../../yaml/kubernetesYaml.ts';

/** Lines about one chart are at most so many. */
const longest = 20;

/**
 * What changes in the default values of charts that clusters install, between two catalogs: defaults that are others, and values
 * that are gone which a spec sets. Only for packages that are on this machine; the rest is counted.
 */
export async function chartValueChanges(ctx: Context, before: Context, after: Context): Promise<string> {
  const [old, now] = [before, after].map((side) => createPipeline(side).loadCatalog().value);
  const { plans } = await createPipeline(before).plan({ clusters: [] });
  const blocks: string[] = [];
  let absent = 0;
  const installed = new Set(plans.flatMap((p) => p.components.map((c) => c.component.name)));
  for (const name of [...installed].sort(compareText)) {
    const [a, b] = [old?.components.get(name), now?.components.get(name)];
    if (a?.chart === undefined || b?.chart === undefined || a.chart.version === b.chart.version) continue;
    const [was, is] = [await defaultsOf(ctx, a), await defaultsOf(ctx, b)];
    if (was === undefined || is === undefined) {
      absent += 1;
      continue;
    }
    const set = plans.flatMap((p) => {
      const value = member(p.cluster.overrides[name], 'values');
      return isMap(value) ? [{ cluster: p.cluster.name, paths: [...leaves(value)] }] : [];
    });
    const lines = valueLines(was, is, set);
    if (lines.length > 0)
      blocks.push(`${name}: default values of ${a.chart.version} → ${b.chart.version}\n${shortened(lines).join('\n')}`);
  }
  if (absent > 0)
    blocks.push(
      `${absent} ${absent === 1 ? 'chart is' : 'charts are'} not on this machine in both versions, so ${absent === 1 ? 'its default values are' : 'their default values are'} not compared.`,
    );
  return blocks.join('\n\n');
}

interface SetValues {
  readonly cluster: string;
  readonly paths: readonly (readonly [path: string, value: Value])[];
}

/** What differs between two sets of default values; what a cluster sets and is gone comes first. */
export function valueLines(was: ValueMap, is: ValueMap, set: readonly SetValues[]): string[] {
  const [old, now] = [new Map(leaves(was)), new Map(leaves(is))];
  const gone = [...old.keys()].filter((path) => !now.has(path) && !isAbove(path, now));
  const lost = set.flatMap(({ cluster, paths }) =>
    paths
      .filter(([path]) => gone.some((g) => g === path || path.startsWith(`${g}.`)))
      .map(([path]) => `  ! ${path} is gone, and cluster ${cluster} sets it`),
  );
  const other = [...now].flatMap(([path, value]) => {
    const before = old.get(path);
    if (before === undefined) return [`  + ${path}: ${JSON.stringify(value)}`];
    return JSON.stringify(before) === JSON.stringify(value)
      ? []
      : [`  ~ ${path}: ${JSON.stringify(before)} → ${JSON.stringify(value)}`];
  });
  return [...lost, ...gone.map((path) => `  - ${path}`), ...other];
}

const isAbove = (path: string, now: ReadonlyMap<string, Value>): boolean =>
  [...now.keys()].some((other) => other.startsWith(`${path}.`));

const shortened = (lines: readonly string[]): readonly string[] =>
  lines.length <= longest ? lines : [...lines.slice(0, longest), `  … ${lines.length - longest} more`];

function* leaves(value: ValueMap, prefix = ''): Generator<readonly [string, Value]> {
  for (const [key, item] of Object.entries(value)) {
    const path = `${prefix}${key}`;
    if (isMap(item) && Object.keys(item).length > 0) yield* leaves(item, `${path}.`);
    else yield [path, item];
  }
}

async function defaultsOf(ctx: Context, { chart }: CatalogComponent): Promise<ValueMap | undefined> {
  if (chart === undefined) return undefined;
  const found: ChartPackage | undefined = await ctx.charts.find(chart).catch(() => undefined);
  if (found === undefined) return undefined;
  const text = (await ctx.charts.read(found)).files.get('values.yaml') ?? '';
  return asMap(kubernetesValue(text));
}
