import type { CatalogFiles } from '../model/model.ts';
import { compareText } from '../model/values.ts';

/** A file that both sides changed. */
export interface BothChanged {
  readonly path: string;
  readonly ours: string;
  /** Empty where both added it. */
  readonly base: string;
  readonly theirs: string;
}

/** How the files of an owned catalog get what changed in its base. Paths are from its top. */
export interface MergePlan {
  /** What is taken from the new base: path → text, undefined where it is removed there. */
  readonly taken: ReadonlyMap<string, string | undefined>;
  readonly both: readonly BothChanged[];
  /** Files that one side changed and the other removed; what the fleet has stays. */
  readonly removals: readonly { readonly path: string; readonly removedBy: 'fleet' | 'catalog' }[];
}

/** Compares what a fleet made of a base with what the base has become. Pure. */
export function planMerge(base: CatalogFiles, ours: CatalogFiles, theirs: CatalogFiles): MergePlan {
  const taken = new Map<string, string | undefined>();
  const both: BothChanged[] = [];
  const removals: { path: string; removedBy: 'fleet' | 'catalog' }[] = [];
  const paths = [...new Set([...base.keys(), ...ours.keys(), ...theirs.keys()])].sort(compareText);
  for (const path of paths) {
    const [was, own, now] = [base.get(path), ours.get(path), theirs.get(path)];
    if (now === was || now === own) continue;
    if (own === was) taken.set(path, now);
    else if (own === undefined) removals.push({ path, removedBy: 'fleet' });
    else if (now === undefined) removals.push({ path, removedBy: 'catalog' });
    else both.push({ path, ours: own, base: was ?? '', theirs: now });
  }
  return { taken, both, removals };
}
