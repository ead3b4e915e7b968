import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiShapes } from '../../generator/kubernetes/shapes/apiShapes.ts';
import type { ShapeProblem } from '../../generator/kubernetes/shapes/shapeTypes.ts';
import { bounded } from '../../generator/util/concurrency.ts';
import { compareText } from '../../generator/model/values.ts';
import { committedSchemas } from '../helpers/schemas.ts';
import { goldenTrees, snapshot } from '../helpers/workspace.ts';
import type { ControlPlane } from './harness/controlPlane.ts';
import { startApiServer, startEtcd } from './harness/controlPlane.ts';
import { definitionsOf, establish, groupsKnown } from './harness/crds.ts';
import type { Discovery } from './harness/discovery.ts';
import { createDiscovery } from './harness/discovery.ts';
import type { Json, Trial } from './harness/kubeClient.ts';
import { canMutate, mutate, random } from './harness/mutations.ts';
import type { Run } from './harness/process.ts';
import { startRun } from './harness/process.ts';
import { loadTools } from './harness/programs.ts';
import { tryOn } from './harness/rendered.ts';
import { documentsOf } from './harness/trees.ts';

const repository = resolve(import.meta.dirname, '../..');
const minor = '1.34'; // of the API server
/** Another seed breaks the objects in other ways, another number in more ways. */
const seed = Number(process.env['SLIPWAY_E2E_SEED'] ?? 20260801);
const brokenEach = Number(process.env['SLIPWAY_E2E_BROKEN'] ?? 40);
const shapes = createApiShapes(committedSchemas);

interface TreeObject {
  readonly file: string;
  readonly object: Json & { readonly metadata: { readonly name: string; readonly namespace?: string } };
}

/** Every object of every committed tree: the example clusters and the examples of the catalog. */
function treeObjects(): TreeObject[] {
  const deployed = [...snapshot(join(repository, 'deploy'))].map(([path, text]) => [`deploy/${path}`, text] as const);
  return [...deployed, ...goldenTrees()].flatMap(([file, text]) =>
    file.endsWith('.yaml') && !text.startsWith('sha256 ')
      ? documentsOf(text).map((object) => ({ file, object: object as TreeObject['object'] }))
      : [],
  );
}

let run: Run;
let plane: ControlPlane;
let discovery: Discovery;
let failed = false;
const objects = treeObjects();

beforeAll(async () => {
  run = startRun('validation');
  const tools = loadTools();
  plane = await startApiServer(run, tools, await startEtcd(run, tools), 'api');
  await establish(plane.client, definitionsOf(groupsKnown()));
  discovery = createDiscovery(plane.client);
  const namespaces = new Set(objects.map(({ object }) => object.metadata.namespace).filter((n) => n !== undefined));
  await bounded([...namespaces].sort(compareText), 16, (name) =>
    plane.client.request('POST', '/api/v1/namespaces', { metadata: { name } }).catch(() => undefined),
  );
});
afterAll(async () => {
  const kept = await run?.stop(failed);
  if (kept !== undefined) process.stderr.write(`logs of the failed run: ${kept}\n`);
});

test('every object of every tree passes the API server: no refusal, no unknown field, no deprecated version', async () => {
  const refused: string[] = [];
  const started = Date.now();
  await bounded(objects, 16, async ({ file, object }) => {
    const { status, message, warnings } = await tryOn(plane.client, discovery, object);
    for (const said of [...(status < 300 ? [] : [`${status} ${message}`]), ...warnings])
      refused.push(`${file}: ${said}`);
  });
  const seconds = (Date.now() - started) / 1000;
  process.stdout.write(
    `${objects.length} objects in ${seconds.toFixed(1)} s, ${Math.round(objects.length / seconds)}/s\n`,
  );
  failed ||= refused.length > 0;
  expect(refused.sort()).toEqual([]);
  expect(objects.length).toBeGreaterThan(500);
});

const isBuiltIn = (object: Json): boolean => /^[a-z0-9/]+$|\.k8s\.io\//.test(String(object['apiVersion']));

