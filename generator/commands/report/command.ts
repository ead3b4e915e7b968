import type { Invocation } from '../command.ts';
import { defineCommand } from '../command.ts';
import { argument, text } from '../options.ts';
import { cache, component, jobs, offline, selection } from '../shared/options.ts';

const args = { file: argument('file to write, - for the output', { suggests: 'file' }) };

const options = {
  base: text('revision', 'also show what differs from this git revision'),
  ...selection,
  ...component,
  ...jobs,
  ...cache,
  ...offline,
};

export type ReportInvocation = Invocation<typeof options, typeof args>;

export const reportCommand = defineCommand({
  name: 'report',
  summary: 'Write one HTML file about the fleet: clusters, versions, findings, waves, and what differs from a base',
  arguments: args,
  options,
  // what differs is all that the page has by component
  needs: { component: 'base' },
  examples: ['slipway report fleet.html', 'slipway report fleet.html --base origin/main'],
  load: async () => (await import('./report.ts')).report,
});
