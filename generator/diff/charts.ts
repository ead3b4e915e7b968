import type { ChartRenderer } from '../helm/renderer.ts';
import { fieldNotes, presenceNotes } from './notes.ts';
import { pairObjects, sideObject } from './pairs.ts';
import type { KindTable } from '../kubernetes/kindTable.ts';
import type { ObjectPair, SideObject } from './pairs.ts';
import { changesOf, objectDiff, sortNotes } from './tree.ts';
import type { ClusterDiff, ComponentDiff, Note, TreeDiff } from '../model/diff.ts';
import { objectText } from '../model/diff.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Change, ClusterPlan, ComponentPlan } from '../model/model.ts';
import { mapAt, textAt } from '../model/values.ts';
import type { ValueMap } from '../model/values.ts';
import { objectsIn } from '../yaml/objects.ts';
import { isApplicationFile, ownerOf } from '../tree/paths.ts';

export interface RenderedDiff {
  readonly diff: TreeDiff;
  readonly diagnostics: readonly Diagnostic[];
  /** Charts (name and version) that are not on this machine. */
  readonly absent: readonly string[];
}

/** The plans of a side, by cluster. */
export type Plans = ReadonlyMap<string, ClusterPlan>;

/** The same difference with what Helm makes of the charts whose values or version differ, before and after. */
export async function withRendered(
  diff: TreeDiff,
  changes: readonly Change[],
  plans: { readonly before: Plans; readonly after: Plans },
  kinds: KindTable,
  charts: ChartRenderer,
): Promise<RenderedDiff> {
  const diagnostics: Diagnostic[] = [];
  const absent = new Set<string>();
  const applications = new Map(
    changes.flatMap((c) => (isApplicationFile(c.path) ? [[`${c.cluster} ${ownerOf(c.path)}`, c]] : [])),
  );
  const renderSide = async (
    text: string | undefined,
    name: string,
    plan: ClusterPlan | undefined,
  ): Promise<SideObject[] | undefined> => {
    const job = text === undefined ? undefined : jobOf(text, name, plan);
    if (job === undefined || plan === undefined) return text === undefined ? [] : undefined;
    const prepared = await charts.prepare(job, plan, 'find');
    diagnostics.push(...prepared.diagnostics);
    if (prepared.value === undefined) {
      absent.add(`${job.chart?.name ?? ''} ${job.chart?.version ?? ''}`);
      return undefined;
    }
    const output = await charts.output(prepared.value);
    diagnostics.push(...output.diagnostics);
    return output.value?.documents.map(({ object }) => sideObject(object, name));
  };
  const component = async (cluster: string, own: ComponentDiff): Promise<{ own: ComponentDiff; notes: Note[] }> => {
    const change = applications.get(`${cluster} ${own.name}`);
    const was = applications.get(`${cluster} ${own.from ?? own.name}`);
    const [old, now] = [plans.before.get(cluster), plans.after.get(cluster)];
    const before = await renderSide(was?.before, own.from ?? own.name, old ?? now);
    const after = await renderSide(change?.after, own.name, now ?? old);
    if (before === undefined || after === undefined || before.length + after.length === 0) return { own, notes: [] };
    const pairs = pairObjects(before, after);
    return {
      own: { ...own, rendered: pairs.flatMap((pair) => objectDiff(pair, changesOf(pair))) },
      notes: own.change === 'changed' ? pairs.flatMap((pair) => pairNotes(pair, own, kinds)) : [],
    };
  };
  const clusters: ClusterDiff[] = [];
  for (const cluster of diff.clusters) {
    const done = await Promise.all(cluster.components.map((own) => component(cluster.name, own)));
    const notes = sortNotes([...cluster.notes, ...done.flatMap((d) => d.notes)]);
    clusters.push({ ...cluster, notes, components: done.map((d) => d.own) });
  }
  return { diff: { ...diff, clusters }, diagnostics, absent: [...absent].sort() };
}

/** What Helm is asked for an Application as it stands in a tree; undefined when it is not one of a chart. */
function jobOf(text: string, name: string, cluster: ClusterPlan | undefined): ComponentPlan | undefined {
  const plan = cluster?.components.find((c) => c.name === name);
  const found = objectsIn('application', text).find((o) => 'object' in o);
  const source = found !== undefined && 'object' in found ? sourceOf(found.object) : {};
  if (plan?.chart === undefined || source['chart'] === undefined) return undefined;
  const version = textAt(source, 'targetRevision') ?? plan.chart.version;
  const chart = version === plan.chart.version ? plan.chart : { ...plan.chart, version, digest: undefined };
  const helm = mapAt(source, 'helm');
  return {
    ...plan,
    chart,
    overrideValues: mapAt(helm, 'valuesObject'),
    component: { ...plan.component, values: undefined }, // its template is in the values already
  };
}

const sourceOf = (application: ValueMap): ValueMap => mapAt(application, 'spec', 'source');

function pairNotes(pair: ObjectPair, own: ComponentDiff, kinds: KindTable): Note[] {
  const data = { components: new Set<string>(), kinds };
  const { before, after } = pair;
  if (before === undefined || after === undefined) return presenceNotes(pair, data);
  const owner = { component: own.name, object: objectText(after.ref), kind: after.ref.kind, holdsData: own.holdsData };
  return [...presenceNotes(pair, data), ...fieldNotes(changesOf(pair), owner)];
}
