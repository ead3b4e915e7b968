import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { parseSource } from '../../../generator/source/source.ts';

const found = (text: string): [string, number | undefined, number | undefined][] =>
  parseSource('f.yaml', text).diagnostics.map((d) => [d.code, d.at?.line, d.at?.col]);

describe('parseSource', () => {
  it.each([
    ['a: yes\n', 'yaml/ambiguous-scalar', 1, 4],
    ['a: 1\nb: 010\n', 'yaml/ambiguous-scalar', 2, 4],
    ['a: 1\na: 2\n', 'yaml/duplicate-key', 2, 1],
    ['a:\n\tb: 1\n', 'yaml/tab', 2, 1],
    ['', 'yaml/empty', 1, 1],
    ['# only a comment\n', 'yaml/empty', 1, 1],
    ['a: &x 1\nb: *x\n', 'yaml/alias', 2, 4],
    ['a: 1\n---\nb: 2\n', 'yaml/documents', 2, 1],
    ['a: 1\n<<<<<<< HEAD\n', 'yaml/merge-conflict', 2, 1],
    ['a: \0\n', 'yaml/binary', 1, 1],
    ['a: !!js/function x\n', 'yaml/syntax', 1, 4],
  ])('refuses %j', (text, code, line, col) => {
    expect(found(text)[0]).toEqual([code, line, col]);
  });

  it('refuses an anchor bomb without expanding it', () => {
    const bomb = [
      'a: &a [x, x, x, x, x, x, x, x, x]',
      ...'bcdefghi'.split('').map((c, i) => `${c}: &${c} [${`*${'abcdefgh'[i] ?? ''}, `.repeat(9)}x]`),
    ].join('\n');
    expect(found(bomb)[0]?.[0]).toBe('yaml/alias');
  });

  it('knows where every key and value stands', () => {
    const source = parseSource('f.yaml', 'a: 1\nb:\n  - c: [x, {d: 2}]\n').value;
    expect(source?.at('/b/0/c/1/d')).toMatchObject({ line: 3, col: 16 });
    expect(source?.at('/b/0/c', 'key')).toMatchObject({ line: 3, col: 5 });
    expect(source?.at('/b/0/missing')).toMatchObject({ line: 3 });
  });

  it('never throws, and reads the same value as the careful parser', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({
            unit: fc.constantFrom('a', ':', ' ', '\n', '-', '[', '{', '"', '#', '1', ']', '}', ',', 'on', '\t'),
          }),
          fc.object().map((o) => stringify(o, { aliasDuplicateObjects: false })),
        ),
        (text) => {
          const { value, diagnostics } = parseSource('f.yaml', text);
          if (value === undefined) expect(diagnostics.length).toBeGreaterThan(0);
          else expect(value.value).toEqual(parse(text, { logLevel: 'silent' }));
        },
      ),
      { numRuns: 1500 },
    );
  });
});
