import type { Diagnostic, Location } from '../model/diagnostic.ts';
import type { ClusterInfo, RenderedTree } from '../model/model.ts';
import type { Consent } from '../tree/deletions.ts';
import type { Checked } from '../validate/tree.ts';

/** What identifies the content of a file without reading it: path, size, times and inode, as git's index has them. */
export type FileStamp = readonly [path: string, size: number, mtimeMs: number, ctimeMs: number, inode: number];

/** What later steps want to know of a resolved cluster, as plain data. */
export interface ClusterFacts {
  /** Digest of the spec's text. */
  readonly spec: string;
  /** Digest of everything clusters share: program, catalog, environments, schemas. */
  readonly shared: string;
  readonly catalogVersion: string;
  /** The catalog pin, when the cluster has one. */
  readonly pin?: string;
  readonly info: ClusterInfo;
  /** How many Applications may go in one run without consent. */
  readonly deletionBudget: number;
  /** What may go with consent, and why. */
  readonly deletions: readonly Consent[];
  /** Where the hub was set. */
  readonly hubAt?: Location;
}

/** One cluster after all stages, as far as it came; plain data, which can pass between threads. */
export interface FinishedCluster {
  readonly name: string;
  readonly facts?: ClusterFacts;
  readonly tree?: RenderedTree;
  readonly checked?: Checked;
  readonly diagnostics: readonly Diagnostic[];
}

/** One cluster that was current at the end of a run. */
export interface CachedCluster extends ClusterFacts {
  /** Of the files of its tree and the folders they are in. */
  readonly stamps: readonly FileStamp[];
  readonly files: number;
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
