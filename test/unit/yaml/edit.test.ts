import fc from 'fast-check';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { withValue } from '../../../generator/yaml/edit.ts';

const cases: readonly (readonly [what: string, before: string, pointer: string, value: unknown, after: string])[] = [
  [
    'a scalar, its comment stays',
    'spec:\n  catalog: v1 # pinned\n  x: 1\n',
    '/spec/catalog',
    'v2',
    'spec:\n  catalog: v2 # pinned\n  x: 1\n',
  ],
  ['quotes stay', 'spec: { catalog: \'v1\', b: "c" }\n', '/spec/catalog', 'v2', 'spec: { catalog: \'v2\', b: "c" }\n'],
  [
    'a new key of a block map',
    'spec:\n  # about a\n  a: 1\n\n# end\n',
    '/spec/catalog',
    'v2',
    'spec:\n  # about a\n  a: 1\n  catalog: v2\n\n# end\n',
  ],
  [
    'a new key behind a nested block',
    'spec:\n  a:\n    b:\n      - 1 # one\n',
    '/spec/c',
    2,
    'spec:\n  a:\n    b:\n      - 1 # one\n  c: 2\n',
  ],
  ['a new key behind a text block', 'spec:\n  a: |\n    text\n', '/spec/c', 2, 'spec:\n  a: |\n    text\n  c: 2\n'],
  ['a new key without a last line end', 'spec:\n  a: 1', '/spec/c', 2, 'spec:\n  a: 1\n  c: 2\n'],
  ['a new key of a flow map', 'spec: { a: { b: 1 } }\n', '/spec/a/c', 'x', 'spec: { a: { b: 1, c: x } }\n'],
  ['a new key of an empty flow map', 'spec: {}\n', '/spec/a/c', 'x', 'spec: { a: { c: x } }\n'],
  [
    'maps that are not there',
    'spec:\n  a: 1\n',
    '/spec/components/x/version',
    '1.20.3',
    'spec:\n  a: 1\n  components: { x: { version: 1.20.3 } }\n',
  ],
  ['text that looks like a number', 'spec:\n  v: 1\n', '/spec/v', '1.20', 'spec:\n  v: "1.20"\n'],
  [
    'a list for a list',
    'spec:\n  l:\n    - 1\n    - 2\n  # next\n  x: 1\n',
    '/spec/l',
    [{ a: 'b c' }],
    'spec:\n  l:\n    [{ a: "b c" }]\n  # next\n  x: 1\n',
  ],
  ['a key without a value', 'spec:\n  a:\n  b: 1\n', '/spec/a', 'x', 'spec:\n  a: x\n  b: 1\n'],
  ['line ends', 'spec:\r\n  a: 1\r\n', '/spec/b', 2, 'spec:\r\n  a: 1\r\n  b: 2\r\n'],
  ['a block of text', 'spec:\n  t: |\n    one\n    two\n  b: 1\n', '/spec/t', 'new', 'spec:\n  t: new\n  b: 1\n'],
  [
    'a folded block, and what stands behind it',
    'spec:\n  t: >-  # why\n    one\n    two\n\n  # next\n  b: 1\n',
    '/spec/t',
    3,
    'spec:\n  t: 3  # why\n\n  # next\n  b: 1\n',
  ],
  [
    'a block of text for another',
    'spec:\r\n  m:\r\n    t: |-\r\n      one\r\n    b: 1\r\n',
    '/spec/m/t',
    'two\n  three\n',
    'spec:\r\n  m:\r\n    t: |\r\n      two\r\n        three\r\n    b: 1\r\n',
  ],
  ['a block at the end', 'spec:\n  t: |\n    one', '/spec/t', 'x', 'spec:\n  t: x'],
  ['a list of blocks', 'l:\n  - |\n    one\nb: 1\n', '/l', ['x'], 'l:\n  [x]\nb: 1\n'],
  ['lines inside { }', 'spec: { t: x }\n', '/spec/t', 'a\nb\n', 'spec: { t: "a\\nb\\n" }\n'],
  ['a mark at the start', '\ufeffspec:\n  a: 1\n', '/spec/a', 2, '\ufeffspec:\n  a: 2\n'],
];

describe('editing a file', () => {
  it.each(cases)('%s', (_what, before, pointer, value, after) => {
    expect(withValue(before, pointer, value as never)).toBe(after);
  });

  it('what is no map is left alone', () => {
    expect(withValue('spec: [1]\n', '/spec/a', 1)).toBeUndefined();
    expect(withValue('spec: 1\n', '/spec/a/b', 1)).toBeUndefined();
  });

  it('any text of several lines is read back as it is, whatever stood there', () => {
    const line = fc.string({ unit: fc.constantFrom('a', ' ', '#', ':', '-', '|', '\t', "'", '"', 'é', '\u2028') });
    const lines = fc.array(line, { minLength: 1, maxLength: 5 }).map((all) => all.join('\n'));
    const old = fc.constantFrom('|\n    x\n    y\n', '>-\n    x\n\n    y\n', '|+\n    x\n\n', 'x\n', '"x"\n', '[1]\n');
    fc.assert(
      fc.property(lines, old, fc.boolean(), (text, before, isOpen) => {
        const value = isOpen ? text : `${text}\n`;
        const after = withValue(`spec:\n  a: ${before}  b: 1 # one\n`, '/spec/a', value) ?? '';
        expect(parse(after)).toEqual({ spec: { a: value, b: 1 } });
        expect(after.endsWith('\n  b: 1 # one\n')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('any text is read back as it is, and nothing else changes', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const after = withValue('spec:\n  a: 1 # one\n  b: { c: 2 }\n', '/spec/b/d', text) ?? '';
        expect(parse(after)).toEqual({ spec: { a: 1, b: { c: 2, d: text } } });
        expect(after.startsWith('spec:\n  a: 1 # one\n  b: { c: 2, d: ')).toBe(true);
      }),
    );
  });
});
