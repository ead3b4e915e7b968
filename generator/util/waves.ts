import { compareText } from '../model/values.ts';

export interface Waves {
  readonly waves: ReadonlyMap<string, number>;
  /** The path of a cycle, first node repeated at the end; undefined without one. */
  readonly cycle: readonly string[] | undefined;
}

type Edges = ReadonlyMap<string, readonly string[]>;

/**
 * A wave for each node, after those of everything it depends on. Nodes of the platform and what they depend on come as
 * early as possible. All others come after the whole platform and as late as possible, so that those nothing depends on
 * share the last wave.
 */
export function computeWaves(dependsOn: Edges, platform: ReadonlySet<string> = new Set()): Waves {
  const { lengths, cycle } = longestPaths(dependsOn);
  const early = withDependencies(dependsOn, platform);
  const waves = new Map([...lengths].filter(([node]) => early.has(node)));
  const first = Math.max(-1, ...waves.values()) + 1;
  const later = without(dependsOn, early);
  const above = longestPaths(later).lengths;
  const below = longestPaths(reversed(later)).lengths;
  const last = first + Math.max(0, ...above.values());
  for (const node of later.keys()) waves.set(node, last - (below.get(node) ?? 0));
  return { waves, cycle };
}

/** The number of edges on the longest path that leads to each node; 0 for nodes without dependencies. */
function longestPaths(dependsOn: Edges): {
  readonly lengths: ReadonlyMap<string, number>;
  readonly cycle: Waves['cycle'];
} {
  const lengths = new Map<string, number>();
  const open: string[] = [];
  let cycle: readonly string[] | undefined;
  const visit = (node: string): number => {
    const known = lengths.get(node);
    if (known !== undefined) return known;
    if (open.includes(node)) {
      cycle ??= [...open.slice(open.indexOf(node)), node];
      return 0;
    }
    open.push(node);
    const length = Math.max(-1, ...(dependsOn.get(node) ?? []).map(visit)) + 1;
    open.pop();
    lengths.set(node, length);
    return length;
  };
  for (const node of [...dependsOn.keys()].sort(compareText)) visit(node);
  return { lengths, cycle };
}

function withDependencies(dependsOn: Edges, nodes: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (node: string): void => {
    if (found.has(node)) return;
    found.add(node);
    dependsOn.get(node)?.forEach(add);
  };
  nodes.forEach(add);
  return found;
}

const without = (dependsOn: Edges, left: ReadonlySet<string>): Edges =>
  new Map(
    [...dependsOn].filter(([node]) => !left.has(node)).map(([node, on]) => [node, on.filter((o) => !left.has(o))]),
  );

function reversed(dependsOn: Edges): Edges {
  const edges = new Map<string, string[]>([...dependsOn.keys()].map((node) => [node, []]));
  for (const [node, on] of dependsOn) for (const other of on) edges.get(other)?.push(node);
  return edges;
}
