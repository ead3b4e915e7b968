import type { Diagnostic } from '../model/diagnostic.ts';
import type { Capability, Catalog, CatalogComponent, TemplateFile } from '../model/model.ts';
import type { MutableMap, Value, ValueMap } from '../model/values.ts';
import { asMap, isMap, member, pointerSteps, setMember } from '../model/values.ts';
import { locateLine } from '../yaml/locate.ts';
import { didYouMean } from '../util/suggest.ts';
import type { Cel } from '../template/cel.ts';
import { conditionsOf, schemaAt } from '../config/options.ts';
import { TemplateError } from '../template/template.ts';
import type { Templates } from '../template/template.ts';
import { celDiagnostic } from '../template/tools.ts';

/** A JSON Schema of what a template can see; `{}` is anything. Undefined: nothing is known to be there. */
type Shape = ValueMap;

const anything: Shape = {};
const text: Shape = { type: 'string' };
const closed = (properties: ValueMap): Shape => ({ type: 'object', properties, additionalProperties: false });

const clusterShape = closed({
  name: text,
  domain: text,
  labels: anything,
  environment: text,
  kubernetes: closed({ version: text, distribution: text }),
  git: closed({ repoURL: text, branch: text, path: text }),
  argocd: closed({ namespace: text, hub: text, destination: anything }),
});
const componentShape = closed({ name: text, capability: text, namespace: text, release: text, version: text });
const healthShape: Shape = { type: 'array', items: closed({ group: text, kind: text, lua: text }) };

/**
 * Reads every template and CEL expression of the catalog without rendering any: a path that no option, contract or fact
 * of the context can have is found in branches too that no example takes.
 */
export function checkTemplates(catalog: Catalog, templates: Templates, cel: Cel): Diagnostic[] {
  return [...catalog.capabilities.values()].flatMap((capability) => [
    ...checkExpressions(capability, cel),
    ...capability.components.flatMap((component) =>
      templatesOf(component).flatMap((file) =>
        checkTemplate(file, contextShape(capability, component, catalog), templates).map((d) => ({
          ...d,
          component: component.name,
        })),
      ),
    ),
  ]);
}

function templatesOf(component: CatalogComponent): TemplateFile[] {
  const single = [component.values, component.contributes].flatMap((t) => (t === undefined ? [] : [t]));
  return [...single, ...component.manifests, ...component.argocd];
}

function contextShape(capability: Capability, component: CatalogComponent, catalog: Catalog): Shape {
  const enabled = Object.fromEntries([...catalog.capabilities.keys()].map((name) => [name, anything]));
  const tenants = asMap(catalog.capabilities.get('tenants')?.options['properties'])['tenants'];
  return closed({
    cluster: clusterShape,
    options: capability.options,
    contracts: contractsShape(capability, catalog),
    component: componentShape,
    tenants: isMap(tenants) ? tenants : anything,
    enabled: closed(enabled),
    contributions: anything,
    catalog: closed({ version: text, health: healthShape }),
    ...(component.each === undefined ? {} : { item: itemShape(capability, component.each) }),
  });
}

function itemShape(capability: Capability, each: string): Shape {
  const steps = pointerSteps(each).map((step) => (step === '*' ? '0' : step));
  return schemaAt(capability.options, [...steps, '0']) ?? anything;
}

/** The contracts a capability requires, with the keys of the value that the provider writes. */
function contractsShape(capability: Capability, catalog: Catalog): Shape {
  const provisions = [...catalog.capabilities.values()].flatMap((c) => c.provides);
  const root: MutableMap = {};
  for (const { contract } of capability.requires) {
    const values = provisions.filter((p) => p.contract === contract).map((p) => p.value);
    const steps = contract.split('.');
    let properties = root;
    for (const step of steps.slice(0, -1)) {
      const known = asMap(properties[step])['properties'];
      const inner = isMap(known) ? (known as MutableMap) : {};
      setMember(properties, step, closed(inner));
      properties = inner;
    }
    const [only] = values;
    setMember(properties, steps.at(-1) ?? '', values.length === 1 && only !== undefined ? shapeOf(only) : anything);
  }
  return closed(root);
}

function shapeOf(value: Value): Shape {
  return isMap(value)
    ? closed(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shapeOf(item)])))
    : anything;
}

function checkExpressions(capability: Capability, cel: Cel): Diagnostic[] {
  const found: Diagnostic[] = [];
  const check = (source: Capability['source'], pointer: string, expression: string | undefined): void => {
    try {
      if (expression !== undefined) cel.parse(expression);
    } catch (error) {
      found.push(celDiagnostic(error, source.at(pointer)));
    }
  };
  const { source } = capability;
  capability.rules.forEach((r, i) => {
    check(source, `/spec/rules/${i}/rule`, r.rule);
    check(source, `/spec/rules/${i}/when`, r.when);
  });
  capability.requires.forEach((r, i) => check(source, `/spec/requires/${i}/when`, r.when));
  for (const p of capability.provides) check(source, `/spec/provides/${p.contract}/when`, p.when);
  for (const c of conditionsOf(capability.options))
    check(source, `/spec/options${c.pointer.replaceAll('/', '/properties/')}/x-when`, c.when);
  for (const component of capability.components) check(component.source, '/spec/when', component.when);
  return found;
}

