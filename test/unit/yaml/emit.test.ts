import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { emitYaml } from '../../../generator/yaml/emit.ts';
import type { Value } from '../../../generator/model/values.ts';

describe('emitYaml', () => {
  it('orders the keys of objects and quotes what YAML 1.1 reads differently', () => {
    const text = emitYaml({
      spec: { b: 'on', a: '0o7' },
      kind: 'X',
      metadata: { namespace: 'ns', name: 'x', labels: { y: '1' } },
      apiVersion: 'v1',
    });
    expect(text).toBe(
      'apiVersion: v1\nkind: X\nmetadata:\n  name: x\n  namespace: ns\n  labels:\n    "y": "1"\nspec:\n  a: "0o7"\n  b: "on"\n',
    );
  });

  it('prints text of several lines as a literal block where one can hold it', () => {
    expect(emitYaml({ a: 'x\n  y\n', b: ' x\n', c: 'a\tb\nc' })).toBe('a: |\n  x\n    y\nb: " x\\n"\nc: "a\\tb\\nc"\n');
  });

  it.each([
    'on',
    'y',
    'No',
    '010',
    '0o10',
    '1_000',
    '0b11',
    '0X1F',
    '0O7',
    '1:30',
    '2001-01-01',
    '.inf',
    '~',
    'null',
    '',
    '-',
    '? a',
    'a: b',
    'a #b',
    '*x',
    '&x',
    '!x',
    '%x',
    '@x',
    '`x',
    '<<',
    '=',
    '1e3',
    '+1',
    'a:',
    "'",
    '"',
    '\u2028',
    '\u0085',
    '\ufeff',
    '💥',
    'a\u0000b',
  ])('reads %j back as the same string in YAML 1.1 and 1.2, as key and as value', (text) => {
    const printed = emitYaml({ [`k${text}`]: text, list: [text, [text]] });
    for (const read of [parse(printed), parse(printed, { version: '1.1' }), load(printed)])
      expect(read).toEqual({ [`k${text}`]: text, list: [text, [text]] });
  });

  it('round-trips any data through three readers', () => {
    const leaf = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom('yes', 'a\nb', 'a\n\n', '\n', ' x', 'x \ny'),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(
          fc.string().filter((k) => k !== '__proto__'),
          tie('tree'),
          { maxKeys: 4 },
        ),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const data = JSON.parse(JSON.stringify(value)) as Value;
        const printed = emitYaml(data);
        expect(parse(printed)).toEqual(data);
        expect(load(printed)).toEqual(data);
        expect(parse(printed, { version: '1.1' })).toEqual(data);
      }),
      { numRuns: 1000 },
    );
  });
});
