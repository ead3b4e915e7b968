import type { ASTNode, Environment } from '@marcbachmann/cel-js';
import { adapt, childrenOf, isNode } from './rewrite.ts';

/** A rule that can be evaluated; what it cannot decide is thrown. */
export type Rule = (context: Readonly<Record<string, unknown>>) => unknown;

/**
 * Steps of loops that one evaluation may take. The API server gives each rule a million units (apiserver, apis/cel/config.go),
 * and counts more than one for a step.
 */
export const stepsPerRule = 1_000_000;

export class TooManySteps extends Error {
  constructor() {
    super('takes more steps than the API server allows');
  }
}

/** Compiles a rule, or gives back why it cannot be evaluated here. */
export function compileRule(cel: Environment, rule: string): Rule | string {
  try {
    const parsed = cel.parse(rule);
    adapt(parsed.ast, (text) => cel.parse(text).ast);
    const { valid, error } = parsed.check();
    if (!valid) return firstLine(error);
    const meter: Meter = { left: stepsPerRule };
    const isLoop = limitLoops(parsed.ast, meter, new Set());
    if (!isLoop) return (context) => parsed(context);
    return (context) => {
      meter.left = stepsPerRule;
      const verdict = attempt(() => parsed(context) as unknown);
      if (meter.left < 0) throw new TooManySteps();
      if ('error' in verdict) throw verdict.error;
      return verdict.value;
    };
  } catch (error) {
    return firstLine(error);
  }
}

function attempt(run: () => unknown): { readonly value: unknown } | { readonly error: unknown } {
  try {
    return { value: run() };
  } catch (error) {
    return { error };
  }
}

export const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

interface Meter {
  left: number;
}

interface Evaluated {
  evaluate(evaluator: unknown, node: unknown, context: unknown): unknown;
}

interface Comprehension {
  step: Evaluated;
  readonly iterable: ASTNode;
}

/**
 * Counts the steps of every loop below a node; true when there is one. A loop that runs when nothing is left ends at once: an
 * error alone would not do, for `all` and `exists` go on after one.
 */
function limitLoops(node: ASTNode, meter: Meter, seen: Set<ASTNode>): boolean {
  if (seen.has(node)) return false;
  seen.add(node);
  let isLoop = false;
  if ((node.op as string) === 'comprehension') {
    isLoop = true;
    const args = node.args as unknown as Comprehension;
    const loop = node as unknown as { handle: (items: unknown, ...rest: unknown[]) => unknown };
    const { step } = args;
    const { handle } = loop;
    const spend = (): void => {
      meter.left -= 1;
      if (meter.left < 0) throw new TooManySteps();
    };
    args.step = {
      evaluate(evaluator, _node, context) {
        spend();
        return step.evaluate(evaluator, step, context);
      },
    };
    loop.handle = (items, ...rest) => {
      spend();
      return handle(items, ...rest);
    };
    limitLoops(args.iterable, meter, seen);
    limitLoops(step as unknown as ASTNode, meter, seen);
  }
  const { alternate, macro } = (node as unknown as { meta: Readonly<Record<string, unknown>> }).meta;
  const hidden = isNode(macro) ? [] : Object.values((macro ?? {}) as Record<string, unknown>).filter(isNode);
  for (const child of [...childrenOf(node), ...(isNode(alternate) ? [alternate] : []), ...hidden])
    isLoop = limitLoops(child, meter, seen) || isLoop;
  return isLoop;
}
