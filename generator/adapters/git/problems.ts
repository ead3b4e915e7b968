import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { ToolError } from '../../model/diagnostic.ts';
import { shellCommand } from '../../util/shell.ts';

/** Lines of remotes and helpers beyond these are left out. */
const maxLines = 8;

/** What git, the remote or a hook said, in one line, without passwords and control characters. */
export function saidBy(stderr: string): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) =>
      line
        .replaceAll(/\p{Cc}\[[0-9;]*[A-Za-z]/gu, '')
        .replaceAll(/\p{Cc}/gu, ' ')
        .trim(),
    )
    .filter((line) => line !== '' && !/^(?:hint|warning):/.test(line));
  const marked = lines.filter((line) => /^(?:fatal|error|remote|gpg|ssh-keygen):/.test(line));
  return (marked.length > 0 ? marked : lines)
    .map((line) => line.replace(/^remote:\s*/, ''))
    .filter((line) => /[\p{L}\p{N}]/u.test(line))
    .slice(-maxLines)
    .join(' ')
    .replaceAll(/(:\/\/)[^/@\s]+@/g, '$1***@')
    .replace(/\.$/, '');
}

/** The finding for a git that failed. */
export function gitFailed(what: string, stderr: string, root: string, advice?: string): ToolError {
  if (/detected dubious ownership/.test(stderr)) return unsafeFolder(stderr, root);
  const lock = /(?:Unable to create|unable to create) '([^']+\.lock)': File exists/.exec(stderr)?.[1];
  if (lock !== undefined) return lockedBy(resolve(root, lock), root);
  return new ToolError(
    'git/failed',
    `${what} failed: ${saidBy(stderr) || 'git ended without a word, as when it is killed'}.${advice === undefined ? '' : ` ${advice}`}`,
    'Run the same git command by hand to see more.',
  );
}

function unsafeFolder(stderr: string, root: string): ToolError {
  const remedy = /git config --global --add safe\.directory .+/.exec(stderr)?.[0]?.trim();
  const folder = /dubious ownership in repository at '([^']+)'/.exec(stderr)?.[1] ?? root;
  return new ToolError(
    'git/unsafe-folder',
    `Git does not work in ${folder}, for the folder belongs to another user.`,
    `If you trust it: ${remedy ?? shellCommand('git', 'config', '--global', '--add', 'safe.directory', folder)}`,
  );
}

/** A lock of git that is in the way: whose it is, as far as this machine can tell, and what to do. */
function lockedBy(lock: string, root: string): ToolError {
  const since = existsSync(lock) ? `since ${new Date(statSync(lock).mtimeMs).toISOString().slice(0, 19)}Z` : '';
  const pids = gitsAtWork(root);
  const isGone = pids !== undefined && pids.length === 0;
  const who = pids === undefined || isGone ? '' : ` (process ${pids.join(', ')})`;
  return new ToolError(
    'git/locked',
    isGone
      ? `${lock} is of a git that is gone${since === '' ? '' : ` (${since})`}.`
      : `Another git${who} holds ${lock}.`,
    isGone
      ? `Remove it: ${shellCommand('rm', lock)}`
      : `Wait for it to end, then run again. If no git is at work, remove ${lock}.`,
  );
}

/** Processes of git in this repository, on Linux; undefined where that cannot be told. */
export function gitsAtWork(root: string): readonly number[] | undefined {
  if (!existsSync('/proc/self/comm')) return undefined;
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const isGit = readFileSync(`/proc/${name}/comm`, 'utf8').startsWith('git');
      const folder = isGit ? readlinkSync(`/proc/${name}/cwd`) : '';
      const isHere = isGit && (`${folder}/`.startsWith(`${root}/`) || `${root}/`.startsWith(`${folder}/`));
      return isHere ? [Number(name)] : [];
    } catch {
      return []; // it has ended, or is somebody else's
    }
  });
}
