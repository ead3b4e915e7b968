import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { formatOf } from '../../generator/config/formats.ts';
import { mergeMaps } from '../../generator/config/merge.ts';
import { createContext } from '../../generator/context.ts';
import type { Diagnostic } from '../../generator/model/diagnostic.ts';
import type { Value, ValueMap } from '../../generator/model/values.ts';
import { asMap, isList, isMap, pointerStep, textAt } from '../../generator/model/values.ts';
import type { ClusterResult } from '../../generator/pipeline/pipeline.ts';
import { createPipeline } from '../../generator/pipeline/pipeline.ts';
import { compilePattern } from '../../generator/util/regex.ts';
import { emitYaml } from '../../generator/yaml/emit.ts';
import { sitesOf, textOptions, withText } from '../helpers/textOptions.ts';
import type { TextOption } from '../helpers/textOptions.ts';
import { overlayContext, repository } from '../helpers/workspace.ts';

/** What somebody may try in any option: each computes, ends or comments out something in some language. */
const attempts = [
  '{{ .Release.Name }}',
  '${HOME}',
  '$HOME',
  '$(touch x)',
  '#{x}',
  '%{x}',
  "'; DROP TABLE x; --",
  '"',
  '\\',
  '`',
  '\n',
  '\u001b[2J',
  '<b>',
  '|',
  ' # x',
  ': x',
  '*',
];

/**
 * Places whose text a program computes, and what begins that. An option whose text gets there may not hold it. Below `V` are
 * the values of the chart.
 */
