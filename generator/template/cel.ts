import { Environment } from '@marcbachmann/cel-js';
import { registerQuantities } from '../kubernetes/cel/quantities.ts';
import type { ResolvedCluster } from '../model/model.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { isMap } from '../model/values.ts';

/** Evaluates CEL, the expression language of Kubernetes, over plain data. */
export interface Cel {
  /** The truth of an expression; throws Error with CEL's own message when it cannot be evaluated. */
  test(expression: string, context: ValueMap): boolean;
  /** Throws when the expression is not CEL; evaluates nothing. */
  parse(expression: string): void;
}

export function createCel(): Cel {
  const environment = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false });
  registerQuantities(environment);
  const programs = new Map<string, (context: Record<string, unknown>) => unknown>();
  const converted = new WeakMap<object, unknown>();
  return {
    parse: (expression) => void environment.parse(expression),
    test(expression, context) {
      let program = programs.get(expression);
      if (program === undefined) {
        const parsed = environment.parse(expression);
        programs.set(expression, (program = (c) => parsed(c)));
      }
      const variables: Record<string, unknown> = {};
      for (const key of Object.keys(context)) variables[key] = toCel(context[key] ?? null, converted);
      const result = program(variables);
      if (typeof result !== 'boolean') throw new TypeError(`"${expression}" is not true or false`);
      return result;
    },
  };
}

/** Whole numbers become CEL ints; objects are converted once. */
function toCel(value: Value, converted: WeakMap<object, unknown>): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  const known = converted.get(value);
  if (known !== undefined) return known;
  const result = isMap(value)
    ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, toCel(v, converted)]))
    : (value as readonly Value[]).map((v) => toCel(v, converted));
  converted.set(value, result);
  return result;
}

/** The context of CEL in rules and `when:` of components. */
export function celContext(cluster: ResolvedCluster, options: ValueMap): ValueMap {
  const contracts: Record<string, Value> = {};
  const provided: Record<string, Value> = {};
  for (const [name, { value }] of cluster.contracts) [contracts[name], provided[name]] = [true, value];
  return { options, cluster: cluster.info, enabled: cluster.enabled, tenants: cluster.tenants, contracts, provided };
}
