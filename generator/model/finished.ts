import type { ClusterGuards } from './guard.ts';
import type { Diagnostic, Location } from './diagnostic.ts';
import type { SharedSettings } from './sharedSettings.ts';
import type { ClusterInfo, RenderedTree } from './model.ts';

/** What identifies the content of a file without reading it: path, size, times and inode, as git's index has them. */
export type FileStamp = readonly [path: string, size: number, mtimeMs: number, ctimeMs: number, inode: number];

/** A chart that was rendered into a tree. */
export interface RenderedInput {
  readonly repository: string;
  readonly name: string;
  readonly version: string;
  /** SHA-256 that the catalog's lock names; undefined where no lock pins the package. */
  readonly locked?: string;
  /** SHA-256 of the package that was rendered, or of the chart in a folder; empty: a dependency of that is not on this machine. */
  readonly digest: string;
}

/** What a tree depends on beside the spec and what clusters share: charts that were rendered, and charts in folders. */
export interface RenderedInputs {
  /** Kind and version of the Helm that rendered; undefined where nothing was. */
  readonly helm?: string;
  readonly charts: readonly RenderedInput[];
}

/** What later steps want to know of a resolved cluster, as plain data. */
export interface ClusterFacts {
  /** Digest of the spec's file name and text. */
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
  /** Absent when no chart of it is delivered rendered. */
  readonly rendered?: RenderedInputs;
  /** The wave of its last Applications; known once it is planned. */
  readonly lastWave?: number;
  /** What its environments set for components; known once it is planned. */
  readonly sharedSettings?: SharedSettings;
  /** What no other cluster may have; known once it is planned. */
  readonly exclusive?: readonly Exclusive[];
}

/** Something outside of the clusters that serves one of them only. */
export interface Exclusive {
  readonly component: string;
  /** Begins a sentence, followed by the value: `Mount`. */
  readonly what: string;
  /** The same text in two clusters is the same thing. */
  readonly value: string;
  /** Ends the sentence. */
  readonly because: string;
  readonly at?: Location;
}

/** One cluster after all stages, as far as it came; plain data, which can pass between threads. */
export interface FinishedCluster {
  readonly name: string;
  readonly facts?: ClusterFacts;
  readonly tree?: RenderedTree;
  readonly checked?: Checked;
  /** What guards its fields; absent where its plan failed. */
  readonly guards?: ClusterGuards;
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

/** Consent that stands in the spec: what may go, and why. */
export interface Consent {
  readonly component: string;
  /** Only objects of this kind and name; without either, the component with its Application. */
  readonly kind?: string;
  readonly name?: string;
  readonly reason: string;
  readonly at: Location;
}

/** How many objects of a tree were checked, and with which result. */
export interface Checked {
  valid: number;
  /** What the API server refuses, and what is rejected. */
  invalid: number;
  /** Left out on request. */
  skipped: number;
  noSchema: number;
}
