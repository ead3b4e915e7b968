import { isSensitivePath } from '../util/secretNames.ts';
import { nameMatcher } from '../util/glob.ts';
import { valueAt, isList, isMap, member, textAt } from '../model/values.ts';
import type { Note } from '../model/diff.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { objectText } from '../model/diff.ts';
import type { AcceptedChange, ClusterGuards, FieldGuard } from '../model/guard.ts';
import type { Change } from '../model/model.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { annotationList, isHook, kindOf } from '../kubernetes/object.ts';
import { compareAmounts } from './amounts.ts';
import { guardsOfKubernetes, relocations } from './usualGuards.ts';
import { leavesOf, shortText } from './leaves.ts';
import type { Leaf } from './leaves.ts';
import { diffValues, pathText } from './fields.ts';
import type { ItemStep, Step } from './fields.ts';
import { isValuePath, valuesPath } from './notes.ts';
import type { ObjectPair } from './pairs.ts';
import { pairObjects, sideObjects } from './pairs.ts';
import type { Pattern } from '../util/regex.ts';
import { compilePattern } from '../util/regex.ts';

/** A change of a guarded field that the guard does not allow. */
export interface GuardedChange {
  readonly cluster: string;
  readonly component: string;
  /** `KafkaNodePool kafka/broker`; of a Helm value the component's Application. */
  readonly object: string;
  readonly kind: string;
  readonly name: string;
  /** The file of the tree it stands in. */
  readonly file: string;
  readonly field: string;
  readonly before: Value | undefined;
  readonly after: Value | undefined;
  readonly guard: FieldGuard;
  /** The spec agrees to it. */
  readonly accepted: AcceptedChange | undefined;
}

/** Changes of guarded fields among the files of one cluster; `dataHolding` are components that hold data where it stands. */
export function guardedChanges(
  changes: readonly Change[],
  { fields, accepted }: ClusterGuards,
  dataHolding: ReadonlySet<string>,
): readonly GuardedChange[] {
  const cluster = changes[0]?.cluster ?? '';
  const guards = [...fields, ...guardsOfKubernetes, ...[...dataHolding].flatMap(relocations)];
  const kinds = new Set(guards.map((g) => g.kind?.split('/').at(-1) ?? 'Application'));
  const modified = changes.filter(
    (c) => c.kind === 'modify' && kinds.has(/^kind: (\S+)$/m.exec(c.after ?? '')?.[1] ?? ''),
  );
  return pairObjects(sideObjects(modified, 'before'), sideObjects(modified, 'after')).flatMap((pair) =>
    changesOfPair(pair, cluster, guards, accepted),
  );
}

function changesOfPair(
  { before, after }: ObjectPair,
  cluster: string,
  guards: readonly FieldGuard[],
  accepted: readonly AcceptedChange[],
): GuardedChange[] {
  if (before === undefined || after === undefined || objectText(before.ref) !== objectText(after.ref)) return [];
  const { component, ref, file = '' } = after;
  const kind = kindOf(after.object);
  const isApplication = kind === 'argoproj.io/Application';
  // a component that turns from a chart into manifests, or back, keeps its objects: nothing of its chart is a change then
  const hasValues = [before, after].every((side) => isMap(valueAt(side.object, '/spec/source/helm')));
  const passed = new Set(isMadeAnew(after.object) ? guardsOfKubernetes : []);
  const own = guards.filter((g) =>
    g.kind === undefined
      ? isApplication && hasValues && g.component === component
      : g.kind === kind &&
        !passed.has(g) &&
        isFor(g, component) &&
        nameMatcher(g.name === undefined ? [] : [g.name])(ref.name),
  );
  if (own.length === 0) return [];
  const leaves = diffValues(before.object, after.object)
    .flatMap(leavesOf)
    .filter(({ path }) => hasValues || !isOfChart(path));
  return leaves.flatMap((leaf) =>
    own
      .filter((guard) => covers(guard, leaf))
      .slice(0, 1) // the first that names the field decides: the more particular ones stand first
      .filter((guard) => isHeld(guard, leaf) && !isNew(guard, leaf, before.object))
      .map((guard): GuardedChange => {
        const field = fieldOf(guard, leaf);
        const about = { component, kind: ref.kind, name: ref.name, field };
        return {
          ...about,
          cluster,
          object: objectText(ref),
          file,
          before: leaf.before,
          after: leaf.after,
          guard,
          accepted: accepted.find((a) => agrees(a, about)),
        };
      }),
  );
}

