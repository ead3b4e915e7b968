import type { Json } from './kubeClient.ts';

/** A source of numbers from 0 to 1 (mutations.ts, random). */
export type Next = () => number;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const mapOf = (value: unknown): Record<string, Json> => (isObject(value) ? (value as Record<string, Json>) : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

export const pick = <T>(choices: readonly T[], next: Next): T => choices[Math.floor(next() * choices.length)] as T;

/** Good and bad texts of formats and for patterns; which are which, the oracle and the checker have to agree on. */
export const texts: readonly string[] = [
  'a',
  'web',
  'my-name',
  'a.example.com',
  '*.example.com',
  'https://example.com/a',
  '/path',
  '10m',
  '1h30m',
  '30s',
  '5',
  '100Mi',
  '1.5',
  '192.0.2.10',
  '192.0.2.0/24',
  '2001:db8::1',
  '2001:db8::/32',
  'fe80::1%eth0',
  '010.0.0.1',
  '::ffff:1.2.3.4',
  '2026-01-02',
  '2026-02-30',
  '2026-01-02T03:04:05Z',
  '2026-01-02t03:04:05.1+02:00',
  '2026-01-02T24:00:00Z',
  'a@example.com',
  'Name <a@example.com>',
  '01:23:45:67:89:ab',
  '0123.4567.89ab',
  '123e4567-e89b-12d3-a456-426614174000',
  'YQ==',
  'YQ',
  'YWJj\nZGVm',
  '0321751043',
  '978-0321751041',
  '4220855426222389',
  '#fff',
  'rgb(1, 2, 3)',
  '123-45-6789',
  '0x1',
  '+1',
  'ÄÖ',
  '😀😀',
  'A',
  '_',
  '',
  ' ',
  'sha256:0000000000000000000000000000000000000000000000000000000000000000',
  'Secret',
  'Service',
  'HTTP',
  'core',
  'apps/v1',
  'v1',
  'monday',
  'Monday',
  'january:march',
  'ABORT',
  '22 days',
  'mailto:a@b',
  'http://[::1]:80/',
  'http://a b',
  '/a?b=%zz',
  'example.com:80',
  '1e3',
  '-1',
  '0',
  '1000000000000000000000',
  '{"a":1}',
  '$(HOME)',
  '0 * * * *',
  '@daily',
  'foo=bar',
  'refs/heads/main',
  'us-east-1a',
];

function textOf(schema: Json, next: Next): string {
  const pattern = schema['pattern'];
  const test = typeof pattern === 'string' ? patternOf(pattern) : undefined;
  const [min, max] = [Number(schema['minLength'] ?? 0), Number(schema['maxLength'] ?? Infinity)];
  const fits = texts.filter((text) => [...text].length >= min && [...text].length <= max && test?.test(text) !== false);
  if (fits.length > 0)
    return test === undefined && schema['format'] === undefined ? pick(fits.slice(0, 3), next) : pick(fits, next);
  return 'a'.repeat(Math.max(1, Math.min(min, 300)));
}

function patternOf(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return undefined;
  }
}

/** How full an object is: of optional fields, which part is there. */
export interface Density {
  readonly optional: number;
}

/** A value of a structural schema, as OpenAPI has it in definitions. Most are good, not all: what goes together no schema says plainly. */
export function sampleOf(schema: Json, next: Next, density: Density, depth = 0): unknown {
  const choices = listOf(schema['enum']);
  if (choices.length > 0) return structuredClone(pick(choices, next));
  if (schema['x-kubernetes-int-or-string'] === true) return pick<unknown>([8080, '50%', 'http', '10m', '100Mi'], next);
  switch (schema['type']) {
    case 'string':
      return textOf(schema, next);
    case 'integer':
    case 'number':
      return numberOf(schema, next);
    case 'boolean':
      return next() < 0.5;
    case 'array':
      return arrayOf(schema, next, density, depth);
    case 'object':
      return objectOf(schema, next, density, depth);
    default:
      return pick<unknown>(['text', 1, true, { any: 'thing' }], next);
  }
}

function numberOf(schema: Json, next: Next): number {
  const [min, max] = [schema['minimum'], schema['maximum']].map((bound) =>
    typeof bound === 'number' ? bound : undefined,
  );
  const low = min ?? (max === undefined ? 1 : Math.min(1, max));
  const high = max ?? low + 10;
  const step = Number(schema['multipleOf'] ?? 1);
  return Math.min(high, Math.ceil((low + Math.floor(next() * Math.min(high - low, 10))) / step) * step);
}

function arrayOf(schema: Json, next: Next, density: Density, depth: number): unknown[] {
  const [min, max] = [Number(schema['minItems'] ?? 0), Number(schema['maxItems'] ?? Infinity)];
  const size = Math.min(max, Math.max(min, depth > 6 ? 0 : Math.floor(next() * 3)));
  return Array.from({ length: Math.min(size, 5) }, () =>
    sampleOf(mapOf(schema)['items'] ?? {}, next, density, depth + 1),
  );
}

function objectOf(schema: Json, next: Next, density: Density, depth: number): Json {
  const out: Json = {};
  const required = new Set(listOf(schema['required']).map(String));
  for (const name of alternativesOf(schema, next).added) required.add(name);
  const optional = density.optional / (1 + depth / 4);
  for (const [name, child] of Object.entries(mapOf(schema['properties'])))
    if (required.has(name) || (depth < 9 && next() < optional)) out[name] = sampleOf(child, next, density, depth + 1);
  const additional = schema['additionalProperties'];
  if (isObject(additional))
    for (const key of ['a', 'example.com/b'].slice(0, Math.floor(next() * 3)))
      out[key] = sampleOf(additional, next, density, depth + 1);
  if (schema['x-kubernetes-preserve-unknown-fields'] === true && schema['properties'] === undefined)
    out['any'] = 'thing';
  for (const name of alternativesOf(schema, next).removed) if (!required.has(name)) delete out[name];
  return out;
}

/** Of `oneOf` and `anyOf` that name fields: those of the first branch, and those of the others. */
function alternativesOf(
  schema: Json,
  next: Next,
): { readonly added: readonly string[]; readonly removed: readonly string[] } {
  const branches = [...listOf(schema['oneOf']), ...listOf(schema['anyOf'])].map((branch) =>
    listOf(mapOf(branch)['required']).map(String),
  );
  if (branches.length === 0 || next() < 0.1) return { added: [], removed: [] };
  return { added: branches[0] ?? [], removed: branches.slice(1).flat() };
}
