import type { Diagnostic } from '../model/diagnostic.ts';
import type { Capability, Catalog, CatalogComponent } from '../model/model.ts';
import type { Source } from '../model/source.ts';
import type { Value } from '../model/values.ts';
import { isList, isMap, pointerStep } from '../model/values.ts';
import { patternProblem } from '../util/regex.ts';

/** Guards whose pattern is none: it would fail when a tree is compared. */
export const guardPatternFindings = ({ guards, source }: CatalogComponent): Diagnostic[] =>
  guards.flatMap(({ match }, i) =>
    match === undefined ? [] : patternFindings(match, source, `/spec/guards/${i}/match`),
  );

/** Patterns in the schemas of options that are none: they would fail with the first spec that sets such an option. */
export const optionPatternFindings = (catalog: Catalog): Diagnostic[] =>
  [...catalog.capabilities.values()].flatMap(({ options, source }: Capability) =>
    schemaFindings(options, source, '/spec/options'),
  );

/** Keywords whose value is data: what looks like a keyword in there is none. */
const dataKeywords: ReadonlySet<string> = new Set(['default', 'enum', 'const', 'examples']);
/** Keywords whose keys are names, each with a schema. */
const namedSchemas: ReadonlySet<string> = new Set(['properties', '$defs', 'dependentSchemas']);

function schemaFindings(schema: Value, source: Source, pointer: string): Diagnostic[] {
  if (isList(schema)) return schema.flatMap((item, i) => schemaFindings(item, source, `${pointer}/${i}`));
  if (!isMap(schema)) return [];
  return Object.entries(schema).flatMap(([keyword, value]): Diagnostic[] => {
    const at = `${pointer}/${pointerStep(keyword)}`;
    if (dataKeywords.has(keyword)) return [];
    if (keyword === 'pattern' && typeof value === 'string') return patternFindings(value, source, at);
    const isNamed = namedSchemas.has(keyword) || keyword === 'patternProperties';
    if (!isNamed || !isMap(value)) return schemaFindings(value, source, at);
    return Object.entries(value).flatMap(([name, member]) => {
      const place = `${at}/${pointerStep(name)}`;
      const own = keyword === 'patternProperties' ? patternFindings(name, source, place, 'key') : [];
      return [...own, ...schemaFindings(member, source, place)];
    });
  });
}

function patternFindings(
  pattern: string,
  source: Source,
  pointer: string,
  part: 'key' | 'value' = 'value',
): Diagnostic[] {
  const problem = patternProblem(pattern);
  if (problem === undefined) return [];
  const message = `"${pattern}" is not a regular expression of RE2: ${problem}.`;
  const hint = 'Correct it; look-around and references to groups are not there, because they can take forever.';
  return [{ code: 'catalog/invalid', severity: 'error', message, at: source.at(pointer, part), hint }];
}
