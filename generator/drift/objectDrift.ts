import { maskNamed } from '../util/mask.ts';
import { isSecret } from '../kubernetes/object.ts';
import type { FieldDrift, ObjectDrift } from '../model/drift.ts';
import type { ValueMap } from '../model/values.ts';
import { asMap, isList, isMap, mapAt, member, pointerStep, textAt, withName } from '../model/values.ts';
import type { DesiredObject } from './desired.ts';
import { appliedForm } from './desired.ts';
import { identityOf } from '../kubernetes/object.ts';
import type { Difference } from './fieldDiff.ts';
import { fieldDifferences } from './fieldDiff.ts';
import { argocdManager, managerAt, ownersAt, ownersOf, ownerTree } from './fieldOwners.ts';
import type { IgnoreRule } from './ignoreRules.ts';
import { matchesRule, trustedFields, withoutIgnored } from './ignoreRules.ts';
import { comparable, isAggregated, lastApplied, printable, trackingAnnotation } from './normalize.ts';
import { subsetDifferences } from './subset.ts';

/** What holds for all objects of a cluster. */
export interface ComparisonSettings {
  /** Rules of argocd-cm. */
  readonly rules: readonly IgnoreRule[];
  readonly ignoresAggregatedRoles: boolean;
  /** Argo CD marks its objects with the tracking annotation. */
  readonly marks: boolean;
}

export type Drifted = Pick<
  ObjectDrift,
  'component' | 'application' | 'apiVersion' | 'kind' | 'namespace' | 'name' | 'file'
>;

export function aboutObject(desired: DesiredObject): Drifted {
  const { kind, namespace, name } = identityOf(desired.object);
  return {
    component: desired.component,
    application: desired.application?.name ?? '',
    apiVersion: textAt(desired.object, 'apiVersion') ?? '',
    kind,
    namespace,
    name,
    ...(desired.file === undefined ? {} : { file: desired.file }),
  };
}

/** By the server's prediction of what applying would come to: the fields in which the live object differs from it. */
export function predictedFields(
  desired: DesiredObject,
  predicted: ValueMap,
  live: ValueMap,
  settings: ComparisonSettings,
): FieldDrift[] {
  const ignore = ignoring(desired, live, settings);
  const owners = ownerTree([predicted, live]);
  const ours = (object: ValueMap) => ownerTree([object], (o) => o.name === argocdManager);
  const [willOwn, owns] = [ours(predicted), ours(live)];
  const knowsOwners = ownersOf(predicted).length > 0;
  const isOurs = (d: Difference): boolean =>
    !knowsOwners || ownersAt(d.desired === undefined ? owns : willOwn, d.steps).length > 0;
  const found = fieldDifferences(ignore.strip(predicted), ignore.strip(live), owners);
  // what Argo CD does not own was put there by webhooks, for both sides alike
  return [...found.filter(isOurs), ...abandoned(desired, live, ignore.strip)]
    .filter((d) => !ignore.isTrusted(d.steps))
    .map((d) => fieldDrift(d, live));
}

/** Without a prediction: fields of the tree that the live object does not have. */
export function localFields(desired: DesiredObject, live: ValueMap, settings: ComparisonSettings): FieldDrift[] {
  const ignore = ignoring(desired, live, settings);
  const wanted = ignore.strip(appliedForm(desired, settings.marks));
  return subsetDifferences(wanted, ignore.strip(live), ownerTree([live]))
    .filter((d) => !ignore.isTrusted(d.steps))
    .map((d) => fieldDrift(d, live));
}

interface Ignoring {
  strip(object: ValueMap): ValueMap;
  isTrusted(steps: readonly string[]): boolean;
}

function ignoring({ object, application }: DesiredObject, live: ValueMap, settings: ComparisonSettings): Ignoring {
  const rules = [...(application?.rules ?? []), ...settings.rules].filter((r) => matchesRule(r, object));
  const isTrusted = trustedFields(live, rules);
  return {
    isTrusted,
    strip(value) {
      const kept = withoutIgnored(comparable(value), rules);
      const aggregated = settings.ignoresAggregatedRoles && (isAggregated(object) || isAggregated(live));
      const { rules: _rules, ...others } = kept;
      return withoutMark(aggregated ? others : kept, settings.marks && application !== undefined);
    },
  };
}

/** Where Argo CD does not mark its objects, and for what is applied by hand, a mark says nothing. */
function withoutMark(object: ValueMap, marks: boolean): ValueMap {
  const metadata = mapAt(object, 'metadata');
  const annotations = mapAt(metadata, 'annotations');
  if (marks || annotations[trackingAnnotation] === undefined) return object;
  const { [trackingAnnotation]: _mark, ...others } = annotations;
  const { annotations: _all, ...rest } = metadata;
  return { ...object, metadata: Object.keys(others).length === 0 ? rest : { ...rest, annotations: others } };
}

/**
 * Fields that Argo CD applied from the client's side, and that the tree does not have any more: a server-side apply does not
 * remove what was not applied that way.
 */
function abandoned(desired: DesiredObject, live: ValueMap, strip: (o: ValueMap) => ValueMap): Difference[] {
  const applied = textAt(live, 'metadata', 'annotations', lastApplied);
  const isFromClient = ownersOf(live).some(
    ({ owner }) => owner.name === argocdManager && !owner.isApply && owner.subresource === '',
  );
  if (applied === undefined || !isFromClient) return [];
  const before = asMap(parsed(applied));
  const found: Difference[] = [];
  gone(strip(before), strip(appliedForm(desired, false)), strip(live), { pointer: '', path: '', steps: [] }, found);
  return found.filter((d) => !d.pointer.endsWith('tracking-id'));
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function gone(
  before: ValueMap,
  desired: ValueMap,
  live: ValueMap,
  at: Pick<Difference, 'pointer' | 'path' | 'steps'>,
  found: Difference[],
): void {
  for (const key of Object.keys(before)) {
    const now = member(live, key);
    if (now === undefined) continue;
    const place = {
      pointer: `${at.pointer}/${pointerStep(key)}`,
      path: withName(at.path, key),
      steps: [...at.steps, `f:${key}`],
    };
    const [was, wanted] = [member(before, key), member(desired, key)];
    if (wanted === undefined) found.push({ ...place, desired: undefined, live: now });
    else if (isMap(was) && isMap(wanted) && isMap(now)) gone(was, wanted, now, place, found);
    else if (isList(was) && isList(wanted)) continue; // lists are left to the prediction
  }
}

function fieldDrift(d: Difference, live: ValueMap): FieldDrift {
  const secret = isSecret(live);
  const manager = managerAt(live, d.steps);
  const [desired, now] = [printable(maskNamed(d.desired, d.path)), printable(maskNamed(d.live, d.path))];
  return {
    pointer: d.pointer,
    path: d.path,
    change: d.live === undefined ? 'removed' : d.desired === undefined ? 'added' : 'changed',
    isSecret: secret,
    ...(secret || desired === undefined ? {} : { desired }),
    ...(secret || now === undefined ? {} : { live: now }),
    ...(manager === undefined ? {} : { manager }),
  };
}