interface Scope {
  /** What a path without a known first name is looked up in: the item of the enclosing `#each` or `#with`. */
  readonly self: Shape;
  readonly names: ReadonlyMap<string, Shape>;
}

function checkTemplate(file: TemplateFile, root: Shape, templates: Templates): Diagnostic[] {
  const found: Diagnostic[] = [];
  const report = (problem: TemplateError, hint: string): void => {
    const at = locateLine(file.file, file.text, problem.line, problem.col);
    found.push({ code: problem.code, severity: 'error', message: problem.message, at, hint });
  };
  try {
    const walker = new PathWalker(root, (problem) => report(problem, 'docs/catalog.md lists what templates see.'));
    walker.statements(templates.parse(file.text).body, { self: root, names: new Map() });
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    report(error, 'Correct the template.');
  }
  return found;
}

/** Helpers that hand a list or value through: the shape of their first argument is that of the result. */
const passing: ReadonlySet<string> = new Set(['where', 'sortBy', 'uniq', 'default']);

class PathWalker {
  readonly #root: Shape;
  readonly #report: (problem: TemplateError) => void;

  constructor(root: Shape, report: (problem: TemplateError) => void) {
    this.#root = root;
    this.#report = report;
  }

  statements(body: readonly hbs.AST.Statement[], scope: Scope): void {
    for (const node of body) {
      if (node.type === 'MustacheStatement') this.#call(node as hbs.AST.MustacheStatement, scope);
      else if (node.type === 'BlockStatement') this.#block(node as hbs.AST.BlockStatement, scope);
    }
  }

  #block(block: hbs.AST.BlockStatement, scope: Scope): void {
    const [first] = this.#call(block, scope);
    const subject = first ?? anything;
    const kind = (block.path as hbs.AST.PathExpression).original;
    const inside = kind === 'each' ? itemOf(subject) : kind === 'with' ? subject : undefined;
    const [item, index] = block.program?.blockParams ?? [];
    const names = new Map(scope.names);
    if (item !== undefined) names.set(item, inside ?? anything);
    if (index !== undefined) names.set(index, anything);
    this.statements(block.program?.body ?? [], { self: inside ?? scope.self, names });
    this.statements(block.inverse?.body ?? [], scope);
  }

  /** Checks the arguments of a call and says their shapes; of a bare `{{path}}` the path itself. */
  #call(call: hbs.AST.MustacheStatement | hbs.AST.BlockStatement | hbs.AST.SubExpression, scope: Scope): Shape[] {
    const isValue = call.type === 'MustacheStatement' && call.params.length === 0 && call.hash === undefined;
    const hash = (call.hash?.pairs ?? []).map((p) => p.value);
    const shapes = (isValue ? [call.path as hbs.AST.Expression] : call.params).map((e) => this.#expression(e, scope));
    hash.forEach((e) => this.#expression(e, scope));
    return shapes;
  }

  #expression(expression: hbs.AST.Expression, scope: Scope): Shape {
    if (expression.type === 'PathExpression') return this.#path(expression as hbs.AST.PathExpression, scope);
    if (expression.type !== 'SubExpression') return anything;
    const call = expression as hbs.AST.SubExpression;
    const [first] = this.#call(call, scope);
    return passing.has((call.path as hbs.AST.PathExpression).original) ? (first ?? anything) : anything;
  }

  #path(path: hbs.AST.PathExpression, scope: Scope): Shape {
    const parts = path.parts as string[];
    const [head = '', ...rest] = parts;
    if (path.depth > 0 || (path.data && head !== 'root')) return anything; // ../x and @index: rare, left to the renderer
    const named = path.data ? undefined : scope.names.get(head);
    const start = path.data ? this.#root : (named ?? scope.self);
    const steps = path.data || named !== undefined ? rest : parts;
    let shape = start;
    for (const [i, step] of steps.entries()) {
      const next = stepInto(shape, step);
      if (next === undefined) {
        this.#report(
          new TemplateError(
            'template/undefined',
            `"${[...(named === undefined ? [] : [head]), ...steps.slice(0, i + 1)].join('.')}" does not exist.${didYouMean(step, Object.keys(asMap(shape['properties'])))}`,
            path.loc.start.line,
            path.loc.start.column + 1,
          ),
        );
        return anything;
      }
      shape = next;
    }
    return shape;
  }
}

/** The items of a list or of a free map. */
function itemOf(shape: Shape): Shape {
  const inner = shape['items'] ?? shape['additionalProperties'];
  return isMap(inner) ? inner : anything;
}

function stepInto(shape: Shape, step: string): Shape | undefined {
  const known = member(asMap(shape['properties']), step);
  if (isMap(known)) return known;
  const extra = shape['additionalProperties'];
  if (isMap(extra)) return extra;
  if (shape['properties'] !== undefined && extra !== true) return undefined;
  const scalar = ['string', 'integer', 'number', 'boolean'].includes(String(shape['type']));
  return scalar ? undefined : anything;
}
