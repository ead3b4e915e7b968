import type { Value, ValueMap } from '../../model/values.ts';
import { isList, isMap, listAt, mapAt, member, pointerOf, pointerStep } from '../../model/values.ts';
import { nanosOf } from '../quantity.ts';
import type { ShapeProblem } from './shapeTypes.ts';

const problem = (pointer: string, message: string): ShapeProblem => ({ pointer, keyword: 'limit', message });

/**
 * Amounts that the API server, or whoever makes pods of the object, refuses: texts that are no quantity, requests above their
 * limits, defaults of a LimitRange outside of its bounds (pkg/apis/core/validation, ValidateResourceRequirements and
 * ValidateLimitRange). Custom kinds have the same maps `requests` and `limits` wherever they describe pods.
 */
export function resourceProblems(object: ValueMap, kind: string): ShapeProblem[] {
  if (kind === '/LimitRange') return limitRangeProblems(object);
  if (kind === '/ResourceQuota') return quantityProblems(mapAt(object, 'spec', 'hard'), '/spec/hard');
  const found: ShapeProblem[] = [];
  if (isMap(object['spec'])) collect(object['spec'], ['spec'], found);
  return found;
}

/** Every value of an object is looked at, and nearly none has amounts: a pointer is made of the steps only where one has. */
function collect(value: Value, steps: (string | number)[], found: ShapeProblem[]): void {
  if (isList(value)) {
    for (let i = 0; i < value.length; i += 1) below(value[i], i, steps, found);
    return;
  }
  if (!isMap(value)) return;
  const { requests, limits } = value;
  if (isAmounts(requests) || isAmounts(limits)) found.push(...pairProblems(value, pointerOf(steps)));
  for (const key in value) below(value[key], key, steps, found);
}

function below(
  item: Value | undefined,
  step: string | number,
  steps: (string | number)[],
  found: ShapeProblem[],
): void {
  if (typeof item !== 'object' || item === null) return;
  steps.push(step);
  collect(item, steps, found);
  steps.pop();
}

/** Whether a map is one of amounts: `requests` may be something else in a kind that has nothing to do with pods. */
const isAmounts = (value: Value | undefined): value is ValueMap =>
  isMap(value) && ['cpu', 'memory', 'storage', 'ephemeral-storage'].some((name) => Object.hasOwn(value, name));

function pairProblems({ requests, limits }: ValueMap, pointer: string): ShapeProblem[] {
  const asked = isAmounts(requests) ? requests : {};
  const most = isAmounts(limits) ? limits : {};
  const found = [...quantityProblems(asked, `${pointer}/requests`), ...quantityProblems(most, `${pointer}/limits`)];
  if (found.length > 0) return found;
  return Object.entries(asked).flatMap(([name, amount]) => {
    const limit = member(most, name);
    if (!isAbove(amount, limit)) return [];
    return [
      problem(
        `${pointer}/requests/${pointerStep(name)}`,
        `is ${String(amount)}, more than the limit of ${String(limit)}`,
      ),
    ];
  });
}

/** Amounts that are no quantity, or negative. Text with an expression of a template in it is passed over. */
function quantityProblems(amounts: ValueMap, pointer: string): ShapeProblem[] {
  return Object.entries(amounts).flatMap(([name, amount]) => {
    if (amount === null || (typeof amount === 'string' && /[$(){]/.test(amount))) return [];
    const nanos = nanosOf(amount);
    if (nanos !== undefined && nanos >= 0n) return [];
    const says = nanos === undefined ? 'is no quantity, as 500m, 2 or 1Gi are' : 'is less than nothing';
    return [problem(`${pointer}/${pointerStep(name)}`, `${says} (it is ${JSON.stringify(amount)})`)];
  });
}

function isAbove(amount: Value | undefined, limit: Value | undefined): boolean {
  const [a, b] = [nanosOf(amount), nanosOf(limit)];
  return a !== undefined && b !== undefined && a > b;
}

/** Of each resource: min, defaultRequest, default and max, none above the next. */
const order = ['min', 'defaultRequest', 'default', 'max'] as const;

function limitRangeProblems(object: ValueMap): ShapeProblem[] {
  return listAt(object, 'spec', 'limits').flatMap((item, i) => {
    const at = `/spec/limits/${i}`;
    const unread = order.flatMap((name) => quantityProblems(mapAt(item, name), `${at}/${name}`));
    if (unread.length > 0) return unread;
    return order.flatMap((lower, k) =>
      order.slice(k + 1).flatMap((upper) =>
        Object.entries(mapAt(item, lower)).flatMap(([resource, amount]) => {
          const bound = member(mapAt(item, upper), resource);
          if (!isAbove(amount, bound)) return [];
          return [
            problem(
              `${at}/${lower}/${pointerStep(resource)}`,
              `is ${String(amount)}, more than ${upper} (${String(bound)})`,
            ),
          ];
        }),
      ),
    );
  });
}
