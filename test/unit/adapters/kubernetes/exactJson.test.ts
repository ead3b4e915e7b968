import { describe, expect, it } from 'vitest';
import { readExactJson } from '../../../../generator/adapters/kubernetes/exactJson.ts';

describe('an answer of the API server', () => {
  it.each([
    ['9007199254740993', '9007199254740993'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['18446744073709551615', '18446744073709551615'],
    ['9007199254740991', 9007199254740991],
    ['0.1', 0.1],
    ['1e3', 1000],
  ])('keeps the digits of %s', (source, value) => {
    expect(readExactJson(`{"spec":{"n":${source},"list":[${source}, "${source}"]}}`)).toEqual({
      spec: { n: value, list: [value, source] },
    });
  });

  it('has other values for numbers that differ in the last digit', () => {
    expect(readExactJson('[9007199254740993]')).not.toEqual(readExactJson('[9007199254740992]'));
  });

  it('has the limits of a definition as numbers, which the server keeps as such', () => {
    const definition = (field: string): string =>
      `{"kind":"CustomResourceDefinition","spec":{"${field}":9223372036854775807}}`;
    expect(readExactJson(definition('maximum'))).toEqual(JSON.parse(definition('maximum')));
    expect(readExactJson(definition('default'))).toMatchObject({ spec: { default: '9223372036854775807' } });
  });

  it('with quotes, escapes and digits in texts stays as it is', () => {
    const text = '{"a\\"9007199254740993":"\\\\9007199254740993\\"","b":9007199254740993}';
    expect(readExactJson(text)).toEqual({ 'a"9007199254740993': '\\9007199254740993"', b: '9007199254740993' });
  });
});
