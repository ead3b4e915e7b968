import type { Source } from './source.ts';
import type { Value, ValueMap } from './values.ts';

/** One layer of settings: a partial cluster spec and where its pointers stand in its file. */
export interface Layer {
  readonly label: string;
  readonly source: Source;
  /** Pointer of the layer's value in the file; `''` never ends with `/`. */
  readonly base: string;
  readonly value: ValueMap;
  /** Where it adds to lists of the layers below (`+topics`), which `value` has put together. */
  readonly added?: AddedLists;
}

export interface Origin {
  readonly label: string;
  readonly source: Source;
  readonly pointer: string;
  readonly value: Value;
}

/** The lists of the layers below that a layer adds to. */
export interface AddedLists {
  /** The value of the layer as it is written. */
  readonly written: ValueMap;
  /** By the pointer of each such list in the merged spec. */
  readonly lists: ReadonlyMap<string, AddedList>;
}

export interface AddedList {
  /** Its pointer in the layer as it is written: `/capabilities/kafka/+topics`. */
  readonly at: string;
  /** For each item of the whole list its index there; undefined where it is from a layer below alone. */
  readonly written: readonly (number | undefined)[];
}
