import { chartScaffold } from '../../catalog/chartScaffold.ts';
import type { ChartFacts } from '../../catalog/chartScaffold.ts';
import { usualValues } from '../../catalog/usualValues.ts';
import type { UsualValue } from '../../catalog/usualValues.ts';
import { mergeMaps } from '../../config/merge.ts';
import { chartSource, repositoryForms } from '../../charts/source.ts';
import type { ChartDocument } from '../../helm/rendered.ts';
import { DiagnosticsError, ToolError, UsageError } from '../../model/diagnostic.ts';
import type { Catalog } from '../../model/model.ts';
import { isDnsLabel } from '../../model/names.ts';
import { requireComponentName } from './new.ts';
import type { Value, ValueMap } from '../../model/values.ts';
import { asList, asMap, asString, compareText, getAt, isMap, listAt, textAt, valueAt } from '../../model/values.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import type { ChartReference, Context } from '../../ports.ts';
import { many, table } from '../../report/text.ts';
import { kubernetesValue, readKubernetesYaml } from '../../yaml/kubernetesYaml.ts';
import { objectsOf } from '../../yaml/lists.ts';
import type { Result } from '../command.ts';
import { renderDefaults } from './chartDefaults.ts';
import type { RenderedDefaults } from './chartDefaults.ts';
import type { NewComponentInvocation } from './command.ts';
import { withoutEnd } from '../../util/text.ts';

/** A component around a chart that exists, below custom/: `[<capability>/]<component>` is its name. */
export async function componentFromChart({ ctx, args, options }: NewComponentInvocation): Promise<Result> {
  const catalog = loadedCatalog(ctx);
  const [capability, component] = namesOf(args.name, catalog);
  const reference = await chartReference(ctx, component, options);
  const chart = await ctx.charts.fetch(reference);
  const { files } = await ctx.charts.read(chart);
  const about = yamlIn(files, 'Chart.yaml');
  const rendered = await renderDefaults(ctx, catalog, component, chart);
  const joined = catalog.capabilities.get(capability);
  const hasMonitoring = [...catalog.capabilities.values()].some((c) =>
    c.provides.some((p) => p.contract === 'monitoring.crds'),
  );
  const offered = usualValues(yamlIn(files, 'values.yaml'), subchartsOf(about));
  const facts: ChartFacts = {
    capability,
    component,
    chart: { repository: reference.repository, name: reference.name, version: reference.version },
    summary: sentence(textAt(about, 'description') ?? `What ${component} is, in one sentence`),
    ...(joined === undefined
      ? await settable(offered, hasMonitoring, rendered)
      : { values: offered, idleMonitors: [] }),
    crds: definitionsIn([...rendered.documents, ...packedDefinitions(files)]),
    kinds: rendered.isRendered ? kindsOf(rendered.documents) : undefined,
    holdsData: rendered.documents.some(holdsData),
    harmless: rendered.harmless,
    hasMonitoring,
    joins: joined !== undefined,
    exampleSpec: joined === undefined ? { capabilities: { [capability]: {} } } : exampleOf(ctx, capability),
  };
  const made = chartScaffold(facts);
  const existing = [...made.keys()].find((path) => ctx.files.exists(path));
  if (existing !== undefined) throw new UsageError(`${existing} exists already.`, 'Choose another name.');
  ctx.files.createAll(made);
  return {
    text: [...made.keys()].join('\n') + kindsTable(facts),
    data: {
      created: [...made.keys()],
      chart: facts.chart,
      kinds: Object.fromEntries(facts.kinds ?? []),
      crds: facts.crds,
    },
    diagnostics: rendered.diagnostics.map((d) => ({
      ...d,
      at: { file: `custom/${capability}/${component}/values.yaml.hbs`, line: 1, col: 1 },
    })),
    summary: `${reference.name} ${reference.version}: ${many(facts.values.length, 'value')} to choose from in custom/${capability}/${component}/values.yaml.hbs. Next: \`slipway catalog test ${capability}\`.`,
  };
}

function loadedCatalog(ctx: Context): Catalog {
  const { value, diagnostics } = createPipeline(ctx).loadCatalog();
  if (value === undefined) throw new DiagnosticsError(diagnostics);
  return value;
}

function namesOf(name: string, catalog: Catalog): [capability: string, component: string] {
  const parts = name.split('/');
  const [first = '', component = first] = parts;
  if (parts.length > 2 || ![first, component].every(isDnsLabel))
    throw new UsageError(
      `"${name}" is not <component> or <capability>/<component>.`,
      'As in: slipway new component podinfo --chart https://charts.example.com',
    );
  requireComponentName(component);
  const known = catalog.components.get(component);
  if (known !== undefined)
    throw new UsageError(`The component ${component} exists already: ${known.source.file}.`, 'Choose another name.');
  return [first, component];
}

/** The chart that is meant: its version is the newest that is no pre-release, unless --chart-version says. */
async function chartReference(
  ctx: Context,
  component: string,
  options: NewComponentInvocation['options'],
): Promise<ChartReference> {
  const repository = withoutEnd(options.chart ?? '', '/');
  const wanted = options.chartVersion;
  const source = chartSource({ repository, version: wanted ?? '0.0.0' });
  if (source === undefined) throw new UsageError(`"${repository}" is no repository of charts.`, repositoryForms);
  if (source.kind === 'folder') return folderReference(ctx, repository, source.path);
  const name = options.chartName ?? component;
  if (wanted !== undefined) return { repository, name, version: wanted };
  const versions = await versionsOf(ctx, { repository, name, version: '0.0.0' });
  const version = versions.find((v) => !v.replace(/\+.*$/, '').includes('-')) ?? versions[0];
  if (version === undefined)
    throw new ToolError(
      'chart/missing',
      `${repository} has no version of ${name}.`,
      'Correct --chart or --chart-name, or name a version with --chart-version.',
    );
  return { repository, name, version };
}

