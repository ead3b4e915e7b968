import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from './kubeClient.ts';

const folder = join(import.meta.dirname, '../../../schemas/crds');

interface SchemaFile {
  readonly gvk: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly shape: Json;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Plural names that the rules of English do not give. */
const plurals: Readonly<Record<string, string>> = {
  Kafka: 'kafkas',
  KafkaAccess: 'kafkaaccesses',
  Prometheus: 'prometheuses',
  EnvoyProxy: 'envoyproxies',
};

export function pluralOf(kind: string): string {
  const known = plurals[kind];
  if (known !== undefined) return known;
  const lower = kind.toLowerCase();
  if (/[^aeiou]y$/.test(lower)) return `${lower.slice(0, -1)}ies`;
  return /(?:s|x|ch|sh)$/.test(lower) ? `${lower}es` : `${lower}s`;
}

const open: Json = { 'x-kubernetes-preserve-unknown-fields': true };
const kept = [
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
];

/** The structural schema of a shape: types, required fields, enums and, what matters most here, defaults. */
function structural(shape: unknown, root: Json): Json {
  if (!isObject(shape)) return open;
  if (typeof shape['$ref'] === 'string') return { type: 'object', ...open };
  const { type } = shape;
  if (typeof type !== 'string')
    return Array.isArray(type) && type.includes('integer') && type.includes('string')
      ? { 'x-kubernetes-int-or-string': true, ...('default' in shape ? { default: shape['default'] } : {}) }
      : open;
  const out: Json = { type };
  for (const key of kept) if (key in shape) out[key] = shape[key];
  if (type === 'array') out['items'] = structural(shape['items'], root);
  if (type !== 'object') return out;
  if (isObject(shape['properties']))
    out['properties'] = Object.fromEntries(
      Object.entries(shape['properties']).map(([name, child]) => [name, structural(child, root)]),
    );
  else if (isObject(shape['additionalProperties']))
    out['additionalProperties'] = structural(shape['additionalProperties'], root);
  else out['x-kubernetes-preserve-unknown-fields'] = true;
  return out;
}

/** A CustomResourceDefinition of the group, kind, versions and scope that the schema files say. */
function definition(group: string, kind: string, files: readonly SchemaFile[]): Json {
  const plural = pluralOf(kind);
  const versions = files.map(({ gvk, shape }, index) => {
    const properties = isObject(shape['properties']) ? { ...shape['properties'] } : {};
    for (const name of ['apiVersion', 'kind', 'metadata', 'status']) delete properties[name];
    return {
      name: gvk.split('/')[1] ?? '',
      served: true,
      storage: index === 0,
      subresources: { status: {} },
      schema: {
        openAPIV3Schema: {
          type: 'object',
          properties: {
            ...Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, structural(child, shape)])),
            status: { type: 'object', ...open },
          },
        },
      },
    };
  });
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
      scope: files[0]?.scope ?? 'Namespaced',
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      versions,
    },
  };
}

/** GA before beta before alpha. */
function stability(gvk: string): number {
  return gvk.includes('alpha') ? 2 : gvk.includes('beta') ? 1 : 0;
}

/** The definitions of every kind of these groups that the product knows. */
export function definitionsOf(groups: readonly string[]): Json[] {
  return groups.flatMap((group) => {
    const kinds = new Map<string, SchemaFile[]>();
    for (const file of readdirSync(join(folder, group)).sort()) {
      if (file === 'provenance.json') continue;
      const parsed = JSON.parse(readFileSync(join(folder, group, file), 'utf8')) as SchemaFile;
      const kind = parsed.gvk.split('/')[2] ?? '';
      kinds.set(kind, [...(kinds.get(kind) ?? []), parsed]);
    }
    return [...kinds].map(([kind, files]) =>
      definition(
        group,
        kind,
        files.sort((a, b) => stability(a.gvk) - stability(b.gvk)),
      ),
    );
  });
}
