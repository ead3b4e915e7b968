import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from '../../ports.ts';
import { withTemporaryFolder, writeWhole } from '../files/temporary.ts';
import { gitFailed } from './problems.ts';
import { runGit } from './program.ts';

/** As `git merge-file --diff3` does it, in a folder of its own. */
export const mergeTexts: Git['mergeTexts'] = ({ labels, ...texts }) =>
  withTemporaryFolder('merge', async (folder) => {
    const sides = ['ours', 'base', 'theirs'] as const;
    for (const side of sides) writeWhole(join(folder, side), texts[side]);
    const names = sides.flatMap((side) => ['-L', labels[side]]);
    const { code = 255, stderr } = await runGit(folder, ['merge-file', '-q', '--diff3', ...names, ...sides]);
    // up to 127 it is the number of conflicts
    if (code > 127) throw gitFailed('git merge-file', stderr, folder);
    return { text: readFileSync(join(folder, 'ours'), 'utf8'), conflicts: code };
  });
