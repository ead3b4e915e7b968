import { compareText } from '../../model/values.ts';
import { shaBase64 } from '../../util/digest.ts';
import { clusterList } from '../diffText.ts';
import { boundedFindings } from '../bounded.ts';
import { many, mergeClusters, sortDiagnostics } from '../text.ts';
import { script, style } from './assets.ts';
import { differencesHtml } from './differences.ts';
import type { FleetCluster, FleetComponent, FleetPage } from './fleet.ts';
import { html, searchable } from './fleet.ts';
import { wavesText, waveGraph } from './graph.ts';

interface Part {
  readonly id: string;
  readonly title: string;
  readonly count: number;
  readonly body: string;
}

/** One HTML file about a fleet: it needs no network, and runs no script but its own. The same page, the same bytes. */
export function fleetPage(page: FleetPage): string {
  const parts = [
    ...(page.diff === undefined
      ? []
      : [
          {
            id: 'differences',
            title: 'Differences',
            count: page.diff.radius.objects,
            body: differencesHtml(page.diff),
          },
        ]),
    clustersPart(page),
    versionsPart(page),
    findingsPart(page),
    wavesPart(page),
  ];
  const policy = `default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Slipway: ${many(page.clusters.length, 'cluster')}</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header>
<div class="top"><h1>Fleet<small>${many(page.clusters.length, 'cluster')}</small></h1>
<div class="find" role="search"><label for="search">Search</label><input id="search" type="search" autocomplete="off" spellcheck="false" placeholder="cluster, component, version…  ( / )"><span id="matches" role="status" aria-live="polite"></span></div></div>
<nav aria-label="Parts">${parts.map((p) => `<a href="#${p.id}">${p.title} <b>${p.count}</b></a>`).join('')}</nav>
</header>
<main id="main" tabindex="-1">
${tiles(page)}
${parts.map(partText).join('\n')}
</main>
<footer>Made by Slipway ${html(page.version)} from the files of the repository alone.</footer>
<script>${script}</script>
</body>
</html>
`;
}

const hashOf = (text: string): string => `sha256-${shaBase64(text)}`;

function partText({ id, title, body }: Part): string {
  return `<section id="${id}" aria-labelledby="${id}-title">\n<h2 id="${id}-title">${title}</h2>\n${body}\n<p class="empty" hidden>Nothing here matches.</p>\n</section>`;
}

function tiles({ clusters, diagnostics, diff }: FleetPage): string {
  const errors = diagnostics.filter((d) => d.severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const components = clusters.reduce((sum, c) => sum + c.components.length, 0);
  const losses = diff?.clusters.flatMap((c) => c.notes).filter((n) => n.concern === 'data').length ?? 0;
  const tile = (count: number, label: string, look = ''): string =>
    `<div class="tile ${look}"><b>${count}</b><span>${label}</span></div>`;
  return `<div class="tiles">${[
    tile(clusters.length, 'clusters'),
    tile(components, 'components installed'),
    tile(errors, 'errors', errors > 0 ? 'bad' : 'good'),
    tile(warnings, 'warnings', warnings > 0 ? 'warn' : 'good'),
    ...(diff === undefined
      ? []
      : [
          tile(diff.radius.objects, `objects differ in ${many(diff.radius.clusters, 'cluster')}`),
          tile(losses, 'changes lose data', losses > 0 ? 'bad' : 'good'),
        ]),
  ].join('')}</div>`;
}

function clustersPart({ clusters, diagnostics, diff }: FleetPage): Part {
  const rows = clusters.map((c) => {
    const own = diagnostics.filter((d) => d.cluster === c.name || d.at?.file === `clusters/${c.name}.yaml`);
    const changed = diff?.clusters.find((d) => d.name === c.name);
    return [
      html(c.name),
      stateOf(c, own.length),
      html(c.environment),
      html(c.domain),
      html(c.kubernetes),
      html(c.catalog),
      String(c.components.length),
      ...(diff === undefined
        ? []
        : [changed === undefined ? '<span class="dim">the same</span>' : many(changed.components.length, 'component')]),
    ];
  });
  const header = [
    'cluster',
    'state',
    'environment',
    'domain',
    'kubernetes',
    'catalog',
    'components',
    ...(diff === undefined ? [] : ['differs']),
  ];
  return { id: 'clusters', title: 'Clusters', count: clusters.length, body: searchable('Clusters', header, rows) };
}

function stateOf({ isOk }: FleetCluster, findings: number): string {
  if (!isOk) return '<span class="tag bad">fails</span>';
  return findings === 0
    ? '<span class="tag good">sound</span>'
    : `<span class="tag warn">${many(findings, 'finding')}</span>`;
}

/** More clusters than this have no column each. */
const maxColumns = 12;

function versionsPart({ clusters }: FleetPage): Part {
  const names = [...new Set(clusters.flatMap((c) => c.components.map((own) => own.name)))].sort(compareText);
  const find = (c: FleetCluster, name: string): FleetComponent | undefined =>
    c.components.find((own) => own.name === name);
  const about = '<p>What is installed where, and in which version of its chart.</p>';
  const count = names.length;
  if (clusters.length > maxColumns)
    return { id: 'versions', title: 'Components', count, body: about + versionRows(clusters) };
  const rows = names.map((name) => {
    const any = clusters.map((c) => find(c, name)).find((c) => c !== undefined);
    return [
      `${html(name)}${any?.holdsData === true ? ' <span class="tag">data</span>' : ''}`,
      html(any?.capability ?? ''),
      ...clusters.map((c) => versionCell(find(c, name))),
    ];
  });
  const header = ['component', 'capability', ...clusters.map((c) => c.name)];
  return {
    id: 'versions',
    title: 'Components',
    count,
    body: about + searchable('Components and clusters', header, rows, 'matrix'),
  };
}

function versionCell(c: FleetComponent | undefined): string {
  if (c === undefined) return '<span class="none" aria-label="not installed">–</span>';
  const rendered = c.delivery === 'rendered' ? ' <span class="tag">rendered</span>' : '';
  return c.chart === undefined ? '<span class="dim">manifests</span>' : `${html(c.chart.version)}${rendered}`;
}

/** One row for each version of each component, with its clusters. */
function versionRows(clusters: readonly FleetCluster[]): string {
  const groups = new Map<string, { component: FleetComponent; names: string[] }>();
  for (const cluster of clusters)
    for (const component of cluster.components) {
      const key = `${component.name}\u0000${component.chart?.version ?? ''}\u0000${component.delivery}`;
      const own = groups.get(key);
      if (own === undefined) groups.set(key, { component, names: [cluster.name] });
      else own.names.push(cluster.name);
    }
  const rows = [...groups]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, { component: c, names }]) => [
      `${html(c.name)}${c.holdsData ? ' <span class="tag">data</span>' : ''}`,
      html(c.capability),
      html(c.chart?.name ?? 'manifests'),
      versionCell(c),
      String(names.length),
      html(clusterList(names)),
    ]);
  return searchable(
    'Components and versions',
    ['component', 'capability', 'chart', 'version', 'clusters', 'which'],
    rows,
  );
}

