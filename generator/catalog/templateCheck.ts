import type { Diagnostic } from '../model/diagnostic.ts';
import type { Capability, Catalog, CatalogComponent, TemplateFile, TemplateLibrary } from '../model/model.ts';
import type { MutableMap, Value } from '../model/values.ts';
import { getAt, isMap, mapAt, pointerSteps, setMember } from '../model/values.ts';
import { locateLine } from '../yaml/locate.ts';
import { optionPatternFindings } from './patterns.ts';
import { didYouMean } from '../util/suggest.ts';
import type { Cel } from '../template/cel.ts';
import { anything, closed, itemOf, resultShape, stepInto, text } from './templateShapes.ts';
import type { CallShapes, Shape } from './templateShapes.ts';
import { conditionsOf, schemaAt } from '../config/options.ts';
import { placeOf } from '../template/ast.ts';
import { partialOf, refuseCycle, withCaller } from '../template/partials.ts';
import { TemplateError } from '../template/template.ts';
import type { Templates } from '../template/template.ts';
import { broughtInBy, celDiagnostic, templateProblem } from '../template/tools.ts';

const clusterShape = closed({
  name: text,
  domain: text,
  labels: anything,
  environment: text,
  kubernetes: closed({
    version: text,
    distribution: text,
    metricsServer: text,
    kubeletCertificates: text,
    controlPlaneMetrics: text,
  }),
  network: closed({ loadBalancer: text, ingress: text, gatewayAPI: text, policies: text }),
  storage: closed({ default: text }),
  git: closed({ repoURL: text, host: text, branch: text, path: text }),
  argocd: closed({ namespace: text, hub: text, destination: anything }),
});
const componentShape = closed({ name: text, capability: text, namespace: text, release: text, version: text });
const healthShape: Shape = { type: 'array', items: closed({ group: text, kind: text, lua: text }) };

/**
 * Reads every template, CEL expression and pattern of the catalog without rendering any: a path that no option, contract or fact
 * of the context can have is found in branches too that no example takes. Partials are read with the arguments of each
 * call.
 */
export function checkTemplates(catalog: Catalog, templates: Templates, cel: Cel): Diagnostic[] {
  const used = new Set<string>();
  const found = [...catalog.capabilities.values()].flatMap((capability) => [
    ...checkExpressions(capability, cel),
    ...capability.components.flatMap((component) => {
      const root = contextShape(capability, component, catalog);
      return templatesOf(component).flatMap((file) =>
        checkTemplate(file, { root, library: component.library, templates, used }).map((d) => ({
          ...d,
          component: component.name,
        })),
      );
    }),
  ]);
  return [...optionPatternFindings(catalog), ...onceEach(found), ...idlePartials(catalog, used)];
}

/** A partial has the same findings wherever it is brought in; they are said for the first place. */
function onceEach(found: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return found.filter(({ code, message, at }) => {
    const key = `${code} ${at?.file ?? ''}:${at?.line ?? 0}:${at?.col ?? 0} ${message}`;
    return seen.size < seen.add(key).size;
  });
}

/** Partials that no template brings in: nothing reads them, so nothing would say what is wrong with them. */
function idlePartials(catalog: Catalog, used: ReadonlySet<string>): Diagnostic[] {
  const all = new Set([...catalog.components.values()].flatMap((c) => [...c.library.partials.values()]));
  return [...all]
    .filter(({ file }) => !used.has(file))
    .map(({ file, text }) => ({
      code: 'catalog/invalid',
      severity: 'warning',
      message: 'No template brings in this partial.',
      at: locateLine(file, text, 1, 1),
      hint: 'Use it, or delete it.',
    }));
}

function templatesOf(component: CatalogComponent): TemplateFile[] {
  const single = [component.values, component.contributes].flatMap((t) => (t === undefined ? [] : [t]));
  return [...single, ...component.manifests, ...component.argocd];
}

