import type { Diagnostic } from '../model/diagnostic.ts';
import type { TreeDiff } from '../model/diff.ts';

/** One cluster of a run. */

export interface ReportedCluster {
  readonly name: string;
  /** False when it did not come through its stages. */
  readonly isOk: boolean;
}
/** The order in which one cluster is installed. */
export interface ClusterWaves {
  readonly cluster: string;
  readonly components: readonly WaveNode[];
}

export interface WaveNode {
  readonly name: string;
  readonly wave: number;
  readonly dependsOn: readonly string[];
}

/** What a command may have for a report beside its findings. */
export interface ReportParts {
  readonly clusters?: readonly ReportedCluster[];
  readonly diff?: TreeDiff;
  /** What text and data show in their own way, as findings: for formats that know nothing else. */
  readonly differences?: readonly Diagnostic[];
  /** Of some clusters whose trees differ: what a reviewer looks at. */
  readonly waves?: readonly ClusterWaves[];
}

/** Everything a format may show of one run; every command has one. */
export interface Report extends ReportParts {
  readonly command: string;
  /** Of the program. */
  readonly version: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly summary?: string;
  /** What it prints as text. */
  readonly text?: string;
  /** The same as data. */
  readonly data?: unknown;
}

/** A report as text: pure, and the same for the same report. */
export type Formatter = (report: Report) => string;
