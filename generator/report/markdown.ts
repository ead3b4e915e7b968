import type { ClusterDiff, FieldDiff, ObjectDiff, TreeDiff } from '../model/diff.ts';
import { objectText } from '../model/diff.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { SharedNote } from './diffText.ts';
import { patchedText, alikeClusters, clusterList, firstNotes, radiusText, valueText } from './diffText.ts';
import type { Report, ClusterWaves } from './types.ts';
import { countText, many, mergeClusters, sortDiagnostics } from './text.ts';
import { visible, visibleLine } from '../util/visible.ts';

/** A comment of GitHub holds 65 536 characters; this many bytes leave room for what a job adds to it. */
const maxBytes = 60_000;
const maxNotes = 60;
const maxFindings = 100;

/** Markdown for a comment on a pull request: what loses data first, one folded part for each cluster, never too long. */
export function markdownReport(report: Report): string {
  const { command, diagnostics, diff, waves = [], text, summary } = report;
  const found = mergeClusters(sortDiagnostics(diagnostics));
  const head = [
    `## slipway ${md(command)}`,
    md(diff === undefined ? (summary?.split('\n')[0] ?? '') : headline(diff)),
    ...(found.length === 0 ? [] : [`**${countText(diagnostics)}**`, findingsTable(found)]),
    ...(diff === undefined ? [] : notesTable(firstNotes(diff))),
  ].filter((block) => block !== '');
  if (diff === undefined) return limited(head, text === undefined || text === '' ? [] : [fence('', visible(text))]);
  return limited(head, [...clusterBlocks(diff), ...waves.map((w) => waveBlock(w, diff))]);
}

const headline = (diff: TreeDiff): string => `${radiusText(diff)} Compared with ${diff.base}.`;

/** As many blocks as fit; the first, shorter form of a block when its whole does not. */
function limited(head: readonly string[], blocks: readonly (string | readonly string[])[]): string {
  let out = cut(`${head.join('\n\n')}\n`, maxBytes - 200);
  let left = 0;
  for (const block of blocks) {
    const forms = typeof block === 'string' ? [block] : block;
    const fits = forms.find((form) => bytes(out) + bytes(form) + 300 <= maxBytes);
    if (fits === undefined) left += 1;
    else out += `\n${fits}\n`;
  }
  return left === 0 ? out : `${out}\n_${many(left, 'part')} did not fit in here: \`slipway diff\` shows everything._\n`;
}

const bytes = (text: string): number => new TextEncoder().encode(text).length;

function cut(text: string, limit: number): string {
  if (bytes(text) <= limit) return text;
  const lines = text.split('\n');
  let size = 0;
  const kept = lines.findIndex((line) => (size += bytes(line) + 1) > limit);
  return `${lines.slice(0, kept).join('\n')}\n\n_The rest did not fit in here._\n`;
}

function findingsTable(found: readonly Diagnostic[]): string {
  const rows = found.slice(0, maxFindings).map((d) => {
    const place = d.at === undefined ? '' : `${d.at.file}:${d.at.line}`;
    const about = d.cluster === undefined ? '' : ` (${d.cluster})`;
    return [d.severity, code(place), code(d.code), md(`${d.message}${about}`), md(d.hint ?? '')];
  });
  const more = found.length - rows.length;
  return `${table(['', 'place', 'code', 'finding', 'next step'], rows)}${more > 0 ? `\n\n_${many(more, 'more finding')}._` : ''}`;
}

