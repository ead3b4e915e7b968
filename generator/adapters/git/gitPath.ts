import { resolve } from 'node:path';
import type { GitProgram } from './git.ts';

/** The full path of a file that git keeps. */
export async function gitPath(git: GitProgram, name: string): Promise<string> {
  return resolve(git.root, (await git.text('git rev-parse', ['rev-parse', '--git-path', name])).trim());
}
