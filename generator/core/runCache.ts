import type { Diagnostic } from '../model/diagnostic.ts';
import type { ClusterInfo } from '../model/model.ts';
import type { Checked } from './validate.ts';

/** What identifies the content of a file without reading it: path, size, times and inode, as git's index has them. */
export type FileStamp = readonly [path: string, size: number, mtimeMs: number, ctimeMs: number, inode: number];

/** One cluster that was current at the end of a run. */
export interface CachedCluster {
  /** Digest of the spec's text. */
  readonly spec: string;
  /** Digest of everything clusters share: program, catalog, environments, schemas. */
  readonly shared: string;
  /** The catalog pin, when the cluster has one. */
  readonly pin?: string;
  readonly files: readonly FileStamp[];
  readonly info: ClusterInfo;
  readonly components: number;
  readonly checked: Checked;
  readonly diagnostics: readonly Diagnostic[];
}

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
  stamps: () => readonly FileStamp[],
): CachedCluster | undefined {
  if (entry.spec !== spec || entry.shared !== shared) return undefined;
  const now = stamps();
  if (now.length !== entry.files.length) return undefined;
  return now.every((stamp, i) => stamp.every((part, j) => part === entry.files[i]?.[j])) ? entry : undefined;
}

/** Parses a cache entry; anything unexpected is none. */
export function parseEntry(text: string | undefined): CachedCluster | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as { version: number; entry: CachedCluster };
    return value.version === 1 ? value.entry : undefined;
  } catch {
    return undefined;
  }
}

export function printEntry(entry: CachedCluster): string {
  return JSON.stringify({ version: 1, entry });
}
