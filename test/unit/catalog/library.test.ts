import { describe, expect, it } from 'vitest';
import { createContext } from '../../../generator/context.ts';
import type { Diagnostic } from '../../../generator/model/diagnostic.ts';
import { createPipeline } from '../../../generator/pipeline/pipeline.ts';
import { clusterSpec, demoCatalog } from '../../helpers/demo.ts';
import { workspace } from '../../helpers/workspace.ts';

const config = 'catalog/demo/demo-config/manifests/config.yaml.hbs';
const partial = 'catalog/demo/partials/labels.hbs';
const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: demo, namespace: demo }\n';

async function findings(files: Readonly<Record<string, string>>): Promise<readonly Diagnostic[]> {
  const spec = clusterSpec('a', '  capabilities:\n    demo:\n      text: some\n');
  const root = workspace({ ...demoCatalog, 'clusters/a.yaml': spec, ...files });
  const context = createContext(root, { quiet: true, verbose: false });
  return (await createPipeline(context).run({ clusters: [], checkTemplates: true })).diagnostics;
}

describe('partials', () => {
  it.each([
    ['{{> lables}}\n', 'a: b\n', 'There is no partial "lables" in partials/ of the capability. Did you mean "labels"?'],
    ['{{> labels}}\n', 'a: {{name}}\n', 'The partial "labels" needs "name".'],
    ['{{> labels nam=1}}\n', 'a: {{name}}\n', 'The partial "labels" does not read "nam". Did you mean "name"?'],
    [
      '{{> labels options=1}}\n',
      'a: {{options.text}}\n',
      '"options" is a name of the context, which partials see too; call the argument otherwise.',
    ],
    ['{{> labels options}}\n', 'a: b\n', 'A partial takes named arguments: {{> labels item=item}}.'],
    ['{{> (str "a")}}\n', 'a: b\n', 'The name of a partial has to be written out.'],
  ])('%j is refused where it is called, %j', async (body, text, message) => {
    const found = await findings({ [config]: head + body, [partial]: text });
    const at = expect.objectContaining({ file: config, line: 4, col: 1 });
    expect(found).toContainEqual(expect.objectContaining({ message, component: 'demo-config', at }));
  });

  it.each([
    [
      'x: {{> labels i=(first options.items)}}\n',
      'a:\n  b: {{i.nmae}}\n',
      2,
      8,
      '"i.nmae" does not exist. Did you mean "name"?',
    ],
    [
      '{{#each options.items as |i|}}\n{{> labels o=(object item=i)}}\n{{/each}}\n',
      'b: {{o.item.nmae}}\n',
      1,
      6,
      '"o.item.nmae" does not exist. Did you mean "name"?',
    ],
    ['{{> labels}}\n', 'a: {{options.txt}}\n', 1, 6, '"options.txt" does not exist. Did you mean "text"?'],
    ['{{> labels}}\n', 'a: {{nope 1}}\n', 1, 4, 'There is no helper "nope". Did you mean "ne"?'],
    ['{{> labels}}\n', '{{> labels}}\n', 1, 1, 'The partial "labels" brings in itself: labels → labels.'],
    [
      '{{#if false}}{{> labels}}{{/if}}\n',
      'a: {{join 1}}\n',
      1,
      4,
      '"join" does not take these arguments. It is called as (join list separator).',
    ],
  ])('%j is reported in the partial %j, with the call', async (body, text, line, col, message) => {
    const found = await findings({ [config]: head + body, [partial]: text });
    const [first] = found.filter((d) => d.message === message);
    expect(first).toMatchObject({ component: 'demo-config', at: { file: partial, line, col } });
    expect(first?.related).toMatchObject([{ message: 'brought in here', at: { file: config } }]);
  });

  it('is read as far as it can be: a block that is not closed', async () => {
    const found = await findings({ [config]: `${head}{{> labels}}\n`, [partial]: 'a:\n{{#if true}}\n' });
    expect(found).toContainEqual(
      expect.objectContaining({ code: 'template/syntax', at: expect.objectContaining({ file: partial, line: 3 }) }),
    );
  });

  it('says once what is wrong with a partial that is brought in twice', async () => {
    const found = await findings({
      [config]: `${head}{{#if false}}\n{{> labels}}\n{{> labels}}\n{{/if}}\n`,
      [partial]: 'a: {{options.txt}}\n',
    });
    expect(found.map((d) => `${d.code} ${d.at?.file ?? ''}`)).toEqual([`template/undefined ${partial}`]);
  });

  it('warns of a partial that nothing brings in', async () => {
    expect(await findings({ [partial]: 'a: b\n' })).toMatchObject([
      { code: 'catalog/invalid', severity: 'warning', at: { file: partial, line: 1, col: 1 } },
    ]);
  });

  it.each(['Labels.hbs', 'labels.yaml.hbs', 'deep/labels.hbs'])('refuses the name of %s', async (name) => {
    const file = `catalog/demo/partials/${name}`;
    expect(await findings({ [file]: 'a: b\n' })).toMatchObject([
      { code: 'catalog/invalid', severity: 'error', at: { file } },
    ]);
  });

  it('refuses two of one name, and a component in a folder that has another use', async () => {
    const own = 'custom/demo/partials/labels.hbs';
    const found = await findings({
      [config]: `${head}{{> labels}}\n`,
      [partial]: 'data: {}\n',
      [own]: 'data: {}\n',
      'catalog/demo/files/component.yaml':
        'apiVersion: slipway.dev/v1alpha1\nkind: Component\nmetadata: { name: files }\nspec: { summary: x, namespace: demo }\n',
    });
    expect(found.map((d) => `${d.at?.file ?? ''}: ${d.message}`)).toEqual([
      `${own}: The partial "labels" exists twice: also in ${partial}.`,
      'catalog/demo/files/component.yaml: The folder "files" of a capability holds no component.',
    ]);
  });

  it('reports what does not render to YAML in the partial that printed it', async () => {
    const found = await findings({
      [config]: `${head}data:\n  {{> labels of=options.text}}\n`,
      [partial]: 'a: 1\nb: "{{of}}"\n',
    });
    const at = expect.objectContaining({ file: partial, line: 2 });
    expect(found).toContainEqual(expect.objectContaining({ code: 'template/yaml', at }));
  });

  it('reports what fails when it is rendered there, with the call and the option it was given', async () => {
    const found = await findings({
      [config]: `${head}data:\n  {{> labels of=options.text}}\n`,
      [partial]: 'a: 1\nb: {{add of 1}}\n',
    });
    expect(found).toMatchObject([
      {
        code: 'template/helper',
        at: { file: partial, line: 2, col: 4 },
        related: [
          { message: 'brought in here', at: { file: config, line: 5, col: 3 } },
          { message: 'text is set here', at: { file: 'clusters/a.yaml', line: 10, col: 13 } },
        ],
      },
    ]);
  });
});

