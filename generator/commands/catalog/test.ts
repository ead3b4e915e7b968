import type { Context } from '../../ports.ts';
import { referenceOf } from '../../helm/renderer.ts';
import { capabilityFolders, examplesOf, testedCapabilities } from '../../pipeline/catalogTests/examples.ts';
import type { Example } from '../../pipeline/catalogTests/examples.ts';
import { goldenFinding, renderGoldens, strayGoldens } from '../../pipeline/catalogTests/golden.ts';
import type { GoldenResult } from '../../pipeline/catalogTests/golden.ts';
import { checkMigrations } from '../../pipeline/catalogTests/migrations.ts';
import { checkRules } from '../../pipeline/catalogTests/rules.ts';
import type { RulesResult } from '../../pipeline/catalogTests/rules.ts';
import { fetchingOnce, runTrial } from '../../pipeline/catalogTests/trials.ts';
import type { ExampleResult, TrialResult } from '../../pipeline/catalogTests/trials.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { DiagnosticsError, hasErrors, ToolError, UsageError } from '../../model/diagnostic.ts';
import type { Catalog, Delivery } from '../../model/model.ts';
import { compareText } from '../../model/values.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import { proofPage } from '../../report/catalogProof.ts';
import type { ProofRow } from '../../report/catalogProof.ts';
import { patchText } from '../../report/patchText.ts';
import { many, table } from '../../report/text.ts';
import type { Result } from '../command.ts';
import type { CatalogTestInvocation } from './command.ts';

const deliveries: readonly Delivery[] = ['chart', 'rendered'];

/**
 * Every component × its examples × each version of Kubernetes × both deliveries; the golden tree of every example; the
 * cases of every rule.
 */
export async function catalogTest({ ctx: given, args, options }: CatalogTestInvocation): Promise<Result> {
  const ctx = fetchingOnce(given);
  const { capability: only } = args;
  if (only !== undefined && options.write)
    throw new UsageError(
      `docs/catalog-proof.md is about the whole catalog; ${only} alone would overwrite the rest of it.`,
      'Leave out --write, or the capability.',
    );
  const outcome = createPipeline(ctx).loadCatalog();
  const catalog = outcome.value;
  if (catalog === undefined) throw new DiagnosticsError(outcome.diagnostics);
  const capabilities = testedCapabilities(catalog, only);
  const examples = examplesOf(ctx, capabilities);
  const rules = await checkRules(ctx, catalog, capabilities);
  const goldens = await renderGoldens(ctx, catalog, examples);
  const versions = catalog.testedKubernetes.length > 0 ? catalog.testedKubernetes : [catalog.minimumKubernetes];
  const trials: TrialResult[] = [];
  for (const kubernetes of versions)
    for (const delivery of deliveries) trials.push(await runTrial(ctx, examples, { kubernetes, delivery }));
  const rows = rowsOf(catalog, capabilities, trials, await digestsOf(ctx, trials));
  const problems = [
    ...outcome.diagnostics,
    ...findingsOf(trials),
    ...rules.flatMap((r) => r.diagnostics),
    ...goldens.filter((g) => !hasFailed(g.example, trials)).flatMap((g) => g.diagnostics.filter(isError)),
    ...(only === undefined ? await checkMigrations(ctx) : []),
    ...strayGoldens(ctx, examples, capabilities.flatMap(capabilityFolders)),
  ];
  const isSound = !hasErrors(problems);
  const updates = options.update && isSound ? goldens.filter((g) => g.text !== g.expected) : [];
  const differing = options.update && isSound ? [] : goldens.filter((g) => goldenFinding(g) !== undefined);
  const diagnostics = [...problems, ...differing.flatMap((g) => goldenFinding(g) ?? [])];
  const texts = new Map(updates.flatMap(({ file, text }) => (text === undefined ? [] : [[file, text] as const])));
  if (options.write && !hasErrors(diagnostics))
    texts.set(
      'docs/catalog-proof.md',
      proofPage(rows, { versions, catalog: catalog.version, fromFolder: ctx.env('SLIPWAY_CHARTS') !== undefined }),
    );
  if (options.write || options.update) ctx.files.writeAll(texts);
  const about = capabilities.map((capability) => capabilityRow(capability, { goldens, rules, updates }));
  const text = [componentTable(rows, versions), capabilityTable(about), ...differing.map(patchOf)];
  return {
    text: text.filter((part) => part !== '').join('\n\n'),
    data: { versions, rows, capabilities: about, updated: updates.map((g) => g.file) },
    diagnostics,
    summary: summaryOf(rows, examples, versions, about),
  };
}

