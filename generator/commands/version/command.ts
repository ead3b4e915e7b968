import type { Invocation } from '../command.ts';
import { defineCommand } from '../command.ts';

export type VersionInvocation = Invocation;

export const versionCommand = defineCommand({
  name: 'version',
  summary: 'Print the versions of the program, of the spec format, and of the catalog here',
  examples: ['slipway version', 'slipway version -o json'],
  readsCatalog: false,
  load: async () => (await import('./version.ts')).printVersion,
});
