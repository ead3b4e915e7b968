import { describe, expect, it } from 'vitest';
import { createApiShapes } from '../../../../generator/kubernetes/shapes/apiShapes.ts';
import { withDefaults, withoutNulls } from '../../../../generator/kubernetes/shapes/stored.ts';
import type { ValueMap } from '../../../../generator/model/values.ts';
import { asMap } from '../../../../generator/model/values.ts';

const shape: ValueMap = {
  properties: {
    mode: { type: 'string', default: 'a' },
    maybe: { type: ['string', 'null'], default: 'b' },
    nested: { type: 'object', properties: { deep: { type: 'integer', default: 1 } } },
    whole: { type: 'object', default: {}, properties: { deep: { type: 'integer', default: 2 } } },
    list: { type: 'array', items: { type: 'object', properties: { port: { type: 'integer', default: 80 } } } },
    map: {
      type: 'object',
      additionalProperties: { type: 'object', properties: { on: { type: 'boolean', default: true } } },
    },
  },
};

describe('defaults', () => {
  it('take the place of what is not there, and of null where null is not allowed', () => {
    expect(withDefaults({}, shape)).toEqual({ mode: 'a', maybe: 'b', whole: { deep: 2 } });
    expect(withDefaults({ mode: null, maybe: null, whole: { deep: 3 } }, shape)).toEqual({
      mode: 'a',
      maybe: null,
      whole: { deep: 3 },
    });
  });

  it('are filled in below what is there', () => {
    const object = { mode: 'x', maybe: 'y', nested: {}, whole: {}, list: [{}, { port: 1 }], map: { k: {} } };
    expect(withDefaults(object, shape)).toEqual({
      mode: 'x',
      maybe: 'y',
      nested: { deep: 1 },
      whole: { deep: 2 },
      list: [{ port: 80 }, { port: 1 }],
      map: { k: { on: true } },
    });
    expect(object).toEqual({ mode: 'x', maybe: 'y', nested: {}, whole: {}, list: [{}, { port: 1 }], map: { k: {} } });
  });

  it('leave an object alone that has them', () => {
    const object = { mode: 'x', maybe: 'y', whole: { deep: 1 } };
    expect(withDefaults(object, shape)).toBe(object);
  });

  it('come before choices: an object may need them, or break with them', () => {
    const choice = (oneOf: ValueMap[]): ValueMap => ({
      type: 'object',
      properties: {
        apiVersion: {},
        kind: {},
        metadata: {},
        type: { type: 'string', default: 'IP' },
        value: { type: 'string' },
      },
      oneOf,
    });
    const check = (oneOf: ValueMap[]): string =>
      createApiShapes({ kubernetes: () => undefined, crd: () => ({ scope: 'Cluster', shape: choice(oneOf) }) }).check(
        { apiVersion: 'example.org/v1', kind: 'Widget', metadata: { name: 'a' }, value: 'x' },
        '1.36',
      ).status;
    expect(
      check([
        { required: ['type'], properties: { type: { enum: ['IP'] } } },
        { properties: { type: { enum: ['Name'] } } },
      ]),
    ).toBe('valid');
    expect(check([{ required: ['type'] }, { required: ['value'] }])).toBe('invalid');
  });
});

describe('nulls', () => {
  const resolve = (part: unknown): ValueMap => asMap(part);
  it('are absence where they are not allowed', () => {
    const object = { mode: null, maybe: null, unknown: null, list: [null, { port: null }], map: { k: null } };
    expect(withoutNulls(object, shape, resolve, false)).toEqual({
      maybe: null,
      unknown: null,
      list: [null, {}],
      map: {},
    });
  });

  it('are absence everywhere to Go, but for entries of lists and fields that nobody knows', () => {
    expect(withoutNulls({ maybe: null, unknown: null, list: [null] }, shape, resolve, true)).toEqual({
      unknown: null,
      list: [null],
    });
  });
});
