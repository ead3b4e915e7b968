import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { parseSource } from '../../../generator/yaml/source.ts';

const found = (text: string): [string, number | undefined, number | undefined][] =>
  parseSource('f.yaml', text).diagnostics.map((d) => [d.code, d.at?.line, d.at?.col]);

describe('parseSource', () => {
  it.each([
    'a: |c4n4ry\n',
    'a: >c4n4ry\n',
    'a: *c4n4ry\n',
    'a: !c4n4ry x\n',
    '%c4n4ry x\n---\na: b\n',
    'a: &x b\nb: ]c4n4ry\n',
    'a: "\\c4n4ry"\n',
    'a: @c4n4ry\n',
    'a: "x"c4n4ry\n',
    'kind: Secret\nstringData:\n  a: 0x48291399\n  b: 48291399:12\n  c: 4829139948291399482\n  0x48291399: d\n',
  ])('has nothing of the text in the messages of %j', (text) => {
    const { diagnostics } = parseSource('f.yaml', text);
    expect(diagnostics).not.toEqual([]);
    for (const { message, hint } of diagnostics) expect(`${message} ${hint ?? ''}`).not.toMatch(/c4n4ry|482913/);
  });

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
    ['a: 1\nb: \0\n', 'yaml/binary', 2, 4],
    ['a: !!js/function x\n', 'yaml/tag', 1, 4],
    ['a: !include x\n', 'yaml/tag', 1, 4],
    ['a: !!str 3\n', 'yaml/tag', 1, 10],
    ['a: !!binary aGk=\n', 'yaml/tag', 1, 13],
    ['a: ! x\n', 'yaml/tag', 1, 6],
    ['a: !!map { b: 1 }\n', 'yaml/tag', 1, 10],
    ['a: 0o17\n', 'yaml/ambiguous-scalar', 1, 4],
    ['a: 12345678901234567\n', 'yaml/number', 1, 4],
    ['a: -12345678901234567890\n', 'yaml/number', 1, 4],
    ['a: 1e400\n', 'yaml/number', 1, 4],
    ['1.10: a\n', 'yaml/ambiguous-scalar', 1, 1],
    ['a: { 0x10: b }\n', 'yaml/ambiguous-scalar', 1, 6],
    ['True: a\n', 'yaml/ambiguous-scalar', 1, 1],
    ['null: a\n', 'yaml/syntax', 1, 1],
    ['1: a\n"1": b\n', 'yaml/duplicate-key', 2, 1],
    ['\ufeffa: 1\na: 2\n', 'yaml/duplicate-key', 2, 1],
    ['\ufeffa: yes\n', 'yaml/ambiguous-scalar', 1, 4],
    ['a: 1\r\nb: yes\r\n', 'yaml/ambiguous-scalar', 2, 4],
    ['<<<<<<< HEAD\r\na: 1\r\n', 'yaml/merge-conflict', 1, 1],
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

  it.each([
    ['a flow list', `a: ${'['.repeat(200)}${']'.repeat(200)}`, 1, 103],
    ['a flow list without an end', `a: ${'['.repeat(500_000)}`, 1, 103],
    ['flow maps', '{a: '.repeat(400_000), 1, 401],
    ['a compact list', `${'- '.repeat(500_000)}a`, 1, 201],
    ['block maps', Array.from({ length: 500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), 101, 101],
  ])('refuses %s that is nested too deep, at the first line that is', (_, text, line, col) => {
    expect(found(text)).toEqual([['yaml/too-deep', line, col]]);
  });

  it('takes keys that are read as they are written, whatever they look like', () => {
    const text = '1: a\n8080: b\ntrue: c\n"1.10": d\n__proto__: { e: 1 }\nconstructor: f\n';
    const value = parseSource('f.yaml', text).value?.value as object;
    expect(Object.keys(value).sort()).toEqual(['1', '1.10', '8080', '__proto__', 'constructor', 'true']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['e']).toBe(undefined);
  });

  it.each([
    ['many keys', `a: {b: 'x', ${Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join(', ')}}`, 0],
    ['many mistakes', "'\n".repeat(30_000), 20],
    ['many anchors', '&a '.repeat(30_000), 20],
    ['many tabs', '\t'.repeat(100_000), 1],
  ])('reads %s without waiting for ever, and says at most 20 of their problems', (_, text, most) => {
    expect(found(text).length).toBeLessThanOrEqual(most);
  });

  it('shows what stands before a place far to the right', () => {
    const text = `a: "${'x'.repeat(5000)}"\nb: { c: "${'y'.repeat(5000)}", d: yes }\n`;
    const at = parseSource('f.yaml', text).diagnostics[0]?.at;
    expect(at).toMatchObject({ line: 2, col: 5016, excerpt: { firstLine: 1, firstCol: 4956 } });
    expect(at?.excerpt?.lines[1]?.slice(0, 65)).toBe(`${'y'.repeat(54)}", d: yes }`);
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
            unit: fc.constantFrom(
              ...[
                'a',
                ':',
                ' ',
                '\n',
                '-',
                '[',
                '{',
                '"',
                '#',
                '1',
                ']',
                '}',
                ',',
                'on',
                '\t',
                "'",
                '?',
                '&',
                '*',
                '!',
              ],
              ...['|', '>', '%', '0', '_', '.', '~', 'null', 'true', '\\', '@', '`', ': ', '- ', '\n  ', 'e9', '<<'],
            ),
          }),
          fc.object().map((o) => stringify(o, { aliasDuplicateObjects: false })),
        ),
        (text) => {
          const { value, diagnostics } = parseSource('f.yaml', text);
          if (value === undefined) expect(diagnostics.length).toBeGreaterThan(0);
          else expect(JSON.stringify(value.value)).toBe(JSON.stringify(parse(text, { logLevel: 'silent' })));
          // a tab, which only the careful parser reads: what it refuses is refused in any case
          const careful = parseSource('f.yaml', `#\t\n${text}`).value;
          expect(JSON.stringify(value?.value)).toBe(JSON.stringify(careful?.value));
        },
      ),
      { numRuns: 3000 },
    );
  });
});