const computed: readonly { readonly at: RegExp; readonly signs: RegExp; readonly source: string }[] = [
  { at: /\/V\//, signs: /\{\{|\$\(/, source: 'Helm: tpl, in many charts; Kubernetes: args and env of containers' },
  {
    at: /^\S+ kafka-ui .*\/V\/(?:yamlApplicationConfig|env)\//,
    signs: /[$#]\{/,
    source: 'kafka-ui 1.5.2: Spring, placeholders',
  },
  { at: /^\S+ dex .*\/V\/config\//, signs: /\$/, source: 'dex 2.45, cmd/dex/config.go: os.ExpandEnv of connectors' },
  {
    at: /\/V\/grafana\/(?:env|grafana\.ini|datasources|additionalDataSources)\b/,
    signs: /\$\{|\$__/,
    source: 'grafana 12, pkg/setting/expanders.go',
  },
  { at: /\/V\/alertmanager\/config\//, signs: /\{\{/, source: 'alertmanager 0.33, config/notifiers.go: tmpl_string' },
  {
    at: /\/V\/(?:prometheus\/prometheusSpec|.*)\/externalLabels\//,
    signs: /\$/,
    source: 'prometheus 3, config.go: expand of external labels',
  },
  { at: /^\S+ loki .*\/V\/loki\//, signs: /\$\{/, source: 'loki 3, -config.expand-env' },
  {
    at: /^\S+ argocd .*\/V\/configs\/(?:cm|params)\//,
    signs: /^\$/,
    source: 'argo-cd 3.5, util/settings: $secret:key',
  },
  { at: /^ExternalSecret .*\/target\/template\//, signs: /\{\{/, source: 'external-secrets 2.9, pkg/template/v2' },
  {
    at: /\/(?:c|initC)ontainers\/\d+\/(?:command|args|env)\//,
    signs: /\$\(/,
    source: 'kubernetes 1.36, third_party/forked/golang/expansion',
  },
];

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** SQL without comments, with what its literals say in their place. */
const sqlRead = (text: string): string =>
  text.replaceAll(
    /--[^\n]*|E'((?:[^'\\]|''|\\.)*)'|'((?:[^']|'')*)'/gs,
    (_, escaped: string | undefined, plain: string | undefined) =>
      escaped === undefined
        ? (plain ?? '').replaceAll("''", "'")
        : escaped.replaceAll("''", "'").replaceAll(/\\(.)/gs, '$1'),
  );

interface Language {
  readonly at: RegExp;
  /** How a text stands in it; undefined: the language has no way to say it. */
  as(text: string): string | undefined;
  /** What a program reads, where that is not what is written. */
  read?(text: string): string;
}

/** Texts that are a language of their own, by their place. Elsewhere a text stands there as it is. */
const languages: readonly Language[] = [
  // the rows are a JSON document in a literal of SQL
  { at: /^ConfigMap postgres-permissions .*\/permissions\.sql$/, as: inJson, read: sqlRead },
  { at: /\/azure\.json$/, as: inJson },
  { at: /^ValidatingAdmissionPolicy .*\/expression$/, as: inJson },
  // a document of JSON between backticks, which JMESPath cannot hold
  {
    at: /\/GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_PATH$/,
    as: (text) => (text.includes('`') ? undefined : inJson(text)),
  },
  // CSV, whose quotes Argo CD does not read doubled
  { at: /\/policy\.csv$/, as: (text) => (/["\n]/.test(text) ? undefined : text) },
  // Argo CD names registries without the scheme
  { at: /^ExternalSecret secret-objects charts-.*\/data\/url$/, as: (text) => text.replace(/^oci:\/\//, '') },
];

/** Options that name objects and much else, so that the places themselves are others: what is made of them has tests of its own. */
const named: Readonly<Record<string, string>> = {
  'postgres/clusters/*/databases/*/name': 'test/postgres asks PostgreSQL',
};

const catalog = createPipeline(createContext(repository, { quiet: true, verbose: false })).loadCatalog().value;
const options = [...(catalog?.capabilities.values() ?? [])].flatMap((c) => textOptions(c.options, c.name));

const read = (path: string): ValueMap => asMap(parse(readFileSync(join(repository, 'catalog', path), 'utf8')) as Value);
const exampleSpec = (path: string): ValueMap => asMap(read(path)['spec']);
const examples = [...(catalog?.capabilities.keys() ?? [])].flatMap((capability) =>
  readdirSync(join(repository, 'catalog', capability, 'examples')).map((file) => ({
    capability,
    spec: exampleSpec(`${capability}/examples/${file}`),
  })),
);

/** With what reads the options of other capabilities: the groups of auth get into Argo CD, Grafana and Kafka UI. */
const readers = ['kafka/examples/ui.yaml', 'monitoring/examples/small.yaml', 'gitops/examples/minimal.yaml'].map(
  exampleSpec,
);
const isReadElsewhere = (path: string): boolean => path.startsWith('auth/');
const among = (spec: ValueMap): ValueMap => [...readers, spec].reduce((a, b) => mergeMaps(a, b));

interface Site {
  readonly option: TextOption;
  readonly spec: ValueMap;
  readonly steps: readonly (string | number)[];
  readonly text: string;
  readonly isKey: boolean;
}

/** Where an example sets the option: of its own capability, if there is one. */
function siteOf(option: TextOption): Site | undefined {
  const [capability = ''] = option.path.split('/');
  const own = [...examples].sort((a, b) => Number(b.capability === capability) - Number(a.capability === capability));
  for (const { spec } of own) {
    const [site] = sitesOf(option.path, spec);
    if (site !== undefined) return { ...site, option, spec, isKey: option.path.endsWith('/#') };
  }
  return undefined;
}

function admits({ schema }: TextOption, text: string): boolean {
  const format = formatOf(textAt(schema, 'format') ?? '');
  const pattern = textAt(schema, 'pattern');
  return (
    (format === undefined || format.problem(text) === undefined) &&
    (pattern === undefined || compilePattern(pattern).test(text)) &&
    text.length <= Number(schema['maxLength'] ?? Infinity)
  );
}

/** The text of an example with something in it, at each place where a grammar could let it pass. */
const mixed = (own: string, attempt: string): string[] =>
  [
    attempt.trim(),
    own + attempt,
    own.slice(0, 1) + attempt + own.slice(1),
    own.replace(/[^=:@\\/)]*\)*$/, (end) => attempt + end),
    own.replace(/=/, `=${attempt.replaceAll('$', '$$$$')}`),
  ].filter((text) => text !== '' && text !== own);

const isLoud = (text: string): boolean => /\{\{|\$\(/.test(text);

/** Texts that the option takes: many attempts in one where that passes, those that are refused for charts apart. */
function takenBy({ option, text }: Site): string[] {
  const passing = attempts.filter((attempt) => mixed(text, attempt).some((t) => admits(option, t)));
  const together = (some: readonly string[]): string[] => {
    const joined = [some.join('a'), text + some.join('')].find((t) => admits(option, t));
    if (joined !== undefined && some.length > 0) return [joined];
    return some.flatMap((attempt) => mixed(text, attempt).find((t) => admits(option, t)) ?? []);
  };
  return [...together(passing.filter((a) => !isLoud(a))), ...together(passing.filter(isLoud))];
}

const base: ValueMap = {
  domain: 'example.com',
  kubernetes: { version: '1.34' },
  git: { repoURL: 'https://git.example.com/platform/fleet.git' },
};

/** Runs specs as clusters of one fleet; all are called alike in what is compared. */
async function run(specs: readonly ValueMap[]): Promise<readonly ClusterResult[]> {
  const name = (i: number): string => `v${String(i).padStart(5, '0')}`;
  const head = (i: number): ValueMap => ({
    apiVersion: 'slipway.dev/v1alpha1',
    kind: 'Cluster',
    metadata: { name: name(i) },
  });
  const files = specs.map((spec, i) => [
    `clusters/${name(i)}.yaml`,
    emitYaml({ ...head(i), spec: mergeMaps(base, spec) }),
  ]);
  const pipeline = createPipeline(overlayContext(Object.fromEntries(files) as Record<string, string>));
  const { clusters, diagnostics } = await pipeline.run({ clusters: [], keepObjects: true, isTrial: true });
  const byName = new Map(clusters.map((c) => [c.name, c]));
  const byFile = new Map<string, Diagnostic[]>();
  for (const d of diagnostics) byFile.set(d.at?.file ?? '', [...(byFile.get(d.at?.file ?? '') ?? []), d]);
  return specs.map((_spec, i) => ({
    name: name(i),
    ...byName.get(name(i)),
    diagnostics: byFile.get(`clusters/${name(i)}.yaml`) ?? [],
  }));
}

/** The texts of a tree by their place: `Kind component name/pointer`. */
function textsOf({ name, tree }: ClusterResult): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (node: Value, place: string): void => {
    if (isList(node)) node.forEach((item, i) => visit(item, `${place}/${i}`));
    else if (isMap(node)) for (const [key, item] of Object.entries(node)) visit(item, `${place}/${pointerStep(key)}`);
    else found.set(place, String(node).replaceAll(name, 'cluster'));
  };
  for (const o of tree?.objects ?? [])
    visit(o.object, `${o.kind} ${o.component} ${o.name}`.replaceAll(name, 'cluster'));
  // names of objects may end with a digest of the text
  const plain = (text: string): string => text.replaceAll(/-[0-9a-f]{8}(?![0-9a-z-])/g, '-digest');
  return new Map(
    [...found].map(([place, text]) => [plain(place.replace('spec/source/helm/valuesObject', 'V')), plain(text)]),
  );
}

/** Where two texts part. */
function around(now: string, was: string): string {
  const at = [...now].findIndex((char, i) => char !== was[i]);
  const part = (text: string): string => JSON.stringify(text.slice(Math.max(0, at - 20), at + 120));
  return `${part(was)} became ${part(now)}`;
}

/** What is wrong with a tree that differs from a harmless one by a text. */
function wrongIn(
  hostile: ClusterResult,
  harmless: ClusterResult,
  { own, text, isKey }: { readonly own: string; readonly text: string; readonly isKey: boolean },
): string[] {
  const [after, before] = [textsOf(hostile), textsOf(harmless)];
  const wrong: string[] = [];
  for (const [place, now] of after) {
    const was = before.get(place);
    if (was === now || (isKey && was === undefined && place.endsWith(pointerStep(text)))) continue;
    const language = languages.find((l) => l.at.test(place));
    const [written, mine] = language === undefined ? [text, own] : [language.as(text), language.as(own) ?? own];
    const read = language?.read ?? ((raw: string) => raw);
    const isRight =
      was !== undefined && written !== undefined && read(was).replaceAll(mine, () => written) === read(now);
    if (!isRight) wrong.push(`${place}: ${around(now, was ?? '')}`);
    const computes = computed.find((c) => c.at.test(place) && c.signs.test(text));
    if (computes !== undefined) wrong.push(`${place}: ${JSON.stringify(text)} is computed (${computes.source})`);
  }
  const gone = [...before.keys()].filter((place) => !after.has(place) && !isKey);
  return [...wrong, ...gone.map((place) => `${place} is gone`)];
}

const changed = ({ spec, steps, isKey }: Site, text: string): ValueMap => asMap(withText(spec, steps, text, isKey));

/** Stands nowhere else in a tree. */
const marker = 'zqxmark';

interface Harmless {
  readonly site: Site;
  readonly harmless: ClusterResult;
  /** The text that stands there. */
  readonly own: string;
}

/** A tree of each site with a harmless text: the marker where the option takes it, else that of the example. */
async function harmlessOf(sites: readonly Site[]): Promise<Harmless[]> {
  const variants = sites.flatMap((site) => {
    const wide = isReadElsewhere(site.option.path) ? [{ ...site, spec: among(site.spec) }, site] : [site];
    return wide.flatMap((s) => [marker, site.text].flatMap((own) => (admits(s.option, own) ? [{ site: s, own }] : [])));
  });
  const results = await run(variants.map(({ site, own }) => changed(site, own)));
  const first = new Map<TextOption, Harmless>();
  variants.forEach((variant, i) => {
    const harmless = results[i];
    if (harmless?.tree !== undefined && !first.has(variant.site.option))
      first.set(variant.site.option, { ...variant, harmless });
  });
  return [...first.values()];
}

describe('hostile text in the string options of the catalog', () => {
  const sites = options.flatMap((option) => siteOf(option) ?? []);

  it('has every option to be put into', () => {
    const found = new Set(sites.map((s) => s.option.path));
    // what is reserved stands in no example
    expect(options.map((o) => o.path).filter((path) => !found.has(path))).toEqual(['tenants/reservedNamespaces/*']);
    expect(sites.length).toBeGreaterThan(270);
  });

  it('is refused at its place by options whose grammar has no room for it', async () => {
    const text = `x${attempts.join('x')}`;
    const strict = sites.filter(({ option }) => !admits(option, text));
    const results = await run(strict.map((s) => asMap(withText(s.spec, s.steps, text, s.isKey))));
    const missed = results.flatMap(({ diagnostics }, i) => {
      const said = diagnostics.filter((d) => d.severity === 'error' && d.hint !== undefined);
      return said.length > 0 ? [] : [`${strict[i]?.option.path}: ${diagnostics.map((d) => d.message).join(' ')}`];
    });
    expect(missed).toEqual([]);
    expect(strict.length).toBeGreaterThan(240);
  }, 60_000);

  it('stands where the harmless text stood, in the language of the place, and nothing computes it', async () => {
    const open = sites.filter((s) => named[s.option.path] === undefined && takenBy(s).length > 0);
    const bases = await harmlessOf(open);
    const trials = bases.flatMap((harmless) => takenBy(harmless.site).map((text) => ({ ...harmless, text })));
    const results = await run(trials.map(({ site, text }) => changed(site, text)));
    const counts = { rendered: 0, refused: 0 };
    const wrong = trials.flatMap(({ site, harmless, own, text }, i) => {
      const result = results[i];
      const about = `${site.option.path} ${JSON.stringify(text)}`;
      if (result?.tree !== undefined) {
        counts.rendered += 1;
        return wrongIn(result, harmless, { own, text, isKey: site.isKey }).map((w) => `${about} @ ${w}`);
      }
      counts.refused += 1;
      const said = result?.diagnostics.some((d) => d.severity === 'error' && d.hint !== undefined);
      return said === true ? [] : [`${about}: no finding with a place`];
    });
    expect(wrong).toEqual([]);
    expect(open.filter((s) => !bases.some((b) => b.site.option === s.option)).map((s) => s.option.path)).toEqual([]);
    expect(counts.rendered).toBeGreaterThan(60);
    expect(counts.refused).toBeGreaterThan(20);
  }, 120_000);
});
