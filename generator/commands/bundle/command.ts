import type { Invocation } from '../command.ts';
import { defineCommand } from '../command.ts';
import { argument } from '../options.ts';
import { component, offline, selection } from '../shared/options.ts';

const args = {
  folder: argument('folder to make; it must not exist yet, or be empty', { suggests: 'folder' }),
};

const options = { ...selection, ...component, ...offline };

export type BundleInvocation = Invocation<typeof options, typeof args>;

export const bundleCommand = defineCommand({
  name: 'bundle',
  summary: 'Pack what an air-gapped site needs into a folder: charts as repositories, schemas, sums',
  arguments: args,
  options,
  examples: ['slipway bundle ../bundle', 'slipway bundle ../bundle-eu -c prod-eu'],
  load: async () => (await import('./bundle.ts')).bundle,
});
