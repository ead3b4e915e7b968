import type { MutableMap, Value, ValueMap } from '../model/values.ts';
import {
  asList,
  asMap,
  asString,
  isList,
  isMap,
  listAt,
  mapAt,
  member,
  pointerStep,
  setMember,
  textAt,
} from '../model/values.ts';
import { objectMeta, textShape } from './shapes/objectMeta.ts';
import { textFormat } from './shapes/formats.ts';
import type { ShapeRules } from './shapes/rules.ts';
import { patternProblem } from '../util/regex.ts';

/** What a conversion collects beside its result: definitions it refers to, and checks it had to drop. */
export interface Findings {
  /** Whose schema it is: that of a kind of Kubernetes itself stands for a type of Go, which reads some formats otherwise. */
  readonly isBuiltIn: boolean;
  readonly refs: Set<string>;
  readonly notes: string[];
  readonly rules: ShapeRules;
  dropped: number;
}

const copied = [
  'enum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'multipleOf',
  'default',
] as const;
const numberFormats: ReadonlySet<string> = new Set(['int32', 'int64']);
/** Formats that say no more than the type. */
const emptyFormats: ReadonlySet<string> = new Set(['int-or-string', 'double', 'float']);
const goFormats: Readonly<Record<string, string>> = { byte: 'gobytes', datetime: 'gotime' };
const intOrString: readonly Value[] = [{ type: 'integer' }, { type: 'string' }];

/**
 * One OpenAPI schema as JSON Schema 2020-12. `structural` positions describe what an object may have and are closed; branches of
 * anyOf, oneOf, allOf and not only add conditions, so they stay open (Kubernetes "structural schemas").
 */
export function convert(source: Value | undefined, structural: boolean, pointer: string, findings: Findings): ValueMap {
  const schema = asMap(source);
  const ref = textAt(schema, '$ref')?.replace('#/definitions/', '');
  if (ref !== undefined) {
    findings.refs.add(ref);
    return { $ref: `#/$defs/${ref}` };
  }
  const out: MutableMap = {};
  const nullable = schema['nullable'] === true;
  if (schema['type'] !== undefined) out['type'] = nullable ? [schema['type'], 'null'] : schema['type'];
  for (const key of copied)
    if (schema[key] !== undefined && !(key === 'default' && schema[key] === null)) out[key] = schema[key];
  if (nullable && isList(out['enum']) && !out['enum'].includes(null)) out['enum'] = [...out['enum'], null];
  bounds(schema, out);
  convertText(schema, out, pointer, findings);
  convertMembers(schema, out, structural, pointer, findings);
  if (schema['items'] !== undefined) out['items'] = convert(schema['items'], structural, `${pointer}/*`, findings);
  convertBranches(schema, out, pointer, findings);
  convertExtensions(schema, out, pointer, findings);
  if (schema['x-kubernetes-int-or-string'] === true || schema['format'] === 'int-or-string') {
    const other = out['anyOf'];
    delete out['type'];
    out['anyOf'] = nullable ? [...intOrString, { type: 'null' }] : intOrString;
    if (other !== undefined && JSON.stringify(other) !== JSON.stringify(intOrString))
      out['allOf'] = [...listAt(out, 'allOf'), { anyOf: other }];
  }
  return out;
}

/** OpenAPI 3.0 and draft 4 mark a bound as exclusive beside it; JSON Schema has the bound there since draft 6. */
function bounds(schema: ValueMap, out: MutableMap): void {
  for (const [bound, exclusive] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    const value = schema[bound];
    if (value !== undefined) out[schema[exclusive] === true ? exclusive : bound] = value;
    if (typeof schema[exclusive] === 'number') out[exclusive] = schema[exclusive];
  }
}

function convertText(schema: ValueMap, out: MutableMap, pointer: string, findings: Findings): void {
  const format = textAt(schema, 'format');
  const checked = format === undefined ? undefined : checkedFormat(format, schema['type'], findings);
  if (checked !== undefined) out['format'] = checked;
  const pattern = textAt(schema, 'pattern');
  if (pattern === undefined) return;
  const problem = patternProblem(pattern);
  if (problem === undefined) out['pattern'] = pattern;
  else {
    findings.dropped += 1;
    findings.notes.push(`${pointer}: the pattern ${pattern} is not checked: ${problem}`);
  }
}

