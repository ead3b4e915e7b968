import type {
  ClusterDrift,
  DriftReport,
  FieldDrift,
  HandEdit,
  LiveDrift,
  ObjectDrift,
  VersionDrift,
} from '../model/drift.ts';
import { compareText } from '../model/values.ts';
import { many, table } from './text.ts';
import { fleetTree } from '../model/names.ts';
import { visibleLine } from '../util/visible.ts';

/** The report as a person reads it: per cluster what drifted, then versions over all clusters, each with what to do. */
export function driftText(report: DriftReport): string {
  const blocks = report.clusters.map((c) => clusterText(c, report)).filter((text) => text !== '');
  const versions = versionsText(report);
  return [...blocks, ...(versions === '' ? [] : [versions])].join('\n\n');
}

/** So many lines of one sort for a cluster; `-o json` has them all. */
const enough = 30;

const few = (lines: readonly string[]): string[] =>
  lines.length <= enough ? [...lines] : [...lines.slice(0, enough), `    and ${lines.length - enough} more`];

const remedy = (text: string): string => `    → ${text}`;

function clusterText(cluster: ClusterDrift, { remedies }: DriftReport): string {
  const { name, stale, handEdited, live } = cluster;
  const lines = [
    ...(stale.length === 0
      ? []
      : [
          `  stale: ${many(stale.length, 'file')} not what the inputs render to`,
          ...few(stale.map((f) => `    ${{ add: '+', modify: '~', delete: '-' }[f.change]} ${visibleLine(f.path)}`)),
          remedy(remedies.stale),
        ]),
    ...(handEdited.length === 0
      ? []
      : [
          `  hand-edited: ${many(handEdited.length, 'file')} not what tree.lock recorded`,
          ...handEdited.map((f) => `    ${f.change === 'removed' ? '-' : '~'} ${visibleLine(f.path)}  ${editText(f)}`),
          remedy(remedies.handEdited),
        ]),
    ...(live === undefined ? [] : liveLines(live, remedies.live)),
  ];
  return lines.length === 0 ? '' : [name, ...lines].join('\n');
}

export function editText({ commit }: HandEdit): string {
  if (commit === undefined) return 'not committed';
  return visibleLine(`${commit.author}, ${commit.date}, ${commit.id.slice(0, 10)} ${commit.subject}`);
}

function liveLines(live: LiveDrift, todo: string): string[] {
  const { predicted, local, reported } = live.compared;
  const how = [
    ...(local === 0 ? [] : [`${local} of them only field by field`]),
    ...(reported === 0 ? [] : [`${reported} by Argo CD's word`]),
  ].join(', ');
  const head = `  live: context ${live.context}, ${live.server}, ${many(predicted + local, 'object')} compared${how === '' ? '' : ` (${how})`}`;
  const components = [...new Set(live.objects.map((o) => o.component))].sort(compareText);
  const noted = live.applications.filter(
    (a) =>
      a.disagreement !== undefined || a.conditions.length > 0 || a.operation !== undefined || a.health !== 'Healthy',
  );
  return [
    live.objects.length === 0 ? `${head}, none differs` : head,
    ...components.flatMap((component) =>
      componentLines(
        component,
        live.objects.filter((o) => o.component === component),
      ),
    ),
    ...(live.objects.length === 0 ? [] : [remedy(todo)]),
    ...noted.flatMap((a) => [
      `    Argo CD, ${a.application}: ${a.sync}, ${a.health}${a.revision === '' ? '' : `, revision ${a.revision.slice(0, 12)}`}${a.reconciledAt === '' ? '' : `, ${a.reconciledAt}`}`,
      ...(a.operation === undefined ? [] : [`      ${visibleLine(a.operation)}`]),
      ...a.conditions.map((c) => `      ${visibleLine(`${c.type}: ${c.message}`)}`),
      ...(a.disagreement === undefined ? [] : [`      ${visibleLine(a.disagreement)}`]),
    ]),
  ];
}

function componentLines(component: string, objects: readonly ObjectDrift[]): string[] {
  return [
    `    ${component}`,
    ...objects.flatMap((o) => [
      `      ${o.state.padEnd(7)}  ${o.kind} ${o.namespace === '' ? '' : `${o.namespace}/`}${o.name}${o.by === 'server' ? '' : ' (low confidence)'}${o.note === undefined ? '' : `: ${visibleLine(o.note)}`}`,
      ...o.fields.map((f) => `        ${fieldText(f)}`),
    ]),
  ];
}

export function fieldText(field: FieldDrift): string {
  const { path, change, desired, live, isSecret, manager } = field;
  const values = isSecret ? valueless[change] : `${live ?? '(gone)'}, the tree has ${desired ?? 'none'}`;
  const since = manager?.since === undefined ? '' : ` since ${manager.since}`;
  const who =
    manager === undefined
      ? ''
      : manager.isOwner
        ? ` [${manager.name}${since}]`
        : ` [last written by ${manager.name}${since}]`;
  return visibleLine(`${path}: ${values}${who}`);
}

const valueless: Readonly<Record<FieldDrift['change'], string>> = {
  changed: 'differs (a Secret: values are not shown)',
  removed: 'is gone',
  added: 'is there, the tree has none',
};

/** Versions are the same news for many clusters. */
function versionsText({ clusters, remedies }: DriftReport): string {
  const groups = new Map<string, { readonly drift: VersionDrift; readonly names: string[] }>();
  for (const { name, versions } of clusters)
    for (const drift of versions) {
      const key = JSON.stringify(drift);
      const group = groups.get(key) ?? { drift, names: [] };
      group.names.push(name);
      groups.set(key, group);
    }
  if (groups.size === 0) return '';
  const rows = [...groups.values()].map(({ drift, names }) => [
    `  ${drift.component ?? 'catalog'}`,
    drift.current,
    drift.catalog ?? '-',
    drift.isUpstreamKnown ? (drift.upstream ?? '-') : '?',
    names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`,
  ]);
  return [
    'versions',
    table([['  COMPONENT', 'INSTALLED', 'CATALOG', 'UPSTREAM', 'CLUSTERS'], ...rows]),
    remedy(remedies.version),
  ].join('\n');
}

export function driftSummary({ clusters, upstream }: DriftReport, wantsLive: boolean): string {
  const sum = (of: (c: ClusterDrift) => number): number => clusters.reduce((total, c) => total + of(c), 0);
  const behind = new Set(clusters.flatMap((c) => c.versions.map((v) => JSON.stringify(v)))).size;
  const looked = clusters.filter((c) => c.live !== undefined);
  const parts = [
    `${sum((c) => c.stale.length)} stale`,
    `${sum((c) => c.handEdited.length)} hand-edited`,
    `${behind} behind`,
    ...(looked.length === 0 ? [] : [`${sum((c) => c.live?.objects.length ?? 0)} live`]),
  ];
  const asked =
    upstream.skipped === undefined ? '' : ` Newer versions of charts were not asked for (${upstream.skipped}).`;
  const live = !wantsLive ? ' Clusters were not looked at (--live does).' : '';
  const own = clusters.filter((c) => c.name !== fleetTree).length; // the roots of hubs are no cluster
  return `${many(own, 'cluster')}: ${parts.join(', ')}.${asked}${live}`;
}
