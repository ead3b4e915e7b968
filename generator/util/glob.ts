import { UsageError } from '../model/diagnostic.ts';
import type { ValueMap } from '../model/values.ts';

/** Matches names against globs (`*`, `?`); no globs match everything. */
export function nameMatcher(globs: readonly string[]): (name: string) => boolean {
  const patterns = globs.map(
    (g) =>
      new RegExp(
        `^${g
          .replace(/[.+^${}()|[\]\\]/g, '\\$&')
          .replaceAll('*', '.*')
          .replaceAll('?', '.')}$`,
      ),
  );
  return (name) => patterns.length === 0 || patterns.some((p) => p.test(name));
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
