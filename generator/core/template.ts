import Handlebars from 'handlebars';
import type { Value, ValueMap } from '../model/values.ts';
import { asString, isMap, member } from '../model/values.ts';
import { HelperError, helpers, kubeAtLeast, rawHelpers } from './helpers.ts';

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

export interface Templates {
  /** Renders with a context; throws TemplateError. Compiled templates are kept for the life of the engine. */
  render(text: string, context: ValueMap, mode?: TemplateMode): string;
}

interface Statement {
  readonly line: number;
  readonly col: number;
  readonly endLine: number;
  readonly endCol: number;
  readonly paths: readonly string[];
}

interface Compiled {
  readonly run: (context: ValueMap) => string;
  readonly statements: readonly Statement[];
}

type HelperOptions = Handlebars.HelperOptions & { loc?: { start: { line: number; column: number } }; name?: string };

/** One Handlebars instance without I/O, clock or randomness: strict, known helpers only. */
export function createTemplates(): Templates {
  const engine = Handlebars.create();
  registerHelpers(engine);
  const compiled = { yaml: new Map<string, Compiled>(), text: new Map<string, Compiled>() };
  return {
    render(text, context, mode = 'yaml') {
      let template = compiled[mode].get(text);
      if (template === undefined) compiled[mode].set(text, (template = compile(engine, text, mode)));
      try {
        return template.run(context);
      } catch (error) {
        throw located(error, template.statements);
      }
    },
  };
}

function registerHelpers(engine: typeof Handlebars): void {
  for (const name of Object.keys(engine.helpers)) if (!['if', 'unless', 'each', 'with'].includes(name)) engine.unregisterHelper(name);
  for (const name of ['if', 'unless', 'each', 'with'] as const) {
    const original = engine.helpers[name] as (this: unknown, ...args: unknown[]) => unknown;
    engine.registerHelper(name, function (this: unknown, ...args: unknown[]) {
      defined(args[0], args.at(-1) as HelperOptions, name);
      return original.apply(this, args);
    });
  }
  const callable = { ...helpers, plain: printPlain };
  for (const [name, helper] of Object.entries(callable)) {
    engine.registerHelper(name, (...args: unknown[]) => {
      const options = args.pop() as HelperOptions;
      for (const arg of args) defined(arg, options, name);
      for (const value of Object.values(options.hash as ValueMap)) defined(value, options, name);
      return guarded(options, () => helper(args as Value[], options.hash as ValueMap));
    });
  }
  engine.registerHelper('kubeAtLeast', (want: unknown, options: HelperOptions) => {
    const cluster = member((options.data as { root: ValueMap }).root, 'cluster');
    return kubeAtLeast(asString(member(member(cluster, 'kubernetes'), 'version')) ?? '', String(want));
  });
}

const printPlain = ([v]: readonly Value[], _hash: ValueMap): Value => {
  if (v === null || typeof v === 'object') throw new HelperError('only text, numbers and booleans can be part of a string');
  return String(v);
};

function defined(value: unknown, options: HelperOptions, name: string): void {
  if (value !== undefined) return;
  const at = options.loc?.start;
  throw new TemplateError('template/undefined', `An argument of "${name}" is not defined.`, at?.line ?? 1, (at?.column ?? 0) + 1);
}

function guarded(options: HelperOptions, run: () => Value): Value {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof HelperError)) throw error;
    const at = options.loc?.start;
    throw new TemplateError('template/helper', `${error.message}.`, at?.line ?? 1, (at?.column ?? 0) + 1);
  }
}

function compile(engine: typeof Handlebars, text: string, mode: TemplateMode): Compiled {
  const statements: Statement[] = [];
  try {
    const ast = engine.parse(text);
    transform(ast.body, mode, statements, new Map());
    resolveNames(ast.body, new Set(), new Set([...Object.keys(engine.helpers)]));
    const known = Object.fromEntries(Object.keys(engine.helpers).map((n) => [n, true]));
    const run = engine.compile(ast, { strict: true, noEscape: true, knownHelpers: known, knownHelpersOnly: true, preventIndent: true });
    return { run: (context) => run(context) as string, statements };
  } catch (error) {
    throw located(error, statements);
  }
}

/** Wraps every plain interpolation so that its value is quoted, and notes which context paths each statement reads. */
function transform(body: hbs.AST.Statement[], mode: TemplateMode, statements: Statement[], scope: Map<string, string>): void {
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
      throw new TemplateError('template/syntax', 'Partials and decorators are not supported.', node.loc.start.line, node.loc.start.column + 1);
    }
  }
}

const rootNames: ReadonlySet<string> = new Set(['cluster', 'options', 'contracts', 'component', 'tenants', 'enabled', 'contributions', 'catalog']);

/**
 * Makes the names of the context mean the same at every depth (inside `#each`, Handlebars would look them up in the
 * item), and refuses calls of helpers that do not exist.
 */
