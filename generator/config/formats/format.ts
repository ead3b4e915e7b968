/** The grammar of one kind of text, as its consumer reads it. */
export interface Format {
  /** `a CIDR`; for messages. */
  readonly what: string;
  /** A right value, for hints where the option has no example of its own. */
  readonly example: string;
  /** Where the grammar was read. */
  readonly source: string;
  /** What is wrong with a text; undefined when nothing is. */
  problem(text: string): string | undefined;
}

/** A grammar that a regular expression says, and an optional further condition. */
export const matching = (
  pattern: RegExp,
  says: string,
  about: Omit<Format, 'problem'>,
  further?: (text: string) => string | undefined,
): Format => ({ ...about, problem: (text) => (pattern.test(text) ? further?.(text) : says) });
