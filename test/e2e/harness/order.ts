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