describe('files', () => {
  const sql = 'catalog/demo/demo-config/files/a.sql';

  it.each([
    [
      '{{file "a.sq"}}',
      config,
      5,
      6,
      'There is no "a.sq" below files/ of the component or its capability. Did you mean "a.sql"?',
    ],
    ['{{file options.text}}', config, 5, 6, 'file needs the path of a file in quotes.'],
    ['{{file "a.sql" name=1 role=2}}', config, 5, 6, `${sql} has no placeholder "role".`],
    ['{{file "a.sql"}}', sql, 2, 8, `The placeholder "name" of ${sql} has no value.`],
    ['{{file "b.txt" name=1}}', config, 5, 6, 'catalog/demo/files/b.txt is no SQL, and only that has placeholders.'],
  ])('%s fails at its place', async (call, file, line, col, message) => {
    const found = await findings({
      [config]: `${head}data:\n  x: ${call}\n`,
      [sql]: "-- :'comment'\nSELECT :'name', :'own', a::text;\n\\set own 1\n",
      'catalog/demo/files/b.txt': 'text',
    });
    const at = expect.objectContaining({ file, line, col });
    expect(found).toContainEqual(expect.objectContaining({ code: 'template/helper', message, at }));
  });

  it('take the place of a string, and change the catalog', async () => {
    const root = workspace({
      ...demoCatalog,
      'clusters/a.yaml': clusterSpec('a', '  capabilities:\n    demo: {}\n'),
      [config]: `${head}data:\n  x: {{file "a.sql" name="it's"}}\n  z: {{file "shared/b.txt"}}\n`,
      [sql]: "SELECT\n  :'name';\n",
      'catalog/demo/files/a.sql': 'of the capability\n',
      'catalog/demo/files/shared/b.txt': '{{ not a template }}\n',
    });
    const run = await createPipeline(createContext(root, { quiet: true, verbose: false })).run({ clusters: [] });
    expect(run.diagnostics).toEqual([]);
    expect(run.clusters[0]?.tree?.files.get('manifests/demo-config/configmap-demo-demo.yaml')).toContain(
      "data:\n  x: |\n    SELECT\n      'it''s';\n  z: |\n    {{ not a template }}\n",
    );
  });

  it('refuses a file that is no text', async () => {
    expect(await findings({ 'catalog/demo/files/b.txt': 'a\0b' })).toMatchObject([
      { code: 'yaml/binary', at: { file: 'catalog/demo/files/b.txt', line: 1, col: 2 } },
    ]);
  });
});
