// Writes everything that is generated from something else: types, composed schemas, docs/errors.md, the options tables of
// the catalog's READMEs. With --check it only says what is not current (exit 1).
import { baseSchemas } from '../generator/config/baseSchemas.ts';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { compile } from 'json-schema-to-typescript';
import { createContext } from '../generator/context.ts';
import { betweenMarks } from '../generator/catalog/docs.ts';
import { stalePages } from '../generator/commands/catalog/docs.ts';
import { composed, printSchema } from '../generator/commands/schema/schema.ts';
import { codes } from '../generator/model/codes.ts';
import { formats } from '../generator/config/formats.ts';
import { limits } from '../generator/kubernetes/shapes/limitTable.ts';
import { createPipeline } from '../generator/pipeline/pipeline.ts';

const root = resolve(import.meta.dirname, '..');
const check = process.argv.includes('--check');
const stale: string[] = [];

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

function output(path: string, text: string): void {
  const full = join(root, path);
  if (existsSync(full) && readFileSync(full, 'utf8') === text) return;
  stale.push(path);
  if (!check) writeFileSync(full, text);
}

/** The part of component.yaml about kinds, which may stand in a file of its own (kinds.yaml). */
function kindsSchema(): void {
  const component = JSON.parse(readFileSync(join(root, 'schemas/component.schema.json'), 'utf8')) as JsonSchema;
  const { apiVersion, kind, spec } = component.properties ?? {};
  const parts = Object.entries(spec?.properties ?? {}).filter(([name]) =>
    ['makes', 'references', 'kinds', 'lists'].includes(name),
  );
  const schema = {
    ...component,
    $id: 'https://slipway.dev/schemas/kinds.schema.json',
    title: 'Kinds',
    properties: {
      apiVersion,
      kind: { ...kind, const: 'Kinds' },
      spec: { ...spec, properties: Object.fromEntries(parts), required: [] },
    },
    required: ['apiVersion', 'kind', 'spec'],
  };
  output('schemas/kinds.schema.json', printSchema(schema));
}

async function types(): Promise<void> {
  const parts: string[] = ['// Generated from schemas/ by `npm run generate`. Do not edit.\n'];
  const read = (file: string): object =>
    JSON.parse(readFileSync(join(root, `schemas/${file}.schema.json`), 'utf8')) as object;
  const formats: readonly (readonly [name: string, schema: object])[] = [
    ['ClusterSpec', baseSchemas.cluster],
    ['EnvironmentSpec', baseSchemas.environment],
    ['FleetFile', read('fleet')],
    ['CatalogFile', read('catalog')],
    ['CapabilityFile', read('capability')],
    ['ComponentFile', read('component')],
    ['KindsFile', read('kinds')],
    ['MigrationsFile', read('migrations')],
    ['DistributionsFile', read('distributions')],
  ];
  for (const [name, format] of formats) {
    const schema: Record<string, unknown> = structuredClone({ ...format });
    delete schema['$id'];
    schema['title'] = name;
    const text = await compile(schema, name, {
      bannerComment: '',
      declareExternallyReferenced: true,
      additionalProperties: false,
    });
    parts.push(`export namespace ${name}Format {\n${text.trimEnd()}\n}\n`.replace(/\n(?!\n|$)/g, '\n'));
  }
  output('generator/model/spec.gen.ts', parts.join('\n'));
}

function errors(): void {
  const areas = new Map<string, string[]>();
  for (const [code, { title, help }] of Object.entries(codes)) {
    const area = code.includes('/') ? code.slice(0, code.indexOf('/')) : 'other';
    areas.set(area, [...(areas.get(area) ?? []), `### ${code}\n\n**${title}.** ${help}\n`]);
  }
  const body = [...areas].map(([area, entries]) => `## ${area}\n\n${entries.join('\n')}`).join('\n');
  output(
    'docs/errors.md',
    `# Errors\n\nEvery finding has a stable code. This page is generated from \`generator/model/codes.ts\`.\n\n${body}`,
  );
}

function pages(): void {
  const catalog = createPipeline(ctx).loadCatalog().value;
  if (catalog === undefined) return;
  for (const [path, text] of stalePages(ctx, catalog, [...catalog.capabilities.keys()])) output(path, text);
}

function limitTable(): void {
  const path = 'docs/validation.md';
  const rows = limits.map((l) => {
    const kinds = [...new Set(l.kinds.map((kind) => kind.slice(kind.indexOf('/') + 1)))].join(', ');
    const where = [...new Set(l.at.map((p) => p.replace(/^.*\/template\/spec(?=\/)/, '/spec')))].map((p) => `\`${p}\``);
    return `| ${kinds} | ${where.join(', ')} | ${l.max} ${l.counts} | ${l.because} | ${l.source} |`;
  });
  const head = '| kind | where | at most | because | read in |\n|---|---|---|---|---|';
  const text = betweenMarks(readFileSync(join(root, path), 'utf8'), 'limits', [head, ...rows].join('\n'));
  if (text !== undefined) output(path, text);
}

function formatTable(): void {
  const path = 'docs/catalog.md';
  const rows = Object.entries(formats).map(
    ([name, { what, example, source }]) => `| \`${name}\` | ${what} | \`${example}\` | ${source} |`,
  );
  const head = '| format | is | like | read in |\n|---|---|---|---|';
  const text = betweenMarks(readFileSync(join(root, path), 'utf8'), 'formats', [head, ...rows].join('\n'));
  if (text !== undefined) output(path, text);
}

const ctx = createContext(root, { quiet: true, verbose: false });
kindsSchema();
await types();
errors();
pages();
limitTable();
formatTable();
for (const what of ['cluster', 'environment'] as const)
  output(`schemas/${what}.schema.json`, printSchema(composed(ctx, what)));
if (stale.length > 0) console.log(`${check ? 'not current' : 'wrote'}: ${stale.join(', ')}`);
if (check && stale.length > 0) {
  console.log('run `npm run generate` and commit the result');
  process.exitCode = 1;
}
