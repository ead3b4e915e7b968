import { Optional } from '@marcbachmann/cel-js';
import type { Value, ValueMap } from '../model/values.ts';
import { asList, asMap, isList, isMap, member, pointerStep } from '../model/values.ts';
import { createKubernetesCel, withPlainHas } from './celKubernetes.ts';
import type { ShapeProblem } from './shapeProblems.ts';

type Program = (context: Record<string, unknown>) => unknown;

/** What the API server demands of objects beyond JSON Schema. */
export interface ShapeRules {
  /**
   * The problems of an object, found as the API server does: defaults are filled in, then entries of lists have to be unique
   * (`x-kubernetes-list-type`) and rules in CEL to be true (`x-kubernetes-validations`). Rules that compare with an earlier
   * state do not apply to a new object. `root` is what `$ref` points into.
   */
  problems(object: ValueMap, shape: ValueMap, root: ValueMap): readonly ShapeProblem[];
  /** Why a rule cannot be evaluated here, or undefined; such a rule is passed over. */
  unreadable(rule: string): string | undefined;
}

export function createShapeRules(): ShapeRules {
  const cel = createKubernetesCel();
  const programs = new Map<string, Program | string>();
  const known = new WeakMap<object, boolean>();
  const compile = (rule: string): Program | string => {
    try {
      const parsed = cel.parse(withPlainHas(rule, cel.parse(rule).ast));
      const { valid, error } = parsed.check();
      if (!valid) return firstLine(error);
      return (context) => parsed(context);
    } catch (error) {
      return firstLine(error);
    }
  };
  const programOf = (rule: string): Program | string => {
    const program = programs.get(rule) ?? compile(rule);
    programs.set(rule, program);
    return program;
  };
  return {
    unreadable(rule) {
      const program = programOf(rule);
      return typeof program === 'string' ? program : undefined;
    },
    problems(object, shape, root) {
      if (!hasRules(shape, root, known)) return [];
      const problems: ShapeProblem[] = [];
      visit(object, shape, '', { root, problems, programOf });
      return problems;
    },
  };
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

interface Walk {
  readonly root: ValueMap;
  readonly problems: ShapeProblem[];
  programOf(rule: string): Program | string;
}

/** Checks a value and gives it back as CEL sees it. */
function visit(value: Value, schema: ValueMap, pointer: string, walk: Walk): unknown {
  const shape = dereference(schema, walk.root);
  const self = isMap(value)
    ? visitMap(value, shape, pointer, walk)
    : isList(value)
      ? value.map((item, i) => visit(item, asMap(shape['items']), `${pointer}/${i}`, walk))
      : scalar(value, shape);
  if (isList(value)) checkUnique(value, shape, pointer, walk);
  for (const source of asList(shape['x-kubernetes-validations'])) checkRule(asMap(source), self, pointer, walk);
  return self;
}

function visitMap(value: ValueMap, shape: ValueMap, pointer: string, walk: Walk): unknown {
  const properties = asMap(shape['properties']);
  const out: Record<string, unknown> = {};
  for (const [name, child] of Object.entries(properties)) {
    const found = present(member(value, name), dereference(asMap(child), walk.root));
    if (found === undefined) continue;
    out[escaped(name)] = visit(found, asMap(child), `${pointer}/${pointerStep(name)}`, walk);
  }
  const additional = asMap(shape['additionalProperties']);
  for (const [name, item] of Object.entries(value)) {
    if (item === null || Object.hasOwn(properties, name)) continue;
    out[name] = visit(item, additional, `${pointer}/${pointerStep(name)}`, walk);
  }
  return out;
}

/** A value that is not there, or null where that is not allowed, gives way to the default. */
function present(value: Value | undefined, shape: ValueMap): Value | undefined {
  const nullable = isList(shape['type']) && shape['type'].includes('null');
  return value === undefined || (value === null && !nullable) ? member(shape, 'default') : value;
}

/** Whole numbers are ints in CEL, unless the schema says number. */
function scalar(value: Value, shape: ValueMap): unknown {
  if (typeof value === 'number') return Number.isInteger(value) && shape['type'] !== 'number' ? BigInt(value) : value;
  if (typeof value === 'string' && shape['format'] === 'date-time') return new Date(value);
  return value;
}

function dereference(schema: ValueMap, root: ValueMap): ValueMap {
  const ref = schema['$ref'];
  if (typeof ref !== 'string') return schema;
  let target: Value | undefined = root;
  for (const step of ref.slice(2).split('/')) target = member(target, step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return dereference(asMap(target), root);
}

const reserved: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** Names of properties as identifiers (k8s.io/apiserver/pkg/cel/escaping.go). */
function escaped(name: string): string {
  if (reserved.has(name)) return `__${name}__`;
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !name.includes('__')
    ? name
    : name
        .replaceAll('__', '__underscores__')
        .replaceAll('.', '__dot__')
        .replaceAll('-', '__dash__')
        .replaceAll('/', '__slash__');
}

/** Entries of a set are unique, entries of a map by their keys, defaults included. */
function checkUnique(value: readonly Value[], shape: ValueMap, pointer: string, walk: Walk): void {
  const type = shape['x-kubernetes-list-type'];
  if (type !== 'set' && type !== 'map') return;
  const keys = asList(shape['x-kubernetes-list-map-keys']).map(String);
  const items = asMap(dereference(asMap(shape['items']), walk.root)['properties']);
  const keyOf = (item: Value): Value =>
    type === 'set' ? item : keys.map((k) => member(item, k) ?? member(items[k], 'default') ?? null);
  const seen = new Map<string, number>();
  value.forEach((item, i) => {
    const key = JSON.stringify(keyOf(item));
    const first = seen.get(key);
    if (first === undefined) return void seen.set(key, i);
    const what = type === 'set' ? 'the same' : `the same ${keys.join(' and ')}`;
    walk.problems.push({
      pointer: `${pointer}/${i}`,
      keyword: 'x-kubernetes-list-type',
      message: `has ${what} as entry ${first}; entries have to be unique`,
    });
  });
}

function checkRule(source: ValueMap, self: unknown, pointer: string, walk: Walk): void {
  const rule = String(source['rule']);
  const transition = /\boldSelf\b/.test(rule);
  if (transition && source['optionalOldSelf'] !== true) return;
  const program = walk.programOf(rule);
  if (typeof program === 'string') return; // said when the schema was imported
  let verdict: unknown;
  try {
    verdict = program(transition ? { self, oldSelf: Optional.none() } : { self });
  } catch (error) {
    verdict = firstLine(error);
  }
  if (verdict === true) return;
  walk.problems.push({
    pointer,
    keyword: 'x-kubernetes-validations',
    message: `breaks the rule ${rule}${typeof verdict === 'string' ? ` (${verdict})` : ''}`,
  });
}

/** Whether anything in a shape is checked here; most shapes of built-in kinds have nothing. */
function hasRules(shape: ValueMap, root: ValueMap, known: WeakMap<object, boolean>): boolean {
  const cached = known.get(shape);
  if (cached !== undefined) return cached;
  known.set(shape, false); // until the end: shapes refer to themselves
  const target = dereference(shape, root);
  const found =
    target['x-kubernetes-validations'] !== undefined ||
    target['x-kubernetes-list-type'] !== undefined ||
    [...Object.values(asMap(target['properties'])), target['items'], target['additionalProperties']].some(
      (child) => isMap(child) && hasRules(child, root, known),
    );
  known.set(shape, found);
  return found;
}
