import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import type { Diagnostic, Location } from '../model/diagnostic.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { isMap, pointerStep, valueAt } from '../model/values.ts';
import { didYouMean } from '../source/suggest.ts';

/** Where a pointer of the checked value stands; `key` asks for the key instead of the value. */
export type Locate = (pointer: string, part: 'key' | 'value') => Location | undefined;

export interface Checker {
  check(value: Value, locate: Locate): Diagnostic[];
}

/** Compiles JSON Schemas when first used and turns ajv's errors into findings with a place. */
export function createSchemas(): { checker(schema: ValueMap): Checker } {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    allowUnionTypes: true,
    strictTypes: false,
    strictRequired: false,
    verbose: true,
  });
  ajv.addKeyword({ keyword: 'x-when', schemaType: 'string' });
  const compiled = new WeakMap<object, ValidateFunction>();
  return {
    checker: (schema) => ({
      check(value, locate) {
        let validate = compiled.get(schema);
        if (validate === undefined) {
          const { $id: _id, ...anonymous } = schema;
          compiled.set(schema, (validate = ajv.compile(anonymous)));
        }
        if (validate(value)) return [];
        return dedupe((validate.errors ?? []).flatMap((e) => diagnosticOf(e, value, locate)));
      },
    }),
  };
}

function dedupe(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter((d) => {
    const key = `${d.code}|${d.message}|${d.at?.file}|${d.at?.line}|${d.at?.col}`;
    return seen.has(key) ? false : (seen.add(key), true);
  });
}

function diagnosticOf(error: ErrorObject, root: Value, locate: Locate): Diagnostic[] {
  const { instancePath: pointer, keyword } = error;
  const params = error.params as Record<string, unknown>;
  const severity = 'error' as const;
  switch (keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      const known = Object.keys((error.parentSchema?.['properties'] ?? {}) as object);
      return [
        {
          code: 'schema/unknown-key',
          severity,
          ...at(locate(`${pointer}/${pointerStep(key)}`, 'key')),
          message: `Unknown key "${key}"${where(pointer)}.${didYouMean(key, known)}`,
          hint:
            known.length > 0 && known.length <= 25
              ? `Known keys: ${known.sort().join(', ')}.`
              : 'Remove the key or correct its name.',
        },
      ];
    }
    case 'required':
      return [missingKey(error, locate)];
    case 'type':
      return [
        {
          code: 'schema/type',
          severity,
          ...at(locate(pointer, 'value')),
          message: `${name(pointer)} has to be ${typeNames(params['type'])}, not ${kindOf(valueAt(root, pointer))}.`,
          hint: typeHint(params['type'], valueAt(root, pointer)),
        },
      ];
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
    default:
      return [
        {
          code: 'schema/value',
          severity,
          ...at(locate(pointer, keyword === 'propertyNames' ? 'key' : 'value')),
          message: `${name(pointer)} ${valueMessage(error, valueAt(root, pointer))}`.replace(/([^?.])$/, '$1.'),
          hint: valueHint(error),
        },
      ];
  }
}

function missingKey(error: ErrorObject, locate: Locate): Diagnostic {
  const { instancePath: pointer } = error;
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
  const shown = value === undefined ? '' : ` (it is ${JSON.stringify(value)?.slice(0, 60)})`;
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
  return `Write ${typeNames(type)} here.`;
}

function typeNames(type: unknown): string {
  const names: Readonly<Record<string, string>> = {
    object: 'a map',
    array: 'a list',
    string: 'text',
    integer: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
    null: 'null',
  };
  return (Array.isArray(type) ? (type as unknown[]) : String(type).split(','))
    .map((t) => names[String(t)] ?? String(t))
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
  return pointer === '' ? 'The document' : `"${pointer.slice(1).replaceAll('/', '.')}"`;
}

function where(pointer: string): string {
  return pointer === '' ? '' : ` in "${pointer.slice(1).replaceAll('/', '.')}"`;
}
