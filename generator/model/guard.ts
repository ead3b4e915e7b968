import type { Location } from './diagnostic.ts';

/** A field whose change the program behind it cannot take back, or does not make at all. */
export interface FieldGuard {
  readonly component: string;
  /** `group/Kind`, or `Kind` alone in the core group; undefined: a Helm value of the component. */
  readonly kind: string | undefined;
  /** Glob over the names of the objects; undefined: any. */
  readonly name: string | undefined;
  /** Path with dots; `[*]` is any item of a list, `*` any key: `spec.storage.volumes[*].size`. */
  readonly field: string;
  /** The part of a text that counts: the first group of a regular expression. */
  readonly match: string | undefined;
  /** `increase`: quantities, numbers, durations and versions may grow; `nothing`: it stays what it is. */
  readonly allow: 'increase' | 'nothing';
  /** Values that are more than any other; null among them: so is a field that is not there. */
  readonly endless: readonly (string | number | null)[] | undefined;
  /** What would happen; continues the sentence "spec.x goes from 1 to 2: …". */
  readonly because: string;
  readonly hint: string | undefined;
  /** The option that sets it, where nobody has written that option down: then it may not move at all. */
  readonly unsetOption: string | undefined;
}

/** A change of a guarded field that the spec agrees to. */
export interface AcceptedChange {
  readonly component: string;
  readonly kind?: string;
  readonly name?: string;
  readonly field?: string;
  readonly reason: string;
  readonly at: Location;
}

/** What guards the fields of one cluster. */
export interface ClusterGuards {
  readonly fields: readonly FieldGuard[];
  readonly accepted: readonly AcceptedChange[];
}
