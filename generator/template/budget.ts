import type { Value } from '../model/values.ts';
import { isList, isMap } from '../model/values.ts';

/** What one rendering of a template may take; docs/limits.md has the reasons. */
export interface TemplateLimits {
  /** Blocks entered, helpers called, and items of the lists and maps that helpers give. */
  readonly steps: number;
  /** Length of all texts that blocks and helpers give. */
  readonly characters: number;
}

export const templateLimits: TemplateLimits = { steps: 500_000, characters: 64 * 1024 * 1024 };

/** What a rendering has left. */
export interface Budget {
  /** Takes the cost of what a block or helper gives; undefined, or the limit that it went beyond. */
  spend(result: Value | undefined): string | undefined;
}

export function createBudget(limits: TemplateLimits = templateLimits): Budget {
  let { steps, characters } = limits;
  return {
    spend(result) {
      steps -= 1;
      if (typeof result === 'string') characters -= result.length;
      else if (isList(result)) steps -= result.length;
      else if (isMap(result)) steps -= Object.keys(result).length;
      if (steps < 0) return `more than ${limits.steps} steps`;
      return characters < 0 ? `more than ${limits.characters / 1024 / 1024} MiB of text` : undefined;
    },
  };
}
