import { UsageError } from '../model/diagnostic.ts';
import type { ValueMap } from '../model/values.ts';
import { didYouMean } from './suggest.ts';
import { compilePattern, literalPattern } from './regex.ts';

/** Matches names against globs (`*`, `?`); no globs match everything. */
export function nameMatcher(globs: readonly string[]): (name: string) => boolean {
  const patterns = globs.map((glob) =>
    compilePattern(
      `^${glob
        .replaceAll(/[^*?]+/g, literalPattern)
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
    ),
  );
  return (name) => patterns.length === 0 || patterns.some((p) => p.test(name));
}

/** Throws UsageError unless every glob matches a name. */
export function requireMatches(globs: readonly string[], names: readonly string[]): void {
  const lonely = globs.find((glob) => !names.some(nameMatcher([glob])));
  if (lonely === undefined) return;
  throw new UsageError(
    `No cluster matches ${lonely}.${didYouMean(lonely, names)}`,
    `Clusters here: ${names.slice(0, 20).join(', ') || 'none'}.`,
  );
}

/** A label selector of Kubernetes' equality form: `a=b,c!=d,e`. Throws UsageError when it is not one. */
export function matchesSelector(labels: ValueMap, selector: string): boolean {
  return selector.split(',').every((term) => {
    const match = /^([A-Za-z0-9._/-]+)(?:(==?|!=)([A-Za-z0-9._-]*))?$/.exec(term.trim());
    if (match === null)
      throw new UsageError(
        `"${term}" is not a label selector.`,
        'Write key=value, key!=value or key, separated by commas.',
      );
    const [, key = '', operator, value] = match;
    if (operator === undefined) return Object.hasOwn(labels, key);
    return operator === '!=' ? labels[key] !== value : labels[key] === value;
  });
}
