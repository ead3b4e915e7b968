import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { createTemplates, renderStrings, TemplateError } from '../../../generator/template/template.ts';
import type { ValueMap } from '../../../generator/model/values.ts';

const templates = createTemplates();
const context: ValueMap = {
  cluster: { name: 'a', domain: 'x.io', kubernetes: { version: '1.34.2' } },
  options: { n: 3, s: 'x', none: null, list: [{ name: 'p', v: 1 }] },
  contracts: { tls: { issuer: null } },
};

function failure(text: string): TemplateError {
  try {
    templates.render(text, context);
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error('it rendered');
}

describe('templates', () => {
  it.each([
    ['a: {{options.n}}', 'a: 3'],
    ['a: {{str "k." cluster.domain}}', 'a: "k.x.io"'],
    ['{{#each options.list as |item|}}{{item.name}} {{options.n}} {{cluster.name}}{{/each}}', '"p" 3 "a"'],
    ['{{#if (and options.n (not contracts.tls.issuer))}}yes{{else}}no{{/if}}', 'yes'],
    ['{{#if (kubeAtLeast "1.34")}}new{{/if}}{{#if (kubeAtLeast "1.35")}}newer{{/if}}', 'new'],
    ['{{seconds "1h30m"}} {{bytes "2Gi"}} {{sha "a" 4}} {{dnsLabel "A_b.c"}}', '5400 2147483648 "ca97" "a-b-c"'],
    ['{{str "CLIENT_" (envName "my-app.v2")}}', '"CLIENT_MY_APP_V2"'],
    [`{{sqlIdent 'a"b'}} {{sqlLiteral "it's"}}`, `"a""b" 'it''s'`],
    [
      '{{default options.none "d"}} {{get options "n"}} {{len options.list}} {{join (pluck options.list "name") ","}}',
      '"d" 3 1 "p"',
    ],
  ])('%s', (text, printed) => expect(templates.render(text, context)).toBe(printed));

  it.each([
    ['a\n  {{options.nope}}', 'template/undefined', 2, 3],
    ['{{#if contracts.tls.typo}}{{/if}}', 'template/undefined', 1, 1],
    ['a: {{options.nope.deeper}}', 'template/undefined', 1, 4],
    ['{{nothing options.n}}', 'template/syntax', 1, 1],
    ['{{lookup options "n"}}', 'template/syntax', 1, 1],
    ['{{> partial}}', 'template/syntax', 1, 1],
    ['\n{{#if options.n}}', 'template/syntax', 2, 1],
    ['a\nb: \0', 'template/syntax', 2, 1],
    ['\n{{options.n; options.s}}', 'template/syntax', 2, 1],
    ['{{text "a\\nb: c"}}', 'template/helper', 1, 1],
    ['{{str options.none}}', 'template/helper', 1, 1],
    ['{{options.constructor}}', 'template/undefined', 1, 1],
    ['{{options.__proto__}}', 'template/undefined', 1, 1],
  ])('%j fails at its place', (text, code, line, col) => {
    expect(failure(text)).toMatchObject({ code, line, col });
  });

  it.each([
    ['a', '  x: |\n    l\n    A\n    end\n'],
    ['b', '  x: |\n    l\n    B\n    end\n'],
    ['', '  x: |\n    l\n    C\n    end\n'],
  ])('leaves nothing of the tags of a chained else (%j)', (s, printed) => {
    const text =
      '  x: |\n    l\n    {{#if (eq options.s "a")}}\n    A\n    {{else if (eq options.s "b")}}\n    B\n    {{else}}\n    C\n    {{/if}}\n    end\n';
    expect(templates.render(text, { options: { s } })).toBe(printed);
    expect(failure('a\n    {{#if options.none}}\n    {{else if options.nope}}\n    {{/if}}')).toMatchObject({
      line: 3,
    });
    expect(failure('a\n    {{#if options.nope}}\n    {{/if}}')).toMatchObject({ line: 2, col: 5 });
  });

  it('names the options a failing statement reads, through loops too', () => {
    expect(
      failure('{{#each options.list as |item|}}{{text item.v}}{{str item.v options.none}}{{/each}}').paths,
    ).toContain('options.none');
    expect(failure('{{#each options.list as |item|}}{{item.nope}}{{/each}}').paths).toContain('options.list.nope');
  });

  it('says that blocks are nested too deep, and does not fail on them', () => {
    const text = `${'{{#if options.n}}'.repeat(3000)}${'{{/if}}'.repeat(3000)}`;
    expect(failure(text)).toMatchObject({ code: 'template/syntax', line: 1, col: 1 });
  });

  it('no option value breaks out of its place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (s, t) => {
        const text = templates.render(
          'a: {{options.s}}\nb: [{{options.t}}, {{str options.s "-" options.t}}]\nc:\n  d: {{jsonText options.s}}\n{{json options.t}}x: 1\n'.replace(
            '{{json options.t}}x',
            'e',
          ),
          { ...context, options: { s, t } },
        );
        expect(load(text)).toEqual({ a: s, b: [t, `${s}-${t}`], c: { d: JSON.stringify(s) }, e: 1 });
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [
      '{{ternary "a" "b" options.n}}',
      'The condition of "ternary" stands first, and "a" is none: write (ternary condition "a" "b").',
    ],
    [
      '{{ternary true false options.n}}',
      'The condition of "ternary" stands first, and true is none: write (ternary condition true false).',
    ],
    [
      '{{ternary options.n "b"}}',
      '"ternary" does not take these arguments. It is called as (ternary condition then else).',
    ],
    ['{{join options.list "," "x"}}', '"join" does not take these arguments. It is called as (join list separator).'],
    ['{{str "a" b=1}}', '"str" does not take these arguments. It is called as (str part …).'],
    ['{{#if options.n options.s}}{{/if}}', '"if" does not take these arguments. It is called as {{#if value}}.'],
  ])('%s is refused', (text, message) => expect(failure(text).message).toBe(message));

  it('keeps the type of a string that is one interpolation', () => {
    expect(
      renderStrings({ a: '{{options.n}}', b: '{{cluster.name}}-{{options.n}}', c: ['x'] }, templates, context),
    ).toEqual({ a: 3, b: 'a-3', c: ['x'] });
  });
});
