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

export interface RunCache {
  readonly version: 1;
  readonly clusters: Readonly<Record<string, CachedCluster>>;
}

/**
 * The entry of a cluster when nothing it depends on changed and its tree is, by the stamps, what was written: rendering it
 * again would give the same bytes. Anything doubtful is a miss.
 */
export function currentEntry(cache: RunCache | undefined, name: string, spec: string, shared: string, stamps: () => readonly FileStamp[]): CachedCluster | undefined {
  const entry = cache?.clusters[name];
  if (entry === undefined || entry.spec !== spec || entry.shared !== shared) return undefined;
  const now = stamps();
  if (now.length !== entry.files.length) return undefined;
  return now.every((stamp, i) => stamp.every((part, j) => part === entry.files[i]?.[j])) ? entry : undefined;
}

/** Parses a cache file; anything unexpected is no cache. */
export function readCache(text: string | undefined): RunCache | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as RunCache;
    return value.version === 1 && typeof value.clusters === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}