/** A format that the API server does not know lets anything pass there: nothing is lost with it. */
function checkedFormat(format: string, type: Value | undefined, { isBuiltIn }: Findings): string | undefined {
  if (numberFormats.has(format)) return format;
  if (emptyFormats.has(format) || (type !== 'string' && type !== undefined)) return undefined;
  const name = textFormat(format);
  return name === undefined ? undefined : isBuiltIn ? (goFormats[name] ?? format) : format;
}

function convertMembers(
  schema: ValueMap,
  out: MutableMap,
  structural: boolean,
  pointer: string,
  findings: Findings,
): void {
  const properties: MutableMap = {};
  for (const [name, value] of Object.entries(mapAt(schema, 'properties')))
    setMember(properties, name, convert(value, structural, `${pointer}/${pointerStep(name)}`, findings));
  if (schema['x-kubernetes-embedded-resource'] === true)
    Object.assign(properties, { apiVersion: textShape, kind: textShape, metadata: objectMeta });
  const named = Object.keys(properties).length > 0;
  if (named) out['properties'] = properties;
  // the API server fills in defaults before it checks
  const required = listAt(schema, 'required').filter(
    (name) => !structural || member(properties[String(name)], 'default') === undefined,
  );
  if (required.length > 0) out['required'] = required;
  const additional = schema['additionalProperties'];
  if (isMap(additional)) out['additionalProperties'] = convert(additional, structural, `${pointer}/*`, findings);
  else if (typeof additional === 'boolean') out['additionalProperties'] = additional;
  else if (structural && named && schema['x-kubernetes-preserve-unknown-fields'] !== true)
    out['additionalProperties'] = false;
}

/** What Kubernetes demands beyond JSON Schema: unique entries of lists, and rules in CEL (checked in shapeRules.ts). */
function convertExtensions(schema: ValueMap, out: MutableMap, pointer: string, findings: Findings): void {
  const listType = schema['x-kubernetes-list-type'];
  if (listType === 'set' || listType === 'map') out['x-kubernetes-list-type'] = listType;
  if (listType === 'map') out['x-kubernetes-list-map-keys'] = schema['x-kubernetes-list-map-keys'] ?? [];
  if (schema['x-kubernetes-map-type'] === 'atomic') out['x-kubernetes-map-type'] = 'atomic';
  const rules = listAt(schema, 'x-kubernetes-validations').flatMap((source): ValueMap[] => {
    const rule = asString(member(source, 'rule'));
    if (rule === undefined) return [];
    const problem = findings.rules.unreadable(rule);
    if (problem !== undefined) findings.notes.push(`${pointer}: the rule ${rule} is not checked: ${problem}`);
    const said = ['fieldPath', 'message', 'messageExpression'].flatMap((key) => {
      const text = asString(member(source, key));
      return text === undefined ? [] : [[key, text] as const];
    });
    return [
      {
        rule,
        ...Object.fromEntries(said),
        ...(member(source, 'optionalOldSelf') === true ? { optionalOldSelf: true } : {}),
      },
    ];
  });
  if (rules.length > 0) out['x-kubernetes-validations'] = rules;
}

/**
 * A branch that lost a check accepts too much. In allOf that is only weaker; in anyOf the whole keyword says nothing when a branch
 * accepts all; in oneOf and not it could turn right into wrong, so those are dropped.
 */
function convertBranches(schema: ValueMap, out: MutableMap, pointer: string, findings: Findings): void {
  for (const key of ['anyOf', 'allOf', 'oneOf', 'not'] as const) {
    const source = schema[key];
    if (source === undefined) continue;
    const before = findings.dropped;
    const branches = (key === 'not' ? [source] : asList(source)).map((branch) =>
      convert(branch, false, pointer, findings),
    );
    const lost = findings.dropped > before;
    if (lost && (key === 'oneOf' || key === 'not'))
      findings.notes.push(`${pointer}: ${key} is not checked, because a part of it is not`);
    else if (key === 'not') out[key] = branches[0] ?? {};
    else if (key !== 'anyOf' || branches.every((branch) => Object.keys(branch).length > 0)) out[key] = branches;
  }
}
