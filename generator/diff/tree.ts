import { isSecret } from '../kubernetes/object.ts';
import { maskNamed, maskSecrets } from '../util/mask.ts';
import { isSensitivePath } from '../util/secretNames.ts';
import type { ClusterGuards } from '../model/guard.ts';
import { guardNotes, guardedChanges } from './guards.ts';
import type { Change } from '../model/model.ts';
import type { ClusterDiff, ComponentDiff, FieldDiff, Note, ObjectDiff, TreeDiff } from '../model/diff.ts';
import { concerns, objectText } from '../model/diff.ts';
import type { AppliedPatch } from '../model/patch.ts';
import { patchText } from '../model/patch.ts';
import { compareText } from '../model/values.ts';
import { hookOf } from '../helm/hooks.ts';
import type { KindTable } from '../kubernetes/kindTable.ts';
import type { FieldChange } from './fields.ts';
import { diffValues, pathText } from './fields.ts';
import { rightsNotes, fieldNotes, isValuePath, presenceNotes, valuesPath } from './notes.ts';
import type { ObjectPair } from './pairs.ts';
import { pairObjects, sideObjects } from './pairs.ts';
import type { LockSide } from './versions.ts';
import { lockSide, sides, versionChange, versionNotes } from './versions.ts';
import { deployedFileOf, isApplicationFile, ownerOf } from '../tree/paths.ts';

/** What the objects of a chart are before and after, by component; from Helm. */
export type RenderedPairs = ReadonlyMap<string, readonly ObjectPair[]>;

/**
 * From the files that differ to what differs in them: per cluster, component, object and field. Files of equal text are not
 * looked at, so that the work is that of the change, not of the fleet. `only`: these components; empty: all.
 */
export function diffTrees(
  changes: readonly Change[],
  base: string,
  kinds: KindTable,
  only: readonly string[] = [],
  guards: ReadonlyMap<string, ClusterGuards> = new Map(),
  patched: PatchedFiles = new Map(),
): TreeDiff {
  const byCluster = new Map<string, Change[]>();
  for (const change of changes) {
    const own = byCluster.get(change.cluster);
    if (own === undefined) byCluster.set(change.cluster, [change]);
    else own.push(change);
  }
  const clusters = [...byCluster]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([name, own]) =>
      diffCluster(name, own, { kinds, only, patched }, guards.get(name) ?? { fields: [], accepted: [] }),
    );
  return { base, radius: radiusOf(clusters), clusters };
}

export function radiusOf(clusters: readonly ClusterDiff[]): TreeDiff['radius'] {
  const components = clusters.flatMap((c) => c.components);
  const objects = components.flatMap((c) => c.objects);
  return {
    clusters: clusters.length,
    components: components.length,
    objects: objects.length,
    fields: [...objects.map((o) => o.fields.length), ...components.map((c) => c.values.length)].reduce(
      (sum, n) => sum + n,
      0,
    ),
  };
}

/** Patches of the spec, by the file that they changed, from the root of the repository. */
export type PatchedFiles = ReadonlyMap<string, readonly AppliedPatch[]>;

interface Around {
  readonly kinds: KindTable;
  readonly only: readonly string[];
  readonly patched: PatchedFiles;
}

function diffCluster(
  name: string,
  changes: readonly Change[],
  { kinds, only, patched }: Around,
  guards: ClusterGuards,
): ClusterDiff[] {
  const locks = { before: lockSide(changes, 'before'), after: lockSide(changes, 'after') };
  const pairs = pairObjects(sideObjects(changes, 'before'), sideObjects(changes, 'after'));
  const notes: Note[] = [];
  const groups = new Map<string, ObjectPair[]>();
  for (const pair of pairs) {
    const key = (pair.after ?? pair.before)?.component ?? '';
    groups.set(key, [...(groups.get(key) ?? []), pair]);
  }
  // a package of another version may come with no other difference in the tree
  for (const component of locks.after.components.keys())
    if (!groups.has(component) && versionNotes(component, ...lockedSides(component, locks)).length > 0)
      groups.set(component, []);
  const components = [...groups]
    .filter(([key]) => only.length === 0 || only.includes(key))
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([key, own]) => diffComponent(key, own, locks, { kinds, patched }, notes));
  const shown = new Set(components.map((c) => c.name));
  const guarded = guardNotes(guardedChanges(changes, guards, dataHolders(locks))).filter((n) => shown.has(n.component));
  notes.push(...guarded.filter((note) => !notes.some((n) => saysTheSame(n, note))));
  const catalog = sides(locks.before.catalog, locks.after.catalog);
  const isBump =
    catalog.before !== undefined &&
    catalog.after !== undefined &&
    catalog.before !== catalog.after &&
    only.length === 0;
  if (components.length === 0 && !isBump) return [];
  if (isBump)
    notes.push({ concern: 'version', component: 'catalog', text: `catalog ${catalog.before} → ${catalog.after}` });
  return [
    {
      name,
      change: presenceOf(changes),
      ...(isBump ? { catalog } : {}),
      notes: sortNotes(summedUp(notes)),
      components,
    },
  ];
}

