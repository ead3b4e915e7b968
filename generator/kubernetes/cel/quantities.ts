import type { Environment } from '@marcbachmann/cel-js';
import { SemVer } from 'semver';
import { Comparable } from './equality.ts';
import { nanosOf } from '../quantity.ts';

const one = 1_000_000_000n;

class CelQuantity extends Comparable {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    super();
    this.nanos = nanos;
  }
  equals({ nanos }: CelQuantity): boolean {
    return this.nanos === nanos;
  }
}

class CelSemver extends Comparable {
  readonly version: SemVer;
  constructor(version: SemVer) {
    super();
    this.version = version;
  }
  equals({ version }: CelSemver): boolean {
    return this.version.compare(version) === 0;
  }
}

const quantityForm = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;

function quantityOf(text: string): CelQuantity {
  const nanos = quantityForm.test(text) ? nanosOf(text) : undefined;
  if (nanos === undefined) throw new Error(`"${text}" is not a quantity`);
  return new CelQuantity(nanos);
}

/** Of 64 bits. */
const isInteger = ({ nanos }: CelQuantity): boolean =>
  nanos % one === 0n && BigInt.asIntN(64, nanos / one) === nanos / one;

function integerOf(quantity: CelQuantity): bigint {
  if (!isInteger(quantity)) throw new Error('the quantity is not a whole number of 64 bits');
  return quantity.nanos / one;
}

const sign = (value: bigint): bigint => (value < 0n ? -1n : value > 0n ? 1n : 0n);
const semverForm =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

/** With `normalize` a leading v goes, parts that lack become 0, and so do zeros in front (semverlib.go). */
function semverOf(text: string, normalize = false): CelSemver {
  const plain = normalize ? normalized(text) : text;
  if (!semverForm.test(plain)) throw new Error(`"${text}" is not a semantic version`);
  return new CelSemver(new SemVer(plain));
}

function normalized(text: string): string {
  const [, core = '', rest = ''] = /^v?([\d.]*)(.*)$/.exec(text.trim()) ?? [];
  const parts = core.split('.').map((part) => part.replace(/^0+(?=\d)/, ''));
  if (parts.length < 3 && /[-+]/.test(rest)) return text;
  while (parts.length < 3 && !parts.includes('')) parts.push('0');
  return `${parts.join('.')}${rest}`;
}

const canRead = (read: () => unknown): boolean => {
  try {
    read();
    return true;
  } catch {
    return false;
  }
};

/** Quantities and semantic versions (pkg/cel/library quantity.go, semverlib.go). */
export function registerQuantities(cel: Environment): void {
  const quantity = 'kubernetes.Quantity';
  const semver = 'kubernetes.Semver';
  const compare = (a: CelSemver, b: CelSemver): bigint => BigInt(a.version.compare(b.version));
  cel
    .registerType(quantity, { ctor: CelQuantity, fields: {} })
    .registerFunction(`quantity(string): ${quantity}`, quantityOf)
    .registerFunction('isQuantity(string): bool', (text: string) => canRead(() => quantityOf(text)))
    .registerFunction(`${quantity}.sign(): int`, ({ nanos }: CelQuantity) => sign(nanos))
    .registerFunction(`${quantity}.asInteger(): int`, integerOf)
    .registerFunction(`${quantity}.isInteger(): bool`, isInteger)
    .registerFunction(`${quantity}.asApproximateFloat(): double`, ({ nanos }: CelQuantity) => Number(nanos) / 1e9)
    .registerFunction(
      `${quantity}.isGreaterThan(${quantity}): bool`,
      (a: CelQuantity, b: CelQuantity) => a.nanos > b.nanos,
    )
    .registerFunction(
      `${quantity}.isLessThan(${quantity}): bool`,
      (a: CelQuantity, b: CelQuantity) => a.nanos < b.nanos,
    )
    .registerFunction(`${quantity}.compareTo(${quantity}): int`, (a: CelQuantity, b: CelQuantity) =>
      sign(a.nanos - b.nanos),
    )
    .registerFunction(
      `${quantity}.add(${quantity}): ${quantity}`,
      (a: CelQuantity, b: CelQuantity) => new CelQuantity(a.nanos + b.nanos),
    )
    .registerFunction(
      `${quantity}.add(int): ${quantity}`,
      (a: CelQuantity, b: bigint) => new CelQuantity(a.nanos + b * one),
    )
    .registerFunction(
      `${quantity}.sub(${quantity}): ${quantity}`,
      (a: CelQuantity, b: CelQuantity) => new CelQuantity(a.nanos - b.nanos),
    )
    .registerFunction(
      `${quantity}.sub(int): ${quantity}`,
      (a: CelQuantity, b: bigint) => new CelQuantity(a.nanos - b * one),
    )
    .registerType(semver, { ctor: CelSemver, fields: {} })
    .registerFunction(`semver(string): ${semver}`, (text: string) => semverOf(text))
    .registerFunction(`semver(string, bool): ${semver}`, semverOf)
    .registerFunction('isSemver(string): bool', (text: string) => canRead(() => semverOf(text)))
    .registerFunction('isSemver(string, bool): bool', (text: string, normalize: boolean) =>
      canRead(() => semverOf(text, normalize)),
    )
    .registerFunction(`${semver}.major(): int`, ({ version }: CelSemver) => BigInt(version.major))
    .registerFunction(`${semver}.minor(): int`, ({ version }: CelSemver) => BigInt(version.minor))
    .registerFunction(`${semver}.patch(): int`, ({ version }: CelSemver) => BigInt(version.patch))
    .registerFunction(`${semver}.compareTo(${semver}): int`, compare)
    .registerFunction(`${semver}.isGreaterThan(${semver}): bool`, (a: CelSemver, b: CelSemver) => compare(a, b) > 0n)
    .registerFunction(`${semver}.isLessThan(${semver}): bool`, (a: CelSemver, b: CelSemver) => compare(a, b) < 0n);
}
