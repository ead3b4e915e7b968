import { isDnsLabel } from '../../model/names.ts';
import { isDns1035Label, isDnsSubdomain, isLabelValue, isQualifiedName } from '../names.ts';
import type { Environment } from '@marcbachmann/cel-js';
import { UnsignedInt } from '@marcbachmann/cel-js/evaluator';
import { Optional } from '@marcbachmann/cel-js';
import { compilePattern } from '../../util/regex.ts';
import { textFormats } from '../shapes/formats.ts';

/** A named format (pkg/cel/library format.go). */
class CelFormat {
  readonly problem: (text: string) => string | undefined;
  constructor(problem: (text: string) => string | undefined) {
    this.problem = problem;
  }
}

class FormatNamespace {}
class StringsNamespace {}

const said =
  (form: (text: string) => boolean, what: string) =>
  (text: string): string | undefined =>
    form(text) ? undefined : `must be ${what}`;
/** Prefixes of names may end with a dash. */
const prefixed =
  (form: (text: string) => boolean) =>
  (text: string): boolean =>
    form(text.replace(/-$/, 'a'));
const checks: Readonly<Record<string, (text: string) => boolean>> = {
  dns1123Label: isDnsLabel,
  dns1123Subdomain: isDnsSubdomain,
  dns1035Label: isDns1035Label,
  qualifiedName: isQualifiedName,
  dns1123LabelPrefix: prefixed(isDnsLabel),
  dns1123SubdomainPrefix: prefixed(isDnsSubdomain),
  dns1035LabelPrefix: prefixed(isDns1035Label),
  labelValue: isLabelValue,
  uri: textFormats['uri'] ?? (() => true),
  uuid: textFormats['uuid'] ?? (() => true),
  byte: textFormats['byte'] ?? (() => true),
  date: textFormats['date'] ?? (() => true),
  datetime: textFormats['datetime'] ?? (() => true),
};
const formats = new Map(Object.entries(checks).map(([name, form]) => [name, new CelFormat(said(form, name))]));

function namedFormat(name: string): CelFormat {
  const found = formats.get(name);
  if (found === undefined) throw new Error(`there is no format ${name}`);
  return found;
}

function charAt(text: string, index: bigint): string {
  const characters = [...text];
  if (index < 0n || index > BigInt(characters.length)) throw new Error(`index out of range: ${index}`);
  return characters[Number(index)] ?? '';
}

function replace(text: string, old: string, by: string, limit: bigint): string {
  if (limit < 0n) return text.replaceAll(old, () => by);
  let [out, rest] = ['', text];
  for (let left = limit; left > 0n; left -= 1n) {
    const at = rest.indexOf(old);
    if (at === -1) break;
    out += rest.slice(0, at) + by;
    rest = rest.slice(at + old.length);
  }
  return out + rest;
}

const ascii = (text: string, change: (text: string) => string): string => text.replaceAll(/[A-Za-z]+/g, change);

/** `%s` and its like of CEL's strings library; what a directive cannot print is an error, as there. */
function formatted(form: string, args: readonly unknown[]): string {
  let next = 0;
  return form.replaceAll(
    /%(?:%|(?:\.(\d+))?([sdfexXob]))/g,
    (all, precision: string | undefined, verb: string | undefined) => {
      if (verb === undefined) return all === '%%' ? '%' : all;
      if (next >= args.length) throw new Error(`index ${next} out of range`);
      const value = args[next];
      next += 1;
      return directive(verb, value, precision === undefined ? 6 : Number(precision));
    },
  );
}

function directive(verb: string, value: unknown, precision: number): string {
  if (verb === 's') return shown(value);
  const bytes = typeof value === 'string' ? Buffer.from(value) : value instanceof Uint8Array ? value : undefined;
  if (bytes !== undefined && (verb === 'x' || verb === 'X')) {
    const text = Buffer.from(bytes).toString('hex');
    return verb === 'X' ? text.toUpperCase() : text;
  }
  if (typeof value === 'boolean' && verb === 'b') return value ? '1' : '0';
  const whole = value instanceof UnsignedInt ? value.value : value;
  const number = typeof whole === 'bigint' || typeof whole === 'number' ? whole : undefined;
  if (number === undefined) throw new Error(`%${verb} cannot print this value`);
  if (verb === 'f') return Number(number).toFixed(precision);
  if (verb === 'e')
    return Number(number)
      .toExponential(precision)
      .replace(/e([+-])(\d)$/, 'e$10$2');
  if (verb === 'x') return number.toString(16);
  if (verb === 'X') return number.toString(16).toUpperCase();
  return number.toString(verb === 'o' ? 8 : verb === 'b' ? 2 : 10);
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (value instanceof Date) return value.toISOString().replace(/\.?0*Z$/, 'Z');
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (typeof value === 'object' && value !== null && value.constructor === Object)
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}: ${shown(item)}`)
      .sort()
      .join(', ')}}`;
  return String(value);
}

/** Text, patterns and named formats (pkg/cel/library regex.go and format.go, ext.Strings of cel-go). */
export function registerText(cel: Environment): void {
  cel
    .registerFunction(
      'string.find(string): string',
      (text: string, pattern: string) => compilePattern(pattern).all(text, 1)[0] ?? '',
    )
    .registerFunction('string.findAll(string): list<string>', (text: string, pattern: string) =>
      compilePattern(pattern).all(text),
    )
    .registerFunction('string.findAll(string, int): list<string>', (text: string, pattern: string, limit: bigint) =>
      compilePattern(pattern).all(text, limit < 0n ? Infinity : Number(limit)),
    )
    .registerFunction('string.charAt(int): string', charAt)
    .registerFunction('string.replace(string, string): string', (text: string, old: string, by: string) =>
      replace(text, old, by, -1n),
    )
    .registerFunction('string.replace(string, string, int): string', replace)
    .registerFunction('string.lowerOfAscii(): string', (text: string) => ascii(text, (part) => part.toLowerCase()))
    .registerFunction('string.upperOfAscii(): string', (text: string) => ascii(text, (part) => part.toUpperCase()))
    .registerFunction('string.format(list): string', formatted)
    .registerType('slipway.Strings', { ctor: StringsNamespace, fields: {} })
    .registerConstant('strings', 'slipway.Strings', new StringsNamespace())
    .registerFunction('slipway.Strings.quote(string): string', (_: StringsNamespace, text: string) =>
      JSON.stringify(text),
    )
    .registerType('kubernetes.NamedFormat', { ctor: CelFormat, fields: {} })
    .registerType('slipway.Formats', { ctor: FormatNamespace, fields: {} })
    .registerConstant('format', 'slipway.Formats', new FormatNamespace())
    .registerFunction(
      'slipway.Formats.named(string): optional<kubernetes.NamedFormat>',
      (_: FormatNamespace, name: string) => Optional.of(formats.get(name)),
    )
    .registerFunction(
      'kubernetes.NamedFormat.validate(string): optional<list<string>>',
      ({ problem }: CelFormat, text: string) => {
        const found = problem(text);
        return found === undefined ? Optional.none() : Optional.of([found]);
      },
    );
  for (const name of formats.keys())
    cel.registerFunction(`slipway.Formats.${name}(): kubernetes.NamedFormat`, () => namedFormat(name));
}
