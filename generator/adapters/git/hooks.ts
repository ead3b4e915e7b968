import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ToolError } from '../../model/diagnostic.ts';
import type { GitProgram } from './git.ts';
import { saidBy } from './problems.ts';

/** Runs a hook of the repository, if it has it. Throws ToolError git/hook when the hook refuses. */
export async function runHook(
  git: GitProgram,
  hook: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const { code, stdout, stderr } = await git.ended(['hook', 'run', '--ignore-missing', hook, '--', ...args], {
    env: { ...env, GIT_EDITOR: ':' },
  });
  if (code === 0) return;
  if (/'hook' is not a git command/.test(stderr)) {
    const file = await git.maybe(['rev-parse', '--git-path', `hooks/${hook}`]);
    if (file === undefined || !existsSync(resolve(git.root, file))) return;
    throw new ToolError('git/hook', `The hook ${hook} cannot be run by this git.`, 'Update git to 2.36 or newer.');
  }
  const said = saidBy(`${stdout.toString('utf8')}\n${stderr}`);
  throw new ToolError(
    'git/hook',
    `The hook ${hook} refuses the commit${said === '' ? '' : `: ${said}`}. Nothing was committed.`,
    `Do as the hook says, then run again; it is ${hook} of \`git rev-parse --git-path hooks\`.`,
  );
}
