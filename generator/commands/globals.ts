import { formatNames } from '../report/formats.ts';
import type { OptionSpec, Values } from './options.ts';
import { choice, flag, negated, text } from './options.ts';

const root: OptionSpec<string> = {
  ...text('folder', 'repository to work in', { short: '-C', suggests: 'folder' }),
  initial: '.',
  read: (value) => value,
};

/** What every command understands; `cli.ts` reads them. */
export const globalOptions = {
  root,
  output: choice('format', 'output format', ['text', ...formatNames], { short: '-o' }),
  quiet: flag('no messages but errors', { short: '-q' }),
  verbose: flag('more messages, stack traces', { short: '-v' }),
  color: negated('no colours'),
};

export type GlobalOptions = Values<typeof globalOptions>;
