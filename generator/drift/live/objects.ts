import { isSecret } from '../../kubernetes/object.ts';
import type { ClusterKinds } from './kinds.ts';
import { describeKind, objectPath, withScope } from './kinds.ts';
import type { DesiredObject } from '../desired.ts';
import { appliedForm } from '../desired.ts';
import { identityOf, identityKey } from '../../kubernetes/object.ts';
import { argocdManager } from '../fieldOwners.ts';
import type { ComparisonSettings } from '../objectDrift.ts';
import { aboutObject, localFields, predictedFields } from '../objectDrift.ts';
import type { UncheckedList } from '../unchecked.ts';
import type { ObjectDrift } from '../../model/drift.ts';
import type { ValueMap } from '../../model/values.ts';
import { textAt } from '../../model/values.ts';
import type { ApiAnswer, Kubernetes } from '../../ports.ts';

/** One cluster, and what is known of it so far. */
export interface Comparison {
  readonly api: Kubernetes;
  readonly kinds: ClusterKinds;
  readonly settings: ComparisonSettings;
  readonly unchecked: UncheckedList;
  /** Kinds and namespaces in which the account may not even try to apply. */
  readonly mayNotApply: Set<string>;
  /** Identities of everything that the tree has. */
  readonly wanted: Set<string>;
  readonly counts: { predicted: number; local: number };
  /** Hears of every object that is there. */
  seen?(object: ValueMap): void;
}

/** One object against the cluster; undefined: as it should be, or not to be compared (which is said then). */
export async function compareObject(given: DesiredObject, comparison: Comparison): Promise<ObjectDrift | undefined> {
  const { api, kinds, unchecked } = comparison;
  const apiVersion = textAt(given.object, 'apiVersion') ?? '';
  const served = await kinds.find(apiVersion, identityOf(given.object).kind);
  if (typeof served === 'string') {
    unchecked.add(describeKind(given.object), served);
    return undefined;
  }
  if (served === undefined) {
    comparison.wanted.add(identityKey(identityOf(given.object)));
    return {
      ...aboutObject(given),
      state: 'missing',
      fields: [],
      by: 'server',
      note: 'the cluster does not know its kind',
    };
  }
  const object = withScope(given.object, served, given.application?.destination ?? '');
  const desired: DesiredObject = { ...given, object };
  const identity = identityOf(object);
  comparison.wanted.add(identityKey(identity));
  if (identity.name === '') return undefined; // generateName: a new one at every sync
  const path = objectPath(served, identity);
  const scope = `${served.base}/${served.resource}/${identity.namespace}`;
  for (let round = 1; ; round += 1) {
    const { live, predicted } = await ask(desired, path, scope, comparison);
    const answer = judge(desired, live, predicted, comparison);
    if (answer.drift === undefined || round === 3 || predicted === undefined) return count(answer, comparison);
    // a controller may have written between the two requests
    const again = await api.get(path);
    if (again.status === live.status && versionOf(again.body) === versionOf(live.body))
      return count(answer, comparison);
  }
}

const versionOf = (object: ValueMap): string => textAt(object, 'metadata', 'resourceVersion') ?? '';

interface Judgement {
  readonly drift: ObjectDrift | undefined;
  readonly by: 'predicted' | 'local' | 'nothing';
  /** An object that is there. */
  readonly live?: ValueMap;
  /** Why nothing is known. */
  readonly why?: string;
  readonly what?: string;
}

function count({ drift, by, live, why, what }: Judgement, comparison: Comparison): ObjectDrift | undefined {
  if (by !== 'nothing') comparison.counts[by] += 1;
  if (why !== undefined && what !== undefined) comparison.unchecked.add(what, why);
  if (live !== undefined) comparison.seen?.(live);
  return drift;
}

/** The live object and the prediction, side by side. */
async function ask(
  desired: DesiredObject,
  path: string,
  scope: string,
  { api, mayNotApply, settings }: Comparison,
): Promise<{ readonly live: ApiAnswer; readonly predicted: ApiAnswer | undefined }> {
  const tries = !mayNotApply.has(scope);
  const [live, predicted] = await Promise.all([
    api.get(path),
    tries ? api.predict(path, appliedForm(desired, settings.marks), argocdManager) : undefined,
  ]);
  if (predicted?.status === 403 && !isOfAdmission(predicted)) mayNotApply.add(scope);
  return { live, predicted };
}

/** Policies refuse one object with the status that accounts are refused with. */
const isOfAdmission = ({ body }: ApiAnswer): boolean =>
  !/ cannot (?:patch|create) resource /.test(textAt(body, 'message') ?? '');

function judge(
  desired: DesiredObject,
  live: ApiAnswer,
  predicted: ApiAnswer | undefined,
  { settings }: Comparison,
): Judgement {
  const about = aboutObject(desired);
  const what = describeKind(desired.object);
  if (live.status === 404 && live.body['kind'] === 'Status')
    return { drift: { ...about, state: 'missing', fields: [], by: 'server' }, by: 'predicted' };
  if (live.status === 403) return { drift: undefined, by: 'nothing', what, why: 'the account may not get it' };
  if (live.status >= 300)
    return { drift: undefined, by: 'nothing', what: `${what} ${about.name}`, why: said(live, desired) };
  if (predicted !== undefined && predicted.status < 300) {
    const fields = predictedFields(desired, predicted.body, live.body, settings);
    return {
      drift: fields.length === 0 ? undefined : { ...about, state: 'changed', fields, by: 'server' },
      by: 'predicted',
      live: live.body,
    };
  }
  const fields = localFields(desired, live.body, settings);
  const isForbidden = predicted === undefined || (predicted.status === 403 && !isOfAdmission(predicted));
  const note = isForbidden ? 'the account may not try to apply it' : `trying to apply it: ${said(predicted, desired)}`;
  if (fields.length > 0)
    return { drift: { ...about, state: 'changed', fields, by: 'local', note }, by: 'local', live: live.body };
  if (isForbidden) return { drift: undefined, by: 'local', live: live.body };
  return { drift: undefined, by: 'local', live: live.body, what: `${what} ${about.name}`, why: note };
}

/** What the server said; of Secrets only the status, for it may quote values. */
function said({ status, body }: ApiAnswer, { object }: DesiredObject): string {
  const message = isSecret(object) ? '' : (textAt(body, 'message') ?? '');
  return `the API server answers ${status}${message === '' ? '' : ` (${message.length > 300 ? `${message.slice(0, 300)}...` : message})`}`;
}
