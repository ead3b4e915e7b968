import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { settle } from '../../generator/adapters/files/interrupted.ts';
import { sources } from '../../generator/adapters/files/journal.ts';
import { publishChanges } from '../../generator/adapters/files/publish.ts';
import { ToolError } from '../../generator/model/diagnostic.ts';
import type { Change } from '../../generator/model/model.ts';
import type { Fault } from '../helpers/faults.ts';
import { withFault } from '../helpers/faults.ts';
import { repository, snapshot, workspace } from '../helpers/workspace.ts';

const before: Readonly<Record<string, string>> = {
  'deploy/a/keep.yaml': 'kept\n',
  'deploy/a/one.yaml': 'old one\n',
  'deploy/a/two.yaml': 'old two\n',
  'deploy/a/gone/x.yaml': 'going\n',
  'deploy/a/mine.txt': 'not ours\n',
};
const change = (path: string, was: string | undefined, after: string | undefined): Change => ({
  path: `deploy/a/${path}`,
  cluster: 'a',
  kind: was === undefined ? 'add' : after === undefined ? 'delete' : 'modify',
  before: was,
  after,
});
const changes: readonly Change[] = [
  change('gone/x.yaml', 'going\n', undefined),
  change('new/deep/n.yaml', undefined, 'new file\n'),
  change('one.yaml', 'old one\n', 'new one\n'),
  change('two.yaml', 'old two\n', 'new two\n'),
];
const after = new Map([
  ['a/keep.yaml', 'kept\n'],
  ['a/mine.txt', 'not ours\n'],
  ['a/new/deep/n.yaml', 'new file\n'],
  ['a/one.yaml', 'new one\n'],
  ['a/two.yaml', 'new two\n'],
]);
const beforeTree = new Map(
  Object.entries(before)
    .map(([p, t]) => [p.slice('deploy/'.length), t] as const)
    .sort(),
);
const namesAfter = [
  'a',
  'a/keep.yaml',
  'a/mine.txt',
  'a/new',
  'a/new/deep',
  'a/new/deep/n.yaml',
  'a/one.yaml',
  'a/two.yaml',
];
const tree = (root: string): Map<string, string> => snapshot(join(root, 'deploy'));

/** Every name below deploy/, empty folders and what begins with a dot included. */
const names = (root: string): string[] =>
  existsSync(join(root, 'deploy'))
    ? readdirSync(join(root, 'deploy'), { recursive: true, encoding: 'utf8' }).sort()
    : [];

/** Publishes in a process of its own, which is killed at one of its operations. */
function killedAt(root: string, at: number, what: readonly unknown[] = changes): NodeJS.Signals | null {
  const file = join(root, 'changes.json');
  writeFileSync(file, JSON.stringify(what));
  return spawnSync(process.execPath, [program, root, file, String(at)]).signal;
}

/** Publishes while one operation fails; the code of the finding, or undefined when it went well all the same. */
function failsAt(root: string, fault: Fault): string | undefined {
  let code: string | undefined;
  withFault(fault, () => {
    try {
      publishChanges(root, changes);
    } catch (error) {
      code = error instanceof ToolError ? error.code : String((error as Error).stack);
    }
  });
  return code;
}

/** How many operations it takes: each of them is cut short once. */
function operationsOf(): number {
  const root = workspace(before);
  const count = withFault(undefined, () => publishChanges(root, changes));
  expect(count).toBeGreaterThan(20);
  return count;
}

/** A lock that says nothing yet is waited for, for a while. */
function letAge(lock: string): void {
  if (existsSync(lock) && !readFileSync(lock, 'utf8').endsWith('}')) utimesSync(lock, 0, 0);
}

