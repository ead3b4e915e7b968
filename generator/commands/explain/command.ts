import type { Invocation } from '../command.ts';
import { defineCommand } from '../command.ts';
import { argument } from '../options.ts';
import { offline } from '../shared/options.ts';

const args = {
  cluster: argument('cluster name', { suggests: 'cluster' }),
  path: argument('path below spec, with dots or as a JSON pointer'),
};

const options = { ...offline };

export type ExplainInvocation = Invocation<typeof options, typeof args>;

export const explainCommand = defineCommand({
  name: 'explain',
  summary: 'Say where a value of a cluster comes from',
  arguments: args,
  options,
  examples: ['slipway explain prod-eu capabilities.kafka.brokers'],
  load: async () => (await import('./explain.ts')).explain,
});
