import type { Value } from './values.ts';

export type Presence = 'added' | 'removed' | 'changed';

/** One field that differs; `order`: the items of a list stand in another order. */
export interface FieldDiff {
  readonly change: Presence | 'order';
  /** `spec.containers[name=app].image`; empty for the whole. */
  readonly path: string;
  /** Absent where there was nothing. */
  readonly before?: Value;
  readonly after?: Value;
}

export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** One object that differs. `renamed`: the content under another name; `moved`: the object in another component. */
export interface ObjectDiff extends ObjectRef {
  readonly change: Presence | 'renamed' | 'moved';
  /** Path from the repository root; that of before when it is removed. Absent for objects that a chart makes. */
  readonly file?: string;
  readonly from?: ObjectRef & { readonly component: string };
  /** Phases in which Argo CD runs it, `PreSync,Sync`; absent for what is no hook. */
  readonly hook?: string;
  /** Patches of the spec that had a part in it: `components.ui.patches[0] of cluster prod-eu`. Absent without any. */
  readonly patchedBy?: readonly string[];
  readonly fields: readonly FieldDiff[];
}

export interface VersionChange {
  readonly chart?: string;
  readonly before?: string;
  readonly after?: string;
}

/** One component of a cluster that differs. */
export interface ComponentDiff {
  readonly name: string;
  readonly change: Presence | 'renamed';
  /** The name it had, when it was renamed. */
  readonly from?: string;
  readonly holdsData: boolean;
  readonly version?: VersionChange;
  /** Helm values that differ, by field. */
  readonly values: readonly FieldDiff[];
  readonly objects: readonly ObjectDiff[];
  /** What becomes of the objects of its chart; absent when nobody asked Helm. */
  readonly rendered?: readonly ObjectDiff[];
}

/** Why something is said first, in this order. */
export const concerns = [
  'data',
  'refused',
  'rights',
  'removal',
  'version',
  'image',
  'replicas',
  'resources',
  'hook',
  'rename',
] as const;
export type Concern = (typeof concerns)[number];

/** What a reader has to see before everything else. */
export interface Note {
  readonly concern: Concern;
  readonly component: string;
  /** `Kind namespace/name`; absent when it is about the component or its values. */
  readonly object?: string;
  readonly text: string;
}

/** One cluster that differs. */
export interface ClusterDiff {
  readonly name: string;
  readonly change: Presence;
  readonly catalog?: VersionChange;
  readonly notes: readonly Note[];
  readonly components: readonly ComponentDiff[];
}

/** How far a change reaches: clusters, pairs of cluster and component, objects and fields in them. */
export interface Radius {
  readonly clusters: number;
  readonly components: number;
  readonly objects: number;
  readonly fields: number;
}

/** What differs between two states of all trees. */
export interface TreeDiff {
  /** What it is compared with: `deploy/`, or a revision. */
  readonly base: string;
  readonly radius: Radius;
  readonly clusters: readonly ClusterDiff[];
}

/** `Deployment kafka/ui`, `ClusterRole admin`. */
export function objectText({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace === undefined || namespace === '' ? '' : `${namespace}/`}${name}`;
}
