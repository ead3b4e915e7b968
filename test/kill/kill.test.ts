import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCampaign } from './campaign.ts';
import type { Campaign } from './campaign.ts';
import { environment } from './fleet.ts';
import { closeHosts, runInHost } from '../helpers/hosts.ts';

/** So long new kills are begun (ms). */
const lasts = 30_000;

let campaign: Campaign;
beforeAll(async () => {
  campaign = await createCampaign((root, args) => runInHost(args, root, environment(root)));
});
afterAll(async () => {
  campaign.close();
  await closeHosts();
});

it('a short campaign: whatever is killed, nothing of a person is lost, and the next command goes on', async () => {
  const end = Date.now() + lasts;
  let killed = 0;
  for (const command of [
    'render',
    'new component',
    'commit --branch',
    'promote b a --options capabilities.demo.replicas --override --branch topic',
  ]) {
    for (const kill of Date.now() > end ? [] : await campaign.plan(1, 2, command)) {
      const { faults, wasKilled } = await campaign.run(kill);
      const what = [kill.scenario.name, kill.moment, kill.deed];
      expect([...what, faults]).toEqual([...what, []]);
      killed += wasKilled ? 1 : 0;
    }
  }
  expect(killed).toBeGreaterThan(0);
}, 300_000);