/** What gets a new name each time, and a hook whose last one Argo CD deletes first (the policy that counts where none is named). */
function isMadeAnew(object: ValueMap): boolean {
  if (object['kind'] === 'PersistentVolumeClaim') return false;
  if ((textAt(object, 'metadata', 'name') ?? '') === '') return true;
  const policies = annotationList(object, 'argocd.argoproj.io/hook-delete-policy');
  return isHook(object) && (policies.length === 0 || policies.includes('BeforeHookCreation'));
}

/** What only an Application of a chart has, or what means something else in any other: a revision is a branch there. */
const isOfChart = (path: readonly Step[]): boolean =>
  path[0] === 'spec' && path[1] === 'source' && (path[2] === 'helm' || path[2] === 'targetRevision');

/** Guards of kinds hold for whoever renders one; those of Kubernetes name no component. */
const isFor = (guard: FieldGuard, component: string): boolean =>
  guard.kind !== 'argoproj.io/Application' || guard.component === component;

const fieldOf = (guard: FieldGuard, { path }: Leaf): string =>
  pathText(guard.kind === undefined ? path.slice(valuesPath.length) : path);

function covers(guard: FieldGuard, leaf: Leaf): boolean {
  if (guard.kind === undefined && !isValuePath(leaf.path)) return false;
  return patternOf(guard.field).test(fieldOf(guard, leaf));
}

/** A field with everything below it. */
function patternOf(field: string): Pattern {
  const source = field
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('\\[*\\]', '\\[[^\\]]*\\]')
    .replaceAll('*', '[^.[\\]]+');
  return compilePattern(`^${source}(?:$|[.[])`);
}

