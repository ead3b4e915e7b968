import { durationOf } from '../../kubernetes/duration.ts';
import { quantityOf } from '../../kubernetes/quantity.ts';
import type { HelperDeclaration } from './arguments.ts';
import { HelperError, number, text } from './arguments.ts';

function seconds(value: string): number {
  const span = durationOf(value);
  if (span === undefined || !Number.isInteger(span))
    throw new HelperError(`"${value}" is not a duration in whole seconds like 30d or 1h30m`);
  return span;
}

function bytes(value: string): number {
  const amount = quantityOf(value);
  if (amount === undefined || amount < 0) throw new HelperError(`"${value}" is not a quantity like 200Gi`);
  return Math.round(amount);
}

const divided = (a: number, b: number): number => {
  if (b === 0) throw new HelperError('division by zero');
  return Math.trunc(a / b);
};

export const numberHelpers = {
  add: { args: 'a …', gives: 'The sum.', run: (args) => args.reduce<number>((sum, a) => sum + number(a, 'add'), 0) },
  sub: { args: 'a b', gives: 'a - b.', run: ([a, b]) => number(a, 'sub') - number(b, 'sub') },
  mul: { args: 'a b', gives: 'a × b.', run: ([a, b]) => number(a, 'mul') * number(b, 'mul') },
  div: {
    args: 'a b',
    gives: 'a / b without its fraction.',
    run: ([a, b]) => divided(number(a, 'div'), number(b, 'div')),
  },
  min: { args: 'a …', gives: 'The least.', run: (args) => Math.min(...args.map((a) => number(a, 'min'))) },
  max: { args: 'a …', gives: 'The greatest.', run: (args) => Math.max(...args.map((a) => number(a, 'max'))) },
  seconds: {
    args: 'duration',
    gives: 'The seconds of a duration like `"30d"` or `"1h30m"` (s m h d w).',
    run: ([s]) => seconds(text(s, 'seconds')),
  },
  bytes: { args: 'quantity', gives: 'The bytes of a quantity like `"200Gi"`.', run: ([s]) => bytes(text(s, 'bytes')) },
} satisfies Readonly<Record<string, HelperDeclaration>>;
