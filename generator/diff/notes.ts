import { isSensitivePath } from '../util/secretNames.ts';
import { leavesOf, shortText } from './leaves.ts';
import { isQuantity, amountOf, sizeOf } from './amounts.ts';
import type { Leaf } from './leaves.ts';
import type { Concern, Note } from '../model/diff.ts';
import { objectText } from '../model/diff.ts';
import type { Value, ValueMap } from '../model/values.ts';
import type { AppliedPatch } from '../model/patch.ts';
import { patchText } from '../model/patch.ts';
import { asString, getAt, isList, pointerText, textAt } from '../model/values.ts';
import type { KindTable } from '../kubernetes/kindTable.ts';
import { hookOf } from '../helm/hooks.ts';
import { kindOf } from '../kubernetes/object.ts';
import type { FieldChange, Step } from './fields.ts';
import { namesOf, pathText } from './fields.ts';
import type { ObjectPair, SideObject } from './pairs.ts';

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

/** Patches of the spec that change what somebody may do, with the reason that is given for it. */
export function rightsNotes(patches: readonly AppliedPatch[], component: string, object: string): Note[] {
  return patches.flatMap((patch): Note[] => {
    if (patch.rights === undefined) return [];
    const fields = patch.fields.map((f) => pointerText(f.pointer));
    const more = fields.length > 3 ? ` and ${fields.length - 3} more` : '';
    const text = `${fields.slice(0, 3).join(', ')}${more} by ${patchText(patch)}: ${patch.rights}`;
    return [{ concern: 'rights', component, object, text }];
  });
}

/** Whose fields: the object's (with its kind), or the Helm values of a component. */
export interface FieldOwner {
  readonly component: string;
  readonly object?: string;
  readonly kind?: string;
  readonly holdsData: boolean;
}

/** What is worth saying first of the fields of one object, or of the values of one component. */
export function fieldNotes(changes: readonly FieldChange[], owner: FieldOwner): Note[] {
  const { component, object } = owner;
  const about = object === undefined ? { component } : { component, object };
  return changes.flatMap((change) => {
    return leavesOf(change).flatMap((leaf): Note[] => {
      const found = concernOf(leaf, owner);
      return found === undefined ? [] : [{ ...about, concern: found.concern, text: found.text ?? changeText(leaf) }];
    });
  });
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
function changeText({ path, before, after }: Leaf): string {
  const own = ownPath(path);
  return isSensitivePath(own) ? `${own}: (hidden)` : `${own}: ${shortText(before)} → ${shortText(after)}`;
}

/** Where an Application carries the values of its chart. */
export const valuesPath: readonly Step[] = ['spec', 'source', 'helm', 'valuesObject'];

export const isValuePath = (path: readonly Step[]): boolean => valuesPath.every((step, i) => path[i] === step);

/** Of values the path in them. */
const ownPath = (path: readonly Step[]): string =>
  isValuePath(path) ? `values ${pathText(path.slice(valuesPath.length))}`.trimEnd() : pathText(path);
