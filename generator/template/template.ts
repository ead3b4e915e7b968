import Handlebars from 'handlebars';
import type { TemplateFile, TemplateLibrary } from '../model/model.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { isMap } from '../model/values.ts';
import { outdentTags, plainHelper, shiftColumns, TemplateError, transform } from './ast.ts';
import type { Statement, TemplateMode } from './ast.ts';
import { createBudget } from './budget.ts';
import type { Budget } from './budget.ts';
import { helpers } from './helpers.ts';
import { HelperError } from './helpers/arguments.ts';
import type { Helper } from './helpers/arguments.ts';
import { blockHelpers, refusal, resolveNames } from './names.ts';
import { callPartials, partialCallsIn, partialHelper, partialOf, placed, refuseCycle, withCaller } from './partials.ts';
import { markLines, traceOf } from './trace.ts';
import type { Trace } from './trace.ts';

export { TemplateError } from './ast.ts';
export type { TemplateMode } from './ast.ts';

export interface Templates {
  /** Renders with a context; throws TemplateError. Compiled templates are kept for the life of the engine. */
  render(text: string, context: ValueMap, library?: TemplateLibrary, mode?: TemplateMode): string;
  /** Which template line each line of the result came from; the template has to render. */
  trace(text: string, context: ValueMap, library?: TemplateLibrary): Trace;
  /** The context paths that the statements of one template line read. */
  pathsOn(text: string, line: number, library?: TemplateLibrary): readonly string[];
  /** The template as it is written, names of the context resolved; throws TemplateError. */
  parse(text: string, library?: TemplateLibrary): hbs.AST.Program;
}

/** What templates of strings (`namespace`, contract values) can bring in: nothing. */
export const emptyLibrary: TemplateLibrary = { partials: new Map(), files: new Map(), digest: '' };

interface Compiled {
  readonly run: (context: ValueMap, root: ValueMap) => string;
  readonly statements: readonly Statement[];
}

/** `marked`: with line marks in the text that is printed. */
type Form = TemplateMode | 'marked';

type HelperOptions = Handlebars.HelperOptions & { loc?: { start: { line: number; column: number } }; name?: string };

/** What is rendered at the moment; helpers look it up. */
interface Rendering {
  readonly root: ValueMap;
  readonly library: TemplateLibrary;
  readonly form: Form;
  readonly budget: Budget;
}