/** The same field of the same object: what is said of lost data comes first and is enough. */
const saysTheSame = (note: Note, guarded: Note): boolean =>
  note.concern === 'data' && note.object === guarded.object && fieldIn(note) === fieldIn(guarded);

const fieldIn = ({ text }: Note): string => text.slice(0, text.indexOf(': '));

function presenceOf(changes: readonly Change[]): ClusterDiff['change'] {
  const root = changes.find((c) => deployedFileOf(c.path)?.file.kind === 'root');
  if (root?.before === undefined && root?.after !== undefined) return 'added';
  return root?.before !== undefined && root.after === undefined ? 'removed' : 'changed';
}

type Locks = { readonly before: LockSide; readonly after: LockSide };

const lockedSides = (name: string, locks: Locks, from = name) =>
  [locks.before.components.get(from), locks.after.components.get(name)] as const;

/** Components that hold data where it stands, by the lock among the changes of one cluster. */
export const dataHoldersOf = (changes: readonly Change[]): ReadonlySet<string> =>
  dataHolders({ before: lockSide(changes, 'before') });

const dataHolders = ({ before }: Pick<Locks, 'before'>): ReadonlySet<string> =>
  new Set([...before.components].flatMap(([component, own]) => (own.holdsData ? [component] : [])));

function diffComponent(
  name: string,
  pairs: readonly ObjectPair[],
  locks: Locks,
  { kinds, patched }: Pick<Around, 'kinds' | 'patched'>,
  notes: Note[],
): ComponentDiff[] {
  const application = pairs.find(({ before, after }) => isApplicationOf(after ?? before, name));
  const from = application?.after === undefined ? undefined : application.before?.component;
  const renamedFrom = from === undefined || from === name ? undefined : from;
  const [before, after] = lockedSides(name, locks, renamedFrom);
  const holdsData = (before ?? after)?.holdsData === true;
  const holders = dataHolders(locks);
  const change: ComponentDiff['change'] =
    application === undefined
      ? 'changed'
      : application.before === undefined
        ? 'added'
        : application.after === undefined
          ? 'removed'
          : renamedFrom === undefined
            ? 'changed'
            : 'renamed';
  const version = versionChange(before, after);
  const isSaid = (f: FieldChange): boolean =>
    version !== undefined && pathText(f.path) === 'spec.source.targetRevision';
  const values: FieldChange[] = [];
  const objects = pairs.flatMap((pair) => {
    const fields = changesOf(pair);
    const own = pair === application ? fields.filter((f) => !isValue(f) && !isSaid(f)) : fields;
    if (pair === application) values.push(...fields.filter(isValue));
    notes.push(...presenceNotes(pair, { components: holders, kinds }));
    const kind = pair.after?.ref.kind;
    if (kind !== undefined && pair.before !== undefined)
      notes.push(
        ...fieldNotes(own, { component: name, object: objectText(pair.after?.ref ?? emptyRef), kind, holdsData }),
      );
    const patches = patched.get(pair.after?.file ?? '') ?? [];
    const found = objectDiff(pair, own, patches);
    if (found.length > 0) notes.push(...rightsNotes(patches, name, objectText(pair.after?.ref ?? emptyRef)));
    return found;
  });
  notes.push(...fieldNotes(values, { component: name, holdsData }), ...versionNotes(name, before, after));
  if (objects.length === 0 && values.length === 0 && version === undefined) return [];
  return [
    {
      name,
      change,
      ...(change === 'renamed' && renamedFrom !== undefined ? { from: renamedFrom } : {}),
      holdsData,
      ...(version === undefined ? {} : { version }),
      values: values.map((f) => fieldDiff(f, valuesPath.length)),
      objects,
    },
  ];
}

