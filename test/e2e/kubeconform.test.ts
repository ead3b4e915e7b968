import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createContext } from '../../generator/context.ts';
import { checkObjects } from '../../generator/validate/files.ts';
import type { ObjectResult } from '../../generator/validate/files.ts';
import { plainPolicy } from '../../generator/validate/policy.ts';
import type { ObjectPolicy } from '../../generator/validate/policy.ts';
import { createPlaces } from '../../generator/commands/validate/schemaPlaces.ts';
import { createChecks } from '../../generator/pipeline/pipeline.ts';
import { objectsIn } from '../../generator/yaml/objects.ts';
import { goldenTrees, repository, snapshot } from '../helpers/workspace.ts';
import type { Json } from './harness/kubeClient.ts';
import type { Status, Verdicts } from './harness/kubeconform.ts';
import { kubeconform, layout, upstreamOpenApi, writeShapes, writeUpstream } from './harness/kubeconform.ts';
import { canMutate, mutate, random } from './harness/mutations.ts';
import { documentsOf } from './harness/trees.ts';

const minor = '1.34'; // of the module of Kubernetes
const seed = Number(process.env['SLIPWAY_E2E_SEED'] ?? 20260801);
const brokenEach = Number(process.env['SLIPWAY_E2E_BROKEN'] ?? 80);
const folder = mkdtempSync(join(tmpdir(), 'slipway-kubeconform-'));
const schemas = join(folder, 'schemas');
const context = createContext(repository, { quiet: true, verbose: false });
const document = upstreamOpenApi();

