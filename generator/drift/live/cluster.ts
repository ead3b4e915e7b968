import { createClusterKinds } from './kinds.ts';
import type { Context, Kubernetes } from '../../ports.ts';
import { bounded } from '../../util/concurrency.ts';
import type { TreeListing } from '../../tree/compare.ts';
import type { DesiredObject, TreeApplication, DesiredTree } from '../desired.ts';
import { desiredTree, isHook, settingsOfTree } from '../desired.ts';
import { identityOf } from '../../kubernetes/object.ts';
import { ignoresAggregatedRoles, settingsRules } from '../ignoreRules.ts';
import type { ComparisonSettings } from '../objectDrift.ts';
import { createUnchecked } from '../unchecked.ts';
import type { UncheckedList } from '../unchecked.ts';
import { reportedDrift, verdictOf } from '../verdicts.ts';
import { convertHook } from '../../helm/hooks.ts';
import { storedObject } from '../../helm/rendered.ts';
import type { SearchedKind } from './extras.ts';
import { findExtras } from './extras.ts';
import type { Comparison } from './objects.ts';
import { compareObject } from './objects.ts';
import type { ApplicationVerdict, LiveDrift, ObjectDrift } from '../../model/drift.ts';
import type { ValueMap } from '../../model/values.ts';
import { asMap, asString, compareText, getAt, listAt, mapAt, textAt } from '../../model/values.ts';
import { fleetTree } from '../../model/names.ts';
import { deployedFileOf } from '../../tree/paths.ts';

/** How many objects are asked for side by side. */
const atOnce = 16;

export interface LiveRequest {
  readonly cluster: string;
  readonly listing: TreeListing;
  /** Files of deploy/fleet/<hub>/ on the hub. */
  readonly fleet: TreeListing;
  /** What Helm makes of the components that are delivered as charts; those that are not here are unknown. */
  readonly charts: ReadonlyMap<string, readonly ValueMap[]>;
  readonly api: Kubernetes;
  /** The cluster that Argo CD runs in, often the same; a text: why it is not asked. */
  readonly control: Kubernetes | string;
  /** Only these; empty: all. */
  readonly components: readonly string[];
}

/** Compares a cluster that was greeted with its tree. Throws ToolError when it cannot be spoken with any more. */
export async function liveDrift(ctx: Context, request: LiveRequest): Promise<LiveDrift> {
  const { api, control, cluster } = request;
  const tree = desiredTree(cluster, request.listing);
  const unchecked = createUnchecked();
  const settings = await settingsOf(request, tree, unchecked);
  const seen = new Map<string, ValueMap>();
  const { comparison, hubComparison, hub } = comparisons(request, settings, unchecked, seen);
  const isWanted = ({ component }: { readonly component: string }): boolean =>
    request.components.length === 0 || request.components.includes(component);
  const objects = [...tree.objects, ...chartObjects(tree, request.charts)].filter(isWanted);
  const beside =
    hubComparison === undefined
      ? []
      : [...tree.control, ...desiredTree(fleetTree, request.fleet).control.map(ownedBy(tree.fleetOwner))].filter(
          isWanted,
        );
  const jobs = [
    ...objects.map((desired) => ({ desired, comparison })),
    ...beside.flatMap((desired) => (hubComparison === undefined ? [] : [{ desired, comparison: hubComparison }])),
  ].filter(({ desired }) => !isHook(desired.object));
  let done = 0;
  const compared = await bounded(jobs, atOnce, async (job) => {
    const drift = await compareObject(job.desired, job.comparison);
    ctx.log.progress(cluster, ++done, jobs.length);
    return drift;
  });
  ctx.log.clearProgress();
  const drifts = compared.filter((d) => d !== undefined);
  if (hub === undefined) unchecked.add('Applications and AppProjects', String(control));
  drifts.push(...(await extras(tree, request, { comparison, hubComparison, objects, beside, seen }, isWanted)));
  const { applications, reported } = verdicts(tree, request, { drifts, seen, unchecked, isWanted });
  return {
    context: api.context,
    server: api.server,
    compared: { ...comparison.counts, reported: reported.length },
    objects: [...drifts, ...reported].sort(byPlace),
    applications: hub === undefined ? [] : applications,
    unchecked: unchecked.list(),
    requests: api.counts().requests + (hub === undefined || hub === api ? 0 : hub.counts().requests),
    bytes: api.counts().bytes + (hub === undefined || hub === api ? 0 : hub.counts().bytes),
  };
}

