import type { TemplateFile } from '../model/model.ts';
import { helpers } from './helpers.ts';

/** A place of a template: `file` is a partial or file that it brings in, undefined for the template itself. */
export interface TemplatePlace {
  readonly file: TemplateFile | undefined;
  readonly line: number;
  readonly col: number;
}

/** A template failed: where, which context paths its statement reads, and what brought it in where it is a partial. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly code: 'template/syntax' | 'template/undefined' | 'template/helper' | 'template/limit';
  readonly line: number;
  readonly col: number;
  readonly paths: readonly string[];
  readonly file: TemplateFile | undefined;
  /** From the inside to the outside. */
  readonly callers: readonly TemplatePlace[];
  constructor(
    code: TemplateError['code'],
    message: string,
    line: number,
    col: number,
    more: { paths?: readonly string[]; file?: TemplateFile | undefined; callers?: readonly TemplatePlace[] } = {},
  ) {
    super(message);
    this.code = code;
    this.line = line;
    this.col = col;
    this.paths = more.paths ?? [];
    this.file = more.file;
    this.callers = more.callers ?? [];
  }

  /** The same, where `file` could not be named yet because the template was read on its own. */
  within(file: TemplateFile, caller: TemplatePlace, paths: readonly string[] = []): TemplateError {
    const callers = [...this.callers.map((c) => ({ ...c, file: c.file ?? file })), caller];
    const more = { paths: [...this.paths, ...paths], file: this.file ?? file, callers };
    return new TemplateError(this.code, this.message, this.line, this.col, more);
  }
}

/** `yaml`: interpolations print JSON. `text`: scalars print as they are (strings of component.yaml, contract values). */
export type TemplateMode = 'yaml' | 'text';

/** The helper that prints an interpolation of `text` mode; its name cannot be written in a template. */
export const plainHelper = ' plain';

/** One interpolation or block of a template: where it stands and which context paths it reads. */
export interface Statement {
  readonly line: number;
  readonly col: number;
  readonly endLine: number;
  readonly endCol: number;
  readonly paths: readonly string[];
}

/**
 * Takes the indentation of lines that hold nothing but a block tag away: Handlebars leaves it in the output of chained
 * `else if`. `indents` maps such a line to the columns taken.
 */
export function outdentTags(text: string): { text: string; indents: ReadonlyMap<number, number> } {
  const indents = new Map<number, number>();
  const lines = text.split('\n').map((line, i) => {
    const indent = /^[ \t]+(?=\{\{~?(?:#|\/|else\b|\^)[^\n]*\}\}[ \t]*\r?$)/.exec(line)?.[0].length ?? 0;
    if (indent > 0) indents.set(i + 1, indent);
    return line.slice(indent);
  });
  return { text: lines.join('\n'), indents };
}

/** Makes the positions of a parsed template those of its file again (see outdentTags). */
export function shiftColumns(body: readonly hbs.AST.Node[], indents: ReadonlyMap<number, number>): void {
  if (indents.size === 0) return;
  const seen = new Set<object>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null || seen.has(node)) return;
    seen.add(node);
    for (const [key, value] of Object.entries(node)) if (key !== 'loc') visit(value);
    const loc = (node as { loc?: hbs.AST.SourceLocation }).loc;
    if (loc === undefined || seen.has(loc)) return;
    seen.add(loc);
    for (const at of [loc.start, loc.end]) at.column += indents.get(at.line) ?? 0;
  };
  body.forEach(visit);
}

/** Wraps every plain interpolation so that its value is quoted, and notes which context paths each statement reads. */
export function transform(
  body: hbs.AST.Statement[],
  mode: TemplateMode,
  statements: Statement[],
  scope: Map<string, string>,
): void {
  for (const node of body) {
    if (node.type === 'MustacheStatement') {
      const mustache = node as hbs.AST.MustacheStatement;
      note(mustache, statements, scope);
      if (mode === 'text') wrap(mustache, plainHelper);
      else if (helpers[(mustache.path as hbs.AST.PathExpression).original]?.isRaw !== true) wrap(mustache, 'json');
    } else if (node.type === 'BlockStatement') {
      const block = node as hbs.AST.BlockStatement;
      note(block, statements, scope);
      const inner = new Map(scope);
      const param = block.program?.blockParams?.[0];
      if (param !== undefined) inner.set(param, pathsOf(block.params, scope)[0] ?? param);
      transform(block.program?.body ?? [], mode, statements, inner);
      transform(block.inverse?.body ?? [], mode, statements, scope);
    } else if (node.type === 'PartialStatement' && mode === 'yaml') {
      const partial = node as hbs.AST.PartialStatement;
      note({ ...partial, path: partial.name }, statements, scope);
    } else if (!['ContentStatement', 'CommentStatement'].includes(node.type)) {
      const what = 'Blocks of partials, decorators, and partials in strings of component.yaml are not supported.';
      throw new TemplateError('template/syntax', what, ...placeOf(node));
    }
  }
}

/** What templates see, whatever the depth. */
export const rootNames: ReadonlySet<string> = new Set([
  'cluster',
  'options',
  'contracts',
  'component',
  'tenants',
  'enabled',
  'contributions',
  'catalog',
]);

/** Line and column of a node, both from 1. */
export const placeOf = (node: hbs.AST.Node): [line: number, col: number] => {
  const { line, column } = node.loc.start;
  return [line, column + 1];
};

function wrap(mustache: hbs.AST.MustacheStatement, helper: string): void {
  const isCall = mustache.params.length > 0 || (mustache.hash?.pairs.length ?? 0) > 0;
  const inner = isCall
    ? { type: 'SubExpression', path: mustache.path, params: mustache.params, hash: mustache.hash, loc: mustache.loc }
    : mustache.path;
  mustache.path = {
    type: 'PathExpression',
    original: helper,
    parts: [helper],
    depth: 0,
    data: false,
    loc: mustache.loc,
  } as hbs.AST.PathExpression;
  mustache.params = [inner as hbs.AST.Expression];
  delete (mustache as { hash?: unknown }).hash;
}

type Noted = Pick<hbs.AST.MustacheStatement, 'loc' | 'params' | 'hash'> & { readonly path: unknown };

function note(node: Noted, statements: Statement[], scope: Map<string, string>): void {
  const { start, end } = node.loc;
  statements.push({
    line: start.line,
    col: start.column,
    endLine: end.line,
    endCol: end.column,
    paths: pathsOf(
      [node.path as hbs.AST.Expression, ...node.params, ...(node.hash?.pairs ?? []).map((p) => p.value)],
      scope,
    ),
  });
}

function pathsOf(expressions: readonly hbs.AST.Expression[], scope: Map<string, string>): string[] {
  return expressions.flatMap((e) => {
    if (e.type === 'SubExpression') {
      const sub = e as hbs.AST.SubExpression;
      return pathsOf([...sub.params, ...(sub.hash?.pairs ?? []).map((p) => p.value)], scope);
    }
    if (e.type !== 'PathExpression') return [];
    const path = e as hbs.AST.PathExpression;
    const all = path.parts as string[];
    const parts = path.data && all[0] === 'root' ? all.slice(1) : all;
    const head = scope.get(parts[0] ?? '') ?? parts[0] ?? '';
    return head === '' ? [] : [[head, ...parts.slice(1)].join('.')];
  });
}