function notesTable(notes: readonly SharedNote[]): string[] {
  if (notes.length === 0) return [];
  const rows = notes
    .slice(0, maxNotes)
    .map(({ note, clusters }) => [
      ['data', 'refused', 'rights', 'removal'].includes(note.concern) ? `⚠️ ${note.concern}` : note.concern,
      md(note.component),
      md(`${note.object === undefined ? '' : `${note.object}: `}${note.text}`),
      md(clusterList(clusters)),
    ]);
  const more = notes.length - rows.length;
  return [
    '### Look at this first',
    table(['', 'component', 'what', 'clusters'], rows),
    ...(more > 0 ? [`_${many(more, 'more note')}._`] : []),
  ];
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** One folded part for each cluster, those that lose something first; what is alike is shown once. */
function clusterBlocks(diff: TreeDiff): (readonly string[])[] {
  const alike = new Map(alikeClusters(diff.clusters).flatMap(({ first, names }) => names.map((n) => [n, first.name])));
  const lost = (c: ClusterDiff): number =>
    c.notes.some((n) => n.concern === 'data') ? 0 : c.change === 'removed' || removals(c) > 0 ? 1 : 2;
  const ordered = diff.clusters
    .map((cluster, i) => ({ cluster, i }))
    .sort((a, b) => lost(a.cluster) - lost(b.cluster) || a.i - b.i);
  const shown = new Set<string>();
  return ordered.map(({ cluster }) => {
    const first = alike.get(cluster.name) ?? cluster.name;
    const head = clusterHead(cluster);
    if (shown.has(first)) return [folded(head, `The same as in ${md(first)}.`)];
    shown.add(first);
    const short = cluster.components
      .map((c) => `* ${md(c.name)}: ${c.change}, ${many(c.objects.length, 'object')}`)
      .join('\n');
    return [folded(head, fence('diff', clusterLines(cluster))), folded(head, short)];
  });
}

const removals = (c: ClusterDiff): number => c.components.filter((own) => own.change === 'removed').length;

function clusterHead(c: ClusterDiff): string {
  const gone = removals(c);
  const about = [
    ...(c.change === 'changed' ? [] : [c.change]),
    many(c.components.length, 'component'),
    ...(gone > 0 ? [`${gone} removed`] : []),
  ];
  return `<b>${md(c.name)}</b>: ${about.join(', ')}`;
}

const folded = (head: string, body: string): string => `<details><summary>${head}</summary>\n\n${body}\n\n</details>`;

/** Removals first, and what a chart makes of its values at the end of its component. */
function clusterLines({ components }: ClusterDiff): string {
  const rank = { removed: 0, renamed: 1, changed: 2, added: 3 } as const;
  return [...components]
    .sort((a, b) => rank[a.change] - rank[b.change])
    .flatMap((c) => [
      `@@ ${c.name}${c.change === 'changed' ? '' : ` ${c.change}`}${c.version === undefined ? '' : ` ${c.version.before ?? 'none'} → ${c.version.after ?? 'none'}`} @@`,
      ...c.values.flatMap((f) => fieldLines(f, 'values ')),
      ...c.objects.flatMap(objectLines),
      ...(c.rendered === undefined || c.rendered.length === 0
        ? []
        : ['# what the chart makes of it', ...c.rendered.flatMap(objectLines)]),
    ])
    .map(visibleLine)
    .join('\n');
}

function objectLines(o: ObjectDiff): string[] {
  const sign = o.change === 'removed' ? '-' : o.change === 'added' ? '+' : ' ';
  const from = o.from === undefined ? '' : ` was ${objectText(o.from)} of ${o.from.component}`;
  return [
    `${sign} ${objectText(o)}${o.hook === undefined ? '' : ` [hook ${o.hook}]`}${from}${patchedText(o)}`,
    ...o.fields.flatMap((f) => fieldLines(f, '  ')),
  ];
}

function fieldLines({ change, path, before, after }: FieldDiff, indent: string): string[] {
  if (change === 'order') return [`! ${indent}${path}: order ${valueText(before)} → ${valueText(after)}`];
  return [
    ...(change === 'added' ? [] : [`- ${indent}${path}: ${valueText(before)}`]),
    ...(change === 'removed' ? [] : [`+ ${indent}${path}: ${valueText(after)}`]),
  ];
}

function waveBlock({ cluster, components }: ClusterWaves, diff: TreeDiff): string {
  const changed = new Set(diff.clusters.find((c) => c.name === cluster)?.components.map((c) => c.name));
  const ids = new Map(components.map((c, i) => [c.name, `n${i}`]));
  const waves = [...new Set(components.map((c) => c.wave))].sort((a, b) => a - b);
  const lines = waves.flatMap((wave) => [
    `  subgraph w${wave}["wave ${wave}"]`,
    ...components
      .filter((c) => c.wave === wave)
      .map((c) => `    ${ids.get(c.name)}["${label(c.name)}"]${changed.has(c.name) ? ':::changed' : ''}`),
    '  end',
  ]);
  const edges = components.flatMap((c) =>
    c.dependsOn.flatMap((d) => (ids.has(d) ? [`  ${ids.get(d)} --> ${ids.get(c.name)}`] : [])),
  );
  const graph = ['flowchart LR', ...lines, ...edges, '  classDef changed stroke-width:3px,stroke:#d97706'].join('\n');
  return folded(`Waves of <b>${md(cluster)}</b>, what differs with a thick border`, fence('mermaid', graph));
}

const label = (text: string): string => visible(text).replace(/["&<>#`\n]/g, (c) => `#${c.charCodeAt(0)};`);

/** A fence that its content cannot close. */
function fence(language: string, content: string): string {
  const longest = Math.max(2, ...[...content.matchAll(/`+/g)].map(([run]) => run.length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}${language}\n${content.trimEnd()}\n${ticks}`;
}

/**
 * Plain text: nothing in it is markup, the end of a cell, a link, a mention or a reference. The latter are found in what Markdown
 * becomes, so a space without width stands between their sign and the name.
 */
export function md(text: string): string {
  return visible(text.replace(/[\n\r\t]+/g, ' '))
    .replace(/[&<>|`*_[\]\\~#@$!]/g, (c) => `&#${c.charCodeAt(0)};${c === '@' || c === '#' ? '&#8203;' : ''}`)
    .replace(/:(?=\/\/)/g, '&#58;')
    .replace(/\b(www)\./gi, '$1&#46;');
}

const code = (text: string): string => (text === '' ? '' : `<code>${md(text)}</code>`);
