import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeAll, writeWhole } from '../files/temporary.ts';
import { uninterruptedUntil } from '../interruption.ts';
import type { GitProgram } from './git.ts';
import { gitPath } from './gitPath.ts';
import { gitsAtWork } from './problems.ts';

/** Beside what git keeps of a rebase: the commit that ours began at. */
const noteFile = 'slipway-rebase';

/** Rebases the branch that is checked out, with a note that says whose rebase it is while it is not finished. */
export function rebaseOnto(git: GitProgram, onto: string): ReturnType<GitProgram['ended']> {
  return uninterruptedUntil(async () => {
    const note = await gitPath(git, noteFile);
    writeWhole(note, (await git.text('git rebase', ['rev-parse', 'HEAD'])).trim());
    const ended = await git.ended(['rebase', onto]);
    if (ended.code !== 0) await git.ended(['rebase', '--abort']);
    removeAll(note);
    return ended;
  });
}

/**
 * Ends a rebase that a run of ours began and that was killed with it: the branch is where it was before. One that somebody
 * else began, whose git is at work, or in which a tracked file is not as git has it, is left alone.
 */
export async function endOwnRebase(git: GitProgram): Promise<void> {
  const note = await gitPath(git, noteFile);
  if (!existsSync(note)) return;
  const rebase = await gitPath(git, 'rebase-merge');
  if (!existsSync(rebase)) {
    removeAll(note);
    return;
  }
  const began = join(rebase, 'orig-head');
  const isOurs = existsSync(began) && readFileSync(began, 'utf8').trim() === readFileSync(note, 'utf8').trim();
  if (!isOurs || (gitsAtWork(git.root)?.length ?? 1) > 0) return;
  if ((await git.maybe(['status', '--porcelain', '--untracked-files=no'])) !== '') return;
  const { code } = await git.ended(['rebase', '--abort']);
  if (code === 0) removeAll(note);
}
