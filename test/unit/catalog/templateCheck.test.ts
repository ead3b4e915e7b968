import { describe, expect, it } from 'vitest';
import { createContext } from '../../../generator/context.ts';
import type { Diagnostic } from '../../../generator/model/diagnostic.ts';
import { createPipeline } from '../../../generator/pipeline/pipeline.ts';
import { clusterSpec, demoCatalog } from '../../helpers/demo.ts';
import { workspace } from '../../helpers/workspace.ts';

const config = 'catalog/demo/demo-config/manifests/config.yaml.hbs';
const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: demo, namespace: demo }\n';

async function findings(files: Readonly<Record<string, string>>): Promise<readonly Diagnostic[]> {
  const spec = clusterSpec('a', '  capabilities:\n    demo:\n      text: some\n');
  const root = workspace({ ...demoCatalog, 'clusters/a.yaml': spec, ...files });
  const result = await createPipeline(createContext(root, { quiet: true, verbose: false })).run({
    clusters: [],
    checkTemplates: true,
  });
  return result.diagnostics;
}

describe('the templates of the catalog, read without rendering', () => {
  it.each([
    // a branch that the cluster does not take
    [
      '{{#if (eq options.mode "fancy")}}\n  x: {{options.txt}}\n{{/if}}\n',
      5,
      8,
      '"options.txt" does not exist. Did you mean "text"?',
    ],
    [
      '{{#each options.items as |i|}}\n  x: {{i.nmae}}\n{{/each}}\n',
      5,
      8,
      '"i.nmae" does not exist. Did you mean "name"?',
    ],
    [
      '{{#each (where options.items "name" "x") as |i|}}\n  x: {{i.sizes}}\n{{/each}}\n',
      5,
      8,
      '"i.sizes" does not exist. Did you mean "size"?',
    ],
    [
      '{{#each options.items}}\n  x: {{str name "-" siz}}\n{{/each}}\n',
      5,
      21,
      '"siz" does not exist. Did you mean "size"?',
    ],
    ['{{#if enabled.kafka}}{{/if}}\n', 4, 7, '"enabled.kafka" does not exist.'],
    ['{{#if contracts.tls}}{{/if}}\n', 4, 7, '"contracts.tls" does not exist.'],
    [
      '{{#if (and options.text cluster.kubernetes.vresion)}}{{/if}}\n',
      4,
      25,
      '"cluster.kubernetes.vresion" does not exist. Did you mean "version"?',
    ],
    ['{{#if options.text.length}}{{/if}}\n', 4, 7, '"options.text.length" does not exist.'],
    ['{{#if false}}{{nope options.text}}{{/if}}\n', 4, 14, 'There is no helper "nope". Did you mean "ne"?'],
  ])('%j', async (body, line, col, message) => {
    expect(await findings({ [config]: head + body })).toContainEqual(
      expect.objectContaining({
        message,
        component: 'demo-config',
        at: expect.objectContaining({ file: config, line, col }),
      }),
    );
  });

  it('finds a CEL expression that is none', async () => {
    const file = 'catalog/demo/demo-chart/component.yaml';
    const text = (demoCatalog[file] ?? '').replace(
      '  summary: A chart.\n',
      '  summary: A chart.\n  when: options.mode ==\n',
    );
    expect(await findings({ [file]: text })).toContainEqual(
      expect.objectContaining({ code: 'catalog/cel', at: expect.objectContaining({ file, line: 6, col: 9 }) }),
    );
  });

  it('has nothing to say of the demo catalog', async () => {
    expect(await findings({})).toEqual([]);
  });
});

describe('a template that does not render to YAML', () => {
  it('is reported at its own line, with the option that the line prints', async () => {
    const body = `data:\n{{#each options.items as |i|}}\n  {{json i.name}}: x\n{{else}}\n  {{#if options.replicas}}\n  none: yes\n  {{else if options.mode}}\n  {{/if}}\n{{/each}}\n  text: "{{options.text}}"\n`;
    const [found] = await findings({ [config]: head + body });
    expect(found).toMatchObject({
      code: 'template/yaml',
      at: { file: config, line: 13 },
      related: [{ message: 'text is set here', at: { file: 'clusters/a.yaml', line: 10, col: 13 } }],
    });
    expect(found?.message).toContain('where it reads: text: ""some""');
  });
});
