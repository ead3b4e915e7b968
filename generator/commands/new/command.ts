import type { CommandGroup, Invocation } from '../command.ts';
import { defineCommand } from '../command.ts';
import { argument, text } from '../options.ts';
import { offline } from '../shared/options.ts';

const args = { name: argument('its name') };
const componentArgs = { name: argument('<capability>/<component>; with --chart, <component> is enough') };

const clusterOptions = {
  environment: text('name', 'environment of the new cluster', { suggests: 'environment', hasVariable: false }),
  domain: text('domain', 'its domain (default: <name>.example.com)', { hasVariable: false }),
  distribution: text('name', 'what its nodes run: k3s, rke2, eks …', { hasVariable: false }),
};
const environmentOptions = {
  extends: text('name', 'environment the new one extends', { suggests: 'environment', hasVariable: false }),
};

const componentOptions = {
  chart: text('repository', 'make it from a chart: the repository, in one of the forms of docs/charts.md', {
    hasVariable: false,
  }),
  chartName: text('name', 'name of the chart (default: that of the component)', { hasVariable: false }),
  chartVersion: text('version', 'version of the chart (default: the newest)', { hasVariable: false }),
  ...offline,
};

export type NewClusterInvocation = Invocation<typeof clusterOptions, typeof args>;
export type NewEnvironmentInvocation = Invocation<typeof environmentOptions, typeof args>;
export type NewComponentInvocation = Invocation<typeof componentOptions, typeof componentArgs>;
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
      examples: [
        'slipway new cluster staging-us --environment staging',
        'slipway new cluster prod-eu --environment prod --domain eu.example.com --distribution rke2',
      ],
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
      summary: 'Scaffold a component below custom/, around a chart that exists or with manifests',
      arguments: componentArgs,
      options: componentOptions,
      examples: [
        'slipway new component kafka/mirror',
        'slipway new component podinfo --chart oci://ghcr.io/stefanprodan/charts',
        'slipway new component shop --chart ./charts/shop',
      ],
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
