import { Optional } from '@marcbachmann/cel-js';
import { Duration } from '@marcbachmann/cel-js/evaluator';
import type { Value, ValueMap } from '../../model/values.ts';
import { asMap, isList, isMap, listAt, mapAt, member, pointerStep, textAt } from '../../model/values.ts';
import { createKubernetesCel } from '../cel/environment.ts';
import { withListKind } from '../cel/equality.ts';
import type { ListKind } from '../cel/equality.ts';
import { compileRule, firstLine } from '../cel/rule.ts';
import type { Rule } from '../cel/rule.ts';
import { isGoTime, secondsIn } from './formats.ts';
import type { ShapeProblem } from './shapeTypes.ts';
import { dereference } from './places.ts';

/** What the API server demands of objects beyond JSON Schema. */
export interface ShapeRules {
  /**
   * The problems of an object that has its defaults (stored.ts): entries of lists have to be unique (`x-kubernetes-list-type`) and
   * rules in CEL to be true (`x-kubernetes-validations`). Rules that compare with an earlier state do not apply to a new
   * object. `root` is what `$ref` points into.
   */
  problems(object: ValueMap, shape: ValueMap, root: ValueMap): readonly ShapeProblem[];
  /** Why a rule cannot be evaluated here, or undefined; such a rule is passed over. */
  unreadable(rule: string): string | undefined;
}

export function createShapeRules(): ShapeRules {
  const cel = createKubernetesCel();
  const programs = new Map<string, Rule | string>();
  const plans = new WeakMap<object, Plan>();
  const programOf = (rule: string): Rule | string => {
    const program = programs.get(rule) ?? compileRule(cel, rule);
    programs.set(rule, program);
    return program;
  };
  return {
    unreadable(rule) {
      const program = programOf(rule);
      return typeof program === 'string' ? program : undefined;
    },
    problems(object, shape, root) {
      const plan = planOf(shape, root, plans);
      if (!plan.isActive) return [];
      const problems: ShapeProblem[] = [];
      visit(object, plan, '', false, { problems, programOf });
      return problems;
    },
  };
}

/** What there is to do at one place of a shape; made once, for walking a schema again for each object takes long. */
interface Plan {
  readonly rules: readonly PlannedRule[];
  readonly unique: Unique | undefined;
  /** By name, in the order of the schema. */
  properties: ReadonlyMap<string, Property>;
  additional: Plan | undefined;
  items: Plan | undefined;
  readonly isNullable: boolean;
  readonly isNumber: boolean;
  /** Makes of text what CEL has a type of its own for. */
  readonly read: ((text: string) => unknown) | undefined;
  /** Whether anything is checked here or below. */
  isActive: boolean;
  /** The properties of which that is true. */
  active: readonly Property[];
}

interface PlannedRule {
  readonly source: ValueMap;
  readonly rule: string;
  /** Compares with an earlier state, which a new object has none of. */
  readonly isTransition: boolean;
}

interface Property {
  readonly name: string;
  /** The name in a JSON pointer, with the slash before it, and in CEL. */
  readonly step: string;
  readonly celName: string;
  readonly plan: Plan;
}

interface Unique {
  readonly type: 'set' | 'map';
  readonly keys: readonly string[];
  /** Values of keys that an entry does not have. */
  readonly keyDefaults: readonly (Value | undefined)[];
  /** The same for rules. */
  readonly inRules: ListKind;
}

const nothing: Plan = {
  rules: [],
  unique: undefined,
  properties: new Map(),
  additional: undefined,
  items: undefined,
  isNullable: false,
  isNumber: false,
  read: undefined,
  isActive: false,
  active: [],
};

/**
 * Formats of text that have a type of their own in CEL (apiserver, pkg/cel/common/schemas.go), by their names without dashes.
 * Undefined: rules do not see it.
 */
const readers: Readonly<Record<string, (text: string) => unknown>> = {
  byte: (text) => new Uint8Array(Buffer.from(text, 'base64')),
  date: (text) => new Date(`${text}T00:00:00Z`),
  datetime: (text) => (isGoTime(text) ? new Date(text) : undefined),
  duration: (text) => {
    const seconds = secondsIn(text) ?? 0;
    const whole = Math.trunc(seconds);
    return new Duration(BigInt(whole), Math.round((seconds - whole) * 1e9));
  },
};

