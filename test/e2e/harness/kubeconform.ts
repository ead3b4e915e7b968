import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repository } from '../../helpers/workspace.ts';
import type { Json } from './kubeClient.ts';
import { findPrograms, goVersion, moduleFolder, modules } from './programs.ts';

/** The layout of the schemas that are written here, as a `-schema-location`. */
export const layout = '{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json';

export type Status = 'valid' | 'invalid' | 'error' | 'skipped';

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The OpenAPI document in the module of Kubernetes itself; undefined without Go, or before the programs were built. */
export function upstreamOpenApi(): Json | undefined {
  const module = modules.find(({ name }) => name === 'kubernetes');
  if (module === undefined || goVersion() === undefined) return undefined;
  try {
    const folder = execFileSync('go', ['list', '-mod=readonly', '-m', '-f', '{{.Dir}}', 'k8s.io/kubernetes'], {
      cwd: moduleFolder(module),
      env: { ...process.env, GOWORK: 'off' },
      encoding: 'utf8',
    }).trim();
    const file = join(folder, 'api/openapi-spec/swagger.json');
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Json) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A schema of OpenAPI as the catalogue of kubeconform has it (openapi2jsonschema --strict): closed where it names its
 * properties, null allowed wherever nothing is required, quantities and int-or-string as text or number.
 */
function strict(schema: unknown, isRequired: boolean): unknown {
  if (!isObject(schema)) return schema;
  if (typeof schema['$ref'] === 'string') return { $ref: schema['$ref'] };
  if (schema['format'] === 'int-or-string') return { oneOf: [{ type: ['string', 'null'] }, { type: 'integer' }] };
  const out: Json = { ...schema };
  if (typeof schema['type'] === 'string' && !isRequired) out['type'] = [schema['type'], 'null'];
  const required = Array.isArray(schema['required']) ? (schema['required'] as string[]) : [];
  if (isObject(schema['properties'])) {
    out['properties'] = Object.fromEntries(
      Object.entries(schema['properties']).map(([name, child]) => [name, strict(child, required.includes(name))]),
    );
    out['additionalProperties'] ??= false;
  }
  if (isObject(schema['additionalProperties']))
    out['additionalProperties'] = strict(schema['additionalProperties'], false);
  if (schema['items'] !== undefined) out['items'] = strict(schema['items'], false);
  return out;
}

const quantity = 'io.k8s.apimachinery.pkg.api.resource.Quantity';

/** Writes a schema for each kind of an OpenAPI document. */
export function writeUpstream(document: Json, folder: string): void {
  const definitions = document['definitions'] as Record<string, Json>;
  const all = Object.fromEntries(Object.entries(definitions).map(([name, d]) => [name, strict(d, true)]));
  all[quantity] = { oneOf: [{ type: ['string', 'null'] }, { type: 'number' }] };
  for (const [name, definition] of Object.entries(definitions))
    for (const gvk of (definition['x-kubernetes-group-version-kind'] ?? []) as Record<string, string>[]) {
      const { group = '', version = '', kind = '' } = gvk;
      const used = reached(name, all);
      write(join(folder, group === '' ? version : group, `${kind.toLowerCase()}_${version}.json`), {
        $schema: 'http://json-schema.org/draft-07/schema#',
        $ref: `#/definitions/${name}`,
        definitions: Object.fromEntries([...used].map((n) => [n, all[n]])),
      });
    }
}

function reached(name: string, all: Record<string, unknown>): Set<string> {
  const found = new Set([name]);
  for (const at of found)
    for (const [, ref = ''] of JSON.stringify(all[at]).matchAll(/"#\/definitions\/([^"]+)"/g)) found.add(ref);
  return found;
}

/** A shape of `schemas/` in draft 7, where nothing may stand beside a reference. */
function draft7(shape: unknown): unknown {
  if (Array.isArray(shape)) return shape.map(draft7);
  if (!isObject(shape)) return shape;
  const { $ref, $defs, ...rest } = shape;
  const own = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, draft7(value)]));
  const definitions = $defs === undefined ? {} : { definitions: draft7($defs) };
  if (typeof $ref !== 'string') return { ...own, ...definitions };
  const target = { $ref: $ref.replace('#/$defs/', '#/definitions/') };
  return Object.keys(own).length === 0 ? { ...target, ...definitions } : { allOf: [target, own], ...definitions };
}

/** Writes every kind of `schemas/`; built-in ones of this minor only when it is given. */
export function writeShapes(folder: string, minor: string | undefined): void {
  const schemas = join(repository, 'schemas');
  const read = (path: string): Json => JSON.parse(readFileSync(join(schemas, path), 'utf8')) as Json;
  const head = { $schema: 'http://json-schema.org/draft-07/schema#' };
  for (const group of readdirSync(join(schemas, 'crds')))
    for (const file of readdirSync(join(schemas, 'crds', group)).filter((f) => f !== 'provenance.json')) {
      const { shape } = read(`crds/${group}/${file}`);
      if (isObject(shape)) write(join(folder, group, file.toLowerCase()), { ...head, ...(draft7(shape) as Json) });
    }
  if (minor === undefined) return;
  const { kinds, $defs } = read(`kubernetes/v${minor}.json`) as {
    kinds: Record<string, { $ref: string }>;
    $defs: Json;
  };
  const definitions = draft7($defs) as Json;
  for (const [gvk, { $ref }] of Object.entries(kinds)) {
    const [kind = '', version = '', group = version] = gvk.split('/').toReversed();
    const name = $ref.replace('#/$defs/', '');
    const used = [...reached(name, definitions)].map((n) => [n, definitions[n]]);
    write(join(folder, group, `${kind.toLowerCase()}_${version}.json`), {
      ...head,
      $ref: `#/definitions/${name}`,
      definitions: Object.fromEntries(used),
    });
  }
}

function write(file: string, schema: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(schema));
}

export interface Verdicts {
  /** By the name of the file. */
  readonly statuses: ReadonlyMap<string, readonly Status[]>;
  readonly messages: ReadonlyMap<string, string>;
  readonly seconds: number;
}

/** What kubeconform says of the files of a folder. */
export function kubeconform(folder: string, schemas: string, flags: readonly string[] = []): Verdicts {
  const program = findPrograms(goVersion()).find(({ name }) => name === 'kubeconform')?.file;
  if (program === undefined) throw new Error('kubeconform is missing. Run `npm run e2e:tools` first.');
  const started = performance.now();
  const args = ['-strict', '-verbose', '-output', 'json', '-n', '2', '-schema-location', join(schemas, layout)];
  const { stdout, stderr, error } = spawnSync(program, [...args, ...flags, folder], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (error !== undefined || stderr !== '') throw new Error(`kubeconform: ${error?.message ?? stderr}`);
  const seconds = (performance.now() - started) / 1000;
  const { resources } = JSON.parse(stdout) as { resources: { filename: string; status: string; msg: string }[] };
  const statuses = new Map<string, Status[]>();
  const messages = new Map<string, string>();
  for (const { filename, status, msg } of resources) {
    const name = filename.slice(folder.length + 1);
    if (status !== '') statuses.set(name, [...(statuses.get(name) ?? []), status.slice(6).toLowerCase() as Status]);
    messages.set(name, `${messages.get(name) ?? ''}${msg}`);
  }
  return { statuses, messages, seconds };
}
