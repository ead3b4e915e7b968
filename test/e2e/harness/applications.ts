import type { Json, KubeClient, KubeObject } from './kubeClient.ts';
import { sleep, waitFor } from './wait.ts';

const base = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';

/** What Argo CD says of an Application. */
export interface Application extends KubeObject {
  readonly spec: Json & {
    readonly destination?: { readonly server?: string; readonly name?: string; readonly namespace?: string };
  };
  readonly status?: {
    readonly sync?: { readonly status?: string; readonly revision?: string };
    readonly health?: { readonly status?: string; readonly lastTransitionTime?: string };
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
    readonly history?: readonly { readonly id: number; readonly revision?: string; readonly deployedAt?: string }[];
    readonly reconciledAt?: string;
    readonly operationState?: {
      readonly phase?: string;
      readonly message?: string;
      readonly startedAt?: string;
      readonly finishedAt?: string;
      readonly syncResult?: {
        readonly resources?: readonly {
          readonly kind: string;
          readonly name: string;
          readonly status?: string;
          readonly message?: string;
          /** Of hooks: when they ran, and how it ended. */
          readonly hookType?: string;
          readonly hookPhase?: string;
        }[];
      };
    };
    readonly resources?: readonly {
      readonly group?: string;
      readonly version: string;
      readonly kind: string;
      readonly namespace?: string;
      readonly name: string;
      readonly status?: string;
      readonly health?: { readonly status?: string; readonly message?: string };
    }[];
  };
}

export interface Applications {
  list(): Promise<Application[]>;
  get(name: string): Promise<Application>;
  /** Waits until exactly these Applications exist and all of them are Synced, Healthy and without an operation that runs. */
  settled(names: readonly string[], seconds: number): Promise<Application[]>;
  /** Refreshes with the caches of the repo-server emptied, and waits until it was done. */
  hardRefresh(names?: readonly string[]): Promise<void>;
  /** Has Argo CD look for new commits now, and waits until it did. */
  refresh(names?: readonly string[]): Promise<void>;
  table(): Promise<string>;
}

export const waveOf = (app: KubeObject): number =>
  Number(app.metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? '0');

export function isSettled({ status, metadata }: Application): boolean {
  // no operation: all objects were there already
  const phase = status?.operationState?.phase ?? 'Succeeded';
  const waiting = metadata.annotations?.['argocd.argoproj.io/refresh'] !== undefined;
  return status?.sync?.status === 'Synced' && status.health?.status === 'Healthy' && phase === 'Succeeded' && !waiting;
}

/** Why an Application is not there yet, as far as Argo CD says it. */
export function reasonOf({ status, spec }: Application): string {
  if (status === undefined) return `nobody looked at it (${JSON.stringify(spec.destination ?? {})})`;
  const parts = (status.conditions ?? []).map((c) => `${c.type}: ${c.message}`);
  const operation = status.operationState;
  if (operation?.phase !== undefined && operation.phase !== 'Succeeded') parts.push(operation.message ?? '');
  for (const r of operation?.phase === 'Succeeded' ? [] : (operation?.syncResult?.resources ?? []))
    if (r.status === 'SyncFailed') parts.push(`${r.kind}/${r.name}: ${r.message ?? ''}`);
  for (const r of status.resources ?? []) {
    const health = r.health?.status;
    if (r.status === 'OutOfSync' || (health !== undefined && health !== 'Healthy'))
      parts.push(
        `${r.kind}/${r.namespace ?? ''}/${r.name} ${r.status ?? ''} ${health ?? ''} ${r.health?.message ?? ''}`.trim(),
      );
  }
  return parts.slice(0, 8).join('\n      ');
}

export function tableOf(apps: readonly Application[]): string {
  const rows = [...apps]
    .sort((a, b) => waveOf(a) - waveOf(b) || a.metadata.name.localeCompare(b.metadata.name))
    .map((app) => {
      const { sync, health, operationState } = app.status ?? {};
      const cells = [String(waveOf(app)).padStart(4), app.metadata.name.padEnd(36), (sync?.status ?? '-').padEnd(10)];
      const line = [...cells, (health?.status ?? '-').padEnd(12), operationState?.phase ?? '-'].join(' ');
      const reason = isSettled(app) ? '' : reasonOf(app);
      return reason === '' ? line : `${line}\n      ${reason}`;
    });
  return ['wave name                                 sync       health       operation', ...rows].join('\n');
}

export function createApplications(client: KubeClient): Applications {
  const list = async (): Promise<Application[]> => (await client.list(base)) as Application[];
  const refresh = async (type: string, names?: readonly string[]): Promise<void> => {
    const asked = names ?? (await list()).map((app) => app.metadata.name);
    for (const name of asked)
      await client.patch(`${base}/${name}`, { metadata: { annotations: { 'argocd.argoproj.io/refresh': type } } });
    await waitFor(
      `${type} refresh`,
      async () => {
        const apps = (await list()).filter((app) => asked.includes(app.metadata.name));
        const waiting = apps.some((app) => app.metadata.annotations?.['argocd.argoproj.io/refresh'] !== undefined);
        return waiting ? undefined : true;
      },
      { seconds: 120 },
    );
    // What a comparison leads to (a new operation) shows a moment later.
    await sleep(500);
  };
  return {
    list,
    async get(name) {
      const found = await client.get(`${base}/${name}`);
      if (found === undefined) throw new Error(`no Application ${name}`);
      return found as Application;
    },
    async settled(names, seconds) {
      let last: Application[] = [];
      const wanted = [...names].sort().join(' ');
      return waitFor(
        `Applications Synced and Healthy`,
        async () => {
          last = await list();
          const there = last
            .map((app) => app.metadata.name)
            .sort()
            .join(' ');
          return there === wanted && last.every(isSettled) ? last : undefined;
        },
        {
          seconds,
          everyMs: 300,
          state: () => {
            const there = new Set(last.map((app) => app.metadata.name));
            const missing = names.filter((name) => !there.has(name));
            const unasked = [...there].filter((name) => !names.includes(name));
            return `${tableOf(last)}\nmissing: ${missing.join(', ') || '-'}\nnot expected: ${unasked.join(', ') || '-'}`;
          },
        },
      );
    },
    hardRefresh: (names) => refresh('hard', names),
    refresh: (names) => refresh('normal', names),
    table: async () => tableOf(await list()),
  };
}
