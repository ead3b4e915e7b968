import type { TemplateFile, TemplateLibrary } from '../model/model.ts';
import { didYouMean } from '../util/suggest.ts';
import { placeOf, rootNames, TemplateError } from './ast.ts';

/** Reads a partial as it is written; throws TemplateError. */
export type PartialParser = (partial: TemplateFile) => hbs.AST.Program;

/** The helper that a call of a partial becomes; its name cannot be written in a template. */
export const partialHelper = ' partial';

/** The partial that a statement names; throws TemplateError. */
export function partialOf(call: hbs.AST.PartialStatement, { partials }: TemplateLibrary): TemplateFile {
  const name = nameOf(call);
  const found = partials.get(name);
  if (found === undefined)
    throw new TemplateError(
      'template/syntax',
      `There is no partial "${name}" in partials/ of the capability.${didYouMean(name, [...partials.keys()])}`,
      ...placeOf(call),
    );
  return found;
}

function nameOf(call: hbs.AST.PartialStatement): string {
  if (call.name.type !== 'SubExpression') return (call.name as hbs.AST.PathExpression).original;
  throw new TemplateError('template/syntax', 'The name of a partial has to be written out.', ...placeOf(call));
}

/** Refuses a call that does not give the partial what it reads, or gives it something else; throws TemplateError. */
export function checkPartialCall(
  call: hbs.AST.PartialStatement,
  library: TemplateLibrary,
  parsePartial: PartialParser,
): void {
  const partial = partialOf(call, library);
  const name = nameOf(call);
  const refuse = (message: string): never => {
    throw new TemplateError('template/syntax', message, ...placeOf(call));
  };
  if (call.params.length > 0) refuse(`A partial takes named arguments: {{> ${name} item=item}}.`);
  const given = (call.hash?.pairs ?? []).map((p) => p.key);
  const names = withCaller(partial, call, () => namesOf(parsePartial(partial)));
  for (const key of given) {
    if (rootNames.has(key))
      refuse(`"${key}" is a name of the context, which partials see too; call the argument otherwise.`);
    if (!names.read.has(key)) refuse(`The partial "${name}" does not read "${key}".${didYouMean(key, names.read)}`);
  }
  for (const key of names.needed) if (!given.includes(key)) refuse(`The partial "${name}" needs "${key}".`);
}

/** Says of what fails inside a partial where it was brought in. */
export function withCaller<T>(partial: TemplateFile, call: hbs.AST.Node, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const [line, col] = placeOf(call);
    throw error.within(partial, { file: undefined, line, col });
  }
}

/** The names a partial reads beside those of the context; `needed`: not inside of #each or #with, where they may be those of an item. */
interface PartialNames {
  readonly read: ReadonlySet<string>;
  readonly needed: ReadonlySet<string>;
}

function namesOf(program: hbs.AST.Program): PartialNames {
  const read = new Set<string>();
  const needed = new Set<string>();
  const visit = (node: unknown, bound: ReadonlySet<string>, isInside: boolean): void => {
    if (Array.isArray(node)) return node.forEach((item) => visit(item, bound, isInside));
    if (typeof node !== 'object' || node === null) return;
    const { type } = node as hbs.AST.Node;
    if (type === 'PathExpression') return add(node as hbs.AST.PathExpression, bound, isInside);
    if (type === 'BlockStatement') {
      const { path, params, hash, program: body, inverse } = node as hbs.AST.BlockStatement;
      const isOther = ['each', 'with'].includes((path as hbs.AST.PathExpression).original);
      visit([...params, hash], bound, isInside);
      visit(body?.body, new Set([...bound, ...(body?.blockParams ?? [])]), isInside || isOther);
      return visit(inverse?.body, bound, isInside);
    }
    const { path, params, hash, value } = node as Partial<Record<'path' | 'params' | 'hash' | 'value', unknown>>;
    const isCall = (Array.isArray(params) && params.length > 0) || hash !== undefined;
    if (type === 'HashPair') return visit(value, bound, isInside);
    if (type === 'Hash') return visit((node as hbs.AST.Hash).pairs, bound, isInside);
    visit(isCall || type === 'SubExpression' ? [params, hash] : path, bound, isInside);
  };
  const add = (path: hbs.AST.PathExpression, bound: ReadonlySet<string>, isInside: boolean): void => {
    const head = String((path.parts as string[])[0] ?? '');
    if (path.data || head === '' || bound.has(head) || rootNames.has(head)) return;
    read.add(head);
    if (!isInside && path.depth === 0) needed.add(head);
  };
  visit(program.body, new Set(), false);
  return { read, needed };
}

/** The calls of partials in a template, in their order. */
export function partialCallsIn(body: readonly hbs.AST.Statement[]): hbs.AST.PartialStatement[] {
  return body.flatMap((node) => {
    if (node.type === 'PartialStatement') return [node as hbs.AST.PartialStatement];
    if (node.type !== 'BlockStatement') return [];
    const { program, inverse } = node as hbs.AST.BlockStatement;
    return [...partialCallsIn(program?.body ?? []), ...partialCallsIn(inverse?.body ?? [])];
  });
}

/** Refuses a partial inside of itself; `within` are those under way, from the outside to the inside. */
export function refuseCycle(name: string, within: readonly string[], call: hbs.AST.Node): void {
  if (!within.includes(name)) return;
  const round = [...within.slice(within.indexOf(name)), name].join(' → ');
  throw new TemplateError('template/syntax', `The partial "${name}" brings in itself: ${round}.`, ...placeOf(call));
}

/** Where the partial stands alone on its line (or lines), its indentation; undefined where it is part of a line. */
export function indentationOf({ loc }: hbs.AST.PartialStatement, lines: readonly string[]): string | undefined {
  const before = (lines[loc.start.line - 1] ?? '').slice(0, loc.start.column);
  const after = (lines[loc.end.line - 1] ?? '').slice(loc.end.column);
  return before.trim() === '' && after.trim() === '' ? before : undefined;
}

/** What a partial printed, as it stands in the line that brings it in. */
export function placed(printed: string, indentation: string | undefined): string {
  if (indentation === undefined) return printed.replace(/\n((?:\uE000[^\uE001]*\uE001)*)$/, '$1'); // marks: see trace.ts
  return printed.replace(/^(?!$)/gm, indentation);
}

/** Turns every call of a partial into one of `partialHelper`, with the name and the indentation as arguments. */
export function callPartials(body: hbs.AST.Statement[], lines: readonly string[]): void {
  body.forEach((node, i) => {
    if (node.type === 'BlockStatement') {
      const block = node as hbs.AST.BlockStatement;
      callPartials(block.program?.body ?? [], lines);
      callPartials(block.inverse?.body ?? [], lines);
    }
    if (node.type === 'PartialStatement') body[i] = asHelperCall(node as hbs.AST.PartialStatement, lines);
  });
}

function asHelperCall(call: hbs.AST.PartialStatement, lines: readonly string[]): hbs.AST.MustacheStatement {
  const { loc, hash } = call;
  const indentation = indentationOf(call, lines);
  const literal = (value: string): hbs.AST.StringLiteral => ({ type: 'StringLiteral', value, original: value, loc });
  const path = { type: 'PathExpression', original: partialHelper, parts: [partialHelper], depth: 0, data: false, loc };
  return {
    type: 'MustacheStatement',
    path: path as hbs.AST.PathExpression,
    params: [literal(nameOf(call)), ...(indentation === undefined ? [] : [literal(indentation)])],
    hash,
    escaped: false,
    strip: call.strip,
    loc,
  };
}
