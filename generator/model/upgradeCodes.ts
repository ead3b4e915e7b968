/** Codes of `slipway upgrade`, and of what says that there is something to upgrade to. */
export const upgradeCodes = {
  'upgrade/available': {
    title: 'A newer catalog is here',
    help: 'The program, or a package in node_modules, has a newer catalog than slipway.yaml names. `slipway upgrade` shows what it changes, and commits it on a branch.',
  },
  'upgrade/conflict': {
    title: 'Both sides changed the same lines',
    help: 'The fleet changed a catalog that it owns where later versions of its base changed it too. On a branch the file has both, between the marks of git; edit it there. In the work tree nothing is written.',
  },
  'upgrade/migration': {
    title: 'Spec cannot be migrated by itself',
    help: 'A migration of the catalog cannot be applied at this place of a spec. The rest is committed on the branch, without trees: make the change there by hand. Nothing is written into the work tree.',
  },
  'upgrade/uncommitted': {
    title: 'Upgrade on changes that are not committed',
    help: 'Files that the upgrade writes have changes that are not committed. Commit or stash them first, so that the upgrade can be looked at, and taken back, by itself.',
  },
  'upgrade/failed': {
    title: 'Fleet does not render after the upgrade',
    help: 'With the newer catalog a spec has errors, which are listed with it. Nothing is written to the work tree; on a branch the sources are committed without their trees, to be mended there.',
  },
} as const;
