import type { Application } from './applications.ts';
import { waveOf } from './applications.ts';

/** Pairs of an Application and one of a later wave that was made before the earlier one was done. */
export function outOfOrder(apps: readonly Application[]): string[] {
  const found: string[] = [];
  for (const early of apps)
    for (const late of apps) {
      if (waveOf(late) <= waveOf(early)) continue;
      const done = Date.parse(early.status?.operationState?.finishedAt ?? '');
      const made = Date.parse(late.metadata.creationTimestamp ?? '');
      if (!(done <= made)) found.push(`${late.metadata.name} did not wait for ${early.metadata.name}`);
    }
  return found;
}

/** When the last operation of each Application began: what changes when Argo CD does something again. */
export function operations(apps: readonly Application[]): Record<string, string> {
  return Object.fromEntries(apps.map((app) => [app.metadata.name, app.status?.operationState?.startedAt ?? '-']));
}

/** When each Application was made and done, in seconds after the first one. */
export function timelineOf(apps: readonly Application[]): string {
  const at = (time: string | undefined): number => Date.parse(time ?? '');
  const first = Math.min(...apps.map((app) => at(app.metadata.creationTimestamp)));
  const since = (time: string | undefined): string =>
    (Number.isNaN(at(time)) ? '-' : String(Math.round((at(time) - first) / 1000))).padStart(6);
  return [...apps]
    .sort((a, b) => waveOf(a) - waveOf(b) || a.metadata.name.localeCompare(b.metadata.name))
    .map((app) => {
      const { startedAt, finishedAt } = app.status?.operationState ?? {};
      const times = [app.metadata.creationTimestamp, startedAt, finishedAt].map(since).join('');
      return `${String(waveOf(app)).padStart(4)} ${app.metadata.name.padEnd(36)}${times}`;
    })
    .join('\n');
}
