import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { casesFolder } from '../helpers/cases.ts';
import { clusterSpec } from '../helpers/demo.ts';
import { cli, repository, run, snapshot, workspace } from '../helpers/workspace.ts';

const git = (root: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.com', '-c', 'commit.gpgSign=false', ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

const spec = (name: string, extra: string): string => clusterSpec(name, `  capabilities:\n    demo: ${extra}\n`);
const edit = (root: string, replicas: number): void => {
  for (const name of ['a', 'b'])
    writeFileSync(join(root, `clusters/${name}.yaml`), spec(name, `{ replicas: ${replicas} }`));
};
const tree = (root: string): Map<string, string> =>
  new Map([...snapshot(join(root, 'deploy'))].filter(([path]) => !path.startsWith('.slipway')));

/** Branches three, four and five of a fleet: rendered with so many replicas; four lacks cluster b; three is checked out. */
function fleet(): string {
  const root = workspace({ '.gitignore': '.slipway/\ndeploy/.slipway-*\n' });
  cpSync(join(casesFolder, '_base/demo/catalog'), join(root, 'catalog'), { recursive: true });
  mkdirSync(join(root, 'clusters'));
  git(root, 'init', '-q', '-b', 'three');
  const commit = (replicas: number): void => {
    edit(root, replicas);
    if (replicas === 4) rmSync(join(root, 'clusters/b.yaml'));
    expect(run(root, ['render', '--allow-delete']).code).toBe(0);
    git(root, 'add', '-A');
    git(root, 'commit', '-qm', String(replicas));
  };
  commit(3);
  for (const [name, replicas] of [
    ['four', 4],
    ['five', 5],
  ] as const) {
    git(root, 'switch', '-q', '-c', name, 'three');
    commit(replicas);
  }
  git(root, 'switch', '-q', 'three');
  return root;
}

/** Renders what the work tree says, and is killed at an operation that matches. */
function killed(root: string, when: string, ...args: readonly string[]): void {
  const { signal } = spawnSync(
    process.execPath,
    ['--import', join(repository, 'test/helpers/when.mjs'), cli, 'render', '--allow-delete', ...args],
    { cwd: root, env: { ...process.env, WHEN: when, THEN: 'SIGKILL' } },
  );
  expect(signal).toBe('SIGKILL');
}

let template = '';
beforeAll(() => {
  template = join(repository, 'node_modules/.cache/slipway-test/interruptedByHand');
  rmSync(template, { recursive: true, force: true });
});

function copied(): string {
  const root = workspace({});
  if (template !== '' && snapshot(template).size === 0) cpSync(fleet(), template, { recursive: true });
  cpSync(template, root, { recursive: true });
  return root;
}

/** Where the run that turns 3 replicas into 4, without cluster b, is killed: early, in the middle, and at its end. */
const moments = [
  'linkSync .*/deploy/a/apps/demo-chart.yaml$',
  'renameSync .*/deploy/b/root.yaml$',
  'unlinkSync .*/journal.json$',
];

describe('after a run that was killed', () => {
  it.each(moments)('at %s, what was changed by hand stays and is named, the rest is put back', (moment) => {
    const root = copied();
    edit(root, 4);
    rmSync(join(root, 'clusters/b.yaml'));
    const three = tree(root);
    killed(root, moment);
    const file = 'deploy/a/apps/demo-chart.yaml';
    writeFileSync(join(root, file), 'mine\n');
    mkdirSync(join(root, 'deploy/b/apps'), { recursive: true });
    writeFileSync(join(root, 'deploy/b/apps/mine.yaml'), 'mine too\n');
    const left = snapshot(root);
    const looked = run(root, ['validate', '-o', 'json']);
    expect(snapshot(root)).toEqual(left);
    const codes = (JSON.parse(looked.stdout) as { diagnostics: { code: string; file?: string }[] }).diagnostics;
    const isPlaced = readFileSync(join(root, 'deploy/.slipway-journal/journal.json'), 'utf8').includes(file);
    expect(isPlaced).toBe(true);
    expect(codes.filter((d) => d.code === 'publish/kept').map((d) => d.file)).toEqual([file]);
    edit(root, 3);
    const written = run(root, ['render', '--no-cache']);
    expect([written.code, written.stderr]).toEqual([
      1,
      expect.stringContaining(`${file}:1:1  error  publish/hand-edited`),
    ]);
    expect(run(root, ['new', 'cluster', 'c']).code).toBe(0);
    expect(tree(root)).toEqual(
      new Map(
        [...three, ['a/apps/demo-chart.yaml', 'mine\n'], ['b/apps/mine.yaml', 'mine too\n']].sort() as [
          string,
          string,
        ][],
      ),
    );
    expect([...snapshot(root).keys()].filter((path) => path.includes('journal') || path.includes('.slipway-'))).toEqual(
      [],
    );
  });

  it.each(
    moments.flatMap((moment) =>
      [
        ['another branch is checked out', ['checkout', '-qf', 'five'], 'five'],
        ['a branch with what the run wrote is checked out', ['checkout', '-qf', 'four'], 'four'],
        ['a commit is pulled', ['pull', '-q', '--no-rebase', '.', 'five'], 'five'],
      ].map(([what = '', command = [], branch = '']) => [what, moment, command, branch] as const),
    ),
  )('%s after %s: its tree stands as committed', (_what, moment, command, branch) => {
    const root = copied();
    edit(root, 4);
    rmSync(join(root, 'clusters/b.yaml'));
    killed(root, moment);
    if (command.includes('pull')) git(root, 'reset', '-q', '--hard');
    git(root, ...command);
    expect(git(root, 'status', '--porcelain')).toBe('');
    const left = snapshot(root);
    const looked = run(root, ['render', '--check', '--no-cache']);
    expect([looked.code, looked.stderr]).toEqual([0, expect.stringContaining('nothing changed')]);
    expect(snapshot(root)).toEqual(left);
    const written = run(root, ['render', '--no-cache']);
    expect([written.code, written.stderr]).toEqual([0, expect.not.stringContaining('publish/')]);
    expect([git(root, 'status', '--porcelain'), git(root, 'diff', String(branch))]).toEqual(['', '']);
    expect(snapshot(join(root, 'deploy')).has('.slipway-journal/journal.json')).toBe(false);
  });

  it('another commit that leaves the tree alone does not keep it from being put back', () => {
    const root = copied();
    edit(root, 4);
    const three = tree(root);
    killed(root, moments[2] ?? '');
    writeFileSync(join(root, 'notes.txt'), 'x\n');
    git(root, 'add', 'notes.txt');
    git(root, 'commit', '-qm', 'notes');
    edit(root, 3);
    const written = run(root, ['render', '--no-cache']);
    expect([written.code, written.stderr]).toEqual([0, expect.stringContaining('publish/put-back')]);
    expect(tree(root)).toEqual(three);
  });
});
