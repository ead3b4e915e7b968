import type { Result, Verb } from '../command.ts';
import { candidatesFor } from './candidates.ts';
import type { CompletionInvocation } from './command.ts';
import { namesIn } from './names.ts';
import { scripts } from './scripts.ts';

/** Prints the script of a shell, or with words what may stand in place of the last one. */
export const completionOf =
  (verbs: readonly Verb[]) =>
  async ({ ctx, args }: CompletionInvocation): Promise<Result> => {
    const { shell, words } = args;
    if (words.length === 0) return { text: scripts[shell], data: { shell, script: scripts[shell] } };
    const { candidates, paths } = candidatesFor(verbs, asWords(shell, words), namesIn(ctx));
    // bash puts what comes behind = in place of a word of its own
    const isSplit = shell === 'bash' && words.slice(-2).includes('=');
    const lines = candidates.map(({ text, about }) => {
      const own = isSplit ? text.replace(/^--[^=]*=/, '') : text;
      return about === '' ? own : `${own}\t${about}`;
    });
    return { text: [...lines, `:${paths}`].join('\n'), data: { candidates, paths } };
  };

/** bash hands over `--as=dot` as three words. */
function asWords(shell: string, words: readonly string[]): readonly string[] {
  if (shell !== 'bash') return words;
  const out: string[] = [];
  for (const [i, word] of words.entries()) {
    const isJoined = word === '=' || words[i - 1] === '=';
    const before = out.at(-1);
    if (isJoined && before?.startsWith('--') === true) out[out.length - 1] = `${before}${word}`;
    else out.push(word);
  }
  return out;
}
