import { diffLines } from 'diff';
import type { ClusterDiff, ComponentDiff, Concern, FieldDiff, Note, ObjectDiff, TreeDiff } from '../model/diff.ts';
import { concerns, objectText } from '../model/diff.ts';
import type { Value } from '../model/values.ts';
import { compareText, isList, isMap } from '../model/values.ts';
import { many } from './text.ts';
import { visible, visibleLine } from '../util/visible.ts';

/** A difference as people read it: what needs a look first, then clusters that change alike together. */
export function diffText(diff: TreeDiff): string {
  const first = firstNotes(diff).map(({ note, clusters }) => noteRow(note, clusterList(clusters)));
  const groups = alikeClusters(diff.clusters).map(clusterText);
  return visible([...(first.length > 0 ? [`Look at this first\n${first.join('\n')}`] : []), ...groups].join('\n\n'));
}

/** `3 objects and 2 fields of values in 2 components of 1 cluster differ.` */
export function radiusText({ radius }: TreeDiff): string {
  if (radius.clusters === 0) return 'No differences.';
  const fields = radius.fields === 0 ? '' : ` (${many(radius.fields, 'field')})`;
  return `${many(radius.objects, 'object')}${fields} in ${many(radius.components, 'component')} of ${many(radius.clusters, 'cluster')} ${radius.objects === 1 ? 'differs' : 'differ'}.`;
}

export interface SharedNote {
  readonly note: Note;
  readonly clusters: readonly string[];
}

/** The notes of all clusters, each once with the clusters it is about; the most urgent first. */
export function firstNotes({ clusters }: TreeDiff): SharedNote[] {
  const shared = new Map<string, { note: Note; clusters: string[] }>();
  for (const { name, notes } of clusters)
    for (const note of notes) {
      const key = unnamed(`${note.concern} ${note.component} ${note.object ?? ''} ${note.text}`, name);
      const own = shared.get(key);
      if (own === undefined) shared.set(key, { note, clusters: [name] });
      else own.clusters.push(name);
    }
  const rank = ({ note }: SharedNote): string =>
    `${concerns.indexOf(note.concern)} ${note.component} ${note.object ?? ''} ${note.text}`;
  return [...shared.values()].sort((a, b) => compareText(rank(a), rank(b)));
}

export interface AlikeClusters {
  readonly first: ClusterDiff;
  readonly names: readonly string[];
}

/** Clusters in which the same differs, but for their names. */
export function alikeClusters(clusters: readonly ClusterDiff[]): AlikeClusters[] {
  const groups = new Map<string, { first: ClusterDiff; names: string[] }>();
  for (const cluster of clusters) {
    const key = unnamed(JSON.stringify(cluster), cluster.name);
    const own = groups.get(key);
    if (own === undefined) groups.set(key, { first: cluster, names: [cluster.name] });
    else own.names.push(cluster.name);
  }
  return [...groups.values()];
}

const unnamed = (text: string, name: string): string =>
  text.replace(new RegExp(`(?<!\\w)${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?!\\w)`, 'g'), '\u0000');

