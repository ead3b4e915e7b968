import type { Invocation } from '../command.ts';
import { defineCommand } from '../command.ts';
import { argument, consent, flag, text } from '../options.ts';
import { offline } from '../shared/options.ts';

const args = { cluster: argument('cluster name', { suggests: 'cluster' }) };

const options = {
  apply: consent('do the steps, after showing them; needs kubectl and helm'),
  // the cluster that is acted on is named in the call
  context: text('name', 'kubeconfig context of the cluster', { hasVariable: false }),
  secrets: text('folder', 'make missing Secrets from files, <folder>/<namespace>/<name>/<key>', {
    suggests: 'folder',
    hasVariable: false,
  }),
  values: flag("print the values of Argo CD's own chart and nothing else"),
  ...offline,
};

export type BootstrapInvocation = Invocation<typeof options, typeof args>;

export const bootstrapCommand = defineCommand({
  name: 'bootstrap',
  summary: 'Show the steps from an empty cluster to one that Argo CD reconciles, or do them',
  arguments: args,
  options,
  needs: { apply: 'context', secrets: 'apply' },
  excludes: [
    ['values', 'apply'],
    ['values', 'context'],
  ],
  examples: ['slipway bootstrap prod-eu', 'slipway bootstrap prod-eu --apply --context admin@prod-eu'],
  load: async () => (await import('./bootstrap.ts')).bootstrap,
});
