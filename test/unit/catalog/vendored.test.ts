import { expect, it } from 'vitest';
import { planMerge } from '../../../generator/catalog/vendored.ts';

it('takes what only the catalog changed, keeps what only the fleet changed, and merges what both did', () => {
  const base = new Map([
    ['same', '1'],
    ['theirs', '1'],
    ['ours', '1'],
    ['both', '1'],
    ['alike', '1'],
    ['gone', '1'],
    ['gone-edited', '1'],
    ['dropped', '1'],
    ['dropped-quietly', '1'],
  ]);
  const ours = new Map([
    ['same', '1'],
    ['theirs', '1'],
    ['ours', '2'],
    ['both', '2'],
    ['alike', '3'],
    ['gone', '1'],
    ['gone-edited', '2'],
    ['mine', '1'],
    ['twice', '1'],
  ]);
  const theirs = new Map([
    ['same', '1'],
    ['theirs', '2'],
    ['ours', '1'],
    ['both', '3'],
    ['alike', '3'],
    ['new', '1'],
    ['twice', '2'],
    ['dropped', '2'],
    ['dropped-quietly', '1'],
  ]);
  expect(planMerge(base, ours, theirs)).toEqual({
    taken: new Map([
      ['gone', undefined],
      ['new', '1'],
      ['theirs', '2'],
    ]),
    both: [
      { path: 'both', ours: '2', base: '1', theirs: '3' },
      { path: 'twice', ours: '1', base: '', theirs: '2' },
    ],
    removals: [
      { path: 'dropped', removedBy: 'fleet' },
      { path: 'gone-edited', removedBy: 'catalog' },
    ],
  });
});
