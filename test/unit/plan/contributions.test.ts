import { expect, it } from 'vitest';
import { createContext } from '../../../generator/context.ts';
import { createPipeline } from '../../../generator/pipeline/pipeline.ts';
import { clusterSpec, demoCatalog } from '../../helpers/demo.ts';
import { workspace } from '../../helpers/workspace.ts';

const map = (names: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: demo, namespace: demo }\ndata: { names: ${names} }\n`;
const list = '{{#each contributions.widgets as |widget|}}{{widget.name}},{{/each}}';

it.each([
  ['a template', map(`'${list}'`), {}],
  ['a partial', map('{{> names}}'), { 'catalog/demo/partials/names.hbs': `'${list}'` }],
])('a topic that %s reads is there without anybody contributing to it', async (_, manifest, partials) => {
  const root = workspace({
    ...demoCatalog,
    ...partials,
    'catalog/demo/demo-config/manifests/config.yaml.hbs': manifest,
    'clusters/a.yaml': clusterSpec('a', '  capabilities: { demo: {} }\n'),
  });
  const run = await createPipeline(createContext(root, { quiet: true, verbose: false })).run({ clusters: [] });
  expect(run.diagnostics).toEqual([]);
  const tree = run.clusters[0]?.tree?.files.get('manifests/demo-config/configmap-demo-demo.yaml') ?? '';
  expect(tree).toContain('names: ""');
});
