import { DiagnosticsError, hasErrors, ToolError } from '../../model/diagnostic.ts';
import type { Change } from '../../model/model.ts';
import type { Context } from '../../ports.ts';
import { deployFolder } from '../../tree/paths.ts';
import type { Compared } from '../shared/renderAndCompare.ts';

interface Promoted {
  readonly ctx: Context;
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly compared: Compared;
  /** Lines of the commit message about removals and guarded changes. */
  readonly trailers: readonly string[];
  readonly from: string;
  readonly to: string;
}

/**
 * The file and the tree it renders to, in one commit on a branch, which is made on top of what is checked out when it is not
 * there. Only when the branch itself is checked out does the work tree change. Whatever goes wrong, files and branch are as
 * before.
 */
export async function commitOn(branch: string, promoted: Promoted): Promise<string | undefined> {
  const { ctx, file, before, after, compared, trailers, from, to } = promoted;
  if (!(await ctx.git.isRepository()))
    throw new ToolError(
      'git/not-a-repository',
      'This folder is not a git work tree.',
      'Leave --branch out, or run `git init`.',
    );
  if (hasErrors(compared.publishing)) throw new DiagnosticsError(compared.publishing);
  await refuseUncommitted(ctx, file);
  const isCurrent = (await ctx.git.currentBranch()) === branch;
  if (!isCurrent && !(await isAlike(ctx, branch, [file, deployFolder])))
    throw new ToolError(
      'promote/branch',
      `Branch "${branch}" has another ${file}, or another tree.`,
      'Name a new branch.',
      { file },
    );
  const edit: Change = { path: file, cluster: to, kind: 'modify', before, after };
  const changes = [edit, ...compared.changes];
  const said = [...trailers, `Slipway-Promoted: ${from} → ${to}`].join('\n');
  const message = `${to}: take over what ${from} has proven\n\n${said}\n`;
  const made = await ctx.git.commitTexts({
    branch,
    texts: new Map(changes.map((c) => [c.path, c.after])),
    message: () => message,
    write: () => ctx.files.publish(changes),
    undo: () => ctx.files.publish(changes.map(inverse)),
  });
  return made?.id;
}

const opposite = { add: 'delete', modify: 'modify', delete: 'add' } as const;

const inverse = ({ before, after, kind, ...change }: Change): Change => ({
  ...change,
  kind: opposite[kind],
  before: after,
  after: before,
});

/** Throws ToolError promote/uncommitted when the file or the tree is not as in HEAD. */
export async function refuseUncommitted(ctx: Context, file: string): Promise<void> {
  ctx.files.settle(); // git is to see what every other command reads
  const [dirty] = (await ctx.git.isRepository()) ? await ctx.git.changed([file, deployFolder]) : [];
  if (dirty !== undefined)
    throw new ToolError(
      'promote/uncommitted',
      `${dirty} has changes that are not committed.`,
      'Commit them first, so that the branch holds the promotion and nothing else.',
      { file: dirty },
    );
}

/** Whether a branch has these files as they are here; so does one that is not there yet. */
async function isAlike(ctx: Context, branch: string, paths: readonly string[]): Promise<boolean> {
  const there = await ctx.git.committed(paths, branch);
  if (there === undefined) return true;
  const here = (await ctx.git.committed(paths)) ?? new Map<string, string>();
  return here.size === there.size && [...here].every(([path, text]) => there.get(path) === text);
}
