import { suggest } from '../util/suggest.ts';
import { kubernetesValue } from '../yaml/kubernetesYaml.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { asMap, isMap, mapAt, member } from '../model/values.ts';
import type { ValuePath } from './effects.ts';

/** Which values a chart knows, from its own files and those of its subcharts. */
export interface ChartKeys {
  /** Whether defaults, schema or templates name the value. */
  knows(path: ValuePath): boolean;
  /** The closest path that is real: a sibling of a similar name, or the same key elsewhere. */
  closest(path: ValuePath): string | undefined;
}

/** `files` are those of a package, by path below the chart's folder. */
export function chartKeys(files: ReadonlyMap<string, string>): ChartKeys {
  const defaults = defaultsOf(files, '');
  const schema = parsed(files.get('values.schema.json'));
  const templates = [...files].flatMap(([path, text]) => (/(?:^|\/)templates\//.test(path) ? [text] : [])).join('\n');
  const names = (path: ValuePath): boolean =>
    reach(defaults, path) !== undefined || inSchema(schema, path) || readByTemplate(templates, path.at(-1) ?? '');
  return {
    knows: names,
    closest(path) {
      const parent = path.slice(0, -1);
      const key = path.at(-1) ?? '';
      const siblings = new Set([
        ...Object.keys(asMap(reach(defaults, parent))),
        ...Object.keys(mapAt(schemaAt(schema, parent), 'properties')),
      ]);
      siblings.delete(key);
      const near = suggest(key, siblings);
      if (near !== undefined) return [...parent, near].join('.');
      return pathsTo(defaults, key, [], 4)
        .sort((a, b) => a.length - b.length)[0]
        ?.join('.');
    },
  };
}

/** Defaults of a chart, those of its subcharts below their names. */
function defaultsOf(files: ReadonlyMap<string, string>, folder: string): ValueMap {
  const subcharts = new Set(
    [...files.keys()].flatMap((path) => {
      const match = path.startsWith(`${folder}charts/`) ? /^([^/]+)\//.exec(path.slice(folder.length + 7)) : null;
      return match?.[1] === undefined ? [] : [match[1]];
    }),
  );
  const below = Object.fromEntries([...subcharts].map((name) => [name, defaultsOf(files, `${folder}charts/${name}/`)]));
  const own = asMap(parsed(files.get(`${folder}values.yaml`)));
  const named = aliases(asMap(parsed(files.get(`${folder}Chart.yaml`))), below);
  return merged(named, own);
}

/** Subcharts are configured below their alias where they have one. */
function aliases(chart: ValueMap, below: Readonly<Record<string, ValueMap>>): ValueMap {
  const found: Record<string, ValueMap> = { ...below };
  for (const dependency of Array.isArray(chart['dependencies']) ? (chart['dependencies'] as readonly Value[]) : []) {
    const { name, alias } = asMap(dependency);
    const own = typeof name === 'string' ? below[name] : undefined;
    if (typeof alias === 'string' && own !== undefined) found[alias] = own;
  }
  return found;
}

function merged(below: ValueMap, above: ValueMap): ValueMap {
  const out: Record<string, Value> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const old = out[key];
    out[key] = isMap(value) && isMap(old) ? merged(old, value) : value;
  }
  return out;
}

/** Defaults that cannot be read name nothing; Helm says what is wrong with them. */
const parsed = (text: string | undefined): Value | undefined => kubernetesValue(text ?? '') ?? undefined;

function reach(root: Value, path: ValuePath): Value | undefined {
  return path.reduce<Value | undefined>(
    (node, step) => (Array.isArray(node) ? (node[Number(step)] as Value | undefined) : member(node, step)),
    root,
  );
}

function schemaAt(schema: Value | undefined, path: ValuePath): Value | undefined {
  return path.reduce<Value | undefined>((node, step) => member(member(node, 'properties'), step), schema);
}

const inSchema = (schema: Value | undefined, path: ValuePath): boolean => schemaAt(schema, path) !== undefined;

/** `.key` or `"key"` (get, dig, index) in a template. */
function readByTemplate(templates: string, key: string): boolean {
  const escaped = key.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`\\.${escaped}(?![\\w-])|"${escaped}"`).test(templates);
}

function pathsTo(node: Value, key: string, at: ValuePath, depth: number): ValuePath[] {
  if (!isMap(node) || depth === 0) return [];
  return Object.keys(node).flatMap((step) => [
    ...(step === key ? [[...at, step]] : []),
    ...pathsTo(member(node, step) ?? null, key, [...at, step], depth - 1),
  ]);
}
