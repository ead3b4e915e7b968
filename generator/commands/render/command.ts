import type { Invocation } from '../command.ts';
import { defineCommand } from '../command.ts';
import { consent, flag } from '../options.ts';
import { cache, jobs, offline, selection, stats } from '../shared/options.ts';

const options = {
  check: flag('write nothing; exit with 2 when deploy/ is not current'),
  stdout: flag('write nothing; print the objects of the trees, for other programs'),
  force: consent('overwrite generated files that were edited by hand'),
  allowDelete: consent('agree to removing Applications, namespaces and what holds data'),
  ...selection,
  ...jobs,
  ...cache,
  ...offline,
  ...stats,
};

export type RenderInvocation = Invocation<typeof options>;

export const renderCommand = defineCommand({
  name: 'render',
  summary: 'Render clusters into deploy/',
  options,
  excludes: [
    ['check', 'force'],
    ['check', 'allowDelete'],
    ['stdout', 'check'],
    ['stdout', 'force'],
    ['stdout', 'allowDelete'],
  ],
  examples: [
    'slipway render',
    'slipway render -c "prod-*" --stats',
    'slipway render --check',
    'slipway render -c dev --stdout',
  ],
  load: async () => (await import('./render.ts')).render,
});