/** One Handlebars instance without I/O, clock or randomness: strict, known helpers only. */
export function createTemplates(): Templates {
  const engine = Handlebars.create();
  const compiled = new Map<string, Map<string, Compiled>>();
  let current: Rendering = { root: {}, library: emptyLibrary, form: 'yaml', budget: createBudget() };
  const compiledOnce: CompileOnce = (text, library, form, within = []) => {
    const group = `${form} ${library.digest} ${form === 'marked' ? (within.at(-1) ?? '') : ''}`;
    const texts = compiled.get(group) ?? new Map<string, Compiled>();
    compiled.set(group, texts);
    const known = texts.get(text) ?? compile(engine, text, { library, form, within, compiledOnce });
    texts.set(text, known);
    return known;
  };
  const run = (template: Compiled, context: ValueMap, rendering: Rendering): string => {
    const outer = current;
    current = rendering;
    try {
      return template.run(context, rendering.root);
    } catch (error) {
      throw located(error, template.statements);
    } finally {
      current = outer;
    }
  };
  registerHelpers(engine, () => current);
  registerPartials(engine, (name, context) => {
    const { library, form } = current;
    const partial = library.partials.get(name) as TemplateFile;
    return { partial, print: () => run(compiledOnce(partial.text, library, form, [name]), context, current) };
  });
  return {
    render: (text, context, library = emptyLibrary, mode = 'yaml') =>
      run(compiledOnce(text, library, mode), context, { root: context, library, form: mode, budget: createBudget() }),
    trace(text, context, library = emptyLibrary) {
      const rendering: Rendering = { root: context, library, form: 'marked', budget: createBudget() };
      return traceOf(run(compiledOnce(text, library, 'marked'), context, rendering));
    },
    pathsOn: (text, line, library = emptyLibrary) =>
      compiledOnce(text, library, 'yaml').statements.flatMap((s) =>
        s.line === line && s.endLine === line ? s.paths : [],
      ),
    parse(text, library = emptyLibrary) {
      try {
        const program = parse(engine, text);
        resolveNames(program.body, new Set(), { library, parsePartial: parserOf(engine) });
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

const parserOf =
  (engine: typeof Handlebars) =>
  ({ text }: TemplateFile): hbs.AST.Program => {
    try {
      return parse(engine, text);
    } catch (error) {
      throw located(error, []);
    }
  };

function registerHelpers(engine: typeof Handlebars, rendering: () => Rendering): void {
  for (const name of Object.keys(engine.helpers))
    if (!(blockHelpers as readonly string[]).includes(name)) engine.unregisterHelper(name);
  for (const name of blockHelpers) {
    const original = engine.helpers[name] as (this: unknown, ...args: unknown[]) => unknown;
    engine.registerHelper(name, function (this: unknown, ...args: unknown[]) {
      const options = args.at(-1) as HelperOptions;
      defined(args[0], options, name);
      const counted = (block: Handlebars.TemplateDelegate): Handlebars.TemplateDelegate =>
        Object.assign((...given: Parameters<Handlebars.TemplateDelegate>) => {
          const text = block(...given);
          spent(options, text, rendering());
          return text;
        }, block);
      return original.apply(this, [
        ...args.slice(0, -1),
        { ...options, fn: counted(options.fn), inverse: counted(options.inverse) },
      ]);
    });
  }
  const register = (name: string, helper: Helper): void =>
    engine.registerHelper(name, (...args: unknown[]) => {
      const options = args.pop() as HelperOptions;
      for (const arg of args) defined(arg, options, name);
      for (const value of Object.values(options.hash as ValueMap)) defined(value, options, name);
      const result = guarded(options, () => helper(args as Value[], options.hash as ValueMap, rendering()));
      spent(options, result, rendering());
      return result;
    });
  for (const [name, helper] of Object.entries(helpers)) register(name, helper.run);
  register(plainHelper, printPlain);
}

type PartialPrinter = (name: string, context: ValueMap) => { partial: TemplateFile; print: () => string };

function registerPartials(engine: typeof Handlebars, printer: PartialPrinter): void {
  engine.registerHelper(partialHelper, (name: string, ...rest: unknown[]) => {
    const options = rest.pop() as HelperOptions;
    for (const value of Object.values(options.hash as ValueMap)) defined(value, options, name);
    const { partial, print } = printer(name, options.hash as ValueMap);
    const text = withCaller(partial, options as unknown as hbs.AST.Node, print);
    return placed(text, rest[0] as string | undefined);
  });
}

const printPlain = ([v]: readonly Value[], _hash: ValueMap): Value => {
  if (v === null || typeof v === 'object')
    throw new HelperError('only text, numbers and booleans can be part of a string');
  return String(v);
};

const startOf = ({ loc }: HelperOptions): [number, number] => [loc?.start.line ?? 1, (loc?.start.column ?? 0) + 1];

function defined(value: unknown, options: HelperOptions, name: string): void {
  if (value !== undefined) return;
  throw new TemplateError('template/undefined', `An argument of "${name}" is not defined.`, ...startOf(options));
}

function spent(options: HelperOptions, result: Value, { budget }: Rendering): void {
  const limit = budget.spend(result);
  if (limit === undefined) return;
  throw new TemplateError('template/limit', `The template takes ${limit} to render.`, ...startOf(options));
}

function guarded(options: HelperOptions, run: () => Value): Value {
  try {
    return run();
  } catch (error) {
    throw error instanceof HelperError ? refusal(error, startOf(options)) : error;
  }
}

/** `within`: the partials that are under way, from the outside to the inside; the last is the text itself. */
type CompileOnce = (text: string, library: TemplateLibrary, form: Form, within?: readonly string[]) => Compiled;

interface CompileRequest {
  readonly library: TemplateLibrary;
  readonly form: Form;
  readonly within: readonly string[];
  readonly compiledOnce: CompileOnce;
}

function compile(engine: typeof Handlebars, text: string, request: CompileRequest): Compiled {
  const { library, form, within } = request;
  const statements: Statement[] = [];
  try {
    const ast = parse(engine, text);
    resolveNames(ast.body, new Set(), { library, parsePartial: parserOf(engine) });
    transform(ast.body, form === 'text' ? 'text' : 'yaml', statements, new Map());
    compilePartials(ast.body, request);
    callPartials(ast.body, text.split('\n'));
    if (form === 'marked') markLines(ast.body, within.at(-1) ?? '');
    const run = engine.compile(ast, {
      strict: true,
      noEscape: true,
      knownHelpers: Object.fromEntries(Object.keys(engine.helpers).map((n) => [n, true])),
      knownHelpersOnly: true,
      preventIndent: true,
    });
    return { run: (context, root) => run(context, { data: { root } }) as string, statements };
  } catch (error) {
    throw located(error, statements);
  }
}

/** Compiles the partials of a template, so that what is wrong with one is found in branches that nothing takes too. */
function compilePartials(
  body: readonly hbs.AST.Statement[],
  { library, form, within, compiledOnce }: CompileRequest,
): void {
  for (const call of partialCallsIn(body)) {
    const partial = partialOf(call, library);
    const name = (call.name as hbs.AST.PathExpression).original;
    refuseCycle(name, within, call);
    withCaller(partial, call, () => compiledOnce(partial.text, library, form, [...within, name]));
  }
}

function located(error: unknown, statements: readonly Statement[]): unknown {
  if (error instanceof TemplateError) {
    const { file, callers, message, code, line, col } = error;
    const here = callers.at(-1) ?? error;
    const paths = [...new Set([...error.paths, ...pathsAt(statements, here.line, here.col - 1)])];
    return new TemplateError(code, message, line, col, { paths, file, callers });
  }
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
      { paths: at?.paths ?? [] },
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
      { paths },
    );
  const message = e.message.replace(/ - \d+:\d+$/, '');
  const unknown = /unknown helper (\S+)/.exec(message);
  return new TemplateError(
    'template/syntax',
    unknown === null ? `${message}.` : `There is no helper "${unknown[1] ?? ''}".`,
    e.lineNumber,
    col + 1,
    { paths },
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
    if (/^\{\{[^{}]*\}\}$/.test(value)) return JSON.parse(templates.render(value, context)) as Value;
    return templates.render(value, context, emptyLibrary, 'text');
  }
  if (Array.isArray(value)) return value.map((v) => renderStrings(v as Value, templates, context));
  if (isMap(value))
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, renderStrings(v, templates, context)]));
  return value;
}
