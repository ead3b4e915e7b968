import type { Location } from './diagnostic.ts';
import type { Value } from './values.ts';

/** A YAML file: its text, its value, and the position of everything in it. */
export interface Source {
  /** Relative to the repository root. */
  readonly file: string;
  readonly text: string;
  readonly value: Value;
  /** Where a JSON pointer stands; the nearest enclosing node when the pointer is not in the file. */
  at(pointer: string, part?: 'key' | 'value'): Location;
  /** Whether the pointer leads to something, `null` included. */
  has(pointer: string): boolean;
  /** True for a key with nothing behind it (`kafka:`); false for a written `null` or `~`. */
  isBlank(pointer: string): boolean;
}
