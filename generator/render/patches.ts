import { applyPatch } from 'rfc6902';
import type { Operation } from 'rfc6902';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { AppliedPatch } from '../model/patch.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { asMap, isMap, mapAt, textAt } from '../model/values.ts';
import { describeObject, kindOf, nameOf } from '../kubernetes/object.ts';
import { isRight } from '../kubernetes/rights.ts';
import { changedFields, PatchError, placeInPatch, strategicMerge } from '../kubernetes/strategicMerge.ts';
import type { PatchedField, PatchSchema } from '../kubernetes/strategicMerge.ts';
import type { PatchTarget, PlannedPatch } from '../plan/patches.ts';
import { nameMatcher } from '../util/glob.ts';
import { didYouMean } from '../util/suggest.ts';
import { refusalOf } from './patchLimits.ts';

/** The schema of a kind, by which lists are merged; undefined without one. */
export type PatchSchemas = (apiVersion: string, kind: string) => PatchSchema | undefined;

export interface PatchedObject {
  readonly object: ValueMap;
  readonly patches: readonly AppliedPatch[];
}

/** The patches of one component, applied to what its instances render. */
export interface Patcher {
  patched(object: ValueMap): PatchedObject;
  /** Notes objects of the component that no patch reaches, for findings about targets. */
  outOfReach(object: ValueMap): void;
  /** What there is to say once all objects were seen. */
  findings(): readonly Diagnostic[];
}

interface Use {
  matched: number;
  changed: number;
  failed: boolean;
}

export function createPatcher(component: string, patches: readonly PlannedPatch[], schemas: PatchSchemas): Patcher {
  const uses = new Map<PlannedPatch, Use>(patches.map((p) => [p, { matched: 0, changed: 0, failed: false }]));
  const diagnostics: Diagnostic[] = [];
  const seen: ValueMap[] = [];
  const beyond: ValueMap[] = [];
  const applyOne = (patch: PlannedPatch, use: Use, object: ValueMap): { object: ValueMap; applied?: AppliedPatch } => {
    const schema = schemas(textAt(object, 'apiVersion') ?? '', textAt(object, 'kind') ?? '');
    try {
      const after = resultOf(patch, object, schema);
      const fields = changedFields(object, after, schema);
      if (fields.length === 0) return { object };
      use.changed += 1;
      const refusal = refusalOf(object, after, fields, patch.rights);
      if (refusal === undefined) return { object: after, applied: appliedOf(patch, object, after, fields, schema) };
      use.failed = true;
      const at = patch.at(placeOf(patch, refusal.field, object, after, schema));
      const { code, message, hint } = refusal;
      diagnostics.push({ code, severity: 'error', component, at, message, hint, names: [nameOf(object)] });
    } catch (error) {
      if (!(error instanceof PatchError)) throw error;
      use.failed = true;
      diagnostics.push({
        code: 'patch/invalid',
        severity: 'error',
        component,
        at: patch.at(error.pointer),
        message: `The patch of ${describeObject(object)} cannot be applied: ${error.message}.`,
        hint: error.hint,
        names: [nameOf(object)],
      });
    }
    return { object };
  };
  return {
    outOfReach: (object) => void beyond.push(object),
    patched(object) {
      seen.push(object);
      let current = object;
      const applied: AppliedPatch[] = [];
      for (const [patch, use] of uses) {
        if (!isTarget(patch.target, object)) continue;
        use.matched += 1;
        const result = applyOne(patch, use, current);
        current = result.object;
        if (result.applied !== undefined) applied.push(result.applied);
      }
      return { object: current, patches: applied };
    },
    findings: () => [
      ...diagnostics,
      ...[...uses].flatMap(([patch, use]) => useFinding(component, patch, use, seen, beyond)),
    ],
  };
}

function isTarget({ kind, name, namespace, labels }: PatchTarget, object: ValueMap): boolean {
  return (
    kindOf(object) === kind &&
    nameMatcher([name])(nameOf(object)) &&
    (namespace === undefined || nameMatcher([namespace])(textAt(object, 'metadata', 'namespace') ?? '')) &&
    Object.entries(labels).every(([key, value]) => mapAt(object, 'metadata', 'labels')[key] === value)
  );
}

/** The object with the patch. Throws PatchError, with the pointer below the patch. */
function resultOf(patch: PlannedPatch, object: ValueMap, schema: PatchSchema | undefined): ValueMap {
  const { merge, operations } = patch;
  if ((merge === undefined) === (operations === undefined))
    throw new PatchError('', 'it has to have either merge or jsonPatch', 'Write one of the two.');
  if (operations !== undefined) return withOperations(object, operations);
  try {
    return strategicMerge(object, merge ?? {}, schema);
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    throw new PatchError(`/merge${error.pointer}`, error.message, error.hint);
  }
}

