import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { snapshot } from '../helpers/workspace.ts';
import { waveOf } from './harness/applications.ts';
import { childrenOf, expectAccepted, expectStaysSettled, isChosen, namesIn, patience } from './harness/examples.ts';
import { outOfOrder, timelineOf } from './harness/order.ts';
import { useWorld } from './harness/session.ts';
import type { World } from './harness/world.ts';

const deploy = resolve(import.meta.dirname, '../../deploy');

const namesOf = (tree: string): string[] => namesIn(join(deploy, tree));

/** What is in the fleet repository differs from what is committed here in nothing, or in the root that is put last. */
function expectUnchanged({ repository }: World, tree: string): void {
  const committed = snapshot(join(deploy, tree));
  const served = snapshot(join(repository.worktree, 'deploy', tree));
  committed.delete('root.yaml');
  served.delete('root.yaml');
  expect(served).toEqual(committed);
}

describe.each(['dev', 'staging', 'gpu'].filter(isChosen))('example cluster %s', (cluster) => {
  const world = useWorld(() => ({
    name: cluster,
    trees: { [`deploy/${cluster}`]: join(deploy, cluster) },
    hub: cluster,
  }));

  test('comes up by one kubectl apply, wave after wave', async () => {
    const { hub, applications, repository, proxy } = world();
    expectUnchanged(world(), cluster);
    hub.kubectl(['apply', '-f', join(repository.worktree, 'deploy', cluster, 'root.yaml')]);
    const apps = await applications.settled(namesOf(cluster), patience);
    process.stdout.write(`wave, made, started, done in seconds\n${timelineOf(apps)}\n`);
    expect(new Set(childrenOf(apps, cluster).map(waveOf)).size).toBeGreaterThan(5);
    expect(outOfOrder(childrenOf(apps, cluster))).toEqual([]);
    expect(apps.flatMap((app) => app.status?.conditions ?? [])).toEqual([]);
    expect(proxy.unknown).toEqual([]);
  });

  test('stays Synced and Healthy over three hard refreshes', () => expectStaysSettled(world(), namesOf(cluster)));

  test('the API server takes every object that Argo CD renders', () => expectAccepted(world()));
});

describe.runIf(isChosen('prod-eu'))('hub prod-eu and spoke prod-us', () => {
  const world = useWorld(() => ({
    name: 'fleet',
    trees: {
      'deploy/prod-eu': join(deploy, 'prod-eu'),
      'deploy/prod-us': join(deploy, 'prod-us'),
      'deploy/fleet': join(deploy, 'fleet'),
    },
    hub: 'prod-eu',
    spokes: ['prod-us'],
  }));
  const names = [...namesOf('prod-eu'), ...namesOf('prod-us'), 'fleet-prod-eu'];

  test('come up by one kubectl apply on the hub, wave after wave', async () => {
    const { hub, applications, repository, proxy } = world();
    hub.kubectl(['apply', '-f', join(repository.worktree, 'deploy/prod-eu/root.yaml')]);
    expectUnchanged(world(), 'prod-eu');
    expectUnchanged(world(), 'prod-us');
    const apps = await applications.settled(names, 2 * patience);
    for (const cluster of ['prod-eu', 'prod-us']) expect(outOfOrder(childrenOf(apps, cluster))).toEqual([]);
    expect(apps.flatMap((app) => app.status?.conditions ?? [])).toEqual([]);
    expect(proxy.unknown).toEqual([]);
  });

  test('have their own objects, each on its own cluster', async () => {
    const { hub, spokes } = world();
    const spoke = spokes['prod-us'];
    const kafka = '/apis/kafka.strimzi.io/v1/namespaces/kafka/kafkanodepools';
    const brokers = async (client: World['hub']['client'] | undefined): Promise<unknown> =>
      ((await client?.list(kafka)) ?? []).map((pool) => (pool['spec'] as { replicas: number }).replicas);
    expect(await brokers(hub.client)).toContain(3);
    expect(await brokers(spoke?.client)).toContain(5);
    expect(
      await spoke?.client.get('/apis/apiextensions.k8s.io/v1/customresourcedefinitions/applications.argoproj.io'),
    ).toBeUndefined();
  });

  test('stay Synced and Healthy over three hard refreshes', () => expectStaysSettled(world(), names));

  test('the API servers take every object that Argo CD renders', () => expectAccepted(world()));
});
