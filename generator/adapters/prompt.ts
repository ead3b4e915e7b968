import type { Prompt } from '../ports.ts';

/** Asks on the terminal; what is asked goes to stderr, for stdout is data. Undefined without a terminal. */
export function createPrompt(): Prompt | undefined {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return undefined;
  const load = (): Promise<typeof import('@clack/prompts')> => import('@clack/prompts');
  const output = process.stderr;
  return {
    async text(message, initial, problem) {
      const { text } = await load();
      const about = { message, placeholder: initial, defaultValue: initial, output };
      return answered(
        await text({
          ...about,
          validate: (answer) => problem(answer === '' || answer === undefined ? initial : answer),
        }),
      );
    },
    async choose(message, choices, initial) {
      const { select } = await load();
      const options = choices.map((value) => ({ value, label: value }));
      return answered(await select({ message, options, initialValue: initial, output }));
    },
  };
}

/** Stopped by Ctrl+C or Escape: the program ends as by a signal, and nothing was written yet. */
function answered(answer: string | symbol): Promise<string> {
  if (typeof answer === 'string') return Promise.resolve(answer);
  process.emit('SIGINT');
  return new Promise(() => undefined);
}
