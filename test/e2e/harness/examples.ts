import { expect } from 'vitest';
import type { Application } from './applications.ts';
import type { KubeClient } from './kubeClient.ts';
import { operations } from './order.ts';
import { askServer } from './rendered.ts';
import { applicationsOf } from './trees.ts';
import type { World } from './world.ts';

/** Seconds until everything is up; real charts bring ten times the definitions. */
export const patience = process.env['SLIPWAY_E2E_CHARTS'] === undefined ? 420 : 1200;

/** Which of the example clusters, separated by commas; all without it. */
const chosen = process.env['SLIPWAY_E2E_EXAMPLES']?.split(',');
export const isChosen = (cluster: string): boolean => chosen?.includes(cluster) ?? true;

export const namesIn = (tree: string): string[] => applicationsOf(tree).map((app) => app.metadata.name);

export const childrenOf = (apps: readonly Application[], root: string): Application[] =>
  apps.filter((app) => app.metadata.labels?.['app.kubernetes.io/part-of'] === root);

export async function expectStaysSettled({ applications }: World, names: readonly string[]): Promise<void> {
  const before = await applications.list();
  for (let round = 0; round < 3; round++) {
    await applications.hardRefresh();
    expect(operations(await applications.settled(names, 60))).toEqual(operations(before));
  }
}

export const clientOf =
  ({ hub, spokes }: World) =>
  (app: Application): KubeClient =>
    spokes[app.spec.destination?.name ?? '']?.client ?? hub.client;

/** Argo CD's own objects of the tree and all that charts and folders come to, on the server of their cluster. */
export async function expectAccepted(world: World): Promise<void> {
  const { applications, argocd } = world;
  const { objects, seconds, said } = await askServer(argocd, clientOf(world), await applications.list());
  process.stdout.write(`${objects} rendered objects in ${seconds.toFixed(1)} s, ${Math.round(objects / seconds)}/s\n`);
  expect(said).toEqual([]);
  expect(objects).toBeGreaterThan(100);
}
