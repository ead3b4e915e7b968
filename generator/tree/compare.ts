import type { Diagnostic } from '../model/diagnostic.ts';
import type { Change, RenderedTree } from '../model/model.ts';
import { asMap, asString, compareText, mapAt } from '../model/values.ts';
import { conflictIn } from '../yaml/refuse.ts';
import { parseSource } from '../yaml/source.ts';
import { sha } from '../util/digest.ts';
import { lockFile, treeFolder } from './paths.ts';
import { shellCommand } from '../util/shell.ts';

/** What stands below `deploy/<cluster>/` now: path relative to it → text. */
export type TreeListing = ReadonlyMap<string, string>;

export interface Comparison {
  readonly changes: readonly Change[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The lock of a listing, or undefined when there is none that can be read. */
export function readLock(
  listing: TreeListing,
): { files: Record<string, string>; components: Record<string, unknown> } | undefined {
  const text = listing.get(lockFile);
  const value = text === undefined ? undefined : parseSource(lockFile, text).value?.value;
  if (value === undefined) return undefined;
  const root = asMap(value);
  return {
    files: mapAt(root, 'files') as Record<string, string>,
    components: mapAt(root, 'components') as Record<string, unknown>,
  };
}

/** Why a lock cannot be read, most often a merge conflict: without it nobody knows which files are ours. */
function damagedLock(root: string, cluster: string, listing: TreeListing): Diagnostic[] {
  const text = listing.get(lockFile);
  if (text === undefined) return [];
  return parseSource(`${root}/${lockFile}`, text).diagnostics.map((d) => ({
    ...d,
    cluster,
    hint: `Take it from git (${shellCommand('git', 'checkout', 'HEAD', '--', root)}), or run \`slipway render --force\`, which writes the whole tree anew.`,
  }));
}

/**
 * What publishing a tree would change. A file is only replaced or removed when `tree.lock` says it was written by us and
 * it is unchanged since; anything else is a finding.
 */
export function compareTree(
  tree: Pick<RenderedTree, 'cluster' | 'files'>,
  present: TreeListing,
  lockedPresent = readLock(present),
): Comparison {
  const root = treeFolder(tree.cluster);
  const locked = lockedPresent?.files ?? {};
  const changes: Change[] = [];
  const damaged = lockedPresent === undefined ? damagedLock(root, tree.cluster, present) : [];
  const diagnostics: Diagnostic[] = [...damaged];
  const protect = (path: string, before: string): void => {
    if (damaged.length > 0) return;
    const digest = asString(locked[path]);
    if (path === lockFile || digest === sha(before)) return;
    const conflict = conflictIn(`${root}/${path}`, before);
    if (conflict !== undefined) {
      const hint = `Take it from git (git checkout HEAD -- ${root}), or run \`slipway render --force\`, which writes it anew.`;
      diagnostics.push({ ...conflict, cluster: tree.cluster, hint });
      return;
    }
    diagnostics.push({
      code: digest === undefined ? 'publish/not-owned' : 'publish/hand-edited',
      severity: 'error',
      cluster: tree.cluster,
      at: { file: `${root}/${path}`, line: 1, col: 1 },
      message:
        digest === undefined
          ? `${root}/${path} is in the way and was not written by slipway.`
          : `${root}/${path} was edited by hand since it was rendered.`,
      hint:
        digest === undefined
          ? 'Move it elsewhere, or overwrite it with --force.'
          : `Move the change into the spec. \`${shellCommand('git', 'diff', `${root}/${path}`)}\` shows it; --force overwrites it.`,
    });
  };
  for (const [path, after] of tree.files) {
    const before = present.get(path);
    if (before === after) continue;
    if (before !== undefined) protect(path, before);
    changes.push({
      path: `${root}/${path}`,
      cluster: tree.cluster,
      kind: before === undefined ? 'add' : 'modify',
      before,
      after,
    });
  }
  for (const [path, before] of present) {
    if (tree.files.has(path)) continue;
    if (locked[path] === undefined && path !== lockFile) {
      if (damaged.length === 0 && isApplied.test(path)) diagnostics.push(foreign(tree.cluster, `${root}/${path}`));
      continue;
    }
    protect(path, before);
    changes.push({ path: `${root}/${path}`, cluster: tree.cluster, kind: 'delete', before, after: undefined });
  }
  return { changes: changes.sort((a, b) => compareText(a.path, b.path)), diagnostics };
}

/** Files that Argo CD applies wherever they come from, see `directory` of its Applications. */
const isApplied = /^(?:apps|manifests)\/.*\.(?:ya?ml|json)$/;

const foreign = (cluster: string, file: string): Diagnostic => ({
  code: 'publish/foreign',
  severity: 'warning',
  cluster,
  at: { file, line: 1, col: 1 },
  message: `${file} was not written by slipway, and Argo CD applies it unchecked.`,
  hint: 'Make it a component in custom/, or remove it.',
});
