import { Ajv2020 } from 'ajv/dist/2020.js';
import { schemaRegExp } from '../../util/regex.ts';
import { isMultiple, textFormats } from './formats.ts';
import { leftOut } from './narrow.ts';

/** Keywords beyond JSON Schema; those that are checked are so in shapeRules.ts. */
const shapeKeywords: readonly string[] = [
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'x-kubernetes-validations',
];
/** The ajv that checks shapes: strict, with the formats that imports keep. Shapes are checked when they are imported, not here. */
export function createShapeAjv(onLeftOut?: () => void): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    // errors carry their part of the schema: inside a definition, their path does not lead there
    verbose: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
    validateSchema: false,
    messages: false,
    addUsedSchema: false,
    meta: false,
    // most checks run a few times: what ajv's optimizer costs, it never earns back
    code: { optimize: false, regExp: schemaRegExp },
    formats: {
      ...textFormats,
      'date-time': textFormats['datetime'] ?? true,
      int32: { type: 'number', validate: (n: number) => Number.isInteger(n) && n >= -(2 ** 31) && n < 2 ** 31 },
      int64: { type: 'number', validate: (n: number) => Number.isInteger(n) && n >= -(2 ** 63) && n < 2 ** 63 },
    },
  });
  for (const keyword of shapeKeywords) ajv.addKeyword(keyword);
  ajv.removeKeyword('multipleOf');
  ajv.addKeyword({
    keyword: 'multipleOf',
    type: 'number',
    schemaType: 'number',
    validate: (factor: number, value: number) => isMultiple(value, factor),
  });
  ajv.addKeyword({ keyword: leftOut, errors: false, validate: () => (onLeftOut?.(), true) });
  return ajv;
}
