import { isSecret } from '../object.ts';
import { isSensitivePath } from '../../util/secretNames.ts';
import { typeNames } from '../../util/typeNames.ts';
import type { ErrorObject } from 'ajv/dist/2020.js';
import type { Value, ValueMap } from '../../model/values.ts';
import { asList, compareText, isMap, listAt, mapAt, pointerStep, pointerText, valueAt } from '../../model/values.ts';
import { suggest } from '../../util/suggest.ts';
import type { ShapeProblem } from './shapeTypes.ts';

/** Turns ajv's errors (made with allErrors and verbose) on an object into problems. */
export function problemsOf(errors: readonly ErrorObject[], object: Readonly<Record<string, unknown>>): ShapeProblem[] {
  const choices = errors.filter((e) => e.keyword === 'anyOf' || e.keyword === 'oneOf');
  // what fails inside the branches of a failed choice is reported by the choice
  const own = errors.filter(
    (e) =>
      !choices.some(
        (c) =>
          e !== c &&
          e.schemaPath.startsWith(`${c.schemaPath}/`) &&
          `${e.instancePath}/`.startsWith(`${c.instancePath}/`),
      ),
  );
  const seen = new Set<string>();
  return own
    .map((e) => problemOf(e, object))
    .filter((p) => {
      const key = `${p.pointer} ${p.message}`;
      return seen.has(key) ? false : (seen.add(key), true);
    });
}

function problemOf(error: ErrorObject, object: Readonly<Record<string, unknown>>): ShapeProblem {
  const { keyword, instancePath } = error;
  const params = error.params as Record<string, unknown>;
  if (keyword === 'additionalProperties') {
    const key = String(params['additionalProperty']);
    const known = Object.keys(mapAt(error.parentSchema as Value, 'properties'));
    return {
      pointer: `${instancePath}/${pointerStep(key)}`,
      keyword,
      message: 'is not a known field',
      ...suggestion(key, known),
    };
  }
  const value = valueAt(object, instancePath);
  // nobody wants the content of a Secret in a log
  const shown = isSecret(object as ValueMap) || isSensitivePath(pointerText(instancePath)) ? '' : scalar(value);
  const found = shown === '' ? '' : ` (it is ${shown})`;
  if (keyword === 'enum') {
    const allowed = listAt(params, 'allowedValues').map(String);
    return {
      pointer: instancePath,
      keyword,
      message: `has to be one of ${allowed.join(', ')}${found}`,
      ...(typeof value === 'string' ? suggestion(value, allowed) : {}),
    };
  }
  return { pointer: instancePath, keyword, message: messageOf(error, value, shown, found) };
}

/** Formats whose names are ours. */
const formatNames: Readonly<Record<string, string>> = { gobytes: 'base64', gotime: 'time (2006-01-02T15:04:05Z)' };

function messageOf(error: ErrorObject, value: Value | undefined, shown: string, found: string): string {
  const params = error.params as Record<string, unknown>;
  const limit = String(params['limit']);
  switch (error.keyword) {
    case 'required':
      return `lacks the required field "${String(params['missingProperty'])}"`;
    case 'type':
      return typeMessage(asTypes(params['type']), value, shown);
    case 'pattern':
      return `does not match the pattern ${String(params['pattern'])}${found}`;
    case 'format':
      return `is not a valid ${formatNames[String(params['format'])] ?? String(params['format'])}${found}`;
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return `has to be ${String(params['comparison'])} ${limit}${found}`;
    case 'multipleOf':
      return `has to be a multiple of ${String(error.schema)}${found}`;
    case 'minLength':
      return `has to have at least ${limit} characters${found}`;
    case 'maxLength':
      return `has to have at most ${limit} characters${found}`;
    case 'minItems':
      return `has to have at least ${limit} elements`;
    case 'maxItems':
      return `has to have at most ${limit} elements`;
    case 'uniqueItems':
      return 'has the same element twice';
    case 'minProperties':
      return `has to have at least ${limit} fields`;
    case 'maxProperties':
      return `has to have at most ${limit} fields`;
    case 'anyOf':
    case 'oneOf':
      return choiceMessage(error, value, shown);
    case 'not':
      return `has a combination of fields or a value that is not allowed${found}`;
    default:
      return `is not allowed (${error.keyword})${found}`;
  }
}

/** The two forms of choices that APIs have: of the type of a value, and of the fields that have to be there. */
function choiceMessage(error: ErrorObject, value: Value | undefined, shown: string): string {
  const branches = asList(error.schema as Value | undefined);
  const types = branches.flatMap((b) => (isMap(b) ? asTypes(b['type']) : []));
  if (types.length === branches.length && types.length > 0) {
    const pattern = branches
      .map((b) => (isMap(b) && hasType(asTypes(b['type']), value) ? b['pattern'] : undefined))
      .find((p) => p !== undefined);
    const form =
      pattern === undefined
        ? 'does not have any of the forms that are allowed'
        : `does not match the pattern ${String(pattern)}`;
    return hasType(types, value)
      ? `${form}${shown === '' ? '' : ` (it is ${shown})`}`
      : typeMessage([...new Set(types)], value, shown);
  }
  const fields = branches.map((b) =>
    isMap(b) && Object.keys(b).every((k) => k === 'required' || k === 'properties') ? listAt(b, 'required') : [],
  );
  const how = error.keyword === 'oneOf' ? 'exactly one of' : 'at least one of';
  if (fields.length > 0 && fields.every((f) => f.length > 0))
    return `has to have ${how} ${fields.map((f) => f.map(String).join(' with ')).join(', ')}`;
  return error.keyword === 'oneOf'
    ? 'has to match exactly one of the forms that are allowed'
    : 'matches none of the forms that are allowed';
}

function typeMessage(types: readonly string[], value: Value | undefined, shown: string): string {
  const quote =
    types.includes('string') && (typeof value === 'number' || typeof value === 'boolean') && shown !== ''
      ? `; put it in quotes: "${shown}"`
      : '';
  return `has to be ${types.map((t) => typeNames[t] ?? t).join(' or ')}, not ${kindName(value)}${shown === '' || value === null ? '' : ` (it is ${shown}${quote})`}`;
}

const asTypes = (type: unknown): string[] =>
  Array.isArray(type) ? type.map(String) : type === undefined ? [] : [String(type)];

function hasType(types: readonly string[], value: Value | undefined): boolean {
  return (
    types.includes(typeof value) ||
    (types.includes('integer') && Number.isInteger(value)) ||
    (value === null && types.includes('null'))
  );
}

function kindName(value: Value | undefined): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return isMap(value)
    ? 'a map'
    : typeof value === 'string'
      ? 'text'
      : typeof value === 'number'
        ? 'a number'
        : 'true or false';
}

function scalar(value: Value | undefined): string {
  if (value === undefined || (typeof value === 'object' && value !== null)) return '';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function suggestion(word: string, candidates: readonly string[]): { suggestion?: string } {
  const found = suggest(word, [...candidates].sort(compareText));
  return found === undefined ? {} : { suggestion: found };
}
