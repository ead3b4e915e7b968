import { ToolError } from '../../model/diagnostic.ts';
import type { Pushed } from '../../ports.ts';
import type { GitProgram } from './git.ts';
import { rebaseOnto } from './ownRebase.ts';
import { gitFailed, saidBy } from './problems.ts';
import { shellCommand } from '../../util/shell.ts';

/** Where a branch is pushed to, as git would choose. */
interface PushTarget {
  readonly remote: string;
  /** The full name of the branch there: `refs/heads/main`. */
  readonly ref: string;
}

const again = 'then run `slipway commit --push` again';

/** The remote and the name there, by the configuration of the branch and of pushing. Throws ToolError git/push-target. */
async function pushTarget(git: GitProgram, branch: string): Promise<PushTarget> {
  const config = (key: string): Promise<string | undefined> => git.maybe(['config', '--get', key]);
  const upstream = await config(`branch.${branch}.remote`);
  const merge = await config(`branch.${branch}.merge`);
  const named = (await config(`branch.${branch}.pushRemote`)) ?? (await config('remote.pushDefault')) ?? upstream;
  const remote = named ?? (await onlyRemote(git));
  const own = `refs/heads/${branch}`;
  const mode = (await config('push.default')) ?? 'simple';
  const refused = (why: string, hint: string): ToolError =>
    new ToolError('git/push-target', `${why} Nothing was pushed.`, hint);
  if (mode === 'nothing')
    throw refused(
      'push.default is "nothing".',
      `Run \`${shellCommand('git', 'push', remote, branch)}\` by hand, or change push.default.`,
    );
  const isUpstream = remote === upstream && merge !== undefined;
  if ((mode === 'upstream' || mode === 'tracking') && !isUpstream)
    throw refused(
      `push.default is "${mode}", and branch ${branch} has no upstream branch at ${remote}.`,
      `Run \`${shellCommand('git', 'push', '-u', remote, branch)}\` once, ${again}.`,
    );
  if (mode === 'simple' && isUpstream && merge !== own)
    throw refused(
      `Branch ${branch} has the upstream branch ${merge.replace('refs/heads/', '')} at ${remote}, which is named otherwise.`,
      `Choose with push.default: \`git config push.default upstream\` or \`current\`, ${again}.`,
    );
  return { remote, ref: (mode === 'upstream' || mode === 'tracking') && isUpstream ? merge : own };
}

/** The remote of a branch that names none: the only one, else `origin`. */
async function onlyRemote(git: GitProgram): Promise<string> {
  const remotes = ((await git.maybe(['remote'])) ?? '').split('\n').filter((name) => name !== '');
  if (remotes.length === 1) return remotes[0] ?? 'origin';
  if (remotes.length === 0 || remotes.includes('origin')) return 'origin';
  throw new ToolError(
    'git/push-target',
    `There are ${remotes.length} remotes (${remotes.join(', ')}), and no configuration says which one to push to. Nothing was pushed.`,
    `Run \`git config remote.pushDefault <remote>\`, ${again}.`,
  );
}

/** What a remote says when somebody else has moved the branch meanwhile. */
const moved = /cannot lock ref|failed to update ref|incorrect old value|reference already exists/;

/** Pushes HEAD; `behind`: the remote has commits that are not here. Throws ToolError git/refused, git/failed. */
export async function pushBranch(git: GitProgram, branch: string): Promise<Pushed> {
  const { remote, ref } = await pushTarget(git, branch);
  const to = remote === 'origin' ? ref.replace('refs/heads/', '') : `${remote} ${ref.replace('refs/heads/', '')}`;
  const { code, stdout, stderr } = await git.ended(['push', '--porcelain', remote, `HEAD:${ref}`]);
  if (code === 0) return { state: 'pushed', to };
  // porcelain lines begin with a flag: "!" is a ref that was not taken
  const [, who, why = ''] =
    /^!\t[^\t]*\t\[(rejected|remote rejected|remote failure|no match)\] \((.*)\)$/m.exec(stdout.toString('utf8')) ?? [];
  if (who === 'rejected' || (who === 'remote rejected' && moved.test(why))) return { state: 'behind', to };
  const said = saidBy(stderr.replaceAll(/^(?:error: failed to push some refs|To ).*$/gm, ''));
  if (who !== undefined)
    throw new ToolError(
      'git/refused',
      `${remote} refuses the push to ${ref.replace('refs/heads/', '')}: ${[why, said].filter((part) => part !== '').join(': ')}. The commit is made.`,
      'If the branch is protected, push another one and open a request to merge it: `slipway commit --push --branch <name>`.',
    );
  if (/^(?:fatal|error): (?!failed to push some refs)/m.test(stderr)) throw unreachable(git, remote, stderr);
  throw new ToolError(
    'git/hook',
    `The hook pre-push refuses the push${said === '' ? '' : `: ${said}`}. The commit is made.`,
    `Do as the hook says, ${again}.`,
  );
}

function unreachable(git: GitProgram, remote: string, stderr: string): ToolError {
  const failed = gitFailed('git push', stderr, git.root, 'The commit is made.');
  if (failed.code !== 'git/failed') return failed;
  return new ToolError(
    'git/failed',
    failed.message,
    `Check that the remote "${remote}" exists and that you may push to it, ${again}.`,
  );
}

/** Puts what is here on top of what the remote has. Throws ToolError git/rejected, and leaves the branch as it was. */
export async function rebaseOnRemote(git: GitProgram, branch: string): Promise<void> {
  const { remote, ref } = await pushTarget(git, branch);
  const name = ref.replace('refs/heads/', '');
  await git.text('git fetch', ['fetch', '-q', remote, ref]);
  const theirs = (await git.text('git fetch', ['rev-parse', 'FETCH_HEAD'])).trim();
  const base = await git.maybe(['merge-base', 'HEAD', theirs]);
  if (base === undefined && (await git.maybe(['rev-parse', '--is-shallow-repository'])) === 'true')
    throw new ToolError(
      'git/rejected',
      `The remote branch ${name} has new commits, and this shallow clone does not reach back to where it parted. The commit is made; nothing was pushed.`,
      `Run \`git fetch --unshallow\`, ${again}.`,
    );
  const { code, stdout, stderr } = await rebaseOnto(git, theirs);
  if (code === 0) return;
  const isConflict = /^CONFLICT /m.test(`${stdout.toString('utf8')}\n${stderr}`);
  if (/(?:unstaged|uncommitted) changes/.test(stderr))
    throw new ToolError(
      'git/rejected',
      `The remote branch ${name} has new commits, and yours cannot go on top of them while other changes are not committed. The commit is made; nothing was pushed.`,
      `Commit or stash those changes, ${again}.`,
    );
  if (!isConflict) throw gitFailed('git rebase', stderr, git.root, 'The commit is made; nothing was pushed.');
  throw new ToolError(
    'git/rejected',
    `The remote branch ${name} changed the same files; nothing was pushed.`,
    'Pull, resolve, run `slipway render` and commit again.',
  );
}
