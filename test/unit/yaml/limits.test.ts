import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../../generator/model/values.ts';
import { readKubernetesYaml } from '../../../generator/yaml/kubernetesYaml.ts';
import { LimitError, readJson, valuesAtMost, valuesIn } from '../../../generator/yaml/limits.ts';
import { objectsIn } from '../../../generator/yaml/objects.ts';
import { parseSource } from '../../../generator/yaml/source.ts';

const limits = { characters: 1024 * 1024, values: 1000, depth: 100 };

/** Nine keys, each ten times the one before. */
const laughs = [
  'a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]',
  ...[...'bcdefghi'].map((key, i) => `${key}: &${key} [${Array(10).fill(`*${'abcdefgh'[i]}`).join(', ')}]`),
].join('\n');
const chain = [
  'a0: &a0 { x: 1 }',
  ...Array.from({ length: 200 }, (_, i) => `a${i + 1}: &a${i + 1} { x: *a${i} }`),
].join('\n');

function limitOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof LimitError) return error.limit;
    throw error;
  }
  return undefined;
}

describe('readKubernetesYaml', () => {
  it.each([
    ['aliases of aliases', laughs, 'it has more than 1000000 values'],
    ['aliases in a chain', chain, 'it nests lists and maps more than 100 deep'],
    ['itself', 'a: &a { b: *a }', 'it nests lists and maps more than 100 deep'],
    ['long lists', `[${'[],'.repeat(500_000)}]`, 'it has more than 1000000 values'],
    ['long text', `a: "${'x'.repeat(32 * 1024 * 1024)}"`, 'it has more than 32 MiB'],
  ])('refuses %s', (_, text, reason) => expect(readKubernetesYaml(text)).toEqual({ problem: { reason, line: 1 } }));

  it('takes aliases as often as they stand there', () => {
    const read = readKubernetesYaml('a: &a { b: 1 }\nc: *a\nd: [*a, *a]');
    const value = { a: { b: 1 }, c: { b: 1 }, d: [{ b: 1 }, { b: 1 }] };
    expect(read).toEqual({ value, doubtful: [] });
    expect(valuesIn(['value' in read ? read.value : null])).toBe(10);
  });

  it('says with a place what is nested too deep', () => {
    expect(readKubernetesYaml(`a:\n  ${'['.repeat(200)}`)).toMatchObject({
      problem: { reason: 'nesting exceeded maxDepth (100)', line: 2 },
    });
  });
});

describe('readJson', () => {
  it.each([
    ['depth', `${'['.repeat(200)}${']'.repeat(200)}`],
    ['values', `[${'{},'.repeat(1001)}0]`],
    ['characters', `"${'x'.repeat(1024 * 1024)}"`],
  ])('holds %s', (limit, text) => expect(limitOf(() => readJson(text, limits))).toBe(limit));

  it('counts no signs in texts', () => {
    const text = JSON.stringify({ a: '[{,'.repeat(2000), b: '\\"['.repeat(2000) });
    expect(readJson(text, limits)).toEqual(JSON.parse(text));
  });
});

it('never counts fewer values than there are', () => {
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  const { tree } = fc.letrec<{ tree: Value }>((tie) => ({
    tree: fc.oneof(leaf, fc.array(tie('tree')), fc.dictionary(fc.string(), tie('tree'))) as fc.Arbitrary<Value>,
  }));
  fc.assert(
    fc.property(tree, (value) => {
      const text = JSON.stringify(value, undefined, 1);
      expect(valuesAtMost(text)).toBeGreaterThanOrEqual(valuesIn([load(text) as Value]));
    }),
    { numRuns: 200 },
  );
});

describe('readers', () => {
  it('say what a chart or file must not have, and where', () => {
    expect(readKubernetesYaml(laughs)).toEqual({ problem: { reason: 'it has more than 1000000 values', line: 1 } });
    expect(objectsIn('f.yaml', `a: 1\n---\n${laughs}`)).toMatchObject([
      { why: 'it has no kind' },
      { why: 'it has more than 1000000 values', at: { file: 'f.yaml', line: 3 } },
    ]);
  });

  it('place what one reader sees behind a lone carriage return, and another does not', () => {
    expect(objectsIn('f.yaml', '# a\rb')).toMatchObject([{ why: 'it is no object', at: { line: 1 } }]);
  });

  it.each([
    ['empty lines', `a: 1\n${'\n'.repeat(500_000)}b: 1\n`, undefined],
    ['lines of spaces', `a: 1\n${'   \n'.repeat(150_000)}b: 1\n`, undefined],
    ['one key very often', 'a: 1\n'.repeat(150_000), 'yaml/too-large'],
    ['very many keys', Array.from({ length: 60_000 }, (_, i) => `k${i}: 1`).join('\n'), 'yaml/too-large'],
    ['underscores', `a: ${'1_'.repeat(100_000)}x`, undefined],
    ['closing brackets', 'a: }\n'.repeat(10_000), 'yaml/syntax'],
    ['question marks', '? '.repeat(40_000), 'yaml/too-deep'],
  ])('end soon on %s', (_, text, code) => {
    const start = performance.now();
    expect(parseSource('f.yaml', text).diagnostics[0]?.code).toBe(code);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
