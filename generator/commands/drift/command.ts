import type { Invocation } from '../command.ts';
import { defineCommand } from '../command.ts';
import { consent, number, texts } from '../options.ts';
import { cache, component, jobs, offline, selection, stats } from '../shared/options.ts';

const options = {
  live: consent('compare clusters too; changes nothing on them'),
  context: texts('name', 'kubeconfig context: <cluster>=<context>, or one name for one cluster', {
    hasVariable: false,
  }),
  all: consent('compare every selected cluster, by the context of its name unless --context says'),
  qps: number('n', 'requests per second to a cluster, at most', {
    initial: 100,
    isAllowed: (n) => n > 0,
    says: 'Write a number above 0, such as 50.',
  }),
  ...selection,
  ...component,
  ...jobs,
  ...cache,
  ...offline,
  ...stats,
};

export type DriftInvocation = Invocation<typeof options>;

export const driftCommand = defineCommand({
  name: 'drift',
  summary: 'Show where trees, files, versions and clusters have left what the specs say',
  options,
  needs: { context: 'live', all: 'live', qps: 'live' },
  examples: [
    'slipway drift',
    'slipway drift -c prod-eu --live --context admin@prod-eu',
    'slipway drift --live --context prod-eu=admin@prod-eu --context prod-us=admin@prod-us',
    'slipway drift --live --all --qps 50 -o json',
  ],
  load: async () => (await import('./drift.ts')).drift,
});