interface Benches {
  readonly comparison: Comparison;
  readonly hubComparison: Comparison | undefined;
  readonly hub: Kubernetes | undefined;
}

function comparisons(
  { api, control }: LiveRequest,
  settings: ComparisonSettings,
  unchecked: UncheckedList,
  seen: Map<string, ValueMap>,
): Benches {
  const fresh = (of: Kubernetes): Omit<Comparison, 'counts'> => ({
    api: of,
    kinds: createClusterKinds(of),
    settings,
    unchecked,
    mayNotApply: new Set(),
    wanted: new Set(),
  });
  const comparison: Comparison = { ...fresh(api), counts: { predicted: 0, local: 0 } };
  if (typeof control === 'string') return { comparison, hubComparison: undefined, hub: undefined };
  const hubComparison: Comparison = {
    ...(control === api ? comparison : { ...fresh(control), counts: comparison.counts }),
    seen(object) {
      if (object['kind'] === 'Application') seen.set(identityOf(object).name, object);
    },
  };
  return { comparison, hubComparison, hub: control };
}

const ownedBy =
  (application: TreeApplication | undefined) =>
  (desired: DesiredObject): DesiredObject => ({ ...desired, application });

/** What argocd-cm says of comparing; where it may not be read, what the tree puts into it. */
async function settingsOf(
  { control, listing }: LiveRequest,
  tree: DesiredTree,
  unchecked: UncheckedList,
): Promise<ComparisonSettings> {
  const own = settingsOfTree(listing);
  const namespace = tree.applications[0]?.namespace ?? 'argocd';
  const live =
    typeof control === 'string'
      ? undefined
      : await control.get(`/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/argocd-cm`);
  if (live?.status === 403)
    unchecked.add('settings of Argo CD', 'the account may not get argocd-cm; those of the tree are used');
  const data = live !== undefined && live.status < 300 ? mapAt(live.body, 'data') : own;
  const method = textAt(data, 'application.resourceTrackingMethod') ?? 'annotation';
  return {
    rules: settingsRules(data),
    ignoresAggregatedRoles: ignoresAggregatedRoles(data),
    marks: method.startsWith('annotation'),
  };
}

function chartObjects(tree: DesiredTree, charts: ReadonlyMap<string, readonly ValueMap[]>): DesiredObject[] {
  return tree.applications.flatMap((application) =>
    !application.isChart
      ? []
      : (charts.get(application.component) ?? []).flatMap((given) => {
          const object = convertHook(storedObject(given))?.object;
          return object === undefined
            ? []
            : [{ object, component: application.component, application, file: undefined }];
        }),
  );
}

const isKnown = (application: TreeApplication, charts: LiveRequest['charts']): boolean =>
  !application.isChart || charts.has(application.component);

interface Findings {
  readonly comparison: Comparison;
  readonly hubComparison: Comparison | undefined;
  readonly objects: readonly DesiredObject[];
  readonly beside: readonly DesiredObject[];
  readonly seen: ReadonlyMap<string, ValueMap>;
}

