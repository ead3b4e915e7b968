import { expect, it } from 'vitest';
import { durationOf } from '../../../generator/kubernetes/duration.ts';

it.each<[string, number | undefined]>([
  ['30d', 2_592_000],
  ['1h30m', 5400],
  ['1w2d', 777_600],
  ['1.5h', 5400],
  ['500ms', 0.5],
  ['1y', 31_536_000],
  ['0s', 0],
  ['', undefined],
  ['10', undefined],
  ['10Gi', undefined],
  ['1h 30m', undefined],
  ['-1h', undefined],
])('durationOf %j is %j seconds', (text, expected) => expect(durationOf(text)).toBe(expected));
