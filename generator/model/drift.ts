/** What `slipway drift` found, as plain data: text, JSON and every other format are made of it. */
export interface DriftReport {
  readonly clusters: readonly ClusterDrift[];
  /** What a newer version of charts was asked for; `skipped` says why nobody was asked. */
  readonly upstream: { readonly asked: number; readonly skipped?: string };
  /** What to do about each kind of drift. */
  readonly remedies: Readonly<Record<DriftKind, string>>;
}

export type DriftKind = 'stale' | 'handEdited' | 'version' | 'live';

export interface ClusterDrift {
  readonly name: string;
  /** Files that are not what the inputs render to. */
  readonly stale: readonly StaleFile[];
  /** Files that are not what tree.lock recorded. */
  readonly handEdited: readonly HandEdit[];
  readonly versions: readonly VersionDrift[];
  /** Absent without --live, and for clusters that --live does not name. */
  readonly live?: LiveDrift;
}

export interface StaleFile {
  /** Relative to the repository root. */
  readonly path: string;
  readonly component: string;
  /** What rendering would do with it. */
  readonly change: 'add' | 'modify' | 'delete';
}

export interface HandEdit {
  readonly path: string;
  readonly component: string;
  readonly change: 'modified' | 'removed';
  /** The commit that changed it last; undefined: the edit is not committed, or there is no git. */
  readonly commit?: FileCommit;
}

export interface FileCommit {
  readonly id: string;
  readonly author: string;
  /** ISO 8601. */
  readonly date: string;
  readonly subject: string;
}

export interface VersionDrift {
  /** `catalog`: the pin of the cluster. */
  readonly what: 'catalog' | 'chart';
  readonly component?: string;
  readonly chart?: string;
  readonly current: string;
  /** What the catalog of the working tree has, when that is newer. */
  readonly catalog?: string;
  /** Whether the chart's repository said what it has. */
  readonly isUpstreamKnown: boolean;
  /** The newest in the chart's repository, when that is newer than the catalog's. */
  readonly upstream?: string;
  /** The newest with the same major version, when there is one. */
  readonly sameMajor?: string;
}

export interface LiveDrift {
  readonly context: string;
  readonly server: string;
  /** How many objects were compared by the server's own prediction, and how many only field by field. */
  readonly compared: { readonly predicted: number; readonly local: number; readonly reported: number };
  readonly objects: readonly ObjectDrift[];
  readonly applications: readonly ApplicationVerdict[];
  readonly unchecked: readonly Unchecked[];
  readonly requests: number;
  readonly bytes: number;
}

export type ObjectState = 'missing' | 'changed' | 'extra';

export interface ObjectDrift {
  readonly component: string;
  readonly application: string;
  readonly state: ObjectState;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly fields: readonly FieldDrift[];
  /**
   * `server`: the API server's own prediction. `local`: field by field, without the server's defaults. `argocd`: what Argo CD
   * says in the status of the Application.
   */
  readonly by: 'server' | 'local' | 'argocd';
  /** Why it is not by the server's prediction, or what stands in the way of the object. */
  readonly note?: string;
  /** The file of the tree, relative to the repository root; none for what a chart makes. */
  readonly file?: string;
}

export interface FieldDrift {
  /** JSON pointer into the live object; where the field is gone, into what applying the tree would make of it. */
  readonly pointer: string;
  /** The same for people: list items by their keys. */
  readonly path: string;
  readonly change: 'changed' | 'removed' | 'added';
  /** Shortened JSON; absent on the side that lacks the field, and for Secrets on both. */
  readonly desired?: string;
  readonly live?: string;
  readonly isSecret: boolean;
  readonly manager?: FieldManager;
}

export interface FieldManager {
  readonly name: string;
  /** ISO 8601, as the API server recorded it. */
  readonly since?: string;
  /** False: nobody owns the field; it is who wrote the object last, beside Argo CD. */
  readonly isOwner: boolean;
}

/** What Argo CD says of one Application. */
export interface ApplicationVerdict {
  readonly application: string;
  readonly component: string;
  readonly sync: string;
  readonly health: string;
  readonly revision: string;
  readonly reconciledAt: string;
  /** Phase and message of the last operation, when it did not succeed. */
  readonly operation?: string;
  readonly conditions: readonly { readonly type: string; readonly message: string }[];
  /** Where Argo CD and this comparison contradict each other. */
  readonly disagreement?: string;
}

export interface Unchecked {
  /** An object, a kind or an Application. */
  readonly what: string;
  readonly why: string;
}
