import type { CommandSpec, Invocation, Verb } from '../command.ts';
import { defineCommand } from '../command.ts';
import { argument, restArguments } from '../options.ts';

const args = {
  shell: argument('shell', { choices: ['bash', 'zsh', 'fish'] }),
  words: restArguments('after --: print what may stand in place of the last of these words (the scripts ask this)'),
};

export type CompletionInvocation = Invocation<Record<never, never>, typeof args>;

/** `verbs` is the table that this command is part of. */
export const completionCommand = (verbs: () => readonly Verb[]): CommandSpec =>
  defineCommand({
    name: 'completion',
    summary: 'Print a shell completion script',
    arguments: args,
    examples: [
      'slipway completion bash > /etc/bash_completion.d/slipway',
      'slipway completion zsh > "${fpath[1]}/_slipway"',
      'slipway completion fish > ~/.config/fish/completions/slipway.fish',
    ],
    readsCatalog: false,
    load: async () => (await import('./completion.ts')).completionOf(verbs()),
  });
