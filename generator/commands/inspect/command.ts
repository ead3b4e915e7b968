import type { CommandGroup, Invocation } from '../command.ts';
import { defineCommand } from '../command.ts';
import { component, offline, selection } from '../shared/options.ts';

const clusterOptions = { ...selection, ...offline };
const componentOptions = { ...selection, ...component, ...offline };

export type InspectClustersInvocation = Invocation<typeof clusterOptions>;
export type InspectInvocation = Invocation<typeof componentOptions>;

export const inspectCommand: CommandGroup = {
  name: 'inspect',
  summary: 'List clusters, components, the plan, patches, or the secrets clusters expect',
  commands: [
    defineCommand({
      name: 'clusters',
      summary: 'List clusters: environment, domain, versions and capabilities',
      options: clusterOptions,
      examples: ['slipway inspect clusters'],
      load: async () => (await import('./inspect.ts')).inspectClusters,
    }),
    defineCommand({
      name: 'components',
      summary: 'List the components of clusters and their charts',
      options: componentOptions,
      examples: ['slipway inspect components --component cert-manager'],
      load: async () => (await import('./inspect.ts')).inspectComponents,
    }),
    defineCommand({
      name: 'plan',
      summary: 'List the components of clusters in the order they are installed',
      options: componentOptions,
      examples: ['slipway inspect plan -c prod-eu -o json'],
      load: async () => (await import('./inspect.ts')).inspectPlan,
    }),
    defineCommand({
      name: 'patches',
      summary: 'List what patches of specs and environments change, and where they stand',
      options: componentOptions,
      examples: ['slipway inspect patches -c prod-eu'],
      load: async () => (await import('./inspect.ts')).inspectPatches,
    }),
    defineCommand({
      name: 'secrets',
      summary: 'List the secrets that clusters expect, and where from',
      options: componentOptions,
      examples: ['slipway inspect secrets -c prod-eu'],
      load: async () => (await import('./inspect.ts')).inspectSecrets,
    }),
  ],
};
