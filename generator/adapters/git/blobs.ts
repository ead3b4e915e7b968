import { ToolError } from '../../model/diagnostic.ts';
import type { GitProgram } from './git.ts';

/** The texts of all files below these paths at a commit. */
export async function blobsAt(
  git: GitProgram,
  commit: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const listing = await git.text('git ls-tree', ['ls-tree', '-r', '-z', commit, '--', ...paths]);
  const entries = listing.split('\0').flatMap((line) => {
    const match = /^(?:100644|100755) blob ([0-9a-f]+)\t(.*)$/s.exec(line);
    return match === null ? [] : [{ id: match[1] ?? '', path: match[2] ?? '' }];
  });
  const blobs = await catFiles(
    git,
    entries.map((e) => e.id),
  );
  return new Map(entries.map((e, i) => [e.path, blobs[i] ?? '']));
}

/** Many blobs with one process. */
async function catFiles(git: GitProgram, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const { code, stdout } = await git.ended(['cat-file', '--batch'], { input: `${ids.join('\n')}\n` });
  if (code !== 0)
    throw new ToolError('git/failed', `git cat-file ended with ${code ?? 'a signal'}.`, 'Run `git fsck`.');
  const blobs: string[] = [];
  for (let at = 0; at < stdout.length;) {
    const headerEnd = stdout.indexOf(0x0a, at);
    const [id = '', , size] = stdout.toString('utf8', at, headerEnd).split(' ');
    if (size === undefined || Number.isNaN(Number(size)))
      throw new ToolError(
        'git/failed',
        `The repository lacks the object ${id}.`,
        'Run `git fsck`; in a partial or damaged clone, fetch it anew.',
      );
    blobs.push(stdout.toString('utf8', headerEnd + 1, headerEnd + 1 + Number(size)));
    at = headerEnd + 1 + Number(size) + 1;
  }
  return blobs;
}