async function extras(
  tree: DesiredTree,
  { charts }: LiveRequest,
  { comparison, hubComparison, objects, beside, seen }: Findings,
  isWanted: (about: { readonly component: string }) => boolean,
): Promise<ObjectDrift[]> {
  const known = tree.applications.filter((a) => isKnown(a, charts) && isWanted(a));
  const isRoot = (a: TreeApplication): boolean => deployedFileOf(a.file)?.file.kind === 'root';
  const named = (list: readonly TreeApplication[]): ReadonlyMap<string, TreeApplication> =>
    new Map(list.map((a) => [a.name, a]));
  const inside = named(known.filter((a) => !isRoot(a)));
  const kinds = kindsOf(objects);
  for (const application of inside.values()) addReported(kinds, seen.get(application.name));
  const found = await findExtras([...kinds.values()], inside, comparison);
  if (hubComparison === undefined) return found;
  return [...found, ...(await findExtras([...kindsOf(beside).values()], named(known.filter(isRoot)), hubComparison))];
}

function kindsOf(objects: readonly DesiredObject[]): Map<string, SearchedKind> {
  const kinds = new Map<string, SearchedKind & { readonly namespaces: Set<string> }>();
  for (const { object, application } of objects) {
    const { kind, namespace } = identityOf(object);
    const apiVersion = textAt(object, 'apiVersion') ?? '';
    const known = kinds.get(`${apiVersion} ${kind}`) ?? { apiVersion, kind, namespaces: new Set<string>() };
    known.namespaces.add(namespace === '' ? (application?.destination ?? '') : namespace);
    kinds.set(`${apiVersion} ${kind}`, known);
  }
  return kinds as Map<string, SearchedKind>;
}

/** Kinds that Argo CD still sees although the tree no longer has them. */
function addReported(kinds: Map<string, SearchedKind>, application: ValueMap | undefined): void {
  for (const item of listAt(application, 'status', 'resources')) {
    const { group, version, kind, namespace } = asMap(item);
    if (typeof version !== 'string' || typeof kind !== 'string') continue;
    const apiVersion = typeof group === 'string' && group !== '' ? `${group}/${version}` : version;
    if (kinds.has(`${apiVersion} ${kind}`)) continue;
    kinds.set(`${apiVersion} ${kind}`, { apiVersion, kind, namespaces: new Set([asString(namespace) ?? '']) });
  }
}

/** Argo CD's own verdicts, and its word for what could not be compared here. */
function verdicts(
  tree: DesiredTree,
  { charts }: LiveRequest,
  about: {
    readonly drifts: readonly ObjectDrift[];
    readonly seen: ReadonlyMap<string, ValueMap>;
    readonly unchecked: UncheckedList;
    isWanted(about: { readonly component: string }): boolean;
  },
): { readonly applications: ApplicationVerdict[]; readonly reported: ObjectDrift[] } {
  const reported: ObjectDrift[] = [];
  const isMissing = ({ name }: TreeApplication): boolean =>
    about.drifts.some((d) => d.kind === 'Application' && d.state === 'missing' && d.name === name);
  const asked = tree.applications.filter((a) => about.isWanted(a) && (about.seen.has(a.name) || isMissing(a)));
  const applications = asked.map((application) => {
    const live = about.seen.get(application.name);
    const known = isKnown(application, charts);
    if (!known && live !== undefined) reported.push(...reportedDrift(application, live));
    const own = about.drifts.filter((d) => d.application === application.name);
    return verdictOf(application, live, own, known);
  });
  for (const application of tree.applications.filter(about.isWanted))
    if (!isKnown(application, charts) && !isReconciled(about.seen.get(application.name)))
      about.unchecked.add(
        `objects of ${application.name}`,
        'its chart is not rendered here, and Argo CD says nothing of it',
      );
  return { applications, reported };
}

const isReconciled = (application: ValueMap | undefined): boolean =>
  getAt(application, 'status', 'sync', 'status') !== undefined;

const placeOf = ({ component, state, apiVersion, kind, namespace, name }: ObjectDrift): string =>
  [component, state, kind, namespace, name, apiVersion].join('\0');
const byPlace = (a: ObjectDrift, b: ObjectDrift): number => compareText(placeOf(a), placeOf(b));
