import type { Invocation } from '../command.ts';
import { defineCommand } from '../command.ts';
import { argument, flag, optionalArgument } from '../options.ts';
import { offline } from '../shared/options.ts';

const args = {
  cluster: argument('cluster name', { suggests: 'cluster' }),
  component: optionalArgument('only this component', { suggests: 'component' }),
};

const options = {
  images: flag('list the images in place of the objects'),
  objects: flag('a table of kind, name, namespace, wave and hook'),
  resources: flag('sum up requests and limits, per component and in all'),
  ...offline,
};

export type PreviewInvocation = Invocation<typeof options, typeof args>;

export const previewCommand = defineCommand({
  name: 'preview',
  summary: 'Show what Argo CD would apply, without a cluster',
  arguments: args,
  options,
  excludes: [
    ['images', 'objects'],
    ['images', 'resources'],
    ['objects', 'resources'],
  ],
  examples: [
    'slipway preview prod-eu cert-manager',
    'slipway preview prod-eu --images',
    'slipway preview dev kube-prometheus-stack --objects',
  ],
  load: async () => (await import('./preview.ts')).preview,
});
