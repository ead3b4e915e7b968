import type { CommandGroup, CommandSpec, Invocation } from '../command.ts';
import { defineCommand } from '../command.ts';
import { argument } from '../options.ts';
import { component, offline, selection } from '../shared/options.ts';

const clusterOptions = { ...selection, ...offline };
const componentOptions = { ...selection, ...component, ...offline };

export type InspectClustersInvocation = Invocation<typeof clusterOptions>;
export type InspectInvocation = Invocation<typeof componentOptions>;

const listArguments = { list: argument('name of the list') };

export type InspectListInvocation = Invocation<typeof componentOptions, typeof listArguments>;

/** A list that the shipped catalog has, under its own name. */
const objectList = (name: string, summary: string): CommandSpec =>
  defineCommand({
    name,
    summary,
    options: componentOptions,
    examples: [`slipway inspect ${name}`, `slipway inspect ${name} -c prod-eu -o json`],
    load: async () => {
      const { inspectList } = await import('./inspect.ts');
      return (invocation: InspectInvocation) => inspectList({ ...invocation, args: { list: name } });
    },
  });

export const inspectCommand: CommandGroup = {
  name: 'inspect',
  summary: 'List what clusters have: components, secrets, tenants, hosts, topics, databases',
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
    defineCommand({
      name: 'tenants',
      summary: 'List the tenants of clusters: groups, namespaces, hosts, quota',
      options: clusterOptions,
      examples: ['slipway inspect tenants'],
      load: async () => (await import('./inspect.ts')).inspectTenants,
    }),
    defineCommand({
      name: 'hosts',
      summary: 'List the host names of clusters, and whose they are',
      options: componentOptions,
      examples: ['slipway inspect hosts -c prod-eu'],
      load: async () => (await import('./inspect.ts')).inspectHosts,
    }),
    objectList('topics', 'List the Kafka topics of clusters'),
    objectList('databases', 'List the databases of clusters'),
    objectList('backups', 'List what is backed up on clusters, when and for how long'),
    objectList('certificates', 'List the certificates of clusters'),
    defineCommand({
      name: 'list',
      summary: 'Print a list that a component of the catalog or of custom/ declares',
      arguments: listArguments,
      options: componentOptions,
      examples: ['slipway inspect list kafka-users'],
      load: async () => (await import('./inspect.ts')).inspectList,
    }),
  ],
};
