import Handlebars from 'handlebars';
import type { Value, ValueMap } from '../model/values.ts';
import { asString, isMap, member } from '../model/values.ts';
import { HelperError, helpers, kubeAtLeast } from './helpers.ts';
import { outdentTags, resolveNames, shiftColumns, TemplateError, transform } from './ast.ts';
import type { Statement, TemplateMode } from './ast.ts';
import { markLines, traceOf } from './trace.ts';
import type { Trace } from './trace.ts';

export { TemplateError } from './ast.ts';
export type { TemplateMode } from './ast.ts';

export interface Templates {
  /** Renders with a context; throws TemplateError. Compiled templates are kept for the life of the engine. */
  render(text: string, context: ValueMap, mode?: TemplateMode): string;
  /** Which template line each line of the result came from; the template has to render. */
  trace(text: string, context: ValueMap): Trace;
  /** The context paths that the statements of one template line read. */
  pathsOn(text: string, line: number): readonly string[];
  /** The template as it is written, names of the context resolved; throws TemplateError. */
  parse(text: string): hbs.AST.Program;
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
  const compiledOnce = (text: string, mode: TemplateMode): Compiled => {
    const known = compiled[mode].get(text) ?? compile(engine, text, mode);
    compiled[mode].set(text, known);
    return known;
  };
  return {
    render(text, context, mode = 'yaml') {
      const template = compiledOnce(text, mode);
      try {
        return template.run(context);
      } catch (error) {
        throw located(error, template.statements);
      }
    },
    trace: (text, context) => traceOf(compile(engine, text, 'yaml', markLines).run(context)),
    pathsOn: (text, line) =>
      compiledOnce(text, 'yaml').statements.flatMap((s) => (s.line === line && s.endLine === line ? s.paths : [])),
    parse(text) {
      try {
        const program = parse(engine, text);
        resolveNames(program.body, new Set(), new Set(Object.keys(engine.helpers)));
        return program;
      } catch (error) {
        throw located(error, []);
      }
    },
  };
}

function parse(engine: typeof Handlebars, text: string): hbs.AST.Program {
  const { text: outdented, indents } = outdentTags(text);
  const program = engine.parse(outdented);
  shiftColumns(program.body, indents);
  return program;
}

function registerHelpers(engine: typeof Handlebars): void {
  for (const name of Object.keys(engine.helpers))
    if (!['if', 'unless', 'each', 'with'].includes(name)) engine.unregisterHelper(name);
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
  if (v === null || typeof v === 'object')
    throw new HelperError('only text, numbers and booleans can be part of a string');
  return String(v);
};

function defined(value: unknown, options: HelperOptions, name: string): void {
  if (value !== undefined) return;
  const at = options.loc?.start;
  throw new TemplateError(
    'template/undefined',
    `An argument of "${name}" is not defined.`,
    at?.line ?? 1,
    (at?.column ?? 0) + 1,
  );
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

function compile(
  engine: typeof Handlebars,
  text: string,
  mode: TemplateMode,
  prepare?: (body: readonly hbs.AST.Statement[]) => void,
): Compiled {
  const statements: Statement[] = [];
  try {
    const ast = parse(engine, text);
    transform(ast.body, mode, statements, new Map());
    resolveNames(ast.body, new Set(), new Set(Object.keys(engine.helpers)));
    prepare?.(ast.body);
    const known = Object.fromEntries(Object.keys(engine.helpers).map((n) => [n, true]));
    const run = engine.compile(ast, {
      strict: true,
      noEscape: true,
      knownHelpers: known,
      knownHelpersOnly: true,
      preventIndent: true,
    });
    return { run: (context) => run(context) as string, statements };
  } catch (error) {
    throw located(error, statements);
  }
}

function located(error: unknown, statements: readonly Statement[]): unknown {
  if (error instanceof TemplateError)
    return new TemplateError(
      error.code,
      error.message,
      error.line,
      error.col,
      pathsAt(statements, error.line, error.col - 1),
    );
  if (!(error instanceof Error)) return error;
  const e = error as Error & { lineNumber?: number; column?: number };
  const missing = /^"(.*)" not defined in/.exec(e.message);
  const through = /^Cannot read properties of (?:undefined|null) \(reading '(.*)'\)/.exec(e.message);
  if (through !== null) {
    const at = statements.find((s) =>
      s.paths.some((p) =>
        p
          .split('.')
          .slice(1)
          .includes(through[1] ?? ''),
      ),
    );
    return new TemplateError(
      'template/undefined',
      `What "${through[1] ?? ''}" is looked up in is not defined here.`,
      at?.line ?? 1,
      (at?.col ?? 0) + 1,
      at?.paths ?? [],
    );
  }
  const unreadable = unreadableTemplate(e);
  if (unreadable !== undefined) return unreadable;
  if (e.lineNumber === undefined) return error;
  const col = e.column ?? 0;
  const paths = pathsAt(statements, e.lineNumber, col);
  if (missing !== null)
    return new TemplateError(
      'template/undefined',
      `"${missing[1] ?? ''}" is not defined here.`,
      e.lineNumber,
      col + 1,
      paths,
    );
  const message = e.message.replace(/ - \d+:\d+$/, '');
  const unknown = /unknown helper (\S+)/.exec(message);
  return new TemplateError(
    'template/syntax',
    unknown === null ? `${message}.` : `There is no helper "${unknown[1] ?? ''}".`,
    e.lineNumber,
    col + 1,
    paths,
  );
}

/** What the parser of Handlebars says of a text that it cannot read. */
function unreadableTemplate(error: Error): TemplateError | undefined {
  const syntax = (message: string, line: number): TemplateError =>
    new TemplateError('template/syntax', message, line, 1);
  if (error instanceof RangeError) return syntax('Blocks are nested too deep to be read.', 1);
  const lexical = /^Lexical error on line (\d+)\. ([^\n]*)/.exec(error.message);
  if (lexical !== null) return syntax(`Template syntax: ${lexical[2] ?? ''}`, Number(lexical[1]));
  const parse = /^Parse error on line (\d+):\n[^\n]*\n(-*)\^\n(.*)/s.exec(error.message);
  if (parse === null) return undefined;
  return syntax(`Template syntax: ${parse[3]?.replace(/\n/g, ' ') ?? ''}.`, Number(parse[1]));
}

function pathsAt(statements: readonly Statement[], line: number, col: number): readonly string[] {
  const inside = statements.filter(
    (s) =>
      (s.line < line || (s.line === line && s.col <= col)) &&
      (s.endLine > line || (s.endLine === line && s.endCol >= col)),
  );
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
  if (isMap(value))
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, renderStrings(v, templates, context)]));
  return value;
}
