import type { Invocation } from '../command.ts';
import { defineCommand } from '../command.ts';
import { argument, choice } from '../options.ts';
import { offline } from '../shared/options.ts';

const args = { cluster: argument('cluster name', { suggests: 'cluster' }) };

const options = { as: choice('form', 'form of the graph', ['mermaid', 'dot', 'text']), ...offline };

export type GraphInvocation = Invocation<typeof options, typeof args>;

export const graphCommand = defineCommand({
  name: 'graph',
  summary: 'Draw the waves of a cluster',
  arguments: args,
  options,
  examples: ['slipway graph prod-eu', 'slipway graph prod-eu --as dot | dot -Tsvg > graph.svg'],
  load: async () => (await import('./graph.ts')).graph,
});