const emptyRef = { apiVersion: '', kind: '', name: '' };

function isApplicationOf(o: ObjectPair['after'], name: string): boolean {
  return o?.ref.kind === 'Application' && isApplicationFile(o.file ?? '') && ownerOf(o.file ?? '') === name;
}

const isValue = ({ path }: FieldChange): boolean => isValuePath(path);

/** The fields that differ; none for an object that came or went. */
export function changesOf({ before, after }: ObjectPair): FieldChange[] {
  return before === undefined || after === undefined ? [] : diffValues(before.object, after.object);
}

/** One object with the fields that differ; nothing when only order or formatting does. */
export function objectDiff(
  { before, after }: ObjectPair,
  fields: readonly FieldChange[],
  patches: readonly AppliedPatch[] = [],
): ObjectDiff[] {
  const o = after ?? before;
  if (o === undefined) return [];
  const change = changeOf(before, after);
  if (change === 'changed' && fields.length === 0) return [];
  const phases = hookOf(o.object).phases.join(', ');
  const shown = change === 'changed' ? fields : fields.filter((f) => pathText(f.path) !== 'metadata.name');
  return [
    {
      ...o.ref,
      change,
      ...(o.file === undefined ? {} : { file: o.file }),
      ...(before !== undefined && (change === 'renamed' || change === 'moved')
        ? { from: { ...before.ref, component: before.component } }
        : {}),
      ...(phases === '' ? {} : { hook: phases }),
      ...(patches.length === 0 ? {} : { patchedBy: patches.map(patchText) }),
      fields: shown.map((f) => (isSecret(o.object) ? hidden(fieldDiff(f)) : fieldDiff(f))),
    },
  ];
}

function changeOf(before: ObjectPair['before'], after: ObjectPair['after']): ObjectDiff['change'] {
  if (before === undefined) return 'added';
  if (after === undefined) return 'removed';
  if (objectText(before.ref) !== objectText(after.ref)) return 'renamed';
  return before.component === after.component ? 'changed' : 'moved';
}

export function fieldDiff({ kind, path, before, after }: FieldChange, skip = 0): FieldDiff {
  const shown = pathText(path.slice(skip));
  const field: FieldDiff = {
    change: kind,
    path: shown,
    ...(before === undefined
      ? {}
      : { before: typeof before === 'string' ? maskSecrets(before) : maskNamed(before, shown) }),
    ...(after === undefined ? {} : { after: typeof after === 'string' ? maskSecrets(after) : maskNamed(after, shown) }),
  };
  return isSensitivePath(shown) && [before, after].some((v) => typeof v === 'string') ? withoutValues(field) : field;
}

/** A Secret may hold what nobody else should see, and a diff lands in comments and mails. */
function hidden(field: FieldDiff): FieldDiff {
  return /^(?:data|stringData)\b/.test(field.path) ? withoutValues(field) : field;
}

function withoutValues(field: FieldDiff): FieldDiff {
  const { before, after, ...rest } = field;
  return {
    ...rest,
    ...(before === undefined ? {} : { before: '(hidden)' }),
    ...(after === undefined ? {} : { after: before === undefined ? '(hidden)' : '(hidden, another)' }),
  };
}

/** More removals of one component than these are one note. */
const manyRemovals = 3;

/** Of many objects that simply go the first and their number; each of those that take data with them. */
function summedUp(notes: readonly Note[]): Note[] {
  const isPlain = (n: Note): boolean => n.concern === 'removal' && n.text === 'removed';
  const counts = new Map<string, number>();
  for (const note of notes.filter(isPlain)) counts.set(note.component, (counts.get(note.component) ?? 0) + 1);
  const said = new Set<string>();
  return notes.flatMap((note): Note[] => {
    const count = isPlain(note) ? (counts.get(note.component) ?? 0) : 0;
    if (count <= manyRemovals) return [note];
    if (said.has(note.component)) return [];
    said.add(note.component);
    return [{ ...note, text: `removed, and ${count - 1} more objects` }];
  });
}

/** The most urgent first, each once. */
export function sortNotes(notes: readonly Note[]): Note[] {
  const key = (n: Note): string => `${concerns.indexOf(n.concern)} ${n.component} ${n.object ?? ''} ${n.text}`;
  return [...new Map(notes.map((n) => [key(n), n])).entries()]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, note]) => note);
}
