import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { createSchemas } from '../../generator/config/jsonSchema.ts';
import { createContext } from '../../generator/context.ts';
import type { Value, ValueMap } from '../../generator/model/values.ts';
import { mapAt } from '../../generator/model/values.ts';
import { createPipeline } from '../../generator/pipeline/pipeline.ts';

interface ConfigKey {
  readonly key: string;
  readonly type: 'INT' | 'LONG' | 'DOUBLE' | 'BOOLEAN' | 'STRING' | 'LIST';
  readonly default: string | null;
  readonly valid: string | null;
}
const { keys } = JSON.parse(readFileSync('test/fixtures/kafka-topic-config.json', 'utf8')) as {
  readonly keys: readonly ConfigKey[];
};
const options = createPipeline(createContext('.', { quiet: true, verbose: false }))
  .loadCatalog()
  .value?.capabilities.get('kafka')?.options;
const schema: ValueMap = mapAt(options, 'properties', 'topics', 'items', 'properties', 'config');
const checker = createSchemas().checker(schema);
const codesOf = (config: ValueMap): string[] => checker.check(config, () => undefined).map((d) => d.code);
const isRight = (key: string, value: Value): boolean => codesOf({ [key]: value }).length === 0;

/** The ends of a range as Kafka prints it: `[1,...,9]`, `[0,...]`. */
function rangeOf({ valid }: ConfigKey): { readonly least?: number; readonly most?: number } {
  const [, least, most] = /^\[(-?\d+),\.\.\.(?:,(-?\d+))?\]/.exec(valid ?? '') ?? [];
  return {
    ...(least === undefined ? {} : { least: Number(least) }),
    ...(most === undefined ? {} : { most: Number(most) }),
  };
}

describe('the configuration of topics', () => {
  it('has the keys of Kafka, and no others', () => {
    expect(keys.filter(({ key }) => codesOf({ [key]: null }).includes('schema/unknown-key'))).toEqual([]);
    expect(codesOf({ 'retention.msec': 1 })).toEqual(['schema/unknown-key']);
    expect(codesOf({ 'internal.segment.bytes': 1 })).toEqual(['schema/unknown-key']);
  });

  const numbers = keys.filter(({ type }) => type === 'INT' || type === 'LONG' || type === 'DOUBLE');
  it.each(numbers.map((k) => [k.key, k] as const))('%s has the range of Kafka, as a number and as text', (key, k) => {
    const { least, most } = rangeOf(k);
    const ends = [least, most].filter((n) => n !== undefined);
    expect(ends.filter((n) => !isRight(key, n) || !isRight(key, String(n)))).toEqual([]);
    const beyond = [...(least === undefined ? [] : [least - 1]), ...(most === undefined ? [] : [most + 1])];
    expect(beyond.filter((n) => isRight(key, n) || (n >= -1 && isRight(key, String(n))))).toEqual([]);
    expect(isRight(key, 'many')).toBe(false);
    expect(isRight(key, true)).toBe(false);
    if (k.default !== null) expect(isRight(key, k.default)).toBe(true);
  });

  const texts = keys.filter(({ type }) => type === 'STRING' || type === 'BOOLEAN' || type === 'LIST');
  it.each(texts.map((k) => [k.key, k] as const))('%s has the values of Kafka', (key, k) => {
    const listed =
      /^\[([a-zA-Z0-9, ]+)\]$/.exec(k.valid ?? '')?.[1]?.split(', ') ?? (k.type === 'BOOLEAN' ? ['true', 'false'] : []);
    expect(listed.filter((value) => !isRight(key, value))).toEqual([]);
    expect(isRight(key, 'neither')).toBe(false);
    expect(isRight(key, 5)).toBe(false);
  });
});
