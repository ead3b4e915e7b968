import { createTwoFilesPatch } from 'diff';
import { hasErrors } from '../model/diagnostic.ts';
import type { Change } from '../model/model.ts';
import { many } from '../report/text.ts';
import { renderAndCompare } from './render.ts';
import type { Invocation, Result } from './command.ts';

/** What rendering would change in the tree, per cluster and component. Exit code 2 when something would. */
export async function diff(invocation: Invocation): Promise<Result> {
  const { result, changes: all, publishing } = await renderAndCompare(invocation);
  if (hasErrors(result.diagnostics))
    return { diagnostics: result.diagnostics, summary: 'The specs have errors; there is nothing to compare.' };
  const wanted = invocation.global.component;
  const changes = all.filter(
    (c) => !c.path.endsWith('/tree.lock') && (wanted.length === 0 || wanted.includes(componentOf(c))),
  );
  const groups = grouped(changes);
  const deletions = publishing
    .filter((d) => d.code === 'publish/deletion')
    .map((d) => ({ ...d, severity: 'warning' as const }));
  return {
    text: textOf(groups, invocation.options['stat'] === true),
    data: { changes: changes.map(({ path, cluster, kind }) => ({ path, cluster, kind })) },
    diagnostics: [...result.diagnostics, ...deletions],
    summary:
      changes.length === 0
        ? 'No differences.'
        : `${many(changes.length, 'file')} ${changes.length === 1 ? 'differs' : 'differ'} in ${many(groups.size, 'component')} of ${many(new Set(changes.map((c) => c.cluster)).size, 'cluster')}.`,
    differs: changes.length > 0,
  };
}

/** Changes of trees, per cluster and component; `stat` only names the files. */
export function changedText(changes: readonly Change[], stat: boolean): string {
  return textOf(grouped(changes.filter((c) => !c.path.endsWith('/tree.lock'))), stat);
}

function grouped(changes: readonly Change[]): ReadonlyMap<string, readonly Change[]> {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const key = `${change.cluster} / ${componentOf(change)}`;
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return groups;
}

function textOf(groups: ReadonlyMap<string, readonly Change[]>, stat: boolean): string {
  const blocks = [...groups].map(
    ([key, own]) =>
      `${key}\n${own.map((c) => `  ${{ add: '+', modify: '~', delete: '-' }[c.kind]} ${c.path}`).join('\n')}\n${stat ? '' : own.map(patch).join('')}`,
  );
  return blocks.join('\n').trimEnd();
}

export function componentOf(change: Change): string {
  const match = /^deploy\/[^/]+\/(?:apps\/([^/]+)\.yaml|manifests\/([^/]+)\/)/.exec(change.path);
  return match?.[1] ?? match?.[2] ?? 'root';
}

function patch(change: Change): string {
  if (change.kind === 'add') return '';
  const text = createTwoFilesPatch(
    `a/${change.path}`,
    `b/${change.path}`,
    change.before ?? '',
    change.after ?? '',
    '',
    '',
    { context: 2 },
  );
  return change.kind === 'delete'
    ? ''
    : `${text
        .split('\n')
        .slice(1)
        .map((l) => `    ${l}`)
        .join('\n')
        .trimEnd()}\n`;
}
