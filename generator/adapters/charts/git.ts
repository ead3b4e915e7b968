import { spawn } from 'node:child_process';
import { existsSync, lstatSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fullRef } from '../../charts/source.ts';
import type { ChartSource } from '../../charts/source.ts';
import { packFolder } from './folder.ts';
import { HttpProblem } from './http.ts';

type GitSource = Extract<ChartSource, { kind: 'git' }>;

/** A chart out of a git repository: one commit is fetched, checked out, and its folder packed. */
export async function packFromGit(source: GitSource, timeout: number): Promise<Buffer> {
  const work = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-git-')));
  try {
    await git(work, timeout, 'init', '-q', '--template=');
    await git(work, timeout, 'fetch', '-q', '--depth', '1', '--no-tags', source.url, fullRef(source.ref));
    await git(work, timeout, 'checkout', '-q', '--detach', 'FETCH_HEAD');
    const folder = join(work, source.path);
    if (!existsSync(folder) || !lstatSync(folder).isDirectory() || !isBelow(folder, work))
      throw new HttpProblem('missing', `${source.url} has no folder ${source.path} at ${source.ref}`);
    return await packFolder(folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const isBelow = (folder: string, top: string): boolean => `${realpathSync(folder)}/`.startsWith(`${top}/`);

/** Names of all tags of a git repository. */
export async function gitTags(url: string, timeout: number): Promise<readonly string[]> {
  const lines = await git(tmpdir(), timeout, 'ls-remote', '--tags', '--refs', '-q', url);
  return lines.split('\n').flatMap((line) => /\trefs\/tags\/(.+)$/.exec(line)?.[1] ?? []);
}

/** Nobody is asked for a password: what git needs to know, its own configuration and helpers say. */
async function git(folder: string, timeout: number, ...args: readonly string[]): Promise<string> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^GIT_(?:DIR|WORK_TREE|INDEX_FILE|COMMON_DIR|PREFIX)$/.test(name)),
  );
  const quiet = { GIT_TERMINAL_PROMPT: '0', GIT_SSH_COMMAND: env['GIT_SSH_COMMAND'] ?? 'ssh -oBatchMode=yes' };
  return new Promise((done, fail) => {
    const options = ['-c', 'advice.detachedHead=false', '-c', 'core.symlinks=true', ...args];
    const child = spawn('git', options, { cwd: folder, env: { ...env, ...quiet }, timeout, killSignal: 'SIGKILL' });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', () => fail(new HttpProblem('unreachable', 'git cannot be started', 'Install git.')));
    child.on('exit', (code) => {
      if (code === null)
        fail(new HttpProblem('unreachable', `git ${args[0] ?? ''} does not end within ${timeout / 1000} seconds`));
    });
    child.on('close', (code) =>
      code === 0 ? done(Buffer.concat(out).toString('utf8')) : fail(gitProblem(Buffer.concat(err).toString('utf8'))),
    );
  });
}

function gitProblem(text: string): HttpProblem {
  const said = /^(?:fatal|error|remote): *(.*)$/m.exec(text)?.[1] ?? text.trim().split('\n').at(-1) ?? '';
  const message = `git says: ${said.replace(/\.$/, '')}`;
  if (/could not read (?:Username|Password)|Authentication failed|Permission denied|403/.test(text))
    return new HttpProblem('refused', message, 'Set up a credential helper of git, or a key of ssh, for this host.');
  if (/couldn't find remote ref|not our ref|Repository not found|does not (?:exist|appear)/i.test(text))
    return new HttpProblem('missing', message);
  return new HttpProblem('unreachable', message);
}