/** What hand-written code of the API server says of built-in kinds; no schema tells it (docs/e2e.md has a list). */
function isBeyondSchemas(object: Json, { status, message }: Trial): boolean {
  const ofMetadata = /: (?:\[)?metadata\.(?:name|namespace|labels|annotations|finalizers): /.test(message);
  return isBuiltIn(object) && (status === 422 || status < 300) && !ofMetadata;
}

/**
 * Where we refuse more, as kubeconform does: fields that the API reference calls required although the server fills them in,
 * entries of lists that are null, numbers that no controller can read into the type that the schema names, and unknown fields
 * of a definition below items and additionalProperties, which the server drops without a word; and amounts in the values of an
 * Application, which only become those of a pod.
 */
function isStricter(object: Json, problems: readonly ShapeProblem[]): boolean {
  return problems.every(
    ({ keyword, message, pointer }) =>
      (keyword === 'required' && isBuiltIn(object)) ||
      message.includes('not nothing') ||
      keyword === 'format' ||
      (pointer.startsWith('/spec/source/helm/valuesObject/') && /\/resources\/(?:requests|limits)\//.test(pointer)) ||
      (keyword === 'additionalProperties' && object['kind'] === 'CustomResourceDefinition'),
  );
}

test('what the API server refuses of broken objects for its schemas is refused here too, and nothing else', async () => {
  // Objects of the same kind and fields break alike: one of each form is enough, each broken several ways.
  const forms = new Map<string, TreeObject>();
  for (const item of objects) {
    const form = `${String(item.object['apiVersion'])} ${String(item.object['kind'])} ${JSON.stringify(item.object).replaceAll(/"[^"]*"/g, '').length >> 7}`;
    if (!forms.has(form) && canMutate(item.object)) forms.set(form, item);
  }
  const next = random(seed);
  const broken = [...forms.values()].flatMap(({ file, object }) =>
    Array.from({ length: brokenEach }, () => ({ file, ...mutate(object, next) })),
  );
  const missed: string[] = [];
  const falseAlarms: string[] = [];
  const count = { refused: 0, accepted: 0, beyond: 0, stricter: 0 };
  await bounded(broken, 16, async ({ file, object, says }) => {
    const trial = await tryOn(plane.client, discovery, object);
    const ours = shapes.check(object, minor);
    const theirs = trial.status >= 300 || trial.warnings.length > 0;
    const name = `${file}: ${String(object['kind'])}: ${says}`;
    if (theirs && ours.status === 'valid' && isBeyondSchemas(object, trial)) count.beyond += 1;
    else if (theirs && ours.status === 'valid')
      missed.push(`${name}\n    ${trial.status} ${trial.message} ${trial.warnings.join('; ')}`);
    else if (!theirs && ours.status === 'invalid' && isStricter(object, ours.problems)) count.stricter += 1;
    else if (!theirs && ours.status === 'invalid')
      falseAlarms.push(`${name}\n    ${ours.problems.map((p) => `${p.pointer} ${p.message}`).join('; ')}`);
    else count[theirs ? 'refused' : 'accepted'] += 1;
  });
  process.stdout.write(`${broken.length} broken objects: ${JSON.stringify(count)}\n`);
  failed ||= missed.length + falseAlarms.length > 0;
  expect({ missed, falseAlarms }).toEqual({ missed: [], falseAlarms: [] });
  expect(count.refused).toBeGreaterThan(500);
  expect(count.accepted).toBeGreaterThan(100);
});

test.each([
  ['v1', 'ConfigMap'],
  ['v1', 'Service'],
  ['v1', 'Namespace'],
  ['rbac.authorization.k8s.io/v1', 'Role'],
  ['cert-manager.io/v1', 'Certificate'],
])('names of %s %s are good or bad for both', async (apiVersion, kind) => {
  const names = ['a', '1a', 'a.b', 'a..b', 'A', 'a_b', '-a', 'a-', 'a:b', 'a b', 'ä', 'a'.repeat(64), 'a'.repeat(254)];
  const spec =
    kind === 'Service'
      ? { spec: { ports: [{ port: 80 }] } }
      : kind === 'Certificate'
        ? { spec: { secretName: 'a', issuerRef: { name: 'a' } } }
        : {};
  for (const name of names) {
    const metadata = { name, ...(kind === 'Namespace' ? {} : { namespace: 'kafka' }) };
    const object = { apiVersion, kind, metadata, ...spec };
    const { status } = await tryOn(plane.client, discovery, object);
    expect([name, status < 300]).toEqual([name, shapes.check(object, minor).status === 'valid']);
  }
});

test('the definitions of all known kinds are installed', () => {
  expect(readdirSync(join(repository, 'schemas/crds')).length).toBe(groupsKnown().length);
});
