import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bounded } from '../../../generator/util/concurrency.ts';
import { repository, snapshot } from '../../helpers/workspace.ts';
import type { Json, KubeClient } from './kubeClient.ts';
import { waitFor } from './wait.ts';

const folder = join(repository, 'schemas/crds');

interface SchemaFile {
  readonly gvk: string;
  readonly plural: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly subresources: readonly string[];
  readonly shape: Json;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const files = new Map<string, SchemaFile[]>();

/** The kinds of an API group: the files of each, the version that is stored first. */
function kindsOf(group: string): Map<string, SchemaFile[]> {
  const kinds = new Map<string, SchemaFile[]>();
  if (!files.has(group))
    files.set(
      group,
      readdirSync(join(folder, group))
        .filter((file) => file !== 'provenance.json')
        .sort()
        .map((file) => JSON.parse(readFileSync(join(folder, group, file), 'utf8')) as SchemaFile)
        // versions that are no longer served have none
        .filter(({ shape }) => shape !== undefined)
        .sort((x, y) => stability(x.gvk) - stability(y.gvk)),
    );
  for (const file of files.get(group) ?? []) {
    const kind = file.gvk.split('/')[2] ?? '';
    kinds.set(kind, [...(kinds.get(kind) ?? []), file]);
  }
  return kinds;
}

/** The name of a custom kind in URLs. */
export function pluralOf(group: string, kind: string): string {
  const plural = kindsOf(group).get(kind)?.[0]?.plural;
  if (plural === undefined) throw new Error(`no schema of ${group} ${kind}`);
  return plural;
}

const open: Json = { 'x-kubernetes-preserve-unknown-fields': true };
const copied = [
  'format',
  'enum',
  'default',
  'pattern',
  'required',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'multipleOf',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'x-kubernetes-validations',
];

const copiedOf = (shape: Json): Json =>
  Object.fromEntries(copied.filter((key) => key in shape).map((key) => [key, shape[key]]));

function isIntOrString(shape: Json): boolean {
  const types = Array.isArray(shape['anyOf']) ? shape['anyOf'].map((branch) => (branch as Json)['type']) : [];
  return types.includes('integer') && types.includes('string');
}

/** A shape of `schemas/` as the structural schema that it was derived from. */
function structural(shape: unknown, root: Json): Json {
  if (!isObject(shape)) return open;
  if (typeof shape['$ref'] === 'string') return { type: 'object', ...open };
  if (isIntOrString(shape)) return { 'x-kubernetes-int-or-string': true, ...copiedOf(shape), ...branchesOf(shape) };
  const types = Array.isArray(shape['type']) ? (shape['type'] as string[]) : [shape['type'] as string | undefined];
  const type = types.find((t) => t !== 'null');
  if (type === undefined) return { ...open, ...copiedOf(shape), ...branchesOf(shape) };
  const nullable = types.includes('null') ? { nullable: true } : {};
  const out: Json = { type, ...nullable, ...copiedOf(shape), ...branchesOf(shape) };
  for (const [bound, exclusive] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const)
    if (exclusive in shape) Object.assign(out, { [bound]: shape[exclusive], [exclusive]: true });
  if (type === 'array') out['items'] = structural(shape['items'], root);
  if (type === 'object') Object.assign(out, membersOf(shape, root));
  return out;
}

function membersOf(shape: Json, root: Json): Json {
  const { properties, additionalProperties } = shape;
  if (isObject(properties))
    return {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, child]) => [name, structural(child, root)]),
      ),
      ...(additionalProperties === false ? {} : open),
    };
  return isObject(additionalProperties) ? { additionalProperties: structural(additionalProperties, root) } : open;
}

/** Conditions that come on top: they have no types of their own. */
function branchesOf(shape: Json): Json {
  const out: Json = {};
  for (const key of ['anyOf', 'oneOf', 'allOf'] as const)
    if (Array.isArray(shape[key]) && !(key === 'anyOf' && isIntOrString(shape))) out[key] = shape[key];
  if ('not' in shape) out['not'] = shape['not'];
  return out;
}

/** The API server knows apiVersion, kind and metadata itself; a definition may only limit the name. */
function rootSchema(shape: Json): Json {
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...own } = shape['properties'] as Record<string, Json>;
  const { $ref: _ref, ...limits } = metadata ?? {};
  const properties = {
    ...own,
    status: { type: 'object' },
    ...(Object.keys(limits).length > 0 ? { metadata: { type: 'object', additionalProperties: false, ...limits } } : {}),
  };
  return structural({ ...shape, properties }, shape);
}

/** A CustomResourceDefinition of the group, kind, versions and scope that the schema files say. */
function definition(group: string, kind: string, versionFiles: readonly SchemaFile[]): Json {
  const plural = pluralOf(group, kind);
  const versions = versionFiles.map(({ gvk, shape, subresources }, index) => ({
    name: gvk.split('/')[1] ?? '',
    served: true,
    storage: index === 0,
    subresources: subresources.includes('status') ? { status: {} } : {},
    schema: { openAPIV3Schema: rootSchema(shape) },
  }));
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
      // Groups that end in k8s.io are protected without it.
      ...(group.endsWith('.k8s.io')
        ? { annotations: { 'api-approved.kubernetes.io': 'unapproved, end-to-end test' } }
        : {}),
    },
    spec: {
      group,
      scope: versionFiles[0]?.scope ?? 'Namespaced',
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      versions,
    },
  };
}

/** GA before beta before alpha. */
function stability(gvk: string): number {
  return gvk.includes('alpha') ? 2 : gvk.includes('beta') ? 1 : 0;
}

/** The definitions of every kind of these groups that the product knows; with `only`, of those kinds. */
export function definitionsOf(groups: readonly string[], only?: ReadonlySet<string>): Json[] {
  return groups.flatMap((group) =>
    [...kindsOf(group)]
      .filter(([kind]) => only?.has(kind) !== false)
      .map(([kind, versions]) => definition(group, kind, versions)),
  );
}

/** Every kind that a template of the catalog or of a fixture chart makes objects of. */
export function kindsMade(): ReadonlySet<string> {
  const kinds = new Set<string>();
  for (const top of ['catalog', 'test/fixtures/charts'])
    for (const text of snapshot(join(repository, top)).values())
      for (const [, kind = ''] of text.matchAll(/^\s*-?\s*kind: (\w+)$/gm)) kinds.add(kind);
  return kinds;
}

/** Every API group that the product has schemas of. */
export function groupsKnown(): string[] {
  return readdirSync(folder).sort();
}

const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const nameOf = (definition: Json): string => (definition['metadata'] as { name: string }).name;

interface Status {
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[];
}

/** Makes the definitions that are not there yet, and waits until the API server has taken them all in. */
export async function establish(client: KubeClient, definitions: readonly Json[]): Promise<void> {
  await bounded(definitions, 16, async (definition) => {
    if ((await client.get(`${path}/${nameOf(definition)}`)) === undefined)
      await client.request('POST', path, definition);
  });
  for (const definition of definitions) {
    const name = nameOf(definition);
    const ask = async (): Promise<true> => {
      const { status } = (await client.get(`${path}/${name}`)) as { status?: Status };
      const said = status?.conditions ?? [];
      if (said.some((c) => c.type === 'Established' && c.status === 'True')) return true;
      throw new Error(said.map((c) => `${c.type} ${c.status} ${c.message}`).join('\n'));
    };
    await waitFor(name, ask, { seconds: 120 });
  }
}