let program = '';
beforeAll(() => {
  program = join(repository, 'node_modules/.cache/slipway-test/publishOnce.mjs');
  buildSync({
    entryPoints: [join(repository, 'test/helpers/publishOnce.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  });
});

describe('publishing', () => {
  it('writes every change, and leaves nothing behind', () => {
    const root = workspace(before);
    publishChanges(root, changes);
    expect(tree(root)).toEqual(after);
    expect(names(root)).toEqual(namesAfter);
  });

  it('killed at any of its operations, it is undone or done by the next run', () => {
    const seen = new Set<boolean>();
    for (let at = operationsOf(); at > 0; at -= 1) {
      const root = workspace(before);
      expect([at, killedAt(root, at)]).toEqual([at, 'SIGKILL']);
      seen.add(isDoneAfterRecovery(root, at));
    }
    expect([...seen].sort()).toEqual([false, true]);
  });

  it.each(['ENOSPC', 'EIO'])('puts everything back at once when any of its operations fails with %s', (kind) => {
    for (let at = operationsOf(); at > 0; at -= 1) {
      const root = workspace(before);
      const start = names(root);
      const code = failsAt(root, { kind, at, lasts: false });
      if (code === undefined) expect([at, isDoneAfterRecovery(root, at)]).toEqual([at, true]);
      else {
        expect([at, code, names(root)]).toEqual([at, 'file/write', start]);
        expect([at, tree(root)]).toEqual([at, beforeTree]);
      }
    }
  });

  it('is undone or done by the next run when the disk fails for good at any of its operations', () => {
    const codes = new Set<string>();
    for (let at = operationsOf(); at > 0; at -= 1) {
      const root = workspace(before);
      codes.add(failsAt(root, { kind: 'EIO', at, lasts: true }) ?? 'none');
      isDoneAfterRecovery(root, at);
    }
    expect([...codes].sort()).toEqual(['file/write', 'none', 'publish/half-written']);
  });

  it('does not overwrite, remove or lose what changed since it was compared', () => {
    const edits: readonly [string, string][] = [
      ['one.yaml', 'edited\n'],
      ['two.yaml', 'edited\n'],
      ['gone/x.yaml', 'edited\n'],
      ['new/deep/n.yaml', 'came meanwhile\n'],
    ];
    for (const [path, text] of edits) {
      const root = workspace({ ...before, [`deploy/a/${path}`]: text });
      expect(() => publishChanges(root, changes)).toThrow(expect.objectContaining({ code: 'publish/changed' }));
      expect(tree(root)).toEqual(new Map(beforeTree).set(`a/${path}`, text));
    }
    const root = workspace(before);
    rmSync(join(root, 'deploy/a/two.yaml'));
    expect(() => publishChanges(root, changes)).toThrow(expect.objectContaining({ code: 'publish/changed' }));
    expect(tree(root)).toEqual(new Map([...beforeTree].filter(([p]) => p !== 'a/two.yaml')));
  });
});

/** Checks that the next run finds the tree as it was or as it was to be, and can go on from there. */
function isDoneAfterRecovery(root: string, at: number): boolean {
  letAge(join(root, 'deploy/.slipway-lock'));
  settle(root);
  const folder = join(root, 'deploy/a/new');
  expect([at, existsSync(folder)]).toEqual([at, existsSync(join(folder, 'deep/n.yaml'))]);
  const isDone = tree(root).get('a/one.yaml') === 'new one\n';
  const found = new Map([...tree(root)].filter(([path]) => !path.startsWith('.slipway')));
  expect([at, found]).toEqual([at, isDone ? after : beforeTree]);
  if (isDone) return true;
  publishChanges(root, changes);
  expect([at, tree(root)]).toEqual([at, after]);
  expect([at, names(root)]).toEqual([at, namesAfter]);
  return false;
}

describe('several files of the catalog', () => {
  const files = {
    'catalog/a/component.yaml': 'old\n',
    'custom/b/component.yaml': 'old\n',
    'catalog/catalog.lock': 'old\n',
  };
  const edits = Object.entries(files).map(([path, was]) => ({
    path,
    kind: 'modify' as const,
    before: was,
    after: 'new\n',
  }));
  const texts = (root: string): string[] => Object.keys(files).map((path) => readFileSync(join(root, path), 'utf8'));
  const hidden = (root: string): string[] => readdirSync(root).filter((name) => name.startsWith('.'));

  it('killed at any operation, are all old or all new after the next run', () => {
    const count = withFault(undefined, () => publishChanges(workspace(files), edits, sources));
    const seen = new Set<string>();
    for (let at = count; at > 0; at -= 1) {
      const root = workspace(files);
      expect([at, killedAt(root, at, edits)]).toEqual([at, 'SIGKILL']);
      settle(root);
      const [first, ...others] = texts(root);
      expect([at, others]).toEqual([at, [first, first]]);
      seen.add(first ?? '');
      publishChanges(
        root,
        edits.map((e) => ({ ...e, before: first })),
        sources,
      );
      expect([at, texts(root), hidden(root)]).toEqual([at, ['new\n', 'new\n', 'new\n'], []]);
    }
    expect([...seen].sort()).toEqual(['new\n', 'old\n']);
  });
});
