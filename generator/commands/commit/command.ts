import type { Invocation } from '../command.ts';
import { defineCommand } from '../command.ts';
import { consent, text } from '../options.ts';
import { jobs, offline } from '../shared/options.ts';

const options = {
  push: consent(
    'push, to where git would push the branch; a rejected push is rebased and rendered again, never forced',
  ),
  branch: text('name', 'commit on this branch', { hasVariable: false }),
  message: text('text', 'subject of the commit', { hasVariable: false }),
  allowDelete: consent('agree to removals, as in render'),
  ...jobs,
  ...offline,
};

export type CommitInvocation = Invocation<typeof options>;

export const commitCommand = defineCommand({
  name: 'commit',
  summary: 'Commit the tree (only what it owns)',
  options,
  examples: ['slipway commit', 'slipway commit --push --branch update-kafka'],
  load: async () => (await import('./commit.ts')).commit,
});
