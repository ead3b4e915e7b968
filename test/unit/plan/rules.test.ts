import { expect, it } from 'vitest';
import { subjectsOf } from '../../../generator/plan/rules.ts';

it('asks a rule of the entries of a map, with the items around it', () => {
  const clusters = [{ name: 'a', parameters: { jit: 'on', 'x/y': '1' } }, { name: 'b' }];
  expect(subjectsOf('/clusters/*/parameters', { clusters })).toEqual([
    { pointer: '/clusters/0/parameters/jit', item: { key: 'jit', value: 'on' }, parents: [clusters[0]] },
    { pointer: '/clusters/0/parameters/x~1y', item: { key: 'x/y', value: '1' }, parents: [clusters[0]] },
  ]);
});

it('asks a rule of the items of a list, and of the options as a whole', () => {
  expect(subjectsOf('/list', { list: [1, 2] }).map((s) => [s.pointer, s.item])).toEqual([
    ['/list/0', 1],
    ['/list/1', 2],
  ]);
  expect(subjectsOf(undefined, { list: [1] })).toEqual([{ pointer: '', item: undefined, parents: [] }]);
});