function planOf(schema: ValueMap, root: ValueMap, plans: WeakMap<object, Plan>): Plan {
  const shape = dereference(schema, root);
  const known = plans.get(shape);
  if (known !== undefined) return known;
  const type = shape['type'];
  const plan: Plan = {
    ...nothing,
    rules: listAt(shape, 'x-kubernetes-validations').flatMap((item) => plannedRule(asMap(item))),
    unique: uniqueOf(shape, root),
    isNullable: isList(type) && type.includes('null'),
    isNumber: type === 'number',
    read: readers[(textAt(shape, 'format') ?? '').replace('-', '')],
    isActive: true, // until the end, for shapes that refer to themselves: those are walked, whether or not it is needed
  };
  plans.set(shape, plan);
  const below = (child: Value | undefined): Plan | undefined => (isMap(child) ? planOf(child, root, plans) : undefined);
  plan.properties = new Map(
    Object.entries(mapAt(shape, 'properties')).map(([name, child]) => [
      name,
      { name, step: `/${pointerStep(name)}`, celName: escaped(name), plan: below(child) ?? nothing },
    ]),
  );
  plan.additional = below(shape['additionalProperties']);
  plan.items = below(shape['items']);
  plan.active = [...plan.properties.values()].filter((property) => property.plan.isActive);
  plan.isActive =
    plan.rules.length > 0 ||
    plan.unique !== undefined ||
    plan.active.length > 0 ||
    plan.additional?.isActive === true ||
    plan.items?.isActive === true;
  return plan;
}

function plannedRule(source: ValueMap): PlannedRule[] {
  const rule = String(source['rule']);
  const isTransition = comparesStates(rule);
  return isTransition && source['optionalOldSelf'] !== true ? [] : [{ source, rule, isTransition }];
}

/** Entries of a set are unique, entries of a map by their keys, defaults included. */
function uniqueOf(shape: ValueMap, root: ValueMap): Unique | undefined {
  const type = shape['x-kubernetes-list-type'];
  if (type !== 'set' && type !== 'map') return undefined;
  const keys = listAt(shape, 'x-kubernetes-list-map-keys').map(String);
  const items = mapAt(dereference(mapAt(shape, 'items'), root), 'properties');
  const keyDefaults = keys.map((k) => member(items[k], 'default'));
  return { type, keys, keyDefaults, inRules: { type, keys: keys.map(escaped) } };
}

interface Walk {
  readonly problems: ShapeProblem[];
  programOf(rule: string): Rule | string;
}

/** Checks a value and gives it back as CEL sees it; when no rule around it asks for that (`isAsked`), only what is checked is looked at. */
function visit(value: Value, plan: Plan, pointer: string, isAsked: boolean, walk: Walk): unknown {
  const asked = isAsked || plan.rules.length > 0;
  const self = isMap(value)
    ? visitMap(value, plan, pointer, asked, walk)
    : isList(value)
      ? visitList(value, plan, pointer, asked, walk)
      : scalar(value, plan);
  if (plan.unique !== undefined && isList(value)) checkUnique(value, plan.unique, pointer, walk);
  for (const rule of plan.rules) checkRule(rule, self, pointer, walk);
  return self;
}

function visitList(value: readonly Value[], plan: Plan, pointer: string, isAsked: boolean, walk: Walk): unknown {
  const items = plan.items ?? nothing;
  if (!isAsked && !items.isActive) return undefined;
  const seen = value.map((item, i) => visit(item, items, `${pointer}/${i}`, isAsked, walk));
  return plan.unique === undefined ? seen : withListKind(seen, plan.unique.inRules);
}

function visitMap(value: ValueMap, plan: Plan, pointer: string, isAsked: boolean, walk: Walk): unknown {
  if (!isAsked) return visitPart(value, plan, pointer, walk);
  const out: Record<string, unknown> = {};
  for (const { name, step, celName, plan: child } of plan.properties.values()) {
    const found = member(value, name);
    if (found === undefined || (found === null && !child.isNullable)) continue;
    out[celName] = visit(found, child, pointer + step, true, walk);
  }
  const additional = plan.additional ?? nothing;
  for (const [name, item] of Object.entries(value)) {
    if (item === null || plan.properties.has(name)) continue;
    out[name] = visit(item, additional, `${pointer}/${pointerStep(name)}`, true, walk);
  }
  return out;
}