/** RFC 6902: all operations, or none. */
function withOperations(object: ValueMap, operations: readonly Value[]): ValueMap {
  const copy = structuredClone(object) as Record<string, Value>;
  for (const [i, operation] of operations.entries()) {
    const [problem] = applyPatch(copy, [structuredClone(operation) as unknown as Operation]);
    if (problem === null || problem === undefined) continue;
    const { op = '', path = '' } = asMap(operation) as { op?: string; path?: string };
    const why =
      problem.name === 'TestError'
        ? `test of ${path}: the value is ${JSON.stringify((problem as { actual?: unknown }).actual) ?? 'not there'}`
        : `${op} of ${path}: there is nothing at ${problem.name === 'MissingError' ? ((problem as { path?: string }).path ?? path) : path}`;
    throw new PatchError(
      `/jsonPatch/${i}`,
      why,
      'Compare with the object: `slipway explain <cluster> <Kind>/<namespace>/<name>`.',
    );
  }
  return copy;
}

function appliedOf(
  patch: PlannedPatch,
  before: ValueMap,
  after: ValueMap,
  fields: readonly PatchedField[],
  schema: PatchSchema | undefined,
): AppliedPatch {
  const changesRights = fields.some((f) => isRight(kindOf(before), nameOf(before), f));
  return {
    path: patch.path,
    by: patch.by,
    at: patch.at(),
    fields: fields.map((field) => ({ ...field, at: patch.at(placeOf(patch, field, before, after, schema)) })),
    ...(changesRights && patch.rights !== undefined ? { rights: patch.rights } : {}),
  };
}

/** Where a patch says what it does to a field, as a pointer below the patch. */
function placeOf(
  { merge, operations = [] }: PlannedPatch,
  field: PatchedField,
  before: ValueMap,
  after: ValueMap,
  schema: PatchSchema | undefined,
): string {
  if (merge !== undefined)
    return `/merge${placeInPatch(field.pointer, field.after === undefined ? before : after, merge, schema)}`;
  const pathOf = (operation: Value): string => (textAt(operation, 'path') ?? '').replace(/\/-$/, '');
  const index = operations.findLastIndex((operation) => {
    const path = pathOf(operation);
    const isAround =
      field.pointer === path || field.pointer.startsWith(`${path}/`) || path.startsWith(`${field.pointer}/`);
    return isAround && textAt(operation, 'op') !== 'test';
  });
  if (index === -1) return '';
  const operation = operations[index] ?? null;
  const rest = field.pointer.slice(pathOf(operation).length);
  return isMap(asMap(operation)['value']) ? `/jsonPatch/${index}/value${rest}` : `/jsonPatch/${index}`;
}

function useFinding(
  component: string,
  patch: PlannedPatch,
  { matched, changed, failed }: Use,
  seen: readonly ValueMap[],
  beyond: readonly ValueMap[],
): Diagnostic[] {
  if (failed || changed > 0) return [];
  if (matched > 0)
    return [
      {
        code: 'patch/no-change',
        severity: 'warning',
        component,
        at: patch.at(),
        message: `${patch.path} of ${patch.by} changes nothing: ${matched === 1 ? 'the object is' : 'the objects are'} like this already.`,
        hint: 'Remove the patch.',
      },
    ];
  return [{ code: 'patch/target', severity: 'error', component, ...missedTarget(component, patch, seen, beyond) }];
}

function missedTarget(
  component: string,
  { target, at }: PlannedPatch,
  seen: readonly ValueMap[],
  beyond: readonly ValueMap[],
): Pick<Diagnostic, 'message' | 'hint' | 'at'> {
  const kinds = [...new Set(seen.map(kindOf))];
  const what = `${target.kind} ${target.namespace === undefined ? '' : `${target.namespace}/`}${target.name}`;
  if (beyond.some((o) => isTarget(target, o)))
    return {
      at: at('/target'),
      message: `${what} of "${component}" stands beside the Applications and says what they may do: it cannot be patched.`,
      hint: 'Use the options of its capability.',
    };
  if (!kinds.includes(target.kind)) {
    const full = kinds.find((kind) => kind.split('/').at(-1) === target.kind.split('/').at(-1));
    const meant = full === undefined ? didYouMean(target.kind, kinds) : ` Did you mean "${full}"?`;
    return {
      at: at('/target/kind'),
      message: `"${component}" has no object of kind ${target.kind}.${meant}`,
      hint: kinds.length === 0 ? 'It has no objects here.' : `Its kinds: ${kinds.sort().join(', ')}.`,
    };
  }
  const alike = seen.filter((o) => kindOf(o) === target.kind);
  const named = alike.filter((o) => nameMatcher([target.name])(nameOf(o)));
  const key =
    named.length === 0 ? '/target/name' : target.namespace === undefined ? '/target/labels' : '/target/namespace';
  return {
    at: at(key),
    message: `"${component}" has no ${what}${Object.keys(target.labels).length === 0 ? '' : ' with these labels'}.${named.length === 0 ? didYouMean(target.name, alike.map(nameOf)) : ''}`,
    hint: `There is: ${listed(alike.map(describeObject))}.`,
  };
}

const listed = (names: readonly string[]): string =>
  names.length <= 8 ? names.join(', ') : `${names.slice(0, 8).join(', ')} and ${names.length - 8} more`;