function findingsPart({ diagnostics }: FleetPage): Part {
  const found = mergeClusters(sortDiagnostics(boundedFindings(diagnostics)));
  const rows = found.map((d) => [
    `<span class="tag ${d.severity === 'error' ? 'bad' : 'warn'}">${d.severity}</span>`,
    `<span class="mono">${html(d.code)}</span>`,
    d.at === undefined ? '' : `<span class="mono">${html(`${d.at.file}:${d.at.line}:${d.at.col}`)}</span>`,
    `${html(d.message)}${d.hint === undefined ? '' : `<br><span class="dim">→ ${html(d.hint)}</span>`}`,
    html(d.cluster ?? ''),
  ]);
  const body =
    rows.length === 0
      ? '<p>No findings.</p>'
      : searchable('Findings', ['severity', 'code', 'place', 'finding', 'clusters'], rows);
  return { id: 'findings', title: 'Findings', count: found.length, body };
}

/** One graph for each distinct order of installation. */
function wavesPart({ clusters, diff }: FleetPage): Part {
  const groups = new Map<string, { first: FleetCluster; names: string[]; changed: ReadonlySet<string> }>();
  for (const cluster of clusters.filter((c) => c.components.length > 0)) {
    const changed = new Set(diff?.clusters.find((d) => d.name === cluster.name)?.components.map((c) => c.name));
    const key = JSON.stringify([cluster.components.map((c) => [c.name, c.wave, c.dependsOn]), [...changed]]);
    const own = groups.get(key);
    if (own === undefined) groups.set(key, { first: cluster, names: [cluster.name], changed });
    else own.names.push(cluster.name);
  }
  const drawn = [...groups.values()].map(({ first, names, changed }, i) => {
    const title = clusterList(names);
    const graph = waveGraph(title, first.components, changed);
    return `<details data-row${i === 0 ? ' open' : ''}><summary>${html(title)}<span class="dim">${many(first.components.length, 'component')}</span></summary><div class="scroll" tabindex="0" role="region" aria-label="Graph of ${html(title)}">${graph}</div><p class="dim">${html(`In waves: ${wavesText(first.components)}.`)}</p></details>`;
  });
  const about =
    '<p>In which order Argo CD installs what: a wave waits until everything before it is healthy. Arrows lead from a component to what needs it.</p>';
  return { id: 'waves', title: 'Waves', count: groups.size, body: about + drawn.join('\n') };
}
