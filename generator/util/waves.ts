import { compareText } from '../model/values.ts';

export interface Waves {
  readonly waves: ReadonlyMap<string, number>;
  /** The path of a cycle, first node repeated at the end; undefined without one. */
  readonly cycle: readonly string[] | undefined;
}

/** The length of the longest path that leads to each node; nodes without dependencies are in wave 0. */
export function computeWaves(dependsOn: ReadonlyMap<string, readonly string[]>): Waves {
  const waves = new Map<string, number>();
  const open: string[] = [];
  let cycle: readonly string[] | undefined;
  const visit = (node: string): number => {
    const known = waves.get(node);
    if (known !== undefined) return known;
    if (open.includes(node)) {
      cycle ??= [...open.slice(open.indexOf(node)), node];
      return 0;
    }
    open.push(node);
    const wave = Math.max(-1, ...(dependsOn.get(node) ?? []).map(visit)) + 1;
    open.pop();
    waves.set(node, wave);
    return wave;
  };
  for (const node of [...dependsOn.keys()].sort(compareText)) visit(node);
  return { waves, cycle };
}
