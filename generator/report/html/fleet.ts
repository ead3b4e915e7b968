import type { TreeDiff } from '../../model/diff.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { visible } from '../../util/visible.ts';

/** What the page about a fleet shows. */
export interface FleetPage {
  /** Of the program. */
  readonly version: string;
  readonly clusters: readonly FleetCluster[];
  readonly diagnostics: readonly Diagnostic[];
  readonly diff?: TreeDiff;
}

export interface FleetCluster {
  readonly name: string;
  /** False when its plan has errors; then it has no components. */
  readonly isOk: boolean;
  readonly environment: string;
  readonly domain: string;
  readonly kubernetes: string;
  /** Version of the catalog, and the tag when it is pinned to one. */
  readonly catalog: string;
  readonly components: readonly FleetComponent[];
}

export interface FleetComponent {
  readonly name: string;
  readonly capability: string;
  readonly namespace: string;
  readonly wave: number;
  readonly dependsOn: readonly string[];
  /** Name and version of the chart; absent for plain manifests. */
  readonly chart?: { readonly name: string; readonly version: string };
  readonly delivery: string;
  readonly holdsData: boolean;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for elements and attributes of HTML. */
export function html(text: string): string {
  return visible(text).replace(/[&<>"']/g, (c) => entities[c] ?? c);
}

/** A table that can be searched: each row is one. `cells` are HTML. */
export function searchable(
  caption: string,
  header: readonly string[],
  rows: readonly (readonly string[])[],
  className = '',
): string {
  const heads = header.map((h) => `<th scope="col">${html(h)}</th>`).join('');
  const body = rows.map(
    ([first = '', ...rest]) =>
      `<tr data-row><th scope="row">${first}</th>${rest.map((c) => `<td>${c}</td>`).join('')}</tr>`,
  );
  return `<div class="scroll" tabindex="0" role="region" aria-label="${html(caption)}"><table class="${className}"><caption>${html(caption)}</caption><thead><tr>${heads}</tr></thead><tbody>\n${body.join('\n')}\n</tbody></table></div>`;
}
