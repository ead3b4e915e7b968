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
