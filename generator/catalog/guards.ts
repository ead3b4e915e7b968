import type { CatalogGuard } from '../model/model.ts';
import type { ComponentFileFormat } from '../model/spec.gen.ts';

/** The guards of a component as its file has them. */
export const guardsIn = ({ guards = [] }: ComponentFileFormat.ComponentFile['spec']): CatalogGuard[] =>
  guards.map(({ kind, name, field, match, allow, endless, because, hint, option, unless }) => ({
    kind,
    name,
    field,
    match,
    allow,
    endless,
    because,
    hint,
    option,
    unless,
  }));
