import type { CommandGroup, Invocation } from '../command.ts';
import { defineCommand } from '../command.ts';
import { argument, text } from '../options.ts';

const args = { name: argument('its name') };
const componentArgs = { name: argument('<capability>/<component>') };

const clusterOptions = {
  environment: text('name', 'environment of the new cluster', { suggests: 'environment', hasVariable: false }),
};
const environmentOptions = {
  extends: text('name', 'environment the new one extends', { suggests: 'environment', hasVariable: false }),
};

export type NewClusterInvocation = Invocation<typeof clusterOptions, typeof args>;
export type NewEnvironmentInvocation = Invocation<typeof environmentOptions, typeof args>;
export type NewInvocation = Invocation<Record<never, never>, typeof args>;

export const newCommand: CommandGroup = {
  name: 'new',
  summary: 'Scaffold a cluster, environment, component or capability',
  commands: [
    defineCommand({
      name: 'cluster',
      summary: 'Scaffold a cluster',
      arguments: args,
      options: clusterOptions,
      examples: ['slipway new cluster staging-us --environment staging'],
      load: async () => (await import('./new.ts')).newCluster,
    }),
    defineCommand({
      name: 'environment',
      summary: 'Scaffold an environment',
      arguments: args,
      options: environmentOptions,
      examples: ['slipway new environment staging --extends base'],
      load: async () => (await import('./new.ts')).newEnvironment,
    }),
    defineCommand({
      name: 'component',
      summary: 'Scaffold a component below custom/',
      arguments: componentArgs,
      examples: ['slipway new component kafka/mirror'],
      load: async () => (await import('./new.ts')).newComponent,
    }),
    defineCommand({
      name: 'capability',
      summary: 'Scaffold a capability below custom/',
      arguments: args,
      examples: ['slipway new capability backup'],
      load: async () => (await import('./new.ts')).newCapability,
    }),
  ],
};