/** Newest first. Offline nobody knows them, and the caller has to say which it is. */
async function versionsOf(ctx: Context, chart: ChartReference): Promise<readonly string[]> {
  try {
    return await ctx.charts.versions(chart);
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== 'chart/offline') throw error;
    throw new ToolError(
      'chart/offline',
      `Which versions of ${chart.name} there are is only known to ${chart.repository}.`,
      'Leave --offline out, or name a version that is on this machine with --chart-version.',
      { cause: error },
    );
  }
}

/** A folder of this repository is one version of one chart: what its Chart.yaml says. */
function folderReference(ctx: Context, repository: string, path: string): ChartReference {
  const file = `${path}/Chart.yaml`;
  if (!ctx.files.exists(file))
    throw new UsageError(
      `${repository} holds no chart: there is no ${file}.`,
      'Correct --chart; folders begin with ./',
    );
  const read = readKubernetesYaml(ctx.files.read(file));
  if ('problem' in read)
    throw new ToolError('chart/invalid', `${file} cannot be read: ${read.problem.reason}.`, 'Correct the chart.', {
      file,
    });
  const about = asMap(read.value);
  const name = textAt(about, 'name');
  const version = textAt(about, 'version');
  if (name === undefined || version === undefined)
    throw new ToolError('chart/invalid', `${file} lacks a name or a version.`, 'Correct the chart.', { file });
  return { repository, name, version };
}

/**
 * The values with their roles, but for those that would change nothing. The switch of a ServiceMonitor often counts only where
 * the cluster has the definition of them: it stays, and is named.
 */
async function settable(
  offered: readonly UsualValue[],
  hasMonitoring: boolean,
  rendered: RenderedDefaults,
): Promise<Pick<ChartFacts, 'values' | 'idleMonitors'>> {
  const isSet = ({ role }: UsualValue): boolean => role !== undefined && (role !== 'monitor' || hasMonitoring);
  const idle = await rendered.idle(valuesOf(offered.filter(isSet)));
  const isIdle = ({ path }: UsualValue): boolean => idle.some((i) => i.every((step, n) => step === path[n]));
  return {
    values: offered.map(({ role, ...value }) =>
      role === undefined || (role !== 'monitor' && isIdle(value)) ? value : { ...value, role },
    ),
    idleMonitors: offered.filter((v) => v.role === 'monitor' && isSet(v) && isIdle(v)).map((v) => v.path.join('.')),
  };
}

function valuesOf(values: readonly UsualValue[]): ValueMap {
  const nested = ([key = '', ...rest]: readonly string[], value: Value): ValueMap => ({
    [key]: rest.length === 0 ? value : nested(rest, value),
  });
  return values.map(({ path, value }) => nested(path, value)).reduce(mergeMaps, {});
}

/** A file of a chart as a map; what Helm reads otherwise is not read at all. */
function yamlIn(files: ReadonlyMap<string, string>, path: string): ValueMap {
  const text = files.get(path);
  return text === undefined ? {} : asMap(kubernetesValue(text));
}

const subchartsOf = (about: ValueMap): ReadonlySet<string> =>
  new Set(listAt(about, 'dependencies').flatMap((d) => asString(getAt(d, 'alias') ?? getAt(d, 'name')) ?? []));

/** One sentence on one line. */
function sentence(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim().slice(0, 200);
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

/** Definitions in crds/, for when nothing could render the chart. */
function packedDefinitions(files: ReadonlyMap<string, string>): ChartDocument[] {
  return [...files]
    .filter(([path]) => /^crds\/.*\.(?:ya?ml|json)$/.test(path))
    .flatMap(([path, text]) =>
      text
        .split(/^---.*$/m)
        .flatMap((part) => objectsOf(kubernetesValue(part) ?? {}).map((object) => ({ source: path, object }))),
    );
}

function definitionsIn(documents: readonly ChartDocument[]): string[] {
  const found = documents.flatMap(({ object }) => {
    if (object['kind'] !== 'CustomResourceDefinition') return [];
    const group = asString(valueAt(object, '/spec/group'));
    const kind = asString(valueAt(object, '/spec/names/kind'));
    return group === undefined || kind === undefined ? [] : [`${group}/${kind}`];
  });
  return [...new Set(found)].sort(compareText);
}

function kindsOf(documents: readonly ChartDocument[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { object } of documents) {
    const kind = textAt(object, 'kind') ?? '';
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return new Map([...counts].sort(([a], [b]) => compareText(a, b)));
}

const holdsData = ({ object }: ChartDocument): boolean =>
  object['kind'] === 'PersistentVolumeClaim' || asList(valueAt(object, '/spec/volumeClaimTemplates')).length > 0;

/** What the first example of a capability says: enough for its other components. */
function exampleOf(ctx: Context, capability: string): ValueMap {
  const [first] = ['catalog', 'custom'].flatMap((top) => ctx.files.list(`${top}/${capability}/examples`, ['.yaml']));
  const spec = first === undefined ? undefined : valueAt(kubernetesValue(ctx.files.read(first)), '/spec');
  return isMap(spec) ? spec : { capabilities: { [capability]: {} } };
}

function kindsTable({ kinds, crds }: ChartFacts): string {
  if (kinds === undefined) return '';
  const rows = [...kinds].map(([kind, count]) => [kind, String(count)]);
  const defines = crds.length === 0 ? '' : `\n\nDefines ${crds.join(', ')}.`;
  return `\n\n${table([['KIND', 'OBJECTS'], ...rows])}${defines}`;
}
