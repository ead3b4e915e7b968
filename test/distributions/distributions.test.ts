import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { factNames } from '../../generator/catalog/distributions.ts';
import { createPipeline } from '../../generator/pipeline/pipeline.ts';
import type { PipelineResult } from '../../generator/pipeline/pipeline.ts';
import type { Value, ValueMap } from '../../generator/model/values.ts';
import { asList, asMap, asString, valueAt } from '../../generator/model/values.ts';
import { emitYaml } from '../../generator/yaml/emit.ts';
import { overlayContext, repository } from '../helpers/workspace.ts';

const read = (path: string): ValueMap => asMap(parse(readFileSync(join(repository, path), 'utf8')) as Value);
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.replace(/\.yaml$/, ''));
const cases = names.map((name) => ({ name, ...read(`test/distributions/${name}.yaml`) }));

function run(spec: ValueMap): Promise<PipelineResult> {
  const text = emitYaml({ apiVersion: 'slipway.dev/v1alpha1', kind: 'Cluster', metadata: { name: 'a' }, spec });
  return createPipeline(overlayContext({ 'clusters/a.yaml': text })).run({ clusters: [] });
}

const schema = read('schemas/base/spec.schema.json');
const offered = asList(valueAt(schema, '/properties/kubernetes/properties/distribution/enum')) as string[];
const known = asMap(read('catalog/distributions.yaml')['spec']);

describe('the table of distributions', () => {
  it('has all that a spec may name, each with an example here', () => {
    expect([...Object.keys(known), 'generic'].sort()).toEqual([...offered].sort());
    const shown = cases.map((c) => valueAt(c as unknown as ValueMap, '/spec/kubernetes/distribution') ?? 'generic');
    expect([...new Set(shown)].sort()).toEqual([...offered].sort());
  });

  it.each(Object.keys(known))('says of %s all that a cluster has to have, the last entry for every version', (name) => {
    for (const fact of factNames) {
      const entries = asList(valueAt(known[name] ?? null, `/facts/${fact}`)).map(asMap);
      expect([fact, entries.at(-1)?.['until']]).toEqual([fact, undefined]);
      const versions = entries.flatMap((e) => asString(e['until']) ?? []);
      expect([fact, versions]).toEqual([fact, [...versions].sort()]);
    }
  });
});

describe.each(cases)('$name', ({ spec, has, without, says }: ValueMap) => {
  it('comes up: nothing is missing', async () => {
    const result = await run(asMap(spec));
    expect(result.diagnostics.filter((d) => d.severity === 'error').map((d) => d.message)).toEqual([]);
    const info = result.clusters[0]?.resolved?.info;
    const facts = Object.keys(asMap(has)).map((fact) => [fact, valueAt(info, `/${fact.replace('.', '/')}`)]);
    expect(Object.fromEntries(facts)).toEqual(has);
  });

  it('asks for what the distribution does not bring', async () => {
    const left = Object.entries(asMap(spec)).filter(([key]) => !asList(without).includes(key));
    const { diagnostics } = await run(Object.fromEntries(left));
    const found = diagnostics
      .filter((d) => d.severity === 'error')
      .map((d) => `${d.code} ${d.message}`)
      .sort();
    const wanted = asList(says).map(String).sort();
    expect(found.map((text, i) => text.slice(0, wanted[i]?.length ?? 0))).toEqual(wanted);
    expect(diagnostics.filter((d) => d.severity === 'error').every((d) => d.at !== undefined)).toBe(true);
  });
});
