import type { MutableMap, Value, ValueMap } from '../../model/values.ts';
import { asMap, isList, isMap, mapAt, setMember, textAt } from '../../model/values.ts';
import { convert } from '../schemaConvert.ts';
import type { Findings } from '../schemaConvert.ts';
import { createShapeRules } from './rules.ts';
import type { ShapeRules } from './rules.ts';

/**
 * The shape that a JSON schema of a catalogue describes (draft 4 and later, as kubeconform reads it): what it closes stays
 * closed, what it leaves open stays open. References lead into the document itself; `notes` names the checks that were lost.
 */
export function shapeFromJsonSchema(
  schema: ValueMap,
  rules: ShapeRules = createShapeRules(),
): { readonly shape: ValueMap; readonly notes: readonly string[] } {
  const findings: Findings = { isBuiltIn: false, refs: new Set(), notes: [], rules, dropped: 0 };
  const { definitions: _definitions, $defs: _defs, ...own } = schema;
  const document = asMap(withPlainReferences(own, findings.notes));
  // beside a reference they are no part of the schema, but what it refers to
  const definitions = asMap(
    below('definitions', { ...mapAt(schema, 'definitions'), ...mapAt(schema, '$defs') }, findings.notes),
  );
  const shape = convert(document, false, '', findings);
  const $defs: MutableMap = {};
  // a Set's iteration also visits what is added on the way
  for (const name of findings.refs) setMember($defs, name, convert(definitions[name], false, `/${name}`, findings));
  return { shape: findings.refs.size === 0 ? shape : { ...shape, $defs }, notes: findings.notes };
}

/** All references as `#/definitions/<name>`; those that lead elsewhere are dropped. Tuples and single constants are written out. */
function withPlainReferences(schema: Value, notes: string[]): Value {
  if (isList(schema)) return schema.map((item) => withPlainReferences(item, notes));
  if (!isMap(schema)) return schema;
  const ref = textAt(schema, '$ref');
  if (ref !== undefined) {
    const name = /^#\/(?:\$defs|definitions)\/([^/]+)$/.exec(ref)?.[1];
    if (name !== undefined) return { $ref: `#/definitions/${name}` };
    notes.push(`the reference ${ref} is not followed: what it describes is not checked`);
    return {};
  }
  const out: MutableMap = {};
  for (const [key, value] of Object.entries(schema))
    if (key === 'const') out['enum'] = [value];
    else if (key === 'items' && isList(value)) notes.push('a list with a schema for each place is not checked');
    else setMember(out, key, below(key, value, notes));
  return out;
}

/** What stands below a keyword: schemas by name, schemas, or values that are none. */
function below(keyword: string, value: Value, notes: string[]): Value {
  if (keyword === 'enum' || keyword === 'default' || keyword === 'required') return value;
  if (!isMap(value) || !['properties', 'definitions'].includes(keyword)) return withPlainReferences(value, notes);
  const out: MutableMap = {};
  for (const [name, schema] of Object.entries(value)) setMember(out, name, withPlainReferences(schema, notes));
  return out;
}
