import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createContext } from '../../../generator/context.ts';
import type { ValueMap } from '../../../generator/model/values.ts';
import { createPipeline } from '../../../generator/pipeline/pipeline.ts';
import type { PipelineResult } from '../../../generator/pipeline/pipeline.ts';
import { clusterSpec, demoCatalog } from '../../helpers/demo.ts';
import { workspace } from '../../helpers/workspace.ts';

const parts = (name: string, spec: string): Record<string, string> => ({
  [`catalog/demo/${name}/component.yaml`]: `apiVersion: slipway.dev/v1alpha1\nkind: Component\nmetadata: { name: ${name} }\nspec:\n  summary: For tests.\n  namespace: demo\n${spec}`,
  [`catalog/demo/${name}/manifests/config.yaml.hbs`]: `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: demo\n`,
});

function run(files: Readonly<Record<string, string>>): Promise<PipelineResult> {
  const spec = clusterSpec('a', '  capabilities: { demo: {} }\n');
  const root = workspace({ ...demoCatalog, ...files, 'clusters/a.yaml': spec });
  return createPipeline(createContext(root, { quiet: true, verbose: false })).run({ clusters: [] });
}

const errors = ({ diagnostics }: PipelineResult): string[] =>
  diagnostics.filter((d) => d.severity === 'error').map((d) => `${d.code} ${d.at?.file ?? ''}:${d.at?.line ?? ''}`);

const waveOf = ({ clusters }: PipelineResult, name: string): number | undefined =>
  clusters[0]?.plan?.components.find((c) => c.name === name)?.wave;

const annotations = ({ clusters }: PipelineResult, name: string): ValueMap => {
  const { metadata } = parse(clusters[0]?.tree?.files.get(`apps/${name}.yaml`) ?? '') as { metadata: ValueMap };
  return metadata['annotations'] as ValueMap;
};

describe('waves of components', () => {
  const platform = {
    ...parts('first', ''),
    ...parts('second', '  platform: true\n  needs: [{ component: first, reason: For tests. }]\n'),
  };

  it('begin with the platform and what it needs, and end with what nothing needs', async () => {
    const result = await run({ ...platform, ...parts('other', '') });
    expect(errors(result)).toEqual([]);
    expect(['first', 'second', 'other'].map((name) => waveOf(result, name))).toEqual([1, 2, 4]);
  });

  it('heed a need only while it holds', async () => {
    const need = (when: string): Record<string, string> => ({
      ...platform,
      ...parts('other', `  needs: [{ component: second, when: '${when}', reason: For tests. }]\n`),
    });
    const dependsOn = async (when: string): Promise<readonly string[] | undefined> => {
      const { clusters } = await run(need(when));
      return clusters[0]?.plan?.components.find((c) => c.name === 'other')?.dependsOn;
    };
    expect(await dependsOn('!("nothing" in contracts)')).toEqual(['namespaces', 'second']);
    expect(await dependsOn('"nothing" in contracts')).toEqual(['namespaces']);
    expect(errors(await run(need('nowhere.to == 1')))).toEqual(['catalog/cel catalog/demo/other/component.yaml:7']);
  });

  it('mark what blocks nobody, which says why', async () => {
    const result = await run(parts('other', '  blocking: false\n  blockingReason: For tests.\n'));
    expect(annotations(result, 'other')['slipway.dev/blocking']).toBe('false');
    expect(annotations(result, 'demo-config')['slipway.dev/blocking']).toBeUndefined();
    expect(errors(await run(parts('other', '  blocking: false\n')))).toEqual([
      'catalog/invalid catalog/demo/other/component.yaml:7',
    ]);
  });

  it('are not waited for by a component that is healthy without its Secret', async () => {
    const store = {
      ...parts('objects', ''),
      'catalog/demo/other/contributes.yaml.hbs':
        'secrets:\n  - { name: a, namespace: demo, purpose: For tests., wait: false, keys: [{ key: k }] }\n',
      ...parts('other', ''),
      ...parts('last', ''),
      'catalog/demo/last/contributes.yaml.hbs':
        'secrets:\n  - { name: b, namespace: demo, purpose: For tests., keys: [{ key: k }] }\n',
      'catalog/demo/capability.yaml': `${demoCatalog['catalog/demo/capability.yaml'] ?? ''}  provides:\n    secrets.objects: { by: objects, value: {} }\n`,
    };
    const result = await run(store);
    expect(errors(result)).toEqual([]);
    const on = (name: string): readonly string[] | undefined =>
      result.clusters[0]?.plan?.components.find((c) => c.name === name)?.dependsOn;
    expect(on('other')).toEqual(['namespaces']);
    expect(on('last')).toEqual(['namespaces', 'objects']);
  });
});