const isError = (d: Diagnostic): boolean => d.severity === 'error';

/** The trials have said already why the example does not render. */
const hasFailed = (example: Example, trials: readonly TrialResult[]): boolean =>
  trials.some((t) => t.examples.some((e) => e.example === example && hasErrors(e.diagnostics)));

interface CapabilityRow {
  readonly capability: string;
  readonly examples: number;
  readonly golden: { readonly current: number; readonly differing: number; readonly absent: number };
  readonly rules: number;
  readonly broken: number;
  /** Undefined without tests/rules.yaml. */
  readonly cases: number | undefined;
}

interface Tested {
  readonly goldens: readonly GoldenResult[];
  readonly rules: readonly RulesResult[];
  readonly updates: readonly GoldenResult[];
}

function capabilityRow(capability: string, { goldens, rules, updates }: Tested): CapabilityRow {
  const own = goldens.filter((g) => g.example.capability === capability);
  const count = (is: (g: GoldenResult) => boolean): number => own.filter(is).length;
  const isCurrent = (g: GoldenResult): boolean =>
    g.text !== undefined && (g.text === g.expected || updates.includes(g));
  const { broken = 0, cases, rules: all = 0 } = rules.find((r) => r.capability === capability) ?? {};
  return {
    capability,
    examples: own.length,
    golden: {
      current: count(isCurrent),
      differing: count((g) => g.expected !== undefined && !isCurrent(g)),
      absent: count((g) => g.expected === undefined && !isCurrent(g)),
    },
    rules: all,
    broken,
    cases,
  };
}

function capabilityTable(rows: readonly CapabilityRow[]): string {
  const golden = ({ current, differing, absent }: CapabilityRow['golden']): string =>
    [
      current > 0 ? `${current} current` : '',
      differing > 0 ? `${differing} differ${differing === 1 ? 's' : ''}` : '',
      absent > 0 ? `${absent} absent` : '',
    ]
      .filter((part) => part !== '')
      .join(', ');
  const rules = ({ rules: all, broken, cases }: CapabilityRow): string =>
    cases === undefined ? (all === 0 ? '-' : `${all} without cases`) : `${broken} of ${all} by ${many(cases, 'case')}`;
  return table([
    ['CAPABILITY', 'EXAMPLES', 'GOLDEN TREES', 'RULES BROKEN'],
    ...rows.map((r) => [r.capability, String(r.examples), golden(r.golden) || '-', rules(r)]),
  ]);
}

function componentTable(rows: readonly ProofRow[], versions: readonly string[]): string {
  const columns = versions.flatMap((v) => deliveries.map((d) => `${v} ${d}`));
  return table([
    ['COMPONENT', 'CHART', 'EXAMPLES', ...columns],
    ...rows.map((row) => [
      row.component,
      row.chart ?? 'manifests',
      String(row.examples),
      ...columns.map((c) => row.verdicts[c] ?? '-'),
    ]),
  ]);
}

/** So many lines of a difference are shown; the rest follows most often from them. */
const maxPatchLines = 200;

