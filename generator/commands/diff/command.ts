import type { Invocation } from '../command.ts';
import { defineCommand } from '../command.ts';
import { flag, text } from '../options.ts';
import { cache, component, jobs, offline, selection } from '../shared/options.ts';

const options = {
  base: text('revision', 'compare with what this git revision renders to, not with deploy/'),
  rendered: flag('also show what charts make of their values; needs Helm and the charts'),
  patch: flag('show files and lines in place of objects and fields'),
  stat: flag('only name the files'),
  ...selection,
  ...component,
  ...jobs,
  ...cache,
  ...offline,
};

export type DiffInvocation = Invocation<typeof options>;

export const diffCommand = defineCommand({
  name: 'diff',
  summary: 'Show what changes per cluster, component, object and field, what loses data first',
  options,
  excludes: [
    ['rendered', 'patch'],
    ['rendered', 'stat'],
    ['patch', 'stat'],
    // plans do not pass between threads
    ['rendered', 'jobs'],
    // both sides are rendered in memory
    ['base', 'cache'],
  ],
  examples: [
    'slipway diff',
    'slipway diff --base origin/main',
    'slipway diff --base v1.2.0 -c prod-eu --component kafka-cluster',
    'slipway diff --rendered -c prod-eu',
  ],
  load: async () => (await import('./diff.ts')).diff,
});
