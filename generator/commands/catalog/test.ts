import type { ExampleResult, TrialResult } from '../../pipeline/catalogProof.ts';
import { referenceOf } from '../../helm/renderer.ts';
import { examplesOf, runTrial } from '../../pipeline/catalogProof.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { DiagnosticsError, hasErrors, UsageError } from '../../model/diagnostic.ts';
import type { Catalog, Delivery } from '../../model/model.ts';
import { compareText } from '../../model/values.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import { proofPage } from '../../report/catalogProof.ts';
import type { ProofRow } from '../../report/catalogProof.ts';
import { many, table } from '../../report/text.ts';
import type { Result } from '../command.ts';
import type { CatalogTestInvocation } from './command.ts';

const deliveries: readonly Delivery[] = ['chart', 'rendered'];

/** Every component × its examples × each version of Kubernetes × both deliveries. */
export async function catalogTest({ ctx, args, options }: CatalogTestInvocation): Promise<Result> {
  const { capability: only } = args;
  if (only !== undefined && options.write)
    throw new UsageError(
      `docs/catalog-proof.md is about the whole catalog; ${only} alone would overwrite the rest of it.`,
      'Leave out --write, or the capability.',
    );
  const outcome = createPipeline(ctx).loadCatalog();
  const catalog = outcome.value;
  if (catalog === undefined) throw new DiagnosticsError(outcome.diagnostics);
  const examples = examplesOf(ctx, catalog, only);
  const versions = catalog.testedKubernetes;
  const trials: TrialResult[] = [];
  for (const kubernetes of versions)
    for (const delivery of deliveries) trials.push(await runTrial(ctx, examples, { kubernetes, delivery }));
  const digests = await digestsOf(ctx, trials);
  const rows = rowsOf(catalog, trials, digests);
  const diagnostics = [...outcome.diagnostics, ...findingsOf(trials)];
  const absent = rows.filter((row) => row.chart !== undefined && row.digest === undefined);
  if (options.write && !hasErrors(diagnostics))
    ctx.files.write(
      'docs/catalog-proof.md',
      proofPage(rows, { versions, catalog: catalog.version, fromFolder: ctx.env('SLIPWAY_CHARTS') !== undefined }),
    );
  const header = ['COMPONENT', 'CHART', 'EXAMPLES', ...versions.flatMap((v) => deliveries.map((d) => `${v} ${d}`))];
  const cells = (row: ProofRow): string[] =>
    versions.flatMap((v) => deliveries.map((d) => row.verdicts[`${v} ${d}`] ?? '-'));
  return {
    text: table([
      header,
      ...rows.map((row) => [row.component, row.chart ?? 'manifests', String(row.examples), ...cells(row)]),
    ]),
    data: { versions, rows },
    diagnostics,
    summary: `${many(rows.length, 'component')}, ${many(examples.length, 'example')}, ${many(versions.length, 'version')} of Kubernetes.${absent.length === 0 ? '' : ` ${many(absent.length, 'chart')} not on this machine: slipway catalog pull`}`,
  };
}

/** Digests of the charts that were rendered, by component. */
async function digestsOf(
  ctx: CatalogTestInvocation['ctx'],
  trials: readonly TrialResult[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const { plan } of trials.flatMap((t) => t.examples))
    for (const { component, chart } of plan?.components ?? []) {
      if (chart === undefined || found.has(component.name)) continue;
      const here = await ctx.charts.find(referenceOf(chart), chart.digest);
      if (here !== undefined) found.set(component.name, here.digest);
    }
  return found;
}

/** Each finding once, without the made-up clusters, with all it was found in. */
function findingsOf(trials: readonly TrialResult[]): Diagnostic[] {
  const groups = new Map<string, { readonly finding: Diagnostic; readonly where: Set<string>[] }>();
  for (const { kubernetes, delivery, examples } of trials)
    for (const { example, diagnostics } of examples)
      for (const { cluster: _cluster, ...finding } of diagnostics.filter((d) => !isAbsence(d))) {
        const { code, message, at } = finding;
        const key = JSON.stringify([code, message, at?.file, at?.line, at?.col]);
        const group = groups.get(key) ?? { finding, where: [new Set(), new Set(), new Set()] };
        groups.set(key, group);
        [example.replace(/^.*\/|\.yaml$/g, ''), kubernetes, delivery].forEach((word, i) => group.where[i]?.add(word));
      }
  return [...groups.values()].map(({ finding, where }) => {
    const [examples = [], versions = [], kinds = []] = where.map((words) => [...words]);
    const found = `${examples.length === 1 ? 'Example' : 'Examples'} ${examples.join(', ')}; Kubernetes ${versions.join(', ')}; ${kinds.join(' and ')}.`;
    return { ...finding, related: [...(finding.related ?? []), { message: found }] };
  });
}

/** What a chart that is not here leaves behind; the matrix says so. */
const isAbsence = (d: Diagnostic): boolean => d.code.startsWith('chart/');

function rowsOf(catalog: Catalog, trials: readonly TrialResult[], digests: ReadonlyMap<string, string>): ProofRow[] {
  return [...catalog.components.values()]
    .sort((a, b) => compareText(a.name, b.name))
    .map(({ name, capability, chart }) => {
      const uses = (e: ExampleResult): boolean => e.plan?.components.some((c) => c.component.name === name) === true;
      const digest = digests.get(name);
      const verdicts = trials.map((t) => [`${t.kubernetes} ${t.delivery}`, verdictOf(name, t.examples.filter(uses))]);
      return {
        component: name,
        capability,
        ...(chart === undefined ? {} : { chart: `${chart.name} ${chart.version}` }),
        ...(digest === undefined ? {} : { digest }),
        examples: trials[0]?.examples.filter(uses).length ?? 0,
        verdicts: Object.fromEntries(verdicts) as Record<string, string>,
      };
    });
}

function verdictOf(component: string, examples: readonly ExampleResult[]): string {
  const isOwn = (found: { readonly component?: string }): boolean =>
    found.component === component || found.component?.startsWith(`${component}-`) === true;
  if (examples.length === 0) return 'no example';
  if (examples.some((e) => e.charts.some((c) => isOwn(c) && !c.isHere))) return 'no chart';
  return examples.some((e) => e.diagnostics.some(isOwn)) ? 'FAILED' : 'ok';
}
