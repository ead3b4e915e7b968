import type { Invocation } from '../command.ts';
import { defineCommand } from '../command.ts';
import { argument } from '../options.ts';

const args = { folder: argument('folder to create', { suggests: 'folder' }) };

export type InitInvocation = Invocation<Record<never, never>, typeof args>;

export const initCommand = defineCommand({
  name: 'init',
  summary: 'Make a new fleet repository: catalog, environments, schemas and a first cluster',
  arguments: args,
  examples: ['slipway init my-fleet'],
  readsCatalog: false,
  load: async () => (await import('./init.ts')).init,
});