/** `a, b, c and 997 more`. */
export function clusterList(names: readonly string[]): string {
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

function noteRow({ concern, component, object, text }: Note, clusters: string): string {
  return visibleLine(
    `  ${concern.padEnd(9)}  ${component}${object === undefined ? '' : ` · ${object}`} · ${text}  (${clusters})`,
  );
}

/** The rows of notes with these concerns; empty when there are none. */
export const notesText = (diff: TreeDiff, wanted: readonly Concern[]): string =>
  firstNotes(diff)
    .filter(({ note }) => wanted.includes(note.concern))
    .map(({ note, clusters }) => noteRow(note, clusterList(clusters)))
    .join('\n');

const signs = { added: '+', removed: '-', changed: '~', renamed: '>', moved: '>', order: '~' } as const;

function clusterText({ first, names }: AlikeClusters): string {
  const state = first.change === 'changed' ? '' : ` (${first.change})`;
  const catalog = first.catalog === undefined ? '' : `  catalog ${first.catalog.before} → ${first.catalog.after}`;
  return [`${clusterList(names)}${state}${catalog}`, ...first.components.map(componentText)].join('\n');
}

function componentText(component: ComponentDiff): string {
  const { name, change, version, values, objects, rendered } = component;
  const about = [
    ...(component.from === undefined ? [] : [`was ${component.from}`]),
    ...(version === undefined ? [] : [`${version.before ?? 'none'} → ${version.after ?? 'none'}`]),
    ...(component.holdsData ? ['holds data'] : []),
  ];
  return [
    `  ${signs[change]} ${name}${about.length === 0 ? '' : `  ${about.join(', ')}`}`,
    ...(values.length === 0 ? [] : ['      values', ...values.map((f) => fieldText(f, '        '))]),
    ...objects.map((o) => objectLines(o, '      ')),
    ...(rendered === undefined
      ? []
      : [`      what the chart makes of it: ${rendered.length === 0 ? 'the same objects' : ''}`.trimEnd()]),
    ...(rendered ?? []).map((o) => objectLines(o, '        ')),
  ].join('\n');
}

function objectLines(o: ObjectDiff, indent: string): string {
  const from =
    o.from === undefined ? '' : `  was ${objectText(o.from)}${o.change === 'moved' ? ` of ${o.from.component}` : ''}`;
  const hook = o.hook === undefined ? '' : `  [hook ${o.hook}]`;
  return [
    visibleLine(`${indent}${signs[o.change]} ${objectText(o)}${hook}${from}${patchedText(o)}`),
    ...o.fields.map((f) => fieldText(f, `${indent}    `)),
  ].join('\n');
}

/** Which patches of the spec had a part in an object; empty without any. */
export const patchedText = ({ patchedBy = [] }: ObjectDiff): string =>
  patchedBy.length === 0 ? '' : `  patched by ${patchedBy.join(', ')}`;

function fieldText(field: FieldDiff, indent: string): string {
  const { change, path, before, after } = field;
  const head = `${indent}${signs[change]} ${path === '' ? '(all)' : visibleLine(path)}`;
  if (change === 'order') return `${head}: order ${valueText(before)} → ${valueText(after)}`;
  if (change === 'added') return `${head}: ${valueText(after)}`;
  if (change === 'removed') return `${head}: ${valueText(before)}`;
  const isText = (v: Value | undefined): v is string => typeof v === 'string' && v.includes('\n');
  if (isText(before) || isText(after))
    return `${head}:\n${lineChanges(String(before), String(after), `${indent}    `)}`;
  return `${head}: ${valueText(before)} → ${valueText(after)}`;
}

const maxLines = 12;

/** The lines of a text that came and went, the first few of them. */
function lineChanges(before: string, after: string, indent: string): string {
  const parts = diffLines(before, after, { maxEditLength: 2000 });
  if (parts === undefined) return `${indent}most of ${many(after.split('\n').length, 'line')}`;
  const lines = parts.flatMap(({ added, removed, value }) =>
    added || removed
      ? value
          .replace(/\n$/, '')
          .split('\n')
          .map((line) => `${indent}${added ? '+' : '-'} ${line.slice(0, 160)}`)
      : [],
  );
  const more = lines.length - maxLines;
  return [...lines.slice(0, maxLines), ...(more > 0 ? [`${indent}… ${many(more, 'more line')}`] : [])].join('\n');
}

/** A value in one line: short ones as they are, large ones by what they hold. */
export function valueText(value: Value | undefined, width = 100): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string' && value.includes('\n'))
    return many(value.replace(/\n$/, '').split('\n').length, 'line');
  const text = JSON.stringify(value);
  if (text.length <= width) return text;
  if (isList(value)) return `[${many(value.length, 'item')}]`;
  if (isMap(value)) return `{${many(Object.keys(value).length, 'field')}}`;
  return `${text.slice(0, width - 1)}…`;
}
