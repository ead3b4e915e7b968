import { describe, expect, it } from 'vitest';
import { createCel } from '../../../generator/template/cel.ts';

const cel = createCel();

describe('quantities in the CEL of rules', () => {
  it.each([
    ['quantity("1Gi").isGreaterThan(quantity("1023Mi"))', true],
    ['quantity("1Gi").isGreaterThan(quantity("1024Mi"))', false],
    ['quantity("500m").isLessThan(quantity("1"))', true],
    ['quantity(options.memory).add(quantity("170Mi")).isGreaterThan(quantity("2Gi"))', true],
    ['isQuantity("1Gb") || !isQuantity("1.5Gi")', false],
  ])('%s', (expression, result) => {
    expect(cel.test(expression, { options: { memory: '2Gi' } })).toBe(result);
  });

  it('what is none cannot be evaluated', () => {
    expect(() => cel.test('quantity("1Gb").isLessThan(quantity("1"))', {})).toThrow('is not a quantity');
  });
});