function contextShape(capability: Capability, component: CatalogComponent, catalog: Catalog): Shape {
  const enabled = Object.fromEntries([...catalog.capabilities.keys()].map((name) => [name, anything]));
  const tenants = getAt(catalog.capabilities.get('tenants')?.options, 'properties', 'tenants');
  return closed({
    cluster: clusterShape,
    options: capability.options,
    contracts: contractsShape(capability, catalog),
    component: componentShape,
    tenants: isMap(tenants) ? tenants : anything,
    enabled: closed(enabled),
    contributions: anything,
    catalog: closed({ version: text, argocd: closed({ version: text }), health: healthShape }),
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
      const known = getAt(properties, step, 'properties');
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
  for (const { source, when, needs } of capability.components) {
    check(source, '/spec/when', when);
    needs.forEach((need, i) => check(source, `/spec/needs/${i}/when`, need.when));
  }
  return found;
}

interface Scope {
  /** What a path without a known first name is looked up in: the item of the enclosing `#each` or `#with`. */
  readonly self: Shape;
  readonly names: ReadonlyMap<string, Shape>;
}

interface TemplateRequest {
  readonly root: Shape;
  readonly library: TemplateLibrary;
  readonly templates: Templates;
  /** Files of the partials that were brought in; added to. */
  readonly used: Set<string>;
}

function checkTemplate(file: TemplateFile, request: TemplateRequest): Diagnostic[] {
  const found: Diagnostic[] = [];
  const report = (error: TemplateError, hint: string): void => {
    const related = broughtInBy(error, file);
    found.push({ ...templateProblem(error, file), ...(related.length === 0 ? {} : { related }), hint });
  };
  try {
    const walker = new PathWalker(request, (problem) => report(problem, 'docs/catalog.md lists what templates see.'));
    const { body } = request.templates.parse(file.text, request.library);
    walker.statements(body, { self: request.root, names: new Map() });
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    report(error, 'Correct the template.');
  }
  return found;
}

class PathWalker {
  readonly #request: TemplateRequest;
  readonly #report: (problem: TemplateError) => void;
  /** The partials that are being read, from the outside to the inside. */
  readonly #within: readonly string[];

  constructor(request: TemplateRequest, report: (problem: TemplateError) => void, within: readonly string[] = []) {
    this.#request = request;
    this.#report = report;
    this.#within = within;
  }

  statements(body: readonly hbs.AST.Statement[], scope: Scope): void {
    for (const node of body) {
      if (node.type === 'MustacheStatement') this.#call(node as hbs.AST.MustacheStatement, scope);
      else if (node.type === 'BlockStatement') this.#block(node as hbs.AST.BlockStatement, scope);
      else if (node.type === 'PartialStatement') this.#partial(node as hbs.AST.PartialStatement, scope);
    }
  }

  /** Reads the partial with the shapes of the arguments of this call. */
  #partial(call: hbs.AST.PartialStatement, scope: Scope): void {
    const { library, templates, used } = this.#request;
    const args = this.#hash(call, scope);
    const partial = partialOf(call, library);
    const name = (call.name as hbs.AST.PathExpression).original;
    used.add(partial.file);
    refuseCycle(name, this.#within, call);
    withCaller(partial, call, () => {
      const program = templates.parse(partial.text, library);
      const [line, col] = placeOf(call);
      const report = (problem: TemplateError): void =>
        this.#report(problem.within(partial, { file: undefined, line, col }));
      const walker = new PathWalker(this.#request, report, [...this.#within, name]);
      walker.statements(program.body, { self: closed(Object.fromEntries(args)), names: new Map() });
    });
  }

  #block(block: hbs.AST.BlockStatement, scope: Scope): void {
    const [first] = this.#call(block, scope).params;
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
  #call(call: hbs.AST.MustacheStatement | hbs.AST.BlockStatement | hbs.AST.SubExpression, scope: Scope): CallShapes {
    const isValue = call.type === 'MustacheStatement' && call.params.length === 0 && call.hash === undefined;
    const params = isValue ? [call.path as hbs.AST.Expression] : call.params;
    return { params: params.map((e) => this.#expression(e, scope)), hash: this.#hash(call, scope) };
  }

  #hash({ hash }: Pick<hbs.AST.SubExpression, 'hash'>, scope: Scope): [string, Shape][] {
    return ((hash as hbs.AST.Hash | undefined)?.pairs ?? []).map((p) => [p.key, this.#expression(p.value, scope)]);
  }

  #expression(expression: hbs.AST.Expression, scope: Scope): Shape {
    if (expression.type === 'PathExpression') return this.#path(expression as hbs.AST.PathExpression, scope);
    if (expression.type === 'StringLiteral') return text;
    if (expression.type !== 'SubExpression') return anything;
    const call = expression as hbs.AST.SubExpression;
    const [, key] = call.params;
    const written = key?.type === 'StringLiteral' ? (key as hbs.AST.StringLiteral).value : undefined;
    return resultShape((call.path as hbs.AST.PathExpression).original, this.#call(call, scope), written);
  }

  #path(path: hbs.AST.PathExpression, scope: Scope): Shape {
    const parts = path.parts as string[];
    const [head = '', ...rest] = parts;
    if (path.depth > 0 || (path.data && head !== 'root')) return anything; // ../x and @index: rare, left to the renderer
    const named = path.data ? undefined : scope.names.get(head);
    const start = path.data ? this.#request.root : (named ?? scope.self);
    const steps = path.data || named !== undefined ? rest : parts;
    let shape = start;
    for (const [i, step] of steps.entries()) {
      const next = stepInto(shape, step);
      if (next === undefined) {
        this.#report(
          new TemplateError(
            'template/undefined',
            `"${[...(named === undefined ? [] : [head]), ...steps.slice(0, i + 1)].join('.')}" does not exist.${didYouMean(step, Object.keys(mapAt(shape, 'properties')))}`,
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
