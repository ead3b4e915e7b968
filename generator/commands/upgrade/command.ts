import type { Invocation } from '../command.ts';
import { defineCommand } from '../command.ts';
import { consent, flag, list, text } from '../options.ts';
import { jobs, offline } from '../shared/options.ts';

const options = {
  check: flag('write nothing; say what is newer, and exit with 2 when something is'),
  dryRun: flag('write nothing; say all that would change'),
  to: list('versions', 'upgrade to these versions: <version> of the first catalog, <name>@<version> of another', {
    hasVariable: false,
  }),
  major: consent('also go to another major version (below 1.0.0: minor version)'),
  branch: text('name', 'commit on this branch (default: slipway-upgrade-<version>)', { hasVariable: false }),
  inPlace: consent('write into the work tree, not on a branch'),
  stat: flag('only name the files of the trees that change'),
  ...jobs,
  ...offline,
};

export type UpgradeInvocation = Invocation<typeof options>;
export type UpgradeOptions = UpgradeInvocation['options'];

export const upgradeCommand = defineCommand({
  name: 'upgrade',
  summary: 'Upgrade the catalogs of a fleet: what changes for every cluster, then a commit on a branch',
  options,
  excludes: [
    ['check', 'dryRun'],
    ['check', 'branch'],
    ['check', 'inPlace'],
    ['check', 'stat'],
    ['dryRun', 'branch'],
    ['dryRun', 'inPlace'],
    ['branch', 'inPlace'],
  ],
  examples: [
    'slipway upgrade --check',
    'slipway upgrade',
    'slipway upgrade --to 1.5.0 --to platform@v2.2.0 --branch catalog-1.5',
  ],
  readsCatalog: false,
  load: async () => (await import('./upgrade.ts')).upgrade,
});
