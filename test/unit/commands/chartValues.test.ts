import { expect, it } from 'vitest';
import { valueLines } from '../../../generator/commands/upgrade/chartValues.ts';

it('says which values a cluster sets are gone, then what else differs', () => {
  const was = { replicas: 1, image: { tag: 'v1', pull: 'Always' }, old: { deep: { x: 1 } }, list: [1] };
  const is = { replicas: 2, image: { tag: 'v1', pull: { policy: 'Always' } }, fresh: true, list: [1] };
  const set = [
    {
      cluster: 'a',
      paths: [
        ['old.deep.x', 2],
        ['replicas', 3],
      ] as const,
    },
  ];
  expect(valueLines(was, is, set)).toEqual([
    '  ! old.deep.x is gone, and cluster a sets it',
    '  - old.deep.x',
    '  ~ replicas: 1 → 2',
    '  + image.pull.policy: "Always"',
    '  + fresh: true',
  ]);
});
