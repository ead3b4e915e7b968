import type { Invocation } from '../command.ts';
import { defineCommand } from '../command.ts';
import { argument, optionalArgument } from '../options.ts';
import { offline } from '../shared/options.ts';

const args = {
  cluster: argument('cluster name, or an error code', { suggests: 'cluster' }),
  path: optionalArgument(
    'path below spec, with dots or as a JSON pointer; or an object of the tree, [group/]Kind/[namespace/]name[#field]',
  ),
};

const options = { ...offline };

export type ExplainInvocation = Invocation<typeof options, typeof args>;

export const explainCommand = defineCommand({
  name: 'explain',
  summary: 'Say where a value of a cluster comes from, or what an error code means',
  arguments: args,
  options,
  examples: [
    'slipway explain prod-eu capabilities.kafka.brokers',
    'slipway explain prod-eu components.loki.values.singleBinary',
    'slipway explain prod-eu Kafka/kafka/main#spec.kafka.config',
    'slipway explain schema/unknown-key',
  ],
  load: async () => (await import('./explain.ts')).explain,
});