function patchOf({ file, expected = '', text = '' }: GoldenResult): string {
  const headers = ['golden', 'rendered now'] as const;
  const patch = patchText([file, file], expected, text, { context: 3, headers }).split('\n').slice(1);
  const lines = patch.slice(0, maxPatchLines); // without the head that patches of several files have
  const left = patch.length - lines.length;
  return [...lines, ...(left > 0 ? [`… ${many(left, 'more line')}`] : [])].join('\n').trimEnd();
}

function summaryOf(
  rows: readonly ProofRow[],
  examples: readonly Example[],
  versions: readonly string[],
  about: readonly CapabilityRow[],
): string {
  const absent = rows.filter((row) => Object.values(row.verdicts).includes('no chart')).length;
  const withoutTree = about.reduce((sum, r) => sum + r.golden.absent, 0);
  const sentences = [
    `${many(rows.length, 'component')}, ${many(examples.length, 'example')}, ${many(versions.length, 'version')} of Kubernetes.`,
    ...(absent === 0 ? [] : [`${many(absent, 'chart')} not on this machine: \`slipway catalog pull\`.`]),
    ...(withoutTree === 0
      ? []
      : [`${many(withoutTree, 'example')} without a golden tree: \`slipway catalog test --update\`.`]),
  ];
  return sentences.join(' ');
}

/** Digests of the charts that were rendered, by component; a package that is not sound has findings of its own. */
async function digestsOf(ctx: Context, trials: readonly TrialResult[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const { plan } of trials.flatMap((t) => t.examples))
    for (const { component, chart } of plan?.components ?? []) {
      if (chart === undefined || found.has(component.name)) continue;
      try {
        const here = await ctx.charts.find(referenceOf(chart), chart.digest);
        if (here !== undefined) found.set(component.name, here.digest);
      } catch (error) {
        if (!(error instanceof ToolError)) throw error;
      }
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
        [example.name, kubernetes, delivery].forEach((word, i) => group.where[i]?.add(word));
      }
  return [...groups.values()].map(({ finding, where }) => {
    const [examples = [], versions = [], kinds = []] = where.map((words) => [...words]);
    const found = `${examples.length === 1 ? 'Example' : 'Examples'} ${examples.join(', ')}; Kubernetes ${versions.join(', ')}; ${kinds.join(' and ')}.`;
    return { ...finding, related: [...(finding.related ?? []), { message: found }] };
  });
}

/** What a chart that is not here leaves behind, with or without a network; the table says so. */
const isAbsence = (d: Diagnostic): boolean => d.code === 'chart/offline' || d.code === 'chart/unreachable';

function rowsOf(
  catalog: Catalog,
  capabilities: readonly string[],
  trials: readonly TrialResult[],
  digests: ReadonlyMap<string, string>,
): ProofRow[] {
  return [...catalog.components.values()]
    .filter((c) => capabilities.includes(c.capability))
    .sort((a, b) => compareText(a.name, b.name))
    .map(({ name, capability, chart }) => {
      const uses = (e: ExampleResult): boolean => e.plan?.components.some((c) => c.component.name === name) === true;
      const digest = digests.get(name);
      const verdicts = trials.map((t) => [
        `${t.kubernetes} ${t.delivery}`,
        !t.hasHelm && chart !== undefined ? 'no Helm' : verdictOf(name, capability, t.examples),
      ]);
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

function verdictOf(component: string, capability: string, all: readonly ExampleResult[]): string {
  const isOwn = (found: { readonly component?: string }): boolean =>
    found.component === component || found.component?.startsWith(`${component}-`) === true;
  const examples = all.filter((e) => e.plan?.components.some((c) => c.component.name === component) === true);
  // an example that could not be planned installs nobody knows what
  const isBroken = all.some((e) => e.plan === undefined && e.example.capability === capability);
  if (examples.length === 0) return isBroken ? 'FAILED' : 'no example';
  if (examples.some((e) => e.diagnostics.some((d) => isOwn(d) && !isAbsence(d)))) return 'FAILED';
  return examples.some((e) => e.charts.some((c) => isOwn(c) && !c.isHere)) ? 'no chart' : 'ok';
}
