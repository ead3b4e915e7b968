import type { ClusterDiff, ComponentDiff, Concern, FieldDiff, ObjectDiff, TreeDiff } from '../../model/diff.ts';
import { objectText } from '../../model/diff.ts';
import { patchedText, alikeClusters, clusterList, firstNotes, radiusText, valueText } from '../diffText.ts';
import { many } from '../text.ts';
import { html, searchable } from './fleet.ts';

/** The part of the page about what differs. */
export function differencesHtml(diff: TreeDiff): string {
  const notes = firstNotes(diff).map(({ note, clusters }) => [
    `<span class="tag ${urgency(note.concern)}">${note.concern}</span>`,
    html(note.component),
    `${note.object === undefined ? '' : `<span class="mono">${html(note.object)}</span> `}${html(note.text)}`,
    html(clusterList(clusters)),
  ]);
  return [
    `<p>${html(radiusText(diff))} Compared with <code>${html(diff.base)}</code>.</p>`,
    ...(notes.length === 0
      ? []
      : [
          '<h3>Look at this first</h3>',
          searchable('What needs a look first', ['', 'component', 'what', 'clusters'], notes),
        ]),
    ...(diff.clusters.length === 0 ? [] : ['<h3>Clusters that change</h3>']),
    ...alikeClusters(diff.clusters).map(({ first, names }) => clusterPart(first, names)),
  ].join('\n');
}

const urgency = (concern: Concern): string =>
  ({
    data: 'bad',
    refused: 'bad',
    rights: 'bad',
    removal: 'warn',
    version: '',
    image: '',
    replicas: '',
    resources: '',
    hook: '',
    rename: '',
  })[concern];

function clusterPart(cluster: ClusterDiff, names: readonly string[]): string {
  const about = `${many(cluster.components.length, 'component')}${cluster.change === 'changed' ? '' : `, ${cluster.change}`}`;
  const others = names.length > 4 ? `<p class="dim">${html(names.join(', '))}</p>` : '';
  return `<details data-row><summary>${html(clusterList(names))}<span class="dim">${html(about)}</span></summary>${others}${cluster.components.map(componentPart).join('\n')}</details>`;
}

const signs = { added: 'added', removed: 'removed', changed: 'changed', renamed: 'renamed', moved: 'moved' } as const;
const looks = { added: 'good', removed: 'bad', changed: '', renamed: 'warn', moved: 'warn' } as const;

const stateTag = (change: keyof typeof signs): string => `<span class="tag ${looks[change]}">${signs[change]}</span>`;

function componentPart(c: ComponentDiff): string {
  const version =
    c.version === undefined
      ? ''
      : ` <span class="mono"><del class="del">${html(c.version.before ?? 'none')}</del> → <ins class="ins">${html(c.version.after ?? 'none')}</ins></span>`;
  const rendered =
    c.rendered === undefined
      ? ''
      : `<p class="dim">What the chart makes of it</p>${c.rendered.map(objectPart).join('\n')}`;
  const values = c.values.length === 0 ? '' : `<p class="object mono">Helm values</p>${fieldList(c.values)}`;
  return `<h3>${html(c.name)} ${stateTag(c.change)}${version}</h3>${values}${c.objects.map(objectPart).join('\n')}${rendered}`;
}

function objectPart(o: ObjectDiff): string {
  const from =
    o.from === undefined
      ? ''
      : ` <span class="dim">was ${html(objectText(o.from))} of ${html(o.from.component)}</span>`;
  const hook = o.hook === undefined ? '' : ` <span class="tag">hook ${html(o.hook)}</span>`;
  const patched = patchedText(o) === '' ? '' : ` <span class="dim">${html(patchedText(o).trim())}</span>`;
  return `<p class="object"><span class="mono">${html(objectText(o))}</span> ${stateTag(o.change)}${hook}${from}${patched}</p>${fieldList(o.fields)}`;
}

function fieldList(fields: readonly FieldDiff[]): string {
  return fields.length === 0
    ? ''
    : `<ul class="fields">${fields.map((f) => `<li class="mono">${fieldText(f)}</li>`).join('')}</ul>`;
}

function fieldText({ change, path, before, after }: FieldDiff): string {
  const old = before === undefined ? '' : `<del class="del">${html(valueText(before))}</del>`;
  const now = after === undefined ? '' : `<ins class="ins">${html(valueText(after))}</ins>`;
  const arrow = old !== '' && now !== '' ? ' → ' : '';
  return `${html(path)}${change === 'order' ? ' (order)' : ''}: ${old}${arrow}${now}`;
}