/** Whether what the guarded field is part of was not there before: nothing is lost by what it begins with. */
function isNew(guard: FieldGuard, { path, before }: Leaf, object: Value): boolean {
  if (before !== undefined) return false;
  const names = guard.field.match(/\["[^"]*"\]|\[\*\]|[^.[\]]+/g) ?? [];
  const depth = (guard.kind === undefined ? valuesPath.length : 0) + names.length - 1;
  let at: Value | undefined = object;
  for (const step of path.slice(0, depth)) {
    at = typeof step === 'string' ? memberOf(at, step) : itemOf(at, step);
    if (at === undefined) return true;
  }
  return false;
}

const memberOf = (value: Value | undefined, key: string): Value | undefined =>
  isMap(value) ? member(value, key) : undefined;

/** By its key, where items have one; without, the one in its place is taken for it. */
function itemOf(value: Value | undefined, { index, key }: ItemStep): Value | undefined {
  if (!isList(value)) return undefined;
  const [name = '', text] = key?.split(/=(.*)/s) ?? [];
  if (text === undefined) return value[index];
  return value.find((item) => isMap(item) && String(member(item, name) ?? '') === text);
}

function isHeld(guard: FieldGuard, leaf: Leaf): boolean {
  const [before, after] = [partOf(guard, leaf.before), partOf(guard, leaf.after)];
  if (before !== undefined && before === after) return false;
  if (guard.unsetOption !== undefined && before !== undefined) return true;
  if (guard.allow === 'nothing') return true;
  if (isEndless(guard, after)) return false;
  if (isEndless(guard, before)) return true;
  if (before === undefined) return false;
  const order = after === undefined ? undefined : compareAmounts(before, after);
  return order === undefined || order > 0;
}

const isEndless = ({ endless = [] }: FieldGuard, value: Value | undefined): boolean =>
  endless.some((one) => (one === null ? value === undefined || value === null : String(one) === String(value ?? '')));

/** The part of a value that a guard compares. */
function partOf({ match }: FieldGuard, value: Value | undefined): Value | undefined {
  if (match === undefined || typeof value !== 'string') return value;
  return compilePattern(match).exec(value)?.[1] ?? value;
}

function agrees(
  accepted: AcceptedChange,
  { component, kind, name, field }: Pick<GuardedChange, 'component' | 'kind' | 'name' | 'field'>,
): boolean {
  if (accepted.component !== component) return false;
  const isField = accepted.field === undefined || patternOf(accepted.field).test(field);
  return isField && [undefined, kind].includes(accepted.kind) && [undefined, name].includes(accepted.name);
}

/** What changes, as people read it: `spec.partitions: 12 → 6`. */
export const guardedText = ({ field, before, after }: GuardedChange): string =>
  isSensitivePath(field) ? `${field}: (hidden)` : `${field}: ${shortText(before)} → ${shortText(after)}`;

/** Why it is held: the word of the guard, or that nobody asked for the move. */
export const guardedReason = ({ guard }: GuardedChange): string =>
  guard.unsetOption === undefined
    ? guard.because
    : `${guard.unsetOption} is not set, so it moves with the catalog; ${guard.because}`;

/** What a diff says first of guarded changes. */
export const guardNotes = (changes: readonly GuardedChange[]): Note[] =>
  changes.map((change) => ({
    concern: 'refused',
    component: change.component,
    object: change.object,
    text: `${guardedText(change)}: ${guardedReason(change)}${change.accepted === undefined ? '' : ` (accepted: ${change.accepted.reason})`}`,
  }));

/** One error for each change of a guarded field that the spec does not agree to. */
export function guardFindings(changes: readonly GuardedChange[]): Diagnostic[] {
  return changes
    .filter((c) => c.accepted === undefined)
    .map((change) => ({
      code: 'publish/guarded-change',
      severity: 'error',
      cluster: change.cluster,
      component: change.component,
      at: { file: change.file, line: 1, col: 1 },
      message: `${change.object}: ${guardedText(change)}: ${guardedReason(change)}.`,
      hint: hintOf(change),
    }));
}

function hintOf({ guard, component, field, before }: GuardedChange): string {
  const stay =
    guard.unsetOption === undefined
      ? (guard.hint ?? 'Put back what stood there.')
      : `Set ${guard.unsetOption} to ${shortText(before)} to stay, or to what is wanted to move.`;
  return `${stay} When it is meant, say so in spec.acceptedChanges: component: ${component}, field: ${JSON.stringify(field)}, and the reason.`;
}

/** Agreements to changes that do not happen: they would let a later one pass unseen. */
export function unusedAcceptances(
  accepted: readonly AcceptedChange[],
  changes: readonly GuardedChange[],
): Diagnostic[] {
  return accepted
    .filter((one) => changes.every((c) => c.accepted !== one))
    .map(({ component, at }) => ({
      code: 'spec/unused-acceptance',
      severity: 'warning',
      at,
      message: `Nothing that is guarded in "${component}" is changed by this rendering.`,
      hint: 'Take the entry out once the change is committed: it would agree to the next one as well.',
    }));
}

/** What a commit says of the guarded changes in it, with the reasons. */
export function guardTrailers(changes: readonly GuardedChange[]): readonly string[] {
  const lines = changes.flatMap((c) =>
    c.accepted === undefined
      ? []
      : [`Slipway-Change: ${c.cluster}/${c.component}: ${guardedText(c)}: ${c.accepted.reason}`],
  );
  return [...new Set(lines)].sort();
}
