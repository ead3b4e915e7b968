import type { CachedCluster, FileStamp } from '../model/finished.ts';
import { sha } from '../util/digest.ts';

export const specDigest = (file: string, text: string): string => sha(`${file}\0${text}`);

/** Looks the entry of a cluster up; undefined without one. */
export type RunCache = (name: string) => CachedCluster | undefined;

/**
 * The entry of a cluster when its spec and what clusters share are the same, and its tree is, by the stamps, what was
 * written. Anything doubtful is a miss. Its rendered charts are compared by the caller, who can look at packages.
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

const cacheVersion = 9;

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
