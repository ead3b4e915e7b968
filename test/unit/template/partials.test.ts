import { describe, expect, it } from 'vitest';
import type { TemplateFile, TemplateLibrary } from '../../../generator/model/model.ts';
import type { ValueMap } from '../../../generator/model/values.ts';
import { createTemplates } from '../../../generator/template/template.ts';

const templates = createTemplates();
const context: ValueMap = {
  cluster: { name: 'a' },
  options: { s: 'x', list: [{ name: 'p' }] },
};
const entry = (name: string, text: string): [string, TemplateFile] => [name, { file: name, text }];
const library: TemplateLibrary = {
  partials: new Map([
    entry('pair', 'name: {{name}}\n{{#if value}}\nvalue: {{value}}\n{{/if}}\ncluster: {{cluster.name}}\n'),
    entry('name', '{{str pre "-" options.s}}\n'),
    entry('outer', 'inner:\n  {{> pair name=label value=null}}\n'),
  ]),
  files: new Map([
    entry('a.sql', "SELECT :'text', :\"name\"; -- :'text'\n"),
    entry('plain.txt', 'a: {{ not a template }}\n'),
  ]),
  digest: 'x',
};

describe('a template with a library', () => {
  it.each([
    ['a:\n  {{> pair name=options.s value=1}}\nb: 1\n', 'a:\n  name: "x"\n  value: 1\n  cluster: "a"\nb: 1\n'],
    ['a: {{> name pre="p"}}\n', 'a: "p-x"\n'],
    ['{{> outer label=\n  options.s}}\nb: 1\n', 'inner:\n  name: "x"\n  cluster: "a"\nb: 1\n'],
    ['{{#each options.list as |item|}}\n- {{> name pre=item.name}}\n{{/each}}\n', '- "p-x"\n'],
    ['a: {{file "plain.txt"}}', 'a: "a: {{ not a template }}\\n"'],
    ['a: {{len (file "plain.txt")}}', 'a: 24'],
    [`a: {{file "a.sql" text="it's" name=options.s}}`, `a: "SELECT 'it''s', \\"x\\"; -- :'text'\\n"`],
  ])('renders %j', (text, printed) => expect(templates.render(text, context, library)).toBe(printed));

  it('traces each line to the partial that printed it', () => {
    const trace = templates.trace('a:\n  {{> outer label=options.s}}\nb: 1\n', context, library);
    expect([1, 2, 3, 4, 5].map(trace)).toEqual([
      { partial: '', line: 1 },
      { partial: 'outer', line: 1 },
      { partial: 'pair', line: 1 },
      { partial: 'pair', line: 5 },
      { partial: '', line: 3 },
    ]);
  });

  it('is compiled anew with another library', () => {
    const changed = { ...library, partials: new Map([entry('name', '{{pre}}\n')]), digest: 'y' };
    const text = 'a: {{> name pre="p"}}\n';
    expect([library, changed].map((l) => templates.render(text, context, l))).toEqual(['a: "p-x"\n', 'a: "p"\n']);
  });
});
