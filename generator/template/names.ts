import type { TemplateLibrary } from '../model/model.ts';
import { didYouMean } from '../util/suggest.ts';
import { countLines, locate } from '../yaml/locate.ts';
import { placeOf, rootNames, TemplateError } from './ast.ts';
import { arityOf, helpers } from './helpers.ts';
import { HelperError } from './helpers/arguments.ts';
import type { Literal } from './helpers/arguments.ts';
import { checkPartialCall } from './partials.ts';
import type { PartialParser } from './partials.ts';

/** The block helpers of Handlebars that templates may use; each takes one argument. */
export const blockHelpers = ['if', 'unless', 'each', 'with'] as const;

/** What a template may bring in. */
export interface Sources {
  readonly library: TemplateLibrary;
  readonly parsePartial: PartialParser;
}

/**
 * Makes the names of the context mean the same at every depth (inside `#each`, Handlebars would look them up in the
 * item), and refuses calls of helpers and partials that do not exist or do not take such arguments.
 */
export function resolveNames(
  body: readonly hbs.AST.Statement[],
  shadowed: ReadonlySet<string>,
  sources: Sources,
): void {
  for (const node of body) {
    if (node.type === 'MustacheStatement') {
      const mustache = node as hbs.AST.MustacheStatement;
      if (isInterpolation(mustache)) resolvePath(mustache.path as hbs.AST.PathExpression, shadowed);
      else resolveCall(mustache, shadowed, sources);
    } else if (node.type === 'BlockStatement') {
      const block = node as hbs.AST.BlockStatement;
      resolveCall(block, shadowed, sources);
      resolveNames(block.program?.body ?? [], new Set([...shadowed, ...(block.program?.blockParams ?? [])]), sources);
      resolveNames(block.inverse?.body ?? [], shadowed, sources);
    } else if (node.type === 'PartialStatement') {
      const partial = node as hbs.AST.PartialStatement;
      checkPartialCall(partial, sources.library, sources.parsePartial);
      resolveArguments(partial, shadowed, sources);
    }
  }
}

const isKnown = (name: string): boolean =>
  Object.hasOwn(helpers, name) || (blockHelpers as readonly string[]).includes(name);

/** `{{path}}`, as opposed to the call of a helper. */
function isInterpolation({ path, params, hash }: hbs.AST.MustacheStatement): boolean {
  return params.length === 0 && hash === undefined && !isKnown((path as hbs.AST.PathExpression).original);
}

type Call = hbs.AST.MustacheStatement | hbs.AST.BlockStatement | hbs.AST.SubExpression;

function resolveCall(call: Call, shadowed: ReadonlySet<string>, sources: Sources): void {
  const name = (call.path as hbs.AST.PathExpression).original;
  if (!isKnown(name)) {
    const close = didYouMean(name, Object.keys(helpers));
    throw new TemplateError('template/syntax', `There is no helper "${name}".${close}`, ...placeOf(call));
  }
  const isBlock = (blockHelpers as readonly string[]).includes(name);
  if (isBlock !== (call.type === 'BlockStatement')) {
    const message = isBlock
      ? `"${name}" is a block: {{#${name} value}} … {{/${name}}}.`
      : `"${name}" is no block: {{${name} …}}.`;
    throw new TemplateError('template/syntax', message, ...placeOf(call));
  }
  checkArguments(name, call, sources.library);
  resolveArguments(call, shadowed, sources);
}

function resolveArguments(call: Pick<Call, 'params' | 'hash'>, shadowed: ReadonlySet<string>, sources: Sources): void {
  for (const e of [...call.params, ...(call.hash?.pairs ?? []).map((p) => p.value)]) {
    if (e.type === 'SubExpression') resolveCall(e as hbs.AST.SubExpression, shadowed, sources);
    if (e.type === 'PathExpression') resolvePath(e as hbs.AST.PathExpression, shadowed);
  }
}

/** How many arguments there are, and what the helper itself says of those that are literals. */
function checkArguments(name: string, call: Call, library: TemplateLibrary): void {
  const helper = Object.hasOwn(helpers, name) ? helpers[name] : undefined;
  const { min, max, hash } = helper === undefined ? { min: 1, max: 1, hash: false } : arityOf(helper);
  const usage = helper === undefined ? `{{#${name} value}}` : `(${[name, helper.args].join(' ').trim()})`;
  const pairs = call.hash?.pairs ?? [];
  if (call.params.length < min || call.params.length > max || (!hash && pairs.length > 0)) {
    const message = `"${name}" does not take these arguments. It is called as ${usage}.`;
    throw new TemplateError('template/syntax', message, ...placeOf(call));
  }
  try {
    helper?.check?.({ args: call.params.map(literalOf), hash: pairs.map((p) => p.key), library });
  } catch (error) {
    throw error instanceof HelperError ? refusal(error, placeOf(call)) : error;
  }
}

/** What a helper refuses, at the place of its call or of the file that the reason stands in. */
export function refusal(error: HelperError, [line, col]: readonly [number, number]): TemplateError {
  const message = /[.?]$/.test(error.message) ? error.message : `${error.message}.`;
  const { file } = error;
  if (file === undefined) return new TemplateError('template/helper', message, line, col);
  const at = locate(file.file, file.text, countLines(file.text), error.offset, error.offset + 1);
  const callers = [{ file: undefined, line, col }];
  return new TemplateError('template/helper', message, at.line, at.col, { file, callers });
}

/** Undefined for what is only known when the template is rendered. */
function literalOf(expression: hbs.AST.Expression): Literal {
  if (expression.type === 'NullLiteral') return null;
  return /^(?:String|Number|Boolean)Literal$/.test(expression.type)
    ? (expression as hbs.AST.StringLiteral | hbs.AST.NumberLiteral | hbs.AST.BooleanLiteral).value
    : undefined;
}

function resolvePath(path: hbs.AST.PathExpression, shadowed: ReadonlySet<string>): void {
  const head = (path.parts as string[])[0] ?? '';
  if (path.data || path.depth > 0 || /^(?:this|\.)/.test(path.original) || !rootNames.has(head) || shadowed.has(head))
    return;
  (path as { data: boolean }).data = true;
  (path as { original: string }).original = `@root.${path.original}`;
  (path as { parts: string[] }).parts = ['root', ...(path.parts as string[])];
}
