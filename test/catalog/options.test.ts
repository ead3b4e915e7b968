import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { mergeMaps } from '../../generator/config/merge.ts';
import type { Value, ValueMap } from '../../generator/model/values.ts';
import { asList, asMap, asString, isMap } from '../../generator/model/values.ts';
import { createPipeline } from '../../generator/pipeline/pipeline.ts';
import { emitYaml } from '../../generator/yaml/emit.ts';
import { overlayContext, repository } from '../helpers/workspace.ts';

/** An option that holds no others: its place in the schema (`*` for items), and what the schema says of it. */
interface Leaf {
  readonly place: string;
  readonly schema: ValueMap;
  readonly required: boolean;
}

interface Use {
  readonly example: string;
  readonly steps: readonly (string | number)[];
  readonly value: Value;
}

const read = (path: string): ValueMap => asMap(parse(readFileSync(path, 'utf8')) as Value);

function leavesOf(schema: ValueMap, place: string, required: boolean): Leaf[] {
  const items = asMap(schema['items']);
  if (isMap(items['properties'])) return leavesOf(items, `${place}/*`, required);
  if (!isMap(schema['properties'])) return [{ place, schema, required }];
  const must = asList(schema['required']);
  return Object.entries(schema['properties']).flatMap(([name, s]) =>
    leavesOf(asMap(s), `${place}/${name}`, must.includes(name)),
  );
}

/** Where a place of the schema occurs in the options of an example. */
function usesOf(example: string, options: Value, place: string): Use[] {
  let found: Use[] = [{ example, steps: [], value: options }];
  for (const step of place.split('/').slice(1))
    found = found.flatMap(({ steps, value }) =>
      step === '*'
        ? asList(value).map((item, i) => ({ example, steps: [...steps, i], value: item }))
        : isMap(value) && value[step] !== undefined
          ? [{ example, steps: [...steps, step], value: value[step] ?? null }]
          : [],
    );
  return found;
}

function without(options: Value, [step, ...rest]: readonly (string | number)[]): Value {
  if (Array.isArray(options)) return options.map((v: Value, i) => (i === step ? without(v, rest) : v));
  return Object.fromEntries(
    Object.entries(asMap(options)).flatMap(([key, v]) =>
      key !== step ? [[key, v]] : rest.length === 0 ? [] : [[key, without(v, rest)]],
    ),
  );
}

function clusterText(name: string, spec: ValueMap): string {
  const base: ValueMap = {
    domain: 'example.com',
    kubernetes: { version: '1.34' },
    git: { repoURL: 'https://git.example.com/platform/fleet.git' },
  };
  const document = { apiVersion: 'slipway.dev/v1alpha1', kind: 'Cluster', metadata: { name } };
  return emitYaml({ ...document, spec: mergeMaps(base, spec) });
}

/** The trees of many specs in one run, each as one text, without the name of its cluster; undefined where it has errors. */
async function treesOf(specs: readonly ValueMap[]): Promise<readonly (string | undefined)[]> {
  const name = (i: number): string => `variant-${String(i).padStart(4, '0')}`;
  const files = Object.fromEntries(specs.map((spec, i) => [`clusters/${name(i)}.yaml`, clusterText(name(i), spec)]));
  const { clusters } = await createPipeline(overlayContext(files)).run({ clusters: [] });
  return specs.map((_spec, i) => {
    const tree = clusters.find((c) => c.name === name(i))?.tree;
    if (tree === undefined) return undefined;
    const texts = [...tree.files].flatMap(([path, text]) => (path === 'tree.lock' ? [] : [`${path}\n${text}`]));
    return texts.sort().join('').replaceAll(name(i), 'variant');
  });
}

const rulesFile = (capability: string): string => join(repository, 'catalog', capability, 'tests/rules.yaml');
const capabilities = readdirSync(join(repository, 'catalog')).filter((name) => existsSync(rulesFile(name)));

describe.each(capabilities)('options of %s', (capability) => {
  const folder = join(repository, 'catalog', capability);
  const definition = asMap(read(join(folder, 'capability.yaml'))['spec']);
  const schema = asMap(definition['options']);
  /** The option that stands at the top of a spec. */
  const list = asString(definition['list']);
  const optionsOf = (spec: ValueMap): ValueMap => ({
    ...asMap(asMap(spec['capabilities'])[capability]),
    ...(list === undefined || spec[list] === undefined ? {} : { [list]: spec[list] }),
  });
  const withOptions = (spec: ValueMap, options: ValueMap): ValueMap => {
    const { [list ?? '']: items, ...own } = options;
    const capabilities = { ...asMap(spec['capabilities']), [capability]: own };
    return { ...spec, capabilities, ...(list === undefined || items === undefined ? {} : { [list]: items }) };
  };
  const leaves = leavesOf(schema, '', false);
  const examples = new Map(
    readdirSync(join(folder, 'examples')).map((f) => [f, asMap(read(join(folder, 'examples', f))['spec'])]),
  );
  const uses = new Map(
    leaves.map(({ place }) => [place, [...examples].flatMap(([f, spec]) => usesOf(f, optionsOf(spec), place))]),
  );
  const usesAt = (place: string): readonly Use[] => uses.get(place) ?? [];
  /** What a rule always refuses stands in its cases. */
  const refused = asList(parse(readFileSync(rulesFile(capability), 'utf8')) as Value);
  const refusedAt = (place: string): readonly Use[] =>
    refused.flatMap((c) =>
      usesOf(
        '',
        optionsOf({ ...asMap(asMap(c)['spec']), capabilities: { [capability]: asMap(c)['options'] ?? {} } }),
        place,
      ),
    );

  it('are each set by an example, to something else than their default', () => {
    const unset = leaves.filter(({ place, schema: s }) =>
      [...usesAt(place), ...refusedAt(place)].every((u) => JSON.stringify(u.value) === JSON.stringify(s['default'])),
    );
    expect(unset.map((l) => l.place)).toEqual([]);
  });

  it('have every value of a choice in an example', () => {
    const missing = leaves.flatMap(({ place, schema: s }) => {
      const choices = asList(s['enum'] ?? asMap(s['items'])['enum']);
      const seen = [...usesAt(place), ...refusedAt(place)].flatMap((u) =>
        Array.isArray(u.value) ? (u.value as Value[]) : [u.value],
      );
      return choices.filter((c) => c !== s['default'] && !seen.includes(c)).map((c) => `${place}: ${String(c)}`);
    });
    expect(missing).toEqual([]);
  });

  it('have an effect', { timeout: 300_000 }, async () => {
    const base = [...examples.values()];
    const optional = leaves.filter((l) => !l.required).flatMap((l) => usesAt(l.place).map((use) => ({ l, use })));
    const variants = optional.map(({ use }) => {
      const spec = examples.get(use.example) ?? {};
      return withOptions(spec, asMap(without(optionsOf(spec), use.steps)));
    });
    const trees = await treesOf([...base, ...variants]);
    const names = [...examples.keys()];
    const effective = new Set(
      optional.flatMap(({ l, use }, i) =>
        trees[base.length + i] === trees[names.indexOf(use.example)] ? [] : [l.place],
      ),
    );
    const idle = leaves.filter((l) => !l.required && usesAt(l.place).length > 0 && !effective.has(l.place));
    expect(idle.map((l) => l.place)).toEqual([]);
  });
});
