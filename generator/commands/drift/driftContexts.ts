import { UsageError } from '../../model/diagnostic.ts';
import { didYouMean } from '../../util/suggest.ts';

/** Which clusters are looked at, by which context; a context that is undefined is the current one. */
export type Contexts = ReadonlyMap<string, string | undefined>;

export interface ContextChoice {
  /** `--context`: `<cluster>=<context>`, or one name. */
  readonly given: readonly string[];
  readonly all: boolean;
  /** The selected clusters. */
  readonly clusters: readonly string[];
  /** All clusters of the repository: a hub may be named that is not selected. */
  readonly known: readonly string[];
}

/**
 * Every cluster has a context of its own: never is one compared with a cluster that nobody named for it. Throws UsageError where
 * that is not clear.
 */
export function chooseContexts({ given, all, clusters, known }: ContextChoice): Contexts {
  const pairs = new Map<string, string>();
  const alone: string[] = [];
  for (const text of given) {
    // contexts have = in them too (arn:…), clusters never
    const [, cluster, context] = /^([a-z0-9-]+)=(.+)$/.exec(text) ?? [];
    if (cluster === undefined || context === undefined) alone.push(text);
    else if (known.includes(cluster)) pairs.set(cluster, context);
    else
      throw new UsageError(
        `There is no cluster "${cluster}".${didYouMean(cluster, known)}`,
        'Write --context <cluster>=<context>.',
      );
  }
  const [one, ...more] = alone;
  if (more.length > 0 || (one !== undefined && (pairs.size > 0 || clusters.length !== 1)))
    throw new UsageError(
      `--context ${one ?? ''} names no cluster, and ${clusters.length} are selected.`,
      'Write --context <cluster>=<context> for each, or select one with -c.',
    );
  if (one !== undefined) return new Map(clusters.map((c) => [c, one]));
  // hubs too, whether they are selected or not
  if (all) return new Map(known.map((c) => [c, pairs.get(c) ?? c]));
  if (pairs.size > 0) return pairs;
  if (clusters.length === 1) return new Map(clusters.map((c) => [c, undefined]));
  throw new UsageError(
    `--live does not know the contexts of ${clusters.length} clusters.`,
    'Name them with --context <cluster>=<context>, select one cluster with -c, or use --all where contexts have the names of clusters.',
  );
}
