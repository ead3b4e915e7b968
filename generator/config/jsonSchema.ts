import { isSecretText, isSensitivePath } from '../util/secretNames.ts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import type { Diagnostic, Location } from '../model/diagnostic.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { isMap, pointerStep, pointerText, valueAt } from '../model/values.ts';
import { didYouMean } from '../util/suggest.ts';
import { formatOf, formats } from './formats.ts';
import { typeNames } from '../util/typeNames.ts';
import { schemaRegExp } from '../util/regex.ts';

/** Where a pointer of the checked value stands; `key` asks for the key instead of the value. */
export type Locate = (pointer: string, part: 'key' | 'value') => Location | undefined;

export interface Checker {
  /** `prefix` is the pointer of the checked value in its document, for messages; `locate` gets pointers with it. */
  check(value: Value, locate: Locate, prefix?: string): Diagnostic[];
}

/** Compiles JSON Schemas when first used and turns ajv's errors into findings with a place. */
export function createSchemas(): { checker(schema: ValueMap): Checker } {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    allowUnionTypes: true,
    strictTypes: false,
    strictRequired: false,
    // strict mode refuses what the meta schema would; compiling that takes longer than all else here
    validateSchema: false,
    verbose: true,
    // each schema sees few values: compiling fast beats running fast
    code: { optimize: false, regExp: schemaRegExp },
  });
  ajv.addKeyword({ keyword: 'x-when', schemaType: 'string' });
  for (const [name, format] of Object.entries(formats))
    ajv.addFormat(name, { type: 'string', validate: (text: string) => format.problem(text) === undefined });
  const compiled = new WeakMap<object, ValidateFunction>();
  return {
    checker: (schema) => ({
      check(value, locate, prefix = '') {
        let validate = compiled.get(schema);
        if (validate === undefined) {
          const { $id: _id, ...anonymous } = schema;
          try {
            validate = ajv.compile(anonymous);
          } catch (error) {
            return [invalidSchema(error, locate(prefix, 'key'))];
          }
          compiled.set(schema, validate);
        }
        if (validate(value)) return [];
        return dedupe(saidOnce(validate.errors ?? []).flatMap((e) => diagnosticOf(e, value, locate, prefix)));
      },
    }),
  };
}

/** Often a comma in a flow map, which starts a new key. */
function invalidSchema(error: unknown, location: Location | undefined): Diagnostic {
  return {
    code: 'catalog/invalid',
    severity: 'error',
    ...at(location),
    message: `The schema of these options is not valid: ${error instanceof Error ? error.message : String(error)}.`,
    hint: 'Correct spec.options in the capability. In a flow map a comma starts a new key: quote texts that have one.',
  };
}

/** Of a text that breaks its format, what the format says is enough; of a key, what is wrong with it. */
function saidOnce(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const placeOf = (e: ErrorObject): string => `${e.instancePath}\0${e.propertyName ?? ''}`;
  const isSaid = (e: ErrorObject): boolean =>
    e.keyword === 'format' || (e.keyword === 'enum' && e.propertyName !== undefined);
  const said = new Set(errors.filter(isSaid).map(placeOf));
  return errors.filter((e) => {
    if (e.keyword === 'propertyNames') return !said.has(`${e.instancePath}\0${String(e.params['propertyName'])}`);
    return (
      e.keyword === 'format' || !['pattern', 'minLength', 'maxLength'].includes(e.keyword) || !said.has(placeOf(e))
    );
  });
}

function dedupe(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter((d) => {
    const key = `${d.code}|${d.message}|${d.at?.file}|${d.at?.line}|${d.at?.col}`;
    return seen.has(key) ? false : (seen.add(key), true);
  });
}

function diagnosticOf(error: ErrorObject, root: Value, locate: Locate, prefix: string): Diagnostic[] {
  const { keyword } = error;
  const pointer = `${prefix}${error.instancePath}`;
  const params = error.params as Record<string, unknown>;
  const severity = 'error' as const;
  if (keyword === 'enum' && error.propertyName !== undefined)
    return [
      unknownKey(error.propertyName, (params['allowedValues'] as readonly unknown[]).map(String), pointer, locate),
    ];
  switch (keyword) {
    case 'additionalProperties': {
      const known = Object.keys((error.parentSchema?.['properties'] ?? {}) as object);
      return [unknownKey(String(params['additionalProperty']), known, pointer, locate)];
    }
    case 'required':
      return [missingKey(error, locate, pointer)];
    case 'type':
      return [wrongType(pointer, params['type'], valueAt(root, error.instancePath), locate)];
    case 'if':
    case 'anyOf':
    case 'oneOf':
      return keyword === 'if'
        ? []
        : [
            {
              code: 'schema/value',
              severity,
              ...at(locate(pointer, 'value')),
              message: `${name(pointer)} matches none of the forms that are allowed.`,
              hint: 'See the related findings, or the README of the capability.',
            },
          ];
    case 'format':
      return [brokenFormat(error, root, locate, pointer)];
    default:
      return [
        {
          code: 'schema/value',
          severity,
          ...at(locate(pointer, keyword === 'propertyNames' ? 'key' : 'value')),
          message: `${name(pointer)} ${valueMessage(error, valueAt(root, error.instancePath))}`.replace(
            /([^?.])$/,
            '$1.',
          ),
          hint: valueHint(error),
        },
      ];
  }
}

