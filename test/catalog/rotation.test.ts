import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { createContext } from '../../generator/context.ts';
import type { ClusterPlan } from '../../generator/model/model.ts';
import { asMap, asString, getAt, isMap, listAt, textAt } from '../../generator/model/values.ts';
import type { Value, ValueMap } from '../../generator/model/values.ts';
import { exampleSpec, examplesOf } from '../../generator/pipeline/catalogTests/examples.ts';
import { createPipeline } from '../../generator/pipeline/pipeline.ts';
import { contributionsOf } from '../../generator/plan/contributions.ts';
import { overlayContext, repository } from '../helpers/workspace.ts';

const annotation = 'secret.reloader.stakater.com/auto';

interface Example {
  readonly plan: ClusterPlan;
  readonly files: ReadonlyMap<string, string>;
}
const examples: Example[] = [];

/** Every example of the catalog, few enough at a time for one thread. */
beforeAll(async () => {
  const context = createContext(repository, { quiet: true, verbose: false });
  const capabilities = readdirSync(join(repository, 'catalog'), { withFileTypes: true }).filter((e) => e.isDirectory());
  const specs = examplesOf(
    context,
    capabilities.map((e) => e.name),
  ).map((example) => {
    const name = `${example.capability}-${example.name}`;
    const { generated } = exampleSpec(context, example, name, { defaults: { kubernetes: { version: '1.34' } } });
    return [`clusters/${name}.yaml`, generated?.text ?? ''] as const;
  });
  for (let i = 0; i < specs.length; i += 40) {
    const overlay = overlayContext(Object.fromEntries(specs.slice(i, i + 40)));
    for (const { plan, tree } of (await createPipeline(overlay).run({ clusters: [] })).clusters)
      if (plan !== undefined && tree !== undefined) examples.push({ plan, files: new Map(tree.files) });
  }
  expect(examples).toHaveLength(specs.length);
}, 240_000);

const nameOf = ({ plan }: Example): string => plan.cluster.name;
const applicationOf = ({ plan, files }: Example, component: string): ValueMap => {
  const text = files.get(`deploy/${plan.cluster.name}/apps/${component}.yaml`) ?? files.get(`apps/${component}.yaml`);
  return asMap(parseAllDocuments(text ?? '')[0]?.toJS() as Value);
};

/** Whether a map below has the annotation, which values put on a Deployment or StatefulSet. */
function isAnnotated(value: Value | undefined): boolean {
  if (Array.isArray(value)) return value.some(isAnnotated);
  if (!isMap(value)) return false;
  return value[annotation] === 'true' || Object.values(value).some(isAnnotated);
}

/** The Secrets that a pod reads by its environment or mounts. */
function secretsRead(value: Value | undefined): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(secretsRead);
  if (!isMap(value)) return [];
  const own = [
    textAt(value, 'secretKeyRef', 'name'),
    textAt(value, 'secretRef', 'name'),
    textAt(value, 'secret', 'secretName'),
    textAt(value, 'secret', 'name'),
  ];
  return [...own.flatMap((name) => name ?? []), ...Object.values(value).flatMap(secretsRead)];
}

describe('a Secret that changes', () => {
  it('says how its new content takes effect', () => {
    const unsaid = examples.flatMap((example) =>
      contributionsOf(example.plan, 'secrets')
        .filter((s) => !['live', 'restart', 'never'].includes(textAt(s, 'rotates') ?? ''))
        .map((s) => `${nameOf(example)} ${textAt(s, 'namespace') ?? ''}/${textAt(s, 'name') ?? ''}`),
    );
    expect(unsaid).toEqual([]);
    const said = examples.flatMap(({ plan }) => contributionsOf(plan, 'secrets').map((s) => s['rotates']));
    expect(new Set(said)).toEqual(new Set(['live', 'restart', 'never']));
  });

  it('restarts the workloads that read it at their start: they have the annotation, and Reloader a Role for their namespace', () => {
    let seen = 0;
    for (const example of examples) {
      const { plan } = example;
      const restarts = contributionsOf(plan, 'secrets').filter((s) => s['rotates'] === 'restart');
      const all = [...restarts, ...contributionsOf(plan, 'reloads')];
      for (const item of all) {
        const component = textAt(item, 'component') ?? '';
        expect(isAnnotated(applicationOf(example, component)), `${nameOf(example)}: ${component}`).toBe(true);
        seen += 1;
      }
      const reloader = applicationOf(example, 'reloader');
      const has = plan.components.some((c) => c.name === 'reloader');
      expect(has, nameOf(example)).toBe(getAt(plan.cluster.capabilities.get('secrets')?.options, 'reload') === true);
      if (!has) continue;
      const values = asMap(getAt(reloader, 'spec', 'source', 'helm', 'valuesObject', 'reloader'));
      const namespaces = new Set(all.map((item) => asString(item['namespace'])));
      expect(new Set(listAt(values, 'namespaces')), nameOf(example)).toEqual(namespaces);
      expect(values['watchGlobally']).toBe(false);
    }
    expect(seen).toBeGreaterThan(20);
  });

  it('restarts those that are manifests of the catalog too, unless new content would break them', () => {
    let seen = 0;
    for (const example of examples) {
      const never = new Set(
        contributionsOf(example.plan, 'secrets')
          .filter((s) => s['rotates'] === 'never')
          .map((s) => textAt(s, 'name')),
      );
      for (const [path, text] of example.files) {
        if (!/\/(deployment|statefulset|daemonset)-[^/]*\.yaml$/.test(path)) continue;
        const object = asMap(parseAllDocuments(text)[0]?.toJS() as Value);
        const all = secretsRead(getAt(object, 'spec', 'template'));
        const reads = all.filter((name) => !never.has(name));
        seen += all.length;
        if (reads.length > 0) expect(isAnnotated(object), `${path} reads ${reads.join(', ')}`).toBe(true);
      }
    }
    expect(seen).toBeGreaterThan(0);
  });
});
