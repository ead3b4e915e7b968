import type { Invocation } from '../command.ts';
import { defineCommand } from '../command.ts';
import { argument, consent, flag, list, text } from '../options.ts';
import { jobs, offline } from '../shared/options.ts';

const args = {
  from: argument('cluster or environment that has proven it', { suggests: 'clusterOrEnvironment' }),
  to: argument('cluster or environment that takes it over', { suggests: 'clusterOrEnvironment' }),
};

const options = {
  options: list('list', 'options to take over beside the pins, separated by commas', { hasVariable: false }),
  check: flag('write nothing; say what waits, and exit with 2 when something does'),
  branch: text('name', 'commit the edit, and the tree it renders to, on this branch', { hasVariable: false }),
  environments: consent('take both names for those of environments'),
  override: consent('also set what an environment sets, for this cluster alone'),
  stat: flag('only name the files of the tree that change'),
  ...jobs,
  ...offline,
};

export type PromoteInvocation = Invocation<typeof options, typeof args>;

export const promoteCommand = defineCommand({
  name: 'promote',
  summary: 'Bring what one cluster or environment has proven to another: pins, versions and options',
  arguments: args,
  options,
  excludes: [
    ['check', 'branch'],
    ['check', 'stat'],
    ['check', 'jobs'],
  ],
  examples: [
    'slipway promote staging prod-eu --check',
    'slipway promote staging prod-eu --options capabilities.kafka.brokers --stat',
    'slipway promote staging prod --environments --branch promote-prod',
  ],
  load: async () => (await import('./promote.ts')).promote,
});
