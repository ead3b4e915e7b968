import type { Diagnostic } from '../model/diagnostic.ts';
import type { CatalogComponent, CatalogGuard } from '../model/model.ts';
import type { ComponentFileFormat } from '../model/spec.gen.ts';

/** The guards of a component as its file has them. */
export const guardsIn = ({ guards = [] }: ComponentFileFormat.ComponentFile['spec']): CatalogGuard[] =>
  guards.map(({ kind, name, field, match, allow, because, hint, option, unless }) => ({
    kind,
    name,
    field,
    match,
    allow,
    because,
    hint,
    option,
    unless,
  }));

/** Guards whose pattern is none: it would fail when a tree is compared. */
export const patternFindings = ({ guards, source }: CatalogComponent): Diagnostic[] =>
  guards.flatMap(({ match }, i): Diagnostic[] => {
    if (match === undefined || isPattern(match)) return [];
    const at = source.at(`/spec/guards/${i}/match`);
    const message = `"${match}" is not a regular expression.`;
    return [{ code: 'catalog/invalid', severity: 'error', message, at, hint: 'Correct it.' }];
  });

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}
