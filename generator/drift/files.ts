import type { HandEdit, StaleFile } from '../model/drift.ts';
import { asString, compareText } from '../model/values.ts';
import type { TreeListing } from '../tree/compare.ts';
import { sha } from '../util/digest.ts';
import { lockFile, ownerOf, treePath } from '../tree/paths.ts';

export interface TreeDrift {
  readonly stale: readonly StaleFile[];
  /** Without the commits that did it. */
  readonly handEdited: readonly HandEdit[];
}

/**
 * What tells the two apart is tree.lock, which stands between them: the inputs moved on from what it recorded (stale), or the
 * files did (hand-edited). A file may be both. Without `rendered`, for specs with errors, only edits are known.
 */
export function treeDrift(
  cluster: string,
  rendered: ReadonlyMap<string, string> | undefined,
  present: TreeListing,
  locked: Readonly<Record<string, unknown>> | undefined,
): TreeDrift {
  const of = (name: string): { readonly path: string; readonly component: string } => {
    const path = treePath(cluster, name);
    return { path, component: ownerOf(path) };
  };
  const recorded = locked ?? {};
  const handEdited = Object.keys(recorded).flatMap((name): HandEdit[] => {
    const text = present.get(name);
    if (text !== undefined && sha(text) === asString(recorded[name])) return [];
    return [{ ...of(name), change: text === undefined ? 'removed' : 'modified' }];
  });
  const stale: StaleFile[] = [];
  for (const [name, text] of rendered ?? []) {
    // without a lock the files themselves are what was recorded
    const before = Object.hasOwn(recorded, name)
      ? asString(recorded[name])
      : locked === undefined && present.has(name)
        ? sha(present.get(name) ?? '')
        : undefined;
    if (name === lockFile || before === sha(text)) continue;
    stale.push({ ...of(name), change: before === undefined ? 'add' : 'modify' });
  }
  for (const name of Object.keys(recorded))
    if (rendered?.has(name) === false) stale.push({ ...of(name), change: 'delete' });
  const lock = present.get(lockFile);
  if (rendered !== undefined && stale.length === 0 && lock !== rendered.get(lockFile))
    stale.push({
      ...of(lockFile),
      change: lock === undefined ? 'add' : rendered.has(lockFile) ? 'modify' : 'delete',
    });
  return { stale: stale.sort(byPath), handEdited: handEdited.sort(byPath) };
}

const byPath = (a: { readonly path: string }, b: { readonly path: string }): number => compareText(a.path, b.path);
