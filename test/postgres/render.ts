import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import type { Value, ValueMap } from '../../generator/model/values.ts';
import { createPipeline } from '../../generator/pipeline/pipeline.ts';
import { emitYaml } from '../../generator/yaml/emit.ts';
import { overlayContext, renderExample, repository } from '../helpers/workspace.ts';

/** The permissions of one database as a test writes them. */
export type Permissions = ValueMap;

function sqlOf(tree: ReadonlyMap<string, string>): string {
  const objects = [...tree.values()].flatMap((text) =>
    parseAllDocuments(text).map((d) => d.toJS() as { kind?: string; data?: Record<string, string> } | null),
  );
  const found = objects.flatMap((o) =>
    o?.kind === 'ConfigMap' && o.data?.['permissions.sql'] !== undefined ? [o.data['permissions.sql']] : [],
  );
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} ConfigMaps with permissions.sql`);
  return found[0];
}

/** The settings of psql that the Job of an example names itself, which are the same for every database. */
export async function renderJobSettings(exampleName: string): Promise<Record<string, string>> {
  const text = [...(await renderExample('postgres', exampleName)).values()].join('\n');
  return Object.fromEntries(
    ['PGOPTIONS', 'PGCLIENTENCODING'].map((name) => {
      const value = new RegExp(`name: ${name}\\n +value: "?([^"\\n]+)`).exec(text)?.[1];
      if (value === undefined) throw new Error(`the Job of ${exampleName} does not set ${name}`);
      return [name, value];
    }),
  );
}

/** The SQL that an example of the catalog applies. */
export async function renderPermissionsSql(exampleName: string): Promise<string> {
  return sqlOf(await renderExample('postgres', exampleName));
}

interface Example {
  spec: { capabilities: { postgres: { clusters: { roles: ValueMap[]; databases: Record<string, Value>[] }[] } } };
}

/** The SQL of the first example in the README of the capability. */
export async function renderReadmeSql(): Promise<string> {
  const text = readFileSync(join(repository, 'catalog/postgres/README.md'), 'utf8');
  const block = /```yaml\n(spec:[^]*?)```/.exec(text)?.[1] ?? '';
  const { result } = await run((parse(block) as Example).spec);
  return sqlOf(new Map(result.clusters[0]?.tree?.files ?? []));
}

/** The SQL of the example `permissions` with other permissions (and roles) in its database. */
export async function renderChangedSql(permissions: Permissions, roles?: readonly ValueMap[]): Promise<string> {
  const example = parse(
    readFileSync(join(repository, 'catalog/postgres/examples/permissions.yaml'), 'utf8'),
  ) as Example;
  const cluster = example.spec.capabilities.postgres.clusters[0];
  const database = cluster?.databases[0];
  if (cluster === undefined || database === undefined) throw new Error('the example has no database');
  database['permissions'] = permissions;
  if (roles !== undefined) cluster.roles = [...roles];
  const { result } = await run(example.spec);
  const errors = result.diagnostics.filter((d) => d.severity === 'error');
  if (errors.length > 0) throw new Error(errors.map((d) => `${d.code} ${d.message}`).join('\n'));
  return sqlOf(new Map(result.clusters[0]?.tree?.files ?? []));
}

/** Runs a cluster with this spec in memory. */
async function run(spec: unknown) {
  const base = {
    domain: 'example.com',
    kubernetes: { version: '1.34' },
    git: { repoURL: 'https://git.example.com/platform/fleet.git' },
  };
  const document = {
    apiVersion: 'slipway.dev/v1alpha1',
    kind: 'Cluster',
    metadata: { name: 'example' },
    spec: { ...base, ...(spec as Value as ValueMap) },
  };
  const text = emitYaml(document);
  const result = await createPipeline(overlayContext({ 'clusters/example.yaml': text })).run({ clusters: [] });
  return { text, result };
}

/** What `validate` says of parameters of a cluster of this version: name → message of those it refuses. */
export async function parametersRefused(
  major: string,
  parameters: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, string>> {
  const version = { '15': '15.14', '16': '16.10', '17': '17.6' }[major] ?? `${major}.0`;
  const { text, result } = await run({
    capabilities: { postgres: { clusters: [{ name: 'main', version, parameters }] } },
  });
  const lines = text.split('\n');
  return new Map(
    result.diagnostics
      .filter((d) => d.severity === 'error')
      .map((d) => [/^ *"?([^":]+)"?:/.exec(lines[(d.at?.line ?? 0) - 1] ?? '')?.[1] ?? '', d.message]),
  );
}
