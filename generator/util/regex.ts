import { RE2JS } from 're2js';

/**
 * A regular expression that somebody else wrote: of a catalog, a CRD, an option, a rule to ignore. RE2 matches in time linear in
 * the text whatever the expression is, which the engine of JavaScript does not.
 */
export interface Pattern {
  /** Whether it matches anywhere in the text. */
  test(text: string): boolean;
  /** The first match: all of it, then its groups (undefined: not taken part). */
  exec(text: string): readonly (string | undefined)[] | undefined;
  /** Every match from left to right, at most `limit` of them. */
  all(text: string, limit?: number): readonly string[];
}

/** Any escape, with the code of what JavaScript writes `\u0041` and RE2 `\x{0041}`. */
const escapes = /\\(?:u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\}|[^])/g;

const compiled = new Map<string, Pattern>();

/**
 * Reads an expression in RE2's syntax (that of Kubernetes, Go and CEL), or in JavaScript's as far as RE2 can do it: no
 * look-around, no references back. Throws SyntaxError for what it cannot read, with RE2's own words.
 */
export function compilePattern(source: string): Pattern {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const made = compile(source);
  compiled.set(source, made);
  return made;
}

/** What keeps RE2 from reading an expression; undefined when nothing does. */
export function patternProblem(source: string): string | undefined {
  try {
    compilePattern(source);
    return undefined;
  } catch (error) {
    return (error as SyntaxError).message;
  }
}

function compile(source: string): Pattern {
  const expression = read(source);
  return {
    test: (text) => expression.test(text),
    exec(text) {
      const matcher = expression.matcher(text);
      if (!matcher.find()) return undefined;
      return Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? undefined);
    },
    all(text, limit = Infinity) {
      const found: string[] = [];
      const matcher = expression.matcher(text);
      while (found.length < limit && matcher.find()) found.push(matcher.group() ?? '');
      return found;
    },
  };
}

/** Verdicts that a pattern keeps: the same names, images and sizes come again and again. */
const verdictsKept = 500;
const longestKept = 200;

const remembered = new Map<string, Pick<Pattern, 'test'>>();

/** The pattern of a schema or rule: it is compiled when a text meets it (most never are), and keeps its verdicts. */
export function schemaPattern(source: string): Pick<Pattern, 'test'> {
  const known = remembered.get(source);
  if (known !== undefined) return known;
  const verdicts = new Map<string, boolean>();
  const pattern = {
    test(text: string): boolean {
      const before = verdicts.get(text);
      if (before !== undefined) return before;
      const verdict = compilePattern(source).test(text);
      if (verdicts.size < verdictsKept && text.length < longestKept) verdicts.set(text, verdict);
      return verdict;
    },
  };
  remembered.set(source, pattern);
  return pattern;
}

function read(source: string): RE2JS {
  try {
    return RE2JS.compile(
      source.replace(escapes, (all, four?: string, more?: string) => {
        const code = four ?? more;
        return code === undefined ? all : `\\x{${code}}`;
      }),
    );
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new SyntaxError(message.replace('error parsing regexp: ', ''));
  }
}

/** Text as a part of an expression that matches the text and nothing else. */
export const literalPattern = (text: string): string => RE2JS.quote(text);

/** The engine as ajv takes one (`code.regExp`), for `pattern` and `patternProperties`. */
export const schemaRegExp = Object.assign(
  (source: string) => ({
    test: schemaPattern(source).test,
    // ajv tells expressions apart by their text
    toString: () => source,
  }),
  { code: 'compilePattern' },
);
