import type { Value } from '../model/values.ts';

/** The form of a Quantity, as controller-gen prints it into CRDs (sigs.k8s.io/controller-tools, pkg/crd/known_types.go). */
export const quantityPattern =
  '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$';

/** Decimal suffixes as powers of ten, binary ones as powers of two. */
const powersOfTen: Readonly<Record<string, number>> = {
  '': 0,
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const powersOfTwo: Readonly<Record<string, bigint>> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n };

/** An amount is never so long (characters); exact arithmetic takes time by the square of it. */
const longest = 1000;

const quantity = /^([+-]?)(\d*)(?:\.(\d*))?(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,3}))?$/;

/** The smallest amount that Kubernetes knows; what is between is rounded up. */
const nano = 9;

/** A Quantity of Kubernetes in billionths, exact; undefined for what is none. White space around it does not count. */
export function nanosOf(value: Value | undefined): bigint | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  if (known.has(value)) return known.get(value);
  if (known.size > 10_000) known.clear();
  const nanos = readNanos(value);
  known.set(value, nanos);
  return nanos;
}

/** The same few amounts stand in most objects. */
const known = new Map<number | string, bigint | undefined>();

function readNanos(value: number | string): bigint | undefined {
  if (String(value).length > longest) return undefined;
  const [, sign = '', whole = '', fraction = '', suffix = '', exponent = '0'] =
    quantity.exec(String(value).trim()) ?? [];
  if (whole === '' && fraction === '') return undefined;
  const binary = powersOfTwo[suffix];
  const digits = BigInt(whole + fraction) << (binary ?? 0n);
  const power = nano - fraction.length + (binary === undefined ? (powersOfTen[suffix] ?? 0) : 0) + Number(exponent);
  const amount = power >= 0 ? digits * 10n ** BigInt(power) : dividedUp(digits, 10n ** BigInt(-power));
  return sign === '-' ? -amount : amount;
}

const dividedUp = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

/** The same as a number: bytes, cores, pieces. */
export function quantityOf(value: Value | undefined): number | undefined {
  const nanos = nanosOf(value);
  if (nanos === undefined) return undefined;
  const one = 10n ** BigInt(nano);
  return Number(nanos / one) + Number(nanos % one) / Number(one);
}