/** The same for a map that no rule sees: only what is checked inside it. */
function visitPart(value: ValueMap, plan: Plan, pointer: string, walk: Walk): void {
  for (const { name, step, plan: child } of plan.active) {
    // nearly all are absent
    if (value[name] === undefined) continue;
    const found = member(value, name);
    if (found !== undefined && found !== null) visit(found, child, pointer + step, false, walk);
  }
  const additional = plan.additional;
  if (additional?.isActive !== true) return;
  for (const name of Object.keys(value)) {
    const item = value[name];
    if (item === null || item === undefined || plan.properties.has(name)) continue;
    visit(item, additional, `${pointer}/${pointerStep(name)}`, false, walk);
  }
}

/** Whole numbers are ints in CEL, unless the schema says number. */
function scalar(value: Value, plan: Plan): unknown {
  if (typeof value === 'number') return Number.isInteger(value) && !plan.isNumber ? BigInt(value) : value;
  return typeof value === 'string' && plan.read !== undefined ? plan.read(value) : value;
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

function checkUnique(value: readonly Value[], unique: Unique, pointer: string, walk: Walk): void {
  if (value.length < 2) return;
  const { type, keys, keyDefaults } = unique;
  const keyOf = (item: Value): Value =>
    type === 'set' ? item : keys.map((k, i) => member(item, k) ?? keyDefaults[i] ?? null);
  const seen = new Map<string, number>();
  value.forEach((item, i) => {
    const key = JSON.stringify(keyOf(item), sortedKeys);
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

/** Fields of a map in one order, whatever order they are written in. */
const sortedKeys = (_key: string, value: unknown): unknown =>
  isMap(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;

function checkRule({ source, rule, isTransition }: PlannedRule, self: unknown, pointer: string, walk: Walk): void {
  const program = walk.programOf(rule);
  if (typeof program === 'string') return; // said when the schema was imported
  const context = isTransition ? { self, oldSelf: Optional.none() } : { self };
  let verdict: unknown;
  try {
    verdict = program(context);
  } catch (error) {
    verdict = firstLine(error);
    if (/^Unknown variable: (?!self$)/.test(String(verdict))) return; // the API server would not have taken such a definition
  }
  if (verdict === true) return;
  const said = typeof verdict === 'string' ? ` (${verdict})` : messageOf(source, context, walk);
  walk.problems.push({
    pointer: `${pointer}${fieldOf(source)}`,
    keyword: 'x-kubernetes-validations',
    message: `breaks the rule ${rule}${said}`,
  });
}

/** A text without an end goes on to the end of the rule. */
const texts = /[rR]?(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\[^]?|[^"\\])*(?:"|$)|'(?:\\[^]?|[^'\\])*(?:'|$))/g;

/** Whether a rule names the state before, beside fields and texts of that name. */
const comparesStates = (rule: string): boolean =>
  rule.includes('oldSelf') && /(?<![.\w])oldSelf\b/.test(rule.replace(texts, '""'));

/** What the definition says of a broken rule: text, or an expression that makes it. */
function messageOf(source: ValueMap, context: Readonly<Record<string, unknown>>, walk: Walk): string {
  const expression = textAt(source, 'messageExpression');
  const program = expression === undefined ? undefined : walk.programOf(expression);
  let text = textAt(source, 'message');
  try {
    const made = typeof program === 'function' ? program(context) : undefined;
    if (typeof made === 'string' && made.trim() !== '' && !made.includes('\n')) text = made;
  } catch {
    // as the API server does: what cannot be said by the expression is said by the text
  }
  return text === undefined ? '' : `: ${text.trim()}`;
}

/** The field that a rule complains of, as the end of a pointer: `.spec.a['b.c']` below the value that it stands at. */
function fieldOf(source: ValueMap): string {
  const steps = (textAt(source, 'fieldPath') ?? '').matchAll(/\.([^.[\]]+)|\['([^']+)'\]/g);
  return [...steps].map(([, plain, quoted]) => `/${pointerStep(plain ?? quoted ?? '')}`).join('');
}
