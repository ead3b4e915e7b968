import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../generator/model/diagnostic.ts';
import type { Value, ValueMap } from '../../generator/model/values.ts';
import { asList, asMap, asString, isMap } from '../../generator/model/values.ts';
import { createPipeline } from '../../generator/pipeline/pipeline.ts';
import { emitYaml } from '../../generator/yaml/emit.ts';
import { parseSource } from '../../generator/yaml/source.ts';
import { overlayContext, repository } from '../helpers/workspace.ts';

/** test/rules/<capability>.yaml: options that break a rule, and what is said at which of them. */
interface Case {
  readonly options: ValueMap;
  readonly spec: ValueMap;
  readonly says: ValueMap;
}

const folder = join(repository, 'test/rules');
const read = (path: string): Value => parse(readFileSync(path, 'utf8')) as Value;
const casesOf = (capability: string): Case[] =>
  asList(read(join(folder, `${capability}.yaml`))).map((c) => ({
    options: asMap(asMap(c)['options']),
    spec: asMap(asMap(c)['spec']),
    says: asMap(asMap(c)['says']),
  }));

function clusterText(name: string, capability: string, { options, spec }: Case): string {
  const { capabilities, ...rest } = spec;
  return emitYaml({
    apiVersion: 'slipway.dev/v1alpha1',
    kind: 'Cluster',
    metadata: { name },
    spec: {
      domain: 'example.com',
      kubernetes: { version: '1.34' },
      git: { repoURL: 'https://git.example.com/fleet.git' },
      ...rest,
      capabilities: { ...asMap(capabilities), [capability]: options },
    },
  });
}

const environments = Object.fromEntries(
  readdirSync(join(repository, 'environments')).map((f) => [
    `environments/${f}`,
    readFileSync(join(repository, 'environments', f), 'utf8'),
  ]),
);

/** Every case as a cluster of its own, in one run. */
async function findingsOf(files: ReadonlyMap<string, string>): Promise<readonly Diagnostic[]> {
  const context = overlayContext({ ...environments, ...Object.fromEntries(files) });
  const { diagnostics } = await createPipeline(context).run({ clusters: [] });
  return diagnostics.filter((d) => d.code === 'spec/rule' || d.severity === 'error');
}

const capabilities = readdirSync(folder).map((f) => f.replace(/\.yaml$/, ''));

describe.each(capabilities)('rules of %s', (capability) => {
  const cases = casesOf(capability);
  const definition = asMap(asMap(read(join(repository, 'catalog', capability, 'capability.yaml')))['spec']);
  const list = asString(definition['list']);
  const files = new Map(cases.map((c, i) => [`clusters/c${i}.yaml`, clusterText(`c${i}`, capability, c)]));
  const run = findingsOf(files);

  it.each(cases.map((c, i) => [JSON.stringify(c.says), c, `clusters/c${i}.yaml`] as const))(
    '%s',
    async (_name, { says }, file) => {
      const source = parseSource(file, files.get(file) ?? '').value;
      const place = (pointer: string): string => {
        const listed = list !== undefined && pointer.startsWith(`/${list}/`);
        const at = source?.at(listed ? `/spec${pointer}` : `/spec/capabilities/${capability}${pointer}`);
        return `${at?.line}:${at?.col}`;
      };
      const found = (await run)
        .filter((d) => d.at?.file === file)
        .map((d) => [`${d.at?.line}:${d.at?.col}`, d.message]);
      const wanted = Object.entries(says).flatMap(([pointer, said]) =>
        (Array.isArray(said) ? asList(said) : [said]).map((message) => [place(pointer), message]),
      );
      expect(found.sort()).toEqual(wanted.sort());
    },
  );

  it('are each broken by a case', () => {
    const said = new Set(cases.flatMap((c) => Object.values(c.says).flat().map(String)));
    const rules = asList(definition['rules']).filter(isMap);
    expect(rules.map((r) => asString(r['message'])).filter((m) => !said.has(m ?? ''))).toEqual([]);
  });
});
