import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nanosOf, quantityOf, quantityPattern } from '../../../generator/kubernetes/quantity.ts';

describe('a quantity', () => {
  it.each([
    ['0', 0],
    ['250m', 0.25],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['2.', 2],
    ['+3', 3],
    ['-3k', -3000],
    ['100n', 1e-7],
    ['5u', 5e-6],
    ['1k', 1000],
    ['1M', 1e6],
    ['1G', 1e9],
    ['1T', 1e12],
    ['1P', 1e15],
    ['1E', 1e18],
    ['1Ki', 1024],
    ['5242880Ki', 5 * 2 ** 30],
    ['10Gi', 10 * 2 ** 30],
    ['0.5Gi', 2 ** 29],
    ['1Ti', 2 ** 40],
    ['1Pi', 2 ** 50],
    ['1Ei', 2 ** 60],
    ['1e3', 1000],
    ['1E3', 1000],
    ['1E-3', 0.001],
    ['12e+2', 1200],
    [' 1Gi ', 2 ** 30],
  ])('%s', (text, expected) => {
    expect(quantityOf(text)).toBe(expected);
    expect(text.trim()).toMatch(new RegExp(quantityPattern));
  });

  it('may be a number', () => {
    expect([quantityOf(3), quantityOf(0.5), quantityOf(-1)]).toEqual([3, 0.5, -1]);
  });

  it.each(['', '.', '+', 'Gi', '1gi', '1KI', '1K', '1 Gi', '1GB', '1h', '1e', '1e99999', '0x10', '1,5', 'ten', '1..2'])(
    '%s is none',
    (text) => expect(quantityOf(text)).toBeUndefined(),
  );

  it.each([true, null, undefined, [], {}])('%o is none', (value) => {
    expect(quantityOf(value)).toBeUndefined();
  });

  it('is exact in every form, and rounded up below a billionth', () => {
    for (const [a, b] of [
      ['57m', '0.057'],
      ['1100m', '1.1'],
      ['1Ei', '1152921504606846976'],
      ['9007199254740993', '9007199254740993000m'],
    ] as const)
      expect(nanosOf(a)).toBe(nanosOf(b));
    expect(nanosOf('9007199254740993')).not.toBe(nanosOf('9007199254740992'));
    expect(nanosOf('0.1n')).toBe(1n);
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), (n) => {
        expect(nanosOf(`${n}Gi`)).toBe(nanosOf(`${n * 1024n}Mi`));
        expect(nanosOf(`${n}`)).toBe(nanosOf(`${n}000m`));
        expect(nanosOf(`${n}k`)).toBe(nanosOf(`${n}e3`));
      }),
    );
  });
});
