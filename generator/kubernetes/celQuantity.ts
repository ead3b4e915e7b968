import type { Environment } from '@marcbachmann/cel-js';
import { nanosOf } from './quantity.ts';

/** A quantity as Kubernetes' CEL library has it. */
class Quantity {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** The functions of Kubernetes for quantities (k8s.io/apiserver/pkg/cel/library/quantity.go), as far as rules need them. */
export function withQuantities(environment: Environment): Environment {
  return environment
    .registerType('kubernetes.Quantity', { ctor: Quantity, fields: {} })
    .registerFunction('isQuantity(string): bool', (text: string) => nanosOf(text) !== undefined)
    .registerFunction('quantity(string): kubernetes.Quantity', (text: string) => {
      const nanos = nanosOf(text);
      if (nanos === undefined) throw new Error(`"${text}" is not a quantity`);
      return new Quantity(nanos);
    })
    .registerFunction(
      'kubernetes.Quantity.isGreaterThan(kubernetes.Quantity): bool',
      (a: Quantity, b: Quantity) => a.nanos > b.nanos,
    )
    .registerFunction(
      'kubernetes.Quantity.isLessThan(kubernetes.Quantity): bool',
      (a: Quantity, b: Quantity) => a.nanos < b.nanos,
    )
    .registerFunction(
      'kubernetes.Quantity.add(kubernetes.Quantity): kubernetes.Quantity',
      (a: Quantity, b: Quantity) => new Quantity(a.nanos + b.nanos),
    );
}
