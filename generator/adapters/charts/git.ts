import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fullRef } from '../../charts/source.ts';
import type { ChartSource } from '../../charts/source.ts';
import { withTemporaryFolder } from '../files/temporary.ts';
import { runGit } from '../git/program.ts';
import { HttpProblem } from '../http/problems.ts';

type GitSource = Extract<ChartSource, { kind: 'git' }>;

/**
 * Fetches one commit of a repository into a temporary folder, and gives the folder of the source in it, and the top of what is
 * checked out, to `use`. Throws HttpProblem.
 */
export function withCheckout<T>(
  source: GitSource,
  timeout: number,
  use: (folder: string, top: string) => T | Promise<T>,
): Promise<T> {
  return withTemporaryFolder('git', async (work) => {
    await git(work, timeout, 'init', '-q', '--template=');
    await git(work, timeout, 'fetch', '-q', '--depth', '1', '--no-tags', source.url, fullRef(source.ref));
    await git(work, timeout, 'checkout', '-q', '--detach', 'FETCH_HEAD');
    const folder = join(work, source.path);
    if (!existsSync(folder) || !lstatSync(folder).isDirectory() || !isBelow(folder, work))
      throw new HttpProblem('missing', `${source.url} has no folder ${source.path} at ${source.ref}`);
    return use(folder, realpathSync(work));
  });
}

const isBelow = (folder: string, top: string): boolean => `${realpathSync(folder)}/`.startsWith(`${top}/`);

/** Names of all tags of a git repository. */
export async function gitTags(url: string, timeout: number): Promise<readonly string[]> {
  const lines = await git(tmpdir(), timeout, 'ls-remote', '--tags', '--refs', '-q', url);
  return lines.split('\n').flatMap((line) => /\trefs\/tags\/(.+)$/.exec(line)?.[1] ?? []);
}

/**
 * Nobody is asked for a password: what git needs to know, its own configuration and helpers say. What is checked out is what
 * the repository has, whatever this machine does to line ends.
 */
async function git(folder: string, timeout: number, ...args: readonly string[]): Promise<string> {
  const quiet = {
    GIT_TERMINAL_PROMPT: '0',
    GIT_SSH_COMMAND: process.env['GIT_SSH_COMMAND'] ?? 'ssh -oBatchMode=yes',
    GIT_ATTR_NOSYSTEM: '1',
  };
  const settings = [
    'advice.detachedHead=false',
    'core.symlinks=true',
    'core.autocrlf=false',
    `core.attributesFile=${devNull}`,
  ];
  const options = settings.flatMap((setting) => ['-c', setting]);
  const { code, stdout, stderr } = await runGit(folder, [...options, ...args], { env: quiet, timeout }).catch(() => {
    throw new HttpProblem('unreachable', 'git cannot be started', { hint: 'Install git.' });
  });
  if (code === undefined)
    throw new HttpProblem('unreachable', `git ${args[0] ?? ''} does not end within ${timeout / 1000} seconds`);
  if (code !== 0) throw gitProblem(stderr);
  return stdout.toString('utf8');
}

function gitProblem(text: string): HttpProblem {
  const said = /^(?:fatal|error|remote): *(.*)$/m.exec(text)?.[1] ?? text.trim().split('\n').at(-1) ?? '';
  const message = `git says: ${said.replace(/\.$/, '')}`;
  if (/could not read (?:Username|Password)|Authentication failed|Permission denied|403/.test(text))
    return new HttpProblem('refused', message, {
      hint: 'Set up a credential helper of git, or a key of ssh, for this host.',
    });
  if (/couldn't find remote ref|not our ref|Repository not found|does not (?:exist|appear)/i.test(text))
    return new HttpProblem('missing', message);
  return new HttpProblem('unreachable', message);
}
