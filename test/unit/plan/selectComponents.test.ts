import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createContext } from '../../../generator/context.ts';
import { createPipeline } from '../../../generator/pipeline/pipeline.ts';
import type { PipelineResult } from '../../../generator/pipeline/pipeline.ts';
import { clusterSpec, demoCatalog } from '../../helpers/demo.ts';
import { workspace } from '../../helpers/workspace.ts';

const component = (name: string, spec: string): string =>
  `apiVersion: slipway.dev/v1alpha1\nkind: Component\nmetadata: { name: ${name} }\nspec:\n  summary: For tests.\n${spec}`;

function run(files: Readonly<Record<string, string>>, spec: string): Promise<PipelineResult> {
  const root = workspace({ ...demoCatalog, ...files, 'clusters/a.yaml': clusterSpec('a', spec) });
  return createPipeline(createContext(root, { quiet: true, verbose: false })).run({ clusters: [] });
}

const said = (result: PipelineResult): string[] =>
  result.diagnostics
    .filter((d) => d.severity === 'error')
    .map((d) => `${d.code} ${d.at?.file ?? ''}:${d.at?.line ?? ''}`);

describe('a component with each', () => {
  const files = {
    'catalog/demo/demo-item/component.yaml': component(
      'demo-item',
      '  each: /items\n  when: item.size > 1\n  release: "{{item.name}}"\n  namespace: "ns-{{item.name}}"\n  chart: { repository: "https://charts.example.com", name: item, version: 1.0.0 }\n',
    ),
    'catalog/demo/demo-item/values.yaml.hbs': 'size: {{item.size}}\nname: {{component.name}}\n',
    'catalog/demo/demo-item/contributes.yaml.hbs': 'namespaces:\n  - name: {{component.namespace}}\n',
    'catalog/demo/demo-last/component.yaml': component(
      'demo-last',
      '  namespace: demo\n  needs:\n    - { component: demo-item, optional: true, reason: Comes after every item. }\n',
    ),
    'catalog/demo/demo-last/manifests/config.yaml.hbs':
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: last\n  namespace: {{component.namespace}}\n',
  };
  const spec = '  capabilities:\n    demo: { items: [{ name: b, size: 3 }, { name: small }, { name: a, size: 2 }] }\n';

  it('gives one Application per item for which when holds', async () => {
    const result = await run(files, spec);
    expect(said(result)).toEqual([]);
    const tree = result.clusters[0]?.tree;
    expect([...(tree?.files.keys() ?? [])].filter((f) => f.includes('item'))).toEqual([
      'apps/demo-item-a.yaml',
      'apps/demo-item-b.yaml',
    ]);
    expect(parse(tree?.files.get('apps/demo-item-a.yaml') ?? '')).toMatchObject({
      metadata: { name: 'a-demo-item-a', labels: { 'slipway.dev/component': 'demo-item-a' } },
      spec: {
        source: { helm: { releaseName: 'a', valuesObject: { name: 'demo-item-a', size: 2 } } },
        destination: { namespace: 'ns-a' },
      },
    });
    expect(tree?.lock.components['demo-item-b']).toMatchObject({ chart: 'item', version: '1.0.0' });
  });

  it('puts whoever needs it after every item', async () => {
    const { clusters } = await run(files, spec);
    const last = clusters[0]?.plan?.components.find((c) => c.name === 'demo-last');
    expect(last?.dependsOn).toEqual(['demo-item-a', 'demo-item-b', 'namespaces']);
  });

  it('takes the overrides of the component for every item', async () => {
    const { clusters } = await run(files, `${spec}  components: { demo-item: { version: 2.0.0 } }\n`);
    expect(clusters[0]?.plan?.components.map((c) => `${c.name} ${c.chart?.version ?? '-'}`)).toEqual([
      'demo-chart 1.2.3',
      'demo-config -',
      'demo-item-a 2.0.0',
      'demo-item-b 2.0.0',
      'demo-last -',
    ]);
  });

  it('is refused over what is not a list of named items', async () => {
    const wrong = {
      'catalog/demo/demo-item/component.yaml': component('demo-item', '  each: /text\n  namespace: demo\n'),
    };
    expect(said(await run(wrong, '  capabilities: { demo: {} }\n'))).toEqual([
      'catalog/invalid catalog/demo/demo-item/component.yaml:6',
    ]);
  });

  it('reports two items of one name', async () => {
    const twice = '  capabilities:\n    demo: { items: [{ name: a, size: 3 }, { name: a, size: 2 }] }\n';
    expect(said(await run(files, twice))).toContain('tree/namespace-owner catalog/demo/demo-item/component.yaml:3');
  });
});

describe('a contract that the options do not ask for', () => {
  const files = {
    'catalog/other/capability.yaml':
      'apiVersion: slipway.dev/v1alpha1\nkind: Capability\nmetadata: { name: other }\nspec:\n  summary: For tests.\n  options:\n    type: object\n    properties:\n      use: { type: boolean, default: true, description: Use it. }\n  requires:\n    - { contract: demo.thing, optional: true, when: options.use, reason: For tests. }\n',
    'catalog/other/other-config/component.yaml': component('other-config', '  namespace: demo\n'),
    'catalog/other/other-config/manifests/config.yaml.hbs':
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: other\n  namespace: demo\ndata:\n  thing: {{ternary contracts.demo.thing "there" "absent"}}\n',
    'catalog/demo/capability.yaml': `${demoCatalog['catalog/demo/capability.yaml'] ?? ''}  provides:\n    demo.thing: { by: demo-config, value: {} }\n`,
  };
  const thing = async (options: string): Promise<[unknown, readonly string[] | undefined]> => {
    const { clusters } = await run(files, `  capabilities: { demo: {}, other: ${options} }\n`);
    const file = clusters[0]?.tree?.files.get('manifests/other-config/configmap-demo-other.yaml') ?? '';
    return [parse(file).data, clusters[0]?.plan?.components.find((c) => c.name === 'other-config')?.dependsOn];
  };

  it('is null in templates and orders nothing', async () => {
    expect(await thing('{}')).toEqual([{ thing: 'there' }, ['demo-config', 'namespaces']]);
    expect(await thing('{ use: false }')).toEqual([{ thing: 'absent' }, ['namespaces']]);
  });
});
