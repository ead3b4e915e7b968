import type { ErrorObject } from 'ajv/dist/2020.js';
import { asMap } from '../../model/values.ts';
import type { Value, ValueMap } from '../../model/values.ts';
import { createShapeAjv } from './ajv.ts';
import { createFinder, withOwn } from './finder.ts';
import type { Finder, KindShape, Known, NotServed } from './finder.ts';
import type { ShapeSource } from './shapeTypes.ts';
import { limitProblems } from './limits.ts';
import { addPlaces, narrowShape } from './narrow.ts';
import { metadataProblems, nameProblem } from './objectMetadata.ts';
import { dereference } from './places.ts';
import { problemsOf } from './problems.ts';
import type { ShapeProblem } from './shapeTypes.ts';
import { createShapeRules } from './rules.ts';
import { withDefaults, withoutNulls } from './stored.ts';

export interface ShapeResult {
  readonly status: 'valid' | 'invalid' | 'no-schema';
  readonly scope?: 'Namespaced' | 'Cluster';
  readonly problems: readonly ShapeProblem[];
  /** The object has a status, which the API server drops without a look. */
  readonly dropsStatus?: true;
}

export interface ApiShapeChecker {
  /** Says which objects are about to be checked, so that one compiled check serves all of a kind. */
  expect(objects: readonly Readonly<Record<string, unknown>>[], kubernetesMinor: string): void;
  check(object: Readonly<Record<string, unknown>>, kubernetesMinor: string): ShapeResult;
  /** Undefined for a kind without a schema. */
  scopeOf(apiVersion: string, kind: string, kubernetesMinor: string): 'Namespaced' | 'Cluster' | undefined;
  /** The schema of a kind, and what `$ref` in it points into; undefined without one. */
  schemaOf(apiVersion: string, kind: string, kubernetesMinor: string): { schema: ValueMap; root: ValueMap } | undefined;
  /** The same, but what these CustomResourceDefinitions say of their kinds comes before everything else. */
  withDefinitions(definitions: readonly ValueMap[]): ApiShapeChecker;
  /** Why a rule of a definition cannot be evaluated here, so that it is passed over; undefined when it can be. */
  unreadableRule(rule: string): string | undefined;
}

interface Judged {
  readonly form: ValueMap;
  readonly errors: readonly ErrorObject[] | undefined;
}

/** The object as it is checked: with the defaults of its definition, and without a status that nobody reads. */
function formOf(found: KindShape, object: Readonly<Record<string, unknown>>): ValueMap {
  const own = (hasDroppedStatus(found, object) ? withoutStatus(object) : object) as ValueMap;
  return found.origin === 'definition' ? withDefaults(own, found.shape) : own;
}

const hasDroppedStatus = ({ dropsStatus }: KindShape, object: Readonly<Record<string, unknown>>): boolean =>
  dropsStatus && object['status'] !== undefined;

function withoutStatus({
  status: _status,
  ...rest
}: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return rest;
}

/**
 * Checks objects against the API of their cluster. Whole shapes take ajv up to seconds to compile, so only the part that the
 * objects use is: what none of them has is left out, which cannot change the verdict on them. An object that has it says so
 * while it is checked (`leftOut`), and the check of its kind is compiled again, for what it uses too.
 */
export function createApiShapes(source: ShapeSource): ApiShapeChecker {
  const finder = createFinder(source);
  return checkerOf(finder.find, finder.known, createJudge());
}

/** What JSON Schema says of objects of a kind. */
interface Judge {
  learn(found: KindShape, object: Readonly<Record<string, unknown>>): void;
  judge(found: KindShape, object: Readonly<Record<string, unknown>>): Judged;
}

function createJudge(): Judge {
  let missed = false;
  const ajv = createShapeAjv(() => (missed = true));
  const learn = (found: KindShape, form: ValueMap): void => {
    if (addPlaces(found.places, found.shape, form, found.definitions)) found.compiled = undefined;
  };
  /** The errors of ajv on an object; undefined when there are none. */
  const errorsOf = (found: KindShape, form: ValueMap): readonly ErrorObject[] | undefined => {
    missed = false;
    if (found.compiled?.(form) === true && !missed) return undefined;
    if (found.compiled === undefined || missed) {
      learn(found, form);
      found.compiled = ajv.compile(narrowShape(found.shape, found.places, found.definitions));
      if (found.compiled(form)) return undefined;
    }
    return found.compiled.errors as readonly ErrorObject[];
  };
  return {
    learn: (found, object) => learn(found, formOf(found, object)),
    judge(found, object) {
      const form = formOf(found, object);
      const errors = errorsOf(found, form);
      if (errors === undefined || found.origin === 'catalogue') return { form, errors };
      const { root } = found.definitions;
      const resolve = (shape: Value | undefined): ValueMap => dereference(asMap(shape), root);
      const plain = withoutNulls(form, found.shape, resolve, found.origin === 'kubernetes') as ValueMap;
      return plain === form ? { form, errors } : { form: plain, errors: errorsOf(found, plain) };
    },
  };
}

function checkerOf(kindShape: Finder, known: Known, judge: Judge, rules = createShapeRules()): ApiShapeChecker {
  return {
    unreadableRule: (rule) => rules.unreadable(rule),
    withDefinitions: (definitions) => checkerOf(withOwn(kindShape, definitions, known), known, judge, rules),
    scopeOf(apiVersion, kind, minor) {
      const found = kindShape({ apiVersion, kind }, minor);
      return found === undefined || 'served' in found ? undefined : found.scope;
    },
    schemaOf: (apiVersion, kind, minor) => schemaOfShape(kindShape({ apiVersion, kind }, minor)),
    expect(objects, minor) {
      for (const object of objects) {
        const found = kindShape(object, minor);
        if (found !== undefined && !('served' in found)) judge.learn(found, object);
      }
    },
    check(object, minor) {
      const found = kindShape(object, minor);
      if (found === undefined)
        return {
          status: 'no-schema',
          problems: [...metadataProblems(object as ValueMap), ...limitProblems(object as ValueMap)],
        };
      if ('served' in found) return { status: 'invalid', problems: [notServed(found)] };
      const { form, errors } = judge.judge(found, object);
      // rules rely on types: the API server asks them only when the schema holds
      const problems =
        errors === undefined
          ? [
              ...nameProblem(form),
              ...metadataProblems(form),
              ...limitProblems(form),
              ...rules.problems(form, found.shape, found.definitions.root),
            ]
          : problemsOf(errors, form);
      return {
        status: problems.length === 0 ? 'valid' : 'invalid',
        ...(found.scope === undefined ? {} : { scope: found.scope }),
        ...(hasDroppedStatus(found, object) ? { dropsStatus: true } : {}),
        problems,
      };
    },
  };
}

function schemaOfShape(found: KindShape | NotServed | undefined): { schema: ValueMap; root: ValueMap } | undefined {
  if (found === undefined || 'served' in found) return undefined;
  const { root } = found.definitions;
  return { schema: dereference(found.shape, root), root };
}

const notServed = ({ served }: NotServed): ShapeProblem => ({
  pointer: '/apiVersion',
  keyword: 'served',
  message: `is no version that the definition of its kind serves (${served.join(', ')})`,
});