function unknownKey(key: string, all: readonly string[], pointer: string, locate: Locate): Diagnostic {
  // `+tenants` is there wherever tenants is
  const known = key.startsWith('+') ? all : all.filter((name) => !name.startsWith('+'));
  return {
    code: 'schema/unknown-key',
    severity: 'error',
    ...at(locate(`${pointer}/${pointerStep(key)}`, 'key')),
    message: `Unknown key "${key}"${where(pointer)}.${didYouMean(key, known)}`,
    hint:
      known.length > 0 && known.length <= 40
        ? `Known keys: ${[...known].sort().join(', ')}.`
        : 'Remove the key or correct its name.',
  };
}

/** A text, or a key, that is not what its format says. */
function brokenFormat(error: ErrorObject, root: Value, locate: Locate, pointer: string): Diagnostic {
  const key = error.propertyName;
  const text = key ?? String(valueAt(root, error.instancePath) ?? '');
  const format = formatOf(String(error.params['format']));
  const where = key === undefined ? pointer : `${pointer}/${pointerStep(key)}`;
  const { description, examples, default: standard } = (error.parentSchema ?? {}) as ValueMap;
  const own = [...(Array.isArray(examples) ? (examples as Value[]) : []), standard].find((v) => typeof v === 'string');
  const about = typeof description === 'string' ? `${description.replace(/\.$/, '')}. ` : '';
  return {
    code: 'schema/value',
    severity: 'error',
    ...at(locate(where, key === undefined ? 'value' : 'key')),
    message: `${key === undefined ? name(pointer) : `The key "${key}"${keysOf(pointer)}`} has to be ${format?.what ?? 'of another form'}: ${format?.problem(text) ?? 'it is none'}${key === undefined && !isSecretText(pointerText(pointer), text) ? ` (it is ${JSON.stringify(text.slice(0, 60))})` : ''}.`,
    hint: `${about}Write it like ${String(own ?? format?.example ?? '')}.`,
  };
}

const keysOf = (pointer: string): string => (pointer === '' ? '' : ` of "${pointerText(pointer)}"`);

function wrongType(pointer: string, type: unknown, value: Value | undefined, locate: Locate): Diagnostic {
  return {
    code: 'schema/type',
    severity: 'error',
    ...at(locate(pointer, 'value')),
    message: `${name(pointer)} has to be ${typeList(type)}, not ${isSensitivePath(pointerText(pointer)) ? 'this' : kindOf(value)}.`,
    hint: typeHint(type, isSensitivePath(pointerText(pointer)) ? undefined : value),
  };
}

function missingKey(error: ErrorObject, locate: Locate, pointer: string): Diagnostic {
  const params = error.params as Record<string, unknown>;

  const key = String(params['missingProperty']);
  return {
    code: 'schema/required',
    severity: 'error',
    ...at(locate(pointer, 'key')),
    message: `"${key}" is missing${where(pointer)}.`,
    hint: `Add ${key}${describe((error.parentSchema?.['properties'] as Record<string, ValueMap> | undefined)?.[key])}.`,
  };
}

const at = (location: Location | undefined): { at?: Location } => (location === undefined ? {} : { at: location });

function valueMessage(error: ErrorObject, value: Value | undefined): string {
  const params = error.params as Record<string, unknown>;
  const isShown = value !== undefined && !isSensitivePath(pointerText(error.instancePath));
  const shown = isShown ? ` (it is ${JSON.stringify(value)?.slice(0, 60)})` : '';
  if (error.keyword === 'enum') {
    const allowed = (params['allowedValues'] as readonly unknown[]).map(String);
    return `has to be one of ${allowed.join(', ')}${shown}.${typeof value === 'string' ? didYouMean(value, allowed) : ''}`;
  }
  if (error.keyword === 'const') return `has to be ${JSON.stringify(params['allowedValue'])}${shown}`;
  if (error.keyword === 'pattern') return `does not have the form ${String(params['pattern'])}${shown}`;
  return `${error.message ?? 'is not allowed'}${shown}`;
}

function valueHint(error: ErrorObject): string {
  const description = (error.parentSchema as ValueMap | undefined)?.['description'];
  return typeof description === 'string' ? description : 'Change the value to one that the schema allows.';
}

function typeHint(type: unknown, value: Value | undefined): string {
  if (String(type) === 'string' && (typeof value === 'number' || typeof value === 'boolean'))
    return `Put it in quotes: "${String(value)}".`;
  return `Write ${typeList(type)} here.`;
}

function typeList(type: unknown): string {
  return (Array.isArray(type) ? (type as unknown[]) : String(type).split(','))
    .map((t) => typeNames[String(t)] ?? String(t))
    .join(' or ');
}

function kindOf(value: Value | undefined): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (isMap(value)) return 'a map';
  return typeof value === 'string' ? `the text ${JSON.stringify(value).slice(0, 60)}` : String(value);
}

function describe(schema: ValueMap | undefined): string {
  const description = schema?.['description'];
  return typeof description === 'string' ? ` (${description.replace(/\.$/, '')})` : '';
}

function name(pointer: string): string {
  return pointer === '' ? 'The document' : `"${pointerText(pointer)}"`;
}

function where(pointer: string): string {
  return pointer === '' ? '' : ` in "${pointerText(pointer)}"`;
}
