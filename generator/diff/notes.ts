import type { Concern, Note } from '../model/diff.ts';
import { objectText } from '../model/diff.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { asString, getAt, isList, isMap, textAt } from '../model/values.ts';
import type { KindTable } from '../kubernetes/kindTable.ts';
import { hookOf } from '../helm/hooks.ts';
import { kindOf } from '../kubernetes/object.ts';
import { quantityOf } from '../kubernetes/quantity.ts';
import type { FieldChange, Step } from './fields.ts';
import { namesOf, pathText } from './fields.ts';
import type { ObjectPair, SideObject } from './pairs.ts';

/** Fields that the API server lets nobody change, by kind. */
const immutable: Readonly<Record<string, readonly RegExp[]>> = {
  Deployment: [/^spec\.selector/],
  DaemonSet: [/^spec\.selector/],
  ReplicaSet: [/^spec\.selector/],
  StatefulSet: [/^spec\.(?:selector|serviceName|podManagementPolicy|volumeClaimTemplates)/],
  Job: [/^spec\.(?:template|selector|completionMode)/],
  PersistentVolumeClaim: [/^spec\.(?:accessModes|storageClassName|volumeMode|volumeName|selector)/],
  StorageClass: [/^(?:provisioner|parameters|reclaimPolicy|volumeBindingMode)/],
  RoleBinding: [/^roleRef/],
  ClusterRoleBinding: [/^roleRef/],
};

const replicaNames: ReadonlySet<string> = new Set([
  'replicas',
  'replicaCount',
  'minReplicas',
  'maxReplicas',
  'minReplicaCount',
  'maxReplicaCount',
  'brokers',
  'instances',
]);
const imageNames: ReadonlySet<string> = new Set(['image', 'imageTag', 'imageName', 'tag', 'digest', 'repository']);
const sizeNames: ReadonlySet<string> = new Set(['storage', 'size', 'volumeSize', 'storageSize']);

/** What there is to know of data: the components that hold some, and the kinds. */
export interface DataFacts {
  readonly components: ReadonlySet<string>;
  readonly kinds: KindTable;
}

/** What is worth saying first of objects that came, went, or bear another name. */
export function presenceNotes({ before, after }: ObjectPair, data: DataFacts): Note[] {
  const o = after ?? before;
  if (o === undefined) return [];
  const about = { component: o.component, object: objectText(o.ref) };
  if (after === undefined) return [removalOf(o, about, data)];
  const phases = hookOf(after.object).phases.join(', ');
  if (before === undefined)
    return phases === '' ? [] : [{ ...about, concern: 'hook', text: `new hook, runs at ${phases}` }];
  if (objectText(before.ref) !== objectText(after.ref)) {
    const { concern, text } = removalOf(before, about, data);
    const isLost = concern === 'data';
    return [{ ...about, concern: isLost ? 'data' : 'rename', text: `was ${objectText(before.ref)}, which is ${text}` }];
  }
  if (before.component === after.component) return [];
  return [{ ...about, concern: 'rename', text: `moved here from ${before.component}` }];
}

function removalOf(o: SideObject, about: Omit<Note, 'text' | 'concern'>, data: DataFacts): Note {
  const isKept = /(?:Prune|Delete)=false/.test(syncOptions(o.object));
  if (isKept) return { ...about, concern: 'removal', text: 'no longer in the tree, and stays on the cluster' };
  if (o.ref.kind === 'Application') return applicationRemoval(o, about, data.components.has(o.component));
  const kind = kindOf(o.object);
  const isPrecious =
    data.kinds.asksOnRemoval(kind) || (data.components.has(o.component) && !data.kinds.isDataless(kind));
  const text = isPrecious ? 'removed, with the data behind it' : 'removed';
  return { ...about, concern: isPrecious ? 'data' : 'removal', text };
}

function applicationRemoval(o: SideObject, about: Omit<Note, 'text' | 'concern'>, holdsData: boolean): Note {
  const takesAll = isList(getAt(o.object, 'metadata', 'finalizers'));
  if (!takesAll) return { ...about, concern: 'removal', text: 'removed; its objects stay on the cluster' };
  return {
    ...about,
    concern: holdsData ? 'data' : 'removal',
    text: `removed, and its objects with it${holdsData ? ': it holds data' : ''}`,
  };
}

const syncOptions = (object: ValueMap): string =>
  textAt(object, 'metadata', 'annotations', 'argocd.argoproj.io/sync-options') ?? '';

/** Whose fields: the object's (with its kind), or the Helm values of a component. */
export interface FieldOwner {
  readonly component: string;
  readonly object?: string;
  readonly kind?: string;
  readonly holdsData: boolean;
}

