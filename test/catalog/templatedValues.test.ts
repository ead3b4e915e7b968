import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { expect, it } from 'vitest';
import { mergeMaps } from '../../generator/config/merge.ts';
import { createContext } from '../../generator/context.ts';
import { withFleet } from '../../generator/pipeline/overlay.ts';
import { createPipeline } from '../../generator/pipeline/pipeline.ts';
import type { Value, ValueMap } from '../../generator/model/values.ts';
import { asMap, compareText, isList, isMap } from '../../generator/model/values.ts';
import { emitYaml } from '../../generator/yaml/emit.ts';
import { withText } from '../helpers/textOptions.ts';
import { repository } from '../helpers/workspace.ts';

/**
 * Which values that the catalog sets a chart hands to `tpl`, at the version where that was read; those of Loki and External
 * Secrets without their subcharts.
 */
interface Facts {
  readonly read: Readonly<
    Record<string, { readonly chart: string; readonly version: string; readonly values: readonly string[] }>
  >;
  /** Components whose chart was not at hand. Text of options holds no `{{` in any chart, read or not (spec/template-text). */
  readonly unread: readonly string[];
}

const file = join(repository, 'test/fixtures/catalog/templated-values.json');
const facts = JSON.parse(readFileSync(file, 'utf8')) as Facts;
const ctx = createContext(repository, { quiet: true, verbose: false, offline: true });

it('are known of the charts of the catalog, at the versions that it has', () => {
  const catalog = createPipeline(ctx).loadCatalog().value;
  const charts = [...(catalog?.components.values() ?? [])].flatMap(({ name, chart }) =>
    chart === undefined ? [] : [{ name, chart: chart.name, version: chart.version }],
  );
  expect([...Object.keys(facts.read), ...facts.unread].sort(compareText)).toEqual(
    charts.map((c) => c.name).sort(compareText),
  );
  // another version has to be read anew: the test below says how
  const read = charts.filter((c) => facts.read[c.name] !== undefined);
  expect(read.map(({ name, chart, version }) => [name, chart, version])).toEqual(
    read.map(({ name }) => [name, facts.read[name]?.chart, facts.read[name]?.version]),
  );
});

type Path = readonly (string | number)[];

function textsIn(node: Value, path: Path = []): { readonly path: Path; readonly text: string }[] {
  if (typeof node === 'string') return [{ path, text: node }];
  if (isList(node)) return node.flatMap((item, i) => textsIn(item, [...path, i]));
  return isMap(node) ? Object.entries(node).flatMap(([key, item]) => textsIn(item, [...path, key])) : [];
}

const shown = (path: Path): string => path.map((step) => (typeof step === 'number' ? '*' : step)).join('.');

/** The examples of the catalog as clusters of one fleet. */
function exampleFleet(): Record<string, string> {
  const base: ValueMap = {
    domain: 'example.com',
    kubernetes: { version: '1.34' },
    git: { repoURL: 'https://git.example.com/fleet.git' },
  };
  const folders = readdirSync(join(repository, 'catalog'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const files = folders.flatMap(({ name: capability }) =>
    readdirSync(join(repository, 'catalog', capability, 'examples')).map((example) => {
      const name = `${capability}-${example.replace('.yaml', '')}`;
      const text = readFileSync(join(repository, 'catalog', capability, 'examples', example), 'utf8');
      const spec = mergeMaps(base, asMap((parse(text) as ValueMap)['spec']));
      return [
        `clusters/${name}.yaml`,
        emitYaml({ apiVersion: 'slipway.dev/v1alpha1', kind: 'Cluster', metadata: { name }, spec }),
      ];
    }),
  );
  return Object.fromEntries(files) as Record<string, string>;
}

/** Whether a number that a template says stands somewhere without it: somebody has computed it. */
const isComputed = (text: string): boolean => /(?<!\{\{ )123454321/.test(text);

/**
 * With the packages of charts in the folder SLIPWAY_CHARTS and SLIPWAY_READ_TPL=1: renders every chart that is there once for
 * each text of its values, with a template in it. SLIPWAY_READ_TPL=write writes the facts.
 */
it.runIf(process.env['SLIPWAY_READ_TPL'] !== undefined)(
  'are what rendering shows',
  async () => {
    const pipeline = createPipeline(withFleet(ctx, exampleFleet()));
    const charts = await pipeline.charts();
    const { clusters } = await pipeline.run({ clusters: [], isTrial: true });
    const found = new Map<string, { chart: string; version: string; values: Set<string> }>();
    const seen = new Set<string>();
    for (const { plan: cluster } of clusters)
      for (const plan of cluster?.components ?? []) {
        const { name } = plan.component;
        if (charts === undefined || cluster === undefined || plan.chart === undefined) continue;
        const { value: job } = await charts.prepare(plan, cluster, 'find');
        if (job === undefined) continue;
        const own = found.get(name) ?? {
          chart: plan.chart.name,
          version: plan.chart.version,
          values: new Set<string>(),
        };
        found.set(name, own);
        for (const { path, text } of textsIn(job.request.values)) {
          if (own.values.has(shown(path)) || seen.has(`${name} ${shown(path)} ${text}`)) continue;
          seen.add(`${name} ${shown(path)} ${text}`);
          const values = asMap(withText(job.request.values, path, `${text}{{ 123454321 }}`, false));
          const result = await charts.helm.template({ ...job.request, values });
          if ('texts' in result && result.texts.some((t) => isComputed(t.text))) own.values.add(shown(path));
        }
      }
    const read = Object.fromEntries(
      [...found]
        .sort(([a], [b]) => compareText(a, b))
        .map(([name, own]) => [name, { ...own, values: [...own.values].sort(compareText) }]),
    );
    if (process.env['SLIPWAY_READ_TPL'] === 'write') {
      const unread = [...facts.unread, ...Object.keys(facts.read)].filter(
        (name) => read[name] === undefined && facts.read[name] === undefined,
      );
      const all: Facts = { read: { ...facts.read, ...read }, unread: unread.sort(compareText) };
      writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`);
    } else expect(read).toEqual(Object.fromEntries(Object.keys(read).map((name) => [name, facts.read[name]])));
    expect(found.size).toBeGreaterThan(0);
  },
  600_000,
);
