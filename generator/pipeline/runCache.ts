import type { CachedCluster, FileStamp } from '../model/finished.ts';

/** Looks the entry of a cluster up; undefined without one. */
export type RunCache = (name: string) => CachedCluster | undefined;

/**
 * The entry of a cluster when nothing it depends on changed and its tree is, by the stamps, what was written: rendering it
 * again would give the same bytes. Anything doubtful is a miss.
 */
export function currentEntry(
  entry: CachedCluster,
  spec: string,
  shared: string,
  areUnchanged: (stamps: readonly FileStamp[]) => boolean,
): CachedCluster | undefined {
  const isCurrent =
    entry.spec === spec && entry.shared === shared && entry.stamps.length > 0 && areUnchanged(entry.stamps);
  return isCurrent ? entry : undefined;
}

const cacheVersion = 5;

/** Parses a cache entry; anything unexpected is none. */
export function parseEntry(text: string | undefined): CachedCluster | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as { version: number; entry: CachedCluster };
    return value.version === cacheVersion ? value.entry : undefined;
  } catch {
    return undefined;
  }
}

export function printEntry(entry: CachedCluster): string {
  return JSON.stringify({ version: cacheVersion, entry });
}
