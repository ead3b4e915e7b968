import { durationOf } from '../kubernetes/duration.ts';
import type { Value } from '../model/values.ts';
import { asString } from '../model/values.ts';
import { quantityOf } from '../kubernetes/quantity.ts';

/** A size: a quantity, or as Prometheus writes it (`50GB`). */
export const sizeOf = (value: Value | undefined): number | undefined =>
  quantityOf(
    typeof value === 'string'
      ? value.replace(/(?<=\d)([KMGTPE]?i?)B$/, (_, unit: string) => (unit === 'K' ? 'k' : unit))
      : value,
  );

export const isQuantity = (value: Value | undefined): boolean => sizeOf(value) !== undefined;

/** A time span (`30d`, `1w2d`, in seconds), or a quantity; NaN for anything else. */
export function amountOf(value: Value | undefined): number {
  const span = durationOf(asString(value) ?? '');
  return span ?? sizeOf(value) ?? Number.NaN;
}

/** Above 0 when the first is more: of numbers, quantities, time spans, versions and switches; undefined where that has no meaning. */
export function compareAmounts(one: Value, other: Value): number | undefined {
  if (typeof one === 'boolean' && typeof other === 'boolean') return Number(one) - Number(other);
  const versions = [versionOf(one), versionOf(other)] as const;
  const [a, b] = [amountOf(one), amountOf(other)];
  if (!Number.isNaN(a) && !Number.isNaN(b) && !(isDotted(one) && isDotted(other))) return Math.sign(a - b);
  if (versions[0] === undefined || versions[1] === undefined) return undefined;
  const length = Math.max(versions[0].length, versions[1].length);
  for (let i = 0; i < length; i += 1) {
    const step = (versions[0][i] ?? 0) - (versions[1][i] ?? 0);
    if (step !== 0) return Math.sign(step);
  }
  return 0;
}

/** `4.10` is a version and not a number when it is written as a text. */
const isDotted = (value: Value): boolean => typeof value === 'string' && /^v?\d+(?:\.\d+)+$/.test(value);

/** The numbers of a version, its metadata (`-IV0`) as a last one. */
function versionOf(value: Value): readonly number[] | undefined {
  const match = /^v?(\d+(?:\.\d+)*)(?:-IV(\d+))?$/.exec(asString(value) ?? '');
  return match === null
    ? undefined
    : [...(match[1] ?? '').split('.').map(Number), ...(match[2] === undefined ? [] : [Number(match[2])])];
}
