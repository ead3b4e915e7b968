import type { Diagnostic } from './diagnostic.ts';

/** Which entries of environments below `components` one cluster has a use for, and which not. */
export interface SharedSettings {
  /** Places of entries, `file:line:col`. */
  readonly used: readonly string[];
  /** What to report of the others when no cluster has a use for them. */
  readonly unused: readonly Diagnostic[];
}
