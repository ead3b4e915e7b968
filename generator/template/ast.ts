import { rawHelpers } from './helpers.ts';

/** A template failed: where in the template, and which context paths its statement reads. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly code: 'template/syntax' | 'template/undefined' | 'template/helper';
  readonly line: number;
  readonly col: number;
  readonly paths: readonly string[];
  constructor(code: TemplateError['code'], message: string, line: number, col: number, paths: readonly string[] = []) {
    super(message);
    this.code = code;
    this.line = line;
    this.col = col;
    this.paths = paths;
  }
}

/** `yaml`: interpolations print JSON. `text`: scalars print as they are (strings of component.yaml, contract values). */
export type TemplateMode = 'yaml' | 'text';

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
      if (mode === 'text') wrap(mustache, 'plain');
      else if (!rawHelpers.has((mustache.path as hbs.AST.PathExpression).original)) wrap(mustache, 'json');
    } else if (node.type === 'BlockStatement') {
      const block = node as hbs.AST.BlockStatement;
      note(block, statements, scope);
      const inner = new Map(scope);
      const param = block.program?.blockParams?.[0];
      if (param !== undefined) inner.set(param, pathsOf(block.params, scope)[0] ?? param);
      transform(block.program?.body ?? [], mode, statements, inner);
      transform(block.inverse?.body ?? [], mode, statements, scope);
    } else if (!['ContentStatement', 'CommentStatement'].includes(node.type)) {
      throw new TemplateError(
        'template/syntax',
        'Partials and decorators are not supported.',
        node.loc.start.line,
        node.loc.start.column + 1,
      );
    }
  }
}

const rootNames: ReadonlySet<string> = new Set([
  'cluster',
  'options',
  'contracts',
  'component',
  'tenants',
  'enabled',
  'contributions',
  'catalog',
]);

/**
 * Makes the names of the context mean the same at every depth (inside `#each`, Handlebars would look them up in the
 * item), and refuses calls of helpers that do not exist.
 */
export function resolveNames(
  body: readonly hbs.AST.Statement[],
  shadowed: ReadonlySet<string>,
  known: ReadonlySet<string>,
): void {
  for (const node of body) {
    if (node.type === 'MustacheStatement') {
      const mustache = node as hbs.AST.MustacheStatement;
      resolveCall(mustache, shadowed, known);
    } else if (node.type === 'BlockStatement') {
      const block = node as hbs.AST.BlockStatement;
      resolveCall(block, shadowed, known);
      resolveNames(block.program?.body ?? [], new Set([...shadowed, ...(block.program?.blockParams ?? [])]), known);
      resolveNames(block.inverse?.body ?? [], shadowed, known);
    }
  }
}

type Call = hbs.AST.MustacheStatement | hbs.AST.BlockStatement | hbs.AST.SubExpression;

function resolveCall(call: Call, shadowed: ReadonlySet<string>, known: ReadonlySet<string>): void {
  const path = call.path as hbs.AST.PathExpression;
  const name = path.original;
  const isValue = call.type === 'MustacheStatement' && call.params.length === 0 && call.hash === undefined;
  if (isValue && !known.has(name)) return resolvePath(path, shadowed);
  if (!known.has(name))
    throw new TemplateError(
      'template/syntax',
      `There is no helper "${name}".`,
      call.loc.start.line,
      call.loc.start.column + 1,
    );
  for (const e of [...call.params, ...(call.hash?.pairs ?? []).map((p) => p.value)]) {
    if (e.type === 'SubExpression') resolveCall(e as hbs.AST.SubExpression, shadowed, known);
    if (e.type === 'PathExpression') resolvePath(e as hbs.AST.PathExpression, shadowed);
  }
}

function resolvePath(path: hbs.AST.PathExpression, shadowed: ReadonlySet<string>): void {
  const head = (path.parts as string[])[0] ?? '';
  if (path.data || path.depth > 0 || /^(?:this|\.)/.test(path.original) || !rootNames.has(head) || shadowed.has(head))
    return;
  (path as { data: boolean }).data = true;
  (path as { original: string }).original = `@root.${path.original}`;
  (path as { parts: string[] }).parts = ['root', ...(path.parts as string[])];
}

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

function note(
  node: hbs.AST.MustacheStatement | hbs.AST.BlockStatement,
  statements: Statement[],
  scope: Map<string, string>,
): void {
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
    const parts = (e as hbs.AST.PathExpression).parts as string[];
    const head = scope.get(parts[0] ?? '') ?? parts[0] ?? '';
    return head === '' ? [] : [[head, ...parts.slice(1)].join('.')];
  });
}