function resolveNames(body: readonly hbs.AST.Statement[], shadowed: ReadonlySet<string>, known: ReadonlySet<string>): void {
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
  const name = (call.path as hbs.AST.PathExpression).original;
  if (!known.has(name)) throw new TemplateError('template/syntax', `There is no helper "${name}".`, call.loc.start.line, call.loc.start.column + 1);
  for (const e of [...call.params, ...(call.hash?.pairs ?? []).map((p) => p.value)]) {
    if (e.type === 'SubExpression') resolveCall(e as hbs.AST.SubExpression, shadowed, known);
    if (e.type === 'PathExpression') resolvePath(e as hbs.AST.PathExpression, shadowed);
  }
}

function resolvePath(path: hbs.AST.PathExpression, shadowed: ReadonlySet<string>): void {
  const head = (path.parts as string[])[0] ?? '';
  if (path.data || path.depth > 0 || /^(?:this|\.)/.test(path.original) || !rootNames.has(head) || shadowed.has(head)) return;
  (path as { data: boolean }).data = true;
  (path as { original: string }).original = `@root.${path.original}`;
  (path as { parts: string[] }).parts = ['root', ...(path.parts as string[])];
}

function wrap(mustache: hbs.AST.MustacheStatement, helper: string): void {
  const isCall = mustache.params.length > 0 || (mustache.hash?.pairs.length ?? 0) > 0;
  const inner = isCall ? { type: 'SubExpression', path: mustache.path, params: mustache.params, hash: mustache.hash, loc: mustache.loc } : mustache.path;
  mustache.path = { type: 'PathExpression', original: helper, parts: [helper], depth: 0, data: false, loc: mustache.loc } as hbs.AST.PathExpression;
  mustache.params = [inner as hbs.AST.Expression];
  delete (mustache as { hash?: unknown }).hash;
}

function note(node: hbs.AST.MustacheStatement | hbs.AST.BlockStatement, statements: Statement[], scope: Map<string, string>): void {
  const { start, end } = node.loc;
  statements.push({
    line: start.line, col: start.column, endLine: end.line, endCol: end.column,
    paths: pathsOf([node.path as hbs.AST.Expression, ...node.params, ...(node.hash?.pairs ?? []).map((p) => p.value)], scope),
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

function located(error: unknown, statements: readonly Statement[]): unknown {
  if (error instanceof TemplateError) return new TemplateError(error.code, error.message, error.line, error.col, pathsAt(statements, error.line, error.col - 1));
  if (!(error instanceof Error)) return error;
  const e = error as Error & { lineNumber?: number; column?: number };
  const missing = /^"(.*)" not defined in/.exec(e.message);
  const parse = /^Parse error on line (\d+):\n[^\n]*\n(-*)\^\n(.*)/s.exec(e.message);
  const through = /^Cannot read properties of (?:undefined|null) \(reading '(.*)'\)/.exec(e.message);
  if (through !== null) {
    const at = statements.find((s) => s.paths.some((p) => p.split('.').slice(1).includes(through[1] ?? '')));
    return new TemplateError('template/undefined', `What "${through[1] ?? ''}" is looked up in is not defined here.`, at?.line ?? 1, (at?.col ?? 0) + 1, at?.paths ?? []);
  }
  if (parse !== null) return new TemplateError('template/syntax', `Template syntax: ${parse[3]?.replace(/\n/g, ' ') ?? ''}.`, Number(parse[1]), 1);
  if (e.lineNumber === undefined) return error;
  const col = e.column ?? 0;
  const paths = pathsAt(statements, e.lineNumber, col);
  if (missing !== null) return new TemplateError('template/undefined', `"${missing[1] ?? ''}" is not defined here.`, e.lineNumber, col + 1, paths);
  const message = e.message.replace(/ - \d+:\d+$/, '');
  const unknown = /unknown helper (\S+)/.exec(message);
  return new TemplateError('template/syntax', unknown === null ? `${message}.` : `There is no helper "${unknown[1] ?? ''}".`, e.lineNumber, col + 1, paths);
}

function pathsAt(statements: readonly Statement[], line: number, col: number): readonly string[] {
  const inside = statements.filter((s) => (s.line < line || (s.line === line && s.col <= col)) && (s.endLine > line || (s.endLine === line && s.endCol >= col)));
  return inside.at(-1)?.paths ?? [];
}

/** Renders the templates inside the strings of a value; a string that is one interpolation keeps the value's type. */
export function renderStrings(value: Value, templates: Templates, context: ValueMap): Value {
  if (typeof value === 'string') {
    if (!value.includes('{{')) return value;
    if (/^\{\{[^{}]*\}\}$/.test(value)) return JSON.parse(templates.render(value, context, 'yaml')) as Value;
    return templates.render(value, context, 'text');
  }
  if (Array.isArray(value)) return value.map((v) => renderStrings(v as Value, templates, context));
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, renderStrings(v, templates, context)]));
  return value;
}
