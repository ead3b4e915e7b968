import type { CommandGroup, Invocation } from '../command.ts';
import { defineCommand } from '../command.ts';
import { argument, consent, flag, optionalArgument, text } from '../options.ts';
import { component, offline, selection } from '../shared/options.ts';

const showArgs = { name: argument('capability or component', { suggests: 'capabilityOrComponent' }) };

const pullOptions = { ...selection, ...component, ...offline };

const lockOptions = {
  force: consent('lock what the sources have now, also where it changed'),
  withCharts: flag('in a fleet with slipway.yaml: also the packages of charts'),
  ...component,
  ...offline,
};

const vendorArgs = { name: optionalArgument('name of the catalog (default: the first one)') };

const vendorOptions = {
  to: text('folder', 'folder to make (default: catalogs/<name>)', { hasVariable: false }),
  ...offline,
};

const outdatedOptions = { ...component, ...offline };

const upgradeArgs = { name: optionalArgument('component to upgrade (default: all)', { suggests: 'component' }) };

const upgradeOptions = {
  to: text('version', 'upgrade to this version, not to the newest of the same major', { hasVariable: false }),
  ...component,
  ...offline,
};

const testArgs = { capability: optionalArgument('capability to test (default: all)', { suggests: 'capability' }) };

const testOptions = {
  write: consent('write docs/catalog-proof.md when nothing failed'),
  update: consent('write the golden trees of examples anew when nothing else failed'),
  ...offline,
};

const docsArgs = {
  capability: optionalArgument('capability whose page is meant (default: all pages)', { suggests: 'capability' }),
};

const docsOptions = { check: flag('write nothing; exit with 2 when a page is not current') };

export type CatalogListInvocation = Invocation;
export type CatalogShowInvocation = Invocation<Record<never, never>, typeof showArgs>;
export type CatalogPullInvocation = Invocation<typeof pullOptions>;
export type CatalogLockInvocation = Invocation<typeof lockOptions>;
export type CatalogVendorInvocation = Invocation<typeof vendorOptions, typeof vendorArgs>;
export type CatalogOutdatedInvocation = Invocation<typeof outdatedOptions>;
export type CatalogUpgradeInvocation = Invocation<typeof upgradeOptions, typeof upgradeArgs>;
export type CatalogTestInvocation = Invocation<typeof testOptions, typeof testArgs>;
export type CatalogDocsInvocation = Invocation<typeof docsOptions, typeof docsArgs>;

export const catalogCommand: CommandGroup = {
  name: 'catalog',
  summary: 'List or show what the catalog offers; fetch, lock, upgrade and prove its charts; test it, write its pages',
  commands: [
    defineCommand({
      name: 'list',
      summary: 'List the capabilities',
      examples: ['slipway catalog list'],
      load: async () => (await import('./show.ts')).listCatalog,
    }),
    defineCommand({
      name: 'show',
      summary: 'Show a capability with its options, or a component',
      arguments: showArgs,
      examples: ['slipway catalog show kafka'],
      load: async () => (await import('./show.ts')).showCatalog,
    }),
    defineCommand({
      name: 'pull',
      summary: 'Fetch the charts of the selected clusters',
      options: pullOptions,
      examples: ['slipway catalog pull -c prod-eu'],
      load: async () => (await import('./lock.ts')).pullCharts,
    }),
    defineCommand({
      name: 'lock',
      summary: 'Write down which files each catalog has (slipway.lock), and which package each chart is',
      options: lockOptions,
      examples: ['slipway catalog lock', 'slipway catalog lock --with-charts'],
      readsCatalog: false,
      load: async () => (await import('./lockFleet.ts')).lockFleet,
    }),
    defineCommand({
      name: 'vendor',
      summary: 'Copy a catalog of slipway.yaml into the repository, to own and edit it',
      arguments: vendorArgs,
      options: vendorOptions,
      examples: ['slipway catalog vendor', 'slipway catalog vendor platform --to catalogs/platform'],
      readsCatalog: false,
      load: async () => (await import('./vendor.ts')).vendorCatalog,
    }),
    defineCommand({
      name: 'outdated',
      summary: 'List the charts that their repositories have newer versions of',
      options: outdatedOptions,
      examples: ['slipway catalog outdated'],
      load: async () => (await import('./upgrade.ts')).outdated,
    }),
    defineCommand({
      name: 'upgrade',
      summary: 'Write newer versions of charts into the catalog',
      arguments: upgradeArgs,
      options: upgradeOptions,
      excludes: [['name', 'component']],
      examples: ['slipway catalog upgrade cert-manager --to v1.22.0'],
      load: async () => (await import('./upgrade.ts')).upgrade,
    }),
    defineCommand({
      name: 'test',
      summary: 'Render every example on every version of Kubernetes, in both deliveries; test golden trees and rules',
      arguments: testArgs,
      options: testOptions,
      examples: ['slipway catalog test kafka', 'slipway catalog test kafka --update'],
      load: async () => (await import('./test.ts')).catalogTest,
    }),
    defineCommand({
      name: 'docs',
      summary: 'Write what pages have between marks: options of capabilities, helpers of templates',
      arguments: docsArgs,
      options: docsOptions,
      examples: ['slipway catalog docs', 'slipway catalog docs --check'],
      load: async () => (await import('./docs.ts')).catalogDocs,
    }),
  ],
};
