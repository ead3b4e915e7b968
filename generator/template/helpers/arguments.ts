import type { TemplateFile, TemplateLibrary } from '../../model/model.ts';
import type { Value, ValueMap } from '../../model/values.ts';
import { compareText, isList, isMap } from '../../model/values.ts';

/** A helper refuses its arguments; the template engine adds the place. */
export class HelperError extends Error {
  override readonly name = 'HelperError';
  /** Where in a file of the library the reason stands; undefined: it is the call itself. */
  readonly file: TemplateFile | undefined;
  readonly offset: number;
  constructor(message: string, file?: TemplateFile, offset = 0) {
    super(message);
    this.file = file;
    this.offset = offset;
  }
}

/** What a call of a helper may look at beside its arguments. */
export interface HelperCall {
  /** The context of the template. */
  readonly root: ValueMap;
  readonly library: TemplateLibrary;
}

export type Helper = (args: readonly Value[], hash: ValueMap, call: HelperCall) => Value;

/** A literal of a template, or undefined for everything that is only known when it is rendered. */
export type Literal = string | number | boolean | null | undefined;

/** A call as it is written. */
export interface WrittenCall {
  readonly args: readonly Literal[];
  readonly hash: readonly string[];
  readonly library: TemplateLibrary;
}

/** A helper as templates and docs/catalog.md see it; its name is its key in the group. */
export interface HelperDeclaration {
  /** Its arguments as they are documented: `[x]` may be left out, `…` stands for any number, `k=v …` for named ones. */
  readonly args: string;
  /** What it gives, in one line of Markdown. */
  readonly gives: string;
  /** Its result is printed as it is; every other result is printed as JSON. */
  readonly isRaw?: true;
  readonly run: Helper;
  /** Refuses a call by what can be read of it without rendering; throws HelperError. */
  readonly check?: (call: WrittenCall) => void;
}

export function text(value: Value | undefined, what: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new HelperError(`${what} needs text, not ${describe(value)}`);
}

export function number(value: Value | undefined, what: string): number {
  if (typeof value === 'number') return value;
  throw new HelperError(`${what} needs a number, not ${describe(value)}`);
}

export function list(value: Value | undefined, what: string): readonly Value[] {
  if (isList(value)) return value;
  throw new HelperError(`${what} needs a list, not ${describe(value)}`);
}

export function map(value: Value | undefined, what: string): ValueMap {
  if (isMap(value)) return value;
  throw new HelperError(`${what} needs a map, not ${describe(value)}`);
}

function describe(value: Value | undefined): string {
  return value === undefined
    ? 'something undefined'
    : value === null
      ? 'null'
      : isList(value)
        ? 'a list'
        : `a ${isMap(value) ? 'map' : typeof value}`;
}

export function truthy(value: Value | undefined): boolean {
  return !(
    value === undefined ||
    value === null ||
    value === false ||
    value === 0 ||
    value === '' ||
    (isList(value) && value.length === 0)
  );
}

export function same(a: Value | undefined, b: Value | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

export function compare(args: readonly Value[], what: string): number {
  const [a, b] = args;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  return number(a, what) - number(b, what);
}