/** What is worth saying first of the fields of one object, or of the values of one component. */
export function fieldNotes(changes: readonly FieldChange[], owner: FieldOwner): Note[] {
  const { component, object, kind = '' } = owner;
  const about = object === undefined ? { component } : { component, object };
  return changes.flatMap((change): Note[] => {
    const path = pathText(change.path);
    const isImmutable = (immutable[kind] ?? []).some((rule) => rule.test(path));
    const refused: Note[] = isImmutable
      ? [{ ...about, concern: 'refused', text: `${path} cannot be changed: the API server refuses it` }]
      : [];
    const leaves = leavesOf(change).flatMap((leaf): Note[] => {
      const found = concernOf(leaf, owner);
      return found === undefined ? [] : [{ ...about, concern: found.concern, text: found.text ?? changeText(leaf) }];
    });
    return [...refused, ...leaves];
  });
}

interface Leaf {
  readonly path: readonly Step[];
  readonly before: Value | undefined;
  readonly after: Value | undefined;
}

/** What was added or removed as a whole, down to its scalars. */
function leavesOf({ kind, path, before, after }: FieldChange): Leaf[] {
  if (kind === 'order') return [];
  if (kind === 'changed') return [{ path, before, after }];
  const walk = (value: Value, at: readonly Step[]): Leaf[] => {
    if (isList(value)) return value.flatMap((item, index) => walk(item, [...at, { index }]));
    if (isMap(value)) return Object.entries(value).flatMap(([key, item]) => walk(item as Value, [...at, key]));
    return [
      kind === 'added' ? { path: at, before: undefined, after: value } : { path: at, before: value, after: undefined },
    ];
  };
  return walk((kind === 'added' ? after : before) ?? null, path);
}

interface Found {
  readonly concern: Concern;
  readonly text?: string;
}

function concernOf(leaf: Leaf, { kind, holdsData }: FieldOwner): Found | undefined {
  const names = namesOf(leaf.path);
  const last = names.at(-1) ?? '';
  const lost = lossOf(leaf, names, last, kind, holdsData);
  if (lost !== undefined) return { concern: 'data', text: lost };
  if (last === 'image' || (imageNames.has(last) && names.some((n) => /image/i.test(n)))) return { concern: 'image' };
  if (replicaNames.has(last)) return { concern: 'replicas' };
  const isAmount = ['requests', 'limits'].includes(names.at(-2) ?? '');
  if (isAmount || (sizeNames.has(last) && isQuantity(leaf.before ?? leaf.after))) return { concern: 'resources' };
  if (/(?:argocd\.argoproj\.io|helm\.sh)\/hook/.test(last)) return { concern: 'hook' };
  return undefined;
}

/** Why a change of one field loses data; undefined when it does not. */
function lossOf(
  leaf: Leaf,
  names: readonly string[],
  last: string,
  kind: string | undefined,
  holdsData: boolean,
): string | undefined {
  const { before, after } = leaf;
  if (sizeNames.has(last) && (sizeOf(after) ?? 0) < (sizeOf(before) ?? 0) && isQuantity(after))
    return `${changeText(leaf)}: volumes do not shrink`;
  if (/retention/i.test(last) && typeof after === typeof before && amountOf(after) < amountOf(before))
    return `${changeText(leaf)}: what is older goes`;
  if (/reclaimPolicy$/i.test(last) && after === 'Delete') return `${changeText(leaf)}: volumes go with their claims`;
  if (last === 'argocd.argoproj.io/sync-options' && isProtected(before) && !isProtected(after))
    return `${changeText(leaf)}: no longer protected from removal`;
  const isCascade = kind === 'Application' && names[1] === 'finalizers' && before === undefined;
  return isCascade && holdsData ? 'the data goes with the Application from now on' : undefined;
}

const isProtected = (value: Value | undefined): boolean => /(?:Prune|Delete)=false/.test(asString(value) ?? '');

/** A size: a quantity, or as Prometheus writes it (`50GB`). */
const sizeOf = (value: Value | undefined): number | undefined =>
  quantityOf(
    typeof value === 'string'
      ? value.replace(/(?<=\d)([KMGTPE]?i?)B$/, (_, unit: string) => (unit === 'K' ? 'k' : unit))
      : value,
  );

const isQuantity = (value: Value | undefined): boolean => sizeOf(value) !== undefined;

const seconds: Readonly<Record<string, number>> = {
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

/** A time span (`30d`, `1w2d`, in seconds), or a quantity; NaN for anything else. */
function amountOf(value: Value | undefined): number {
  const text = asString(value) ?? '';
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhdwy]))+$/.test(text)) return sizeOf(value) ?? Number.NaN;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdwy])/g);
  return [...parts].reduce((sum, [, number, unit = '']) => sum + Number(number) * (seconds[unit] ?? 1), 0);
}

function changeText({ path, before, after }: Leaf): string {
  return `${ownPath(path)}: ${shortText(before)} → ${shortText(after)}`;
}

/** Where an Application carries the values of its chart. */
export const valuesPath: readonly Step[] = ['spec', 'source', 'helm', 'valuesObject'];

export const isValuePath = (path: readonly Step[]): boolean => valuesPath.every((step, i) => path[i] === step);

/** Of values the path in them. */
const ownPath = (path: readonly Step[]): string =>
  isValuePath(path) ? `values ${pathText(path.slice(valuesPath.length))}`.trimEnd() : pathText(path);

const shortText = (value: Value | undefined): string => {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
};