beforeAll(() => {
  writeShapes(schemas, document === undefined ? minor : undefined);
  if (document !== undefined) writeUpstream(document, schemas);
  process.stdout.write(
    document === undefined
      ? 'schemas: all from schemas/ (the module of Kubernetes is not here)\n'
      : `schemas: built-in kinds from the OpenAPI document of k8s.io/kubernetes, custom ones from schemas/\n`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Text {
  readonly name: string;
  readonly text: string;
  readonly says: string;
}

/** Every object of every committed tree. */
const objects: readonly Json[] = [...snapshot(join(repository, 'deploy')), ...goldenTrees()].flatMap(([path, text]) =>
  path.endsWith('.yaml') && !text.startsWith('sha256 ') ? documentsOf(text) : [],
);
const fileOf = (object: unknown, i: number, says: string): Text => ({
  name: `${String(i).padStart(5, '0')}.json`,
  text: JSON.stringify(object),
  says,
});

function writeAll(name: string, texts: readonly Text[]): string {
  const target = join(folder, name);
  mkdirSync(target);
  for (const text of texts) writeFileSync(join(target, text.name), text.text);
  return target;
}

/** Our verdicts on the same files, by name, and how long they took with reading. */
function slipway(texts: readonly Text[], options: { policy?: ObjectPolicy; locations?: readonly string[] } = {}) {
  const { policy = plainPolicy, locations = [] } = options;
  const places = createPlaces(context, locations, true).places;
  const checks = createChecks(context, { policy, places });
  const started = performance.now();
  const found = texts.flatMap(({ name, text }) => objectsIn(name, text));
  const results = checkObjects(found, minor, checks);
  const seconds = (performance.now() - started) / 1000;
  const byFile = new Map<string, ObjectResult[]>();
  for (const r of results) byFile.set(r.file, [...(byFile.get(r.file) ?? []), r]);
  return { byFile, seconds };
}

/**
 * Why a verdict may differ: what only one of the two can know. Everything else is a mistake of ours. `document` has classes
 * that come from the catalogue's way of writing OpenAPI as JSON schema, which loses some, and from what the server fills in.
 */
function reasonFor(theirs: Status, ours: ObjectResult, message: string): string | undefined {
  const { problems, status } = ours;
  const all = (test: (p: (typeof problems)[number]) => boolean): boolean => problems.length > 0 && problems.every(test);
  if (theirs === 'valid' && status === 'invalid') {
    if (all((p) => p.keyword === 'metadata')) return 'names, labels and annotations';
    if (all((p) => p.keyword === 'limit')) return 'limits that no schema has: keys and sizes of data, names per kind';
    if (all((p) => p.keyword === 'x-kubernetes-validations')) return 'rules in CEL';
    if (all((p) => p.keyword === 'x-kubernetes-list-type')) return 'entries that have to be unique';
    if (all((p) => p.keyword === 'format')) return 'formats int32, int64, byte';
    if (all((p) => p.message.includes('not nothing'))) return 'null, which the catalogue allows everywhere';
    if (all((p) => p.message.includes('does not match the pattern') || p.message.includes('forms that are allowed')))
      return 'the form of quantities';
    if (ours.kind === 'CustomResourceDefinition' && all((p) => openInOpenApi.test(p.pointer)))
      return 'schemas of definitions, which OpenAPI leaves open below items';
    if (
      all((p) =>
        ['metadata', 'limit', 'x-kubernetes-validations', 'x-kubernetes-list-type', 'format'].includes(p.keyword),
      )
    )
      return 'several of these';
  }
  if (theirs === 'invalid' && status === 'valid') {
    if (/missing propert/.test(message)) return 'required fields with a default, and status, which the server fills in';
  }
  return undefined;
}

/** JSONSchemaPropsOrArray, …OrBool and …OrStringArray: OpenAPI has no way to say what they are. */
const openInOpenApi = /\/openAPIV3Schema\/.*(?:items|additionalProperties|dependencies)(?:\/|$)/;

interface Comparison {
  readonly agree: Record<string, number>;
  readonly differ: Record<string, number>;
  readonly wrong: string[];
}

function compare(texts: readonly Text[], theirs: Verdicts, ours: ReadonlyMap<string, ObjectResult[]>): Comparison {
  const agree: Record<string, number> = {};
  const differ: Record<string, number> = {};
  const wrong: string[] = [];
  for (const { name, says } of texts) {
    const a = [...(theirs.statuses.get(name) ?? [])].sort();
    const results = ours.get(name) ?? [];
    const b = results.map((r) => r.status).sort();
    const [status] = a;
    const [result] = results;
    if (JSON.stringify(a) === JSON.stringify(b)) {
      for (const s of a) agree[s] = (agree[s] ?? 0) + 1;
      continue;
    }
    const message = theirs.messages.get(name) ?? '';
    const reason =
      a.length === 1 && status !== undefined && result !== undefined ? reasonFor(status, result, message) : undefined;
    if (reason !== undefined) differ[reason] = (differ[reason] ?? 0) + 1;
    else
      wrong.push(
        `${name} ${says}\n    kubeconform ${a.join()}: ${message.slice(0, 300)}\n    slipway ${b.join()}: ${results.flatMap((r) => r.diagnostics.map((d) => d.message)).join(' ')}`,
      );
  }
  return { agree, differ, wrong };
}

const total = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);

function report(what: string, count: number, { agree, differ }: Comparison, theirs: number, ours: number): void {
  const rate = (seconds: number): string => `${Math.round(count / seconds)}/s`;
  process.stdout.write(
    `${what}: ${count} files, same verdict on ${total(agree)} ${JSON.stringify(agree)}, ${total(differ)} differ for a reason ${JSON.stringify(differ)}; kubeconform ${rate(theirs)}, slipway ${rate(ours)} (compiling and positions included)\n`,
  );
}

/** Objects broken at random: one of each form, several ways each. */
function brokenTexts(): Text[] {
  const forms = new Map<string, Json>();
  for (const object of objects) {
    const form = `${String(object['apiVersion'])} ${String(object['kind'])} ${JSON.stringify(object).replaceAll(/"[^"]*"/g, '').length >> 7}`;
    if (!forms.has(form) && canMutate(object)) forms.set(form, object);
  }
  const next = random(seed);
  const broken = [...forms.values()].flatMap((object) =>
    Array.from({ length: brokenEach }, () => ({ kind: String(object['kind']), ...mutate(object, next) })),
  );
  return broken.map(({ object, kind, says }, i) => fileOf(object, i, `${kind}: ${says}`));
}

test('every object of every tree: the same verdicts', () => {
  const texts = objects.map((object, i) => fileOf(object, i, String(object['kind'])));
  const target = writeAll('trees', texts);
  const theirs = kubeconform(target, schemas);
  const ours = slipway(texts);
  const comparison = compare(texts, theirs, ours.byFile);
  report('trees', texts.length, comparison, theirs.seconds, ours.seconds);
  expect(comparison.wrong).toEqual([]);
  expect(comparison.differ).toEqual({});
  expect(comparison.agree).toEqual({ valid: texts.length });
});

test('thousands of objects broken at random: the same verdicts, with our schemas and with the same ones', () => {
  const texts = brokenTexts();
  const target = writeAll('broken', texts);
  const theirs = kubeconform(target, schemas);
  const ours = slipway(texts);
  const comparison = compare(texts, theirs, ours.byFile);
  report('broken, our schemas', texts.length, comparison, theirs.seconds, ours.seconds);
  const placed = slipway(texts, { locations: [join(schemas, layout)] });
  const same = compare(texts, theirs, placed.byFile);
  report('broken, same schemas', texts.length, same, theirs.seconds, placed.seconds);
  expect({ ours: comparison.wrong, same: same.wrong }).toEqual({ ours: [], same: [] });
  expect(comparison.agree['invalid']).toBeGreaterThan(1000);
  expect(comparison.agree['valid']).toBeGreaterThan(500);
});

test('what is no object, unknown, skipped, rejected or ignored has the same status', () => {
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
  const odd: readonly unknown[] = [
    { ...map, apiVersion: undefined },
    { ...map, kind: undefined },
    { ...map, apiVersion: ['v1'] },
    { ...map, kind: ['ConfigMap'] },
    { ...map, kind: 'configMap2' },
    { ...map, apiVersion: 'example.com/v1' },
    { ...map, apiVersion: 'apps/v1beta1', kind: 'Deployment' },
    { apiVersion: 'v1', kind: 'List', items: [map, { ...map, data: 3 }, { ...map, kind: 'Nope' }] },
    { apiVersion: 'v1', kind: 'List', items: [] },
    ...['Secret', 'Service', 'ServiceAccount'].map((kind) => ({ ...map, kind })),
    { ...map, apiVersion: 'apps/v1', kind: 'Deployment', spec: {} },
    { ...map, metadata: { generateName: 'a-' } },
  ];
  const yaml = JSON.stringify(map);
  const texts: Text[] = [
    ...odd.map((object, i) => fileOf(object, i, JSON.stringify(object).slice(0, 60))),
    ...[
      `${yaml}\n---\n---\n# nothing\n---\n${yaml}\n`,
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: yes}\n',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: 2020-01-01}\n',
      'apiVersion: v1\nkind: ConfigMap\nkind: Secret\nmetadata: {name: a}\n',
      'apiVersion: v1\nkind: [\n',
      '\tapiVersion: v1\n',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: &m {name: a}\ndata:\n  <<: *m\n',
      '- a\n- b\n',
      '',
    ].map((text, i) => ({ name: `text-${i}.yaml`, text, says: JSON.stringify(text) })),
  ];
  const target = writeAll('odd', texts);
  for (const [flags, policy] of [
    [[], plainPolicy],
    [['-ignore-missing-schemas'], { ...plainPolicy, ignoreMissingSchemas: true }],
    [
      ['-skip', 'Secret,v1/Service', '-reject', 'ServiceAccount, apps/v1/Deployment,Secret,v1/Deployment'],
      {
        ...plainPolicy,
        skip: new Set(['Secret', 'v1/Service']),
        reject: new Set(['ServiceAccount', 'apps/v1/Deployment', 'Secret', 'v1/Deployment']),
      },
    ],
  ] as const) {
    const theirs = kubeconform(target, schemas, flags);
    const comparison = compare(texts, theirs, slipway(texts, { policy }).byFile);
    // a removed kind is not one without schema: its removal is known, and stays an error
    const wrong = comparison.wrong.filter((text) => !(policy.ignoreMissingSchemas && text.includes('was removed in')));
    expect([flags, wrong]).toEqual([flags, []]);
  }
});

test('the schemas that were written are those of the catalogue', () => {
  expect(readFileSync(join(schemas, 'apps/deployment_v1.json'), 'utf8')).toContain('"additionalProperties":false');
});
