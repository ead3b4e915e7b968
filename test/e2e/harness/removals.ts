import { waveOf } from './applications.ts';
import type { Applications } from './applications.ts';
import type { KubeClient } from './kubeClient.ts';
import { resourcePaths } from './inventory.ts';
import { sleep } from './wait.ts';

/** One Application that went. Times are those of the look at it that found the change, in milliseconds. */
export interface Removal {
  readonly name: string;
  readonly wave: number;
  /** It was asked to go; the same as `gone` when it was never seen going. */
  readonly asked: number;
  readonly gone: number;
}

/** Watches Applications go until it is stopped. */
export function watchRemovals(applications: Applications): { stop(): Promise<Removal[]> } {
  const waves = new Map<string, number>();
  const asked = new Map<string, number>();
  const gone = new Map<string, number>();
  let stopped = false;
  const loop = async (): Promise<void> => {
    while (!stopped) {
      const now = Date.now();
      const apps = await applications.list();
      const there = new Set(apps.map((app) => app.metadata.name));
      for (const app of apps) {
        waves.set(app.metadata.name, waveOf(app));
        if (app.metadata.deletionTimestamp !== undefined && !asked.has(app.metadata.name))
          asked.set(app.metadata.name, now);
      }
      for (const name of waves.keys()) if (!there.has(name) && !gone.has(name)) gone.set(name, now);
      await sleep(100);
    }
  };
  const done = loop();
  return {
    async stop() {
      stopped = true;
      await done;
      return [...gone].map(([name, at]) => ({
        name,
        wave: waves.get(name) ?? 0,
        asked: asked.get(name) ?? at,
        gone: at,
      }));
    },
  };
}

/** Notes what Applications prune until it is stopped: `<application>: <kind>/<name>`. */
export function watchPrunes(applications: Applications): { stop(): Promise<string[]> } {
  const pruned = new Set<string>();
  let stopped = false;
  const loop = async (): Promise<void> => {
    while (!stopped) {
      for (const { metadata, status } of await applications.list())
        for (const { kind, name, status: outcome } of status?.operationState?.syncResult?.resources ?? [])
          if (outcome?.startsWith('Prune') === true) pruned.add(`${metadata.name}: ${kind}/${name}`);
      await sleep(100);
    }
  };
  const done = loop();
  return {
    async stop() {
      stopped = true;
      await done;
      return [...pruned].sort();
    },
  };
}

/** Pairs where an Application was asked to go while one of a later wave was still there. */
export function removedTooEarly(removals: readonly Removal[]): string[] {
  return removals.flatMap((early) =>
    removals
      .filter((late) => late.wave > early.wave && early.asked < late.gone)
      .map((late) => `${early.name} was asked to go before ${late.name} was gone`),
  );
}

export const removalsTable = (removals: readonly Removal[]): string => {
  const first = Math.min(...removals.map((r) => r.asked));
  const seconds = (at: number): string => ((at - first) / 1000).toFixed(1).padStart(6);
  return [...removals]
    .sort((a, b) => a.asked - b.asked || b.wave - a.wave)
    .map((r) => `${String(r.wave).padStart(4)} ${r.name.padEnd(36)}${seconds(r.asked)}${seconds(r.gone)}`)
    .join('\n');
};

/** Objects that were asked to go and are still there: something holds them by a finalizer. */
export async function hangingObjects(client: KubeClient): Promise<string[]> {
  const found: string[] = [];
  for (const path of await resourcePaths(client))
    for (const { metadata } of await client.list(path))
      if (metadata.deletionTimestamp !== undefined)
        found.push(`${path} ${metadata.namespace ?? ''}/${metadata.name}: ${(metadata.finalizers ?? []).join(' ')}`);
  return found;
}
