import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clusterSpec, demoCatalog } from '../helpers/demo.ts';
import { git, run, snapshot, workspace } from '../helpers/workspace.ts';
import type { RunResult } from '../helpers/workspace.ts';

const identity = {
  GIT_AUTHOR_NAME: 'T',
  GIT_AUTHOR_EMAIL: 't@example.com',
  GIT_COMMITTER_NAME: 'T',
  GIT_COMMITTER_EMAIL: 't@example.com',
};
const specOf = (name: string, replicas = 3): string =>
  clusterSpec(name, `  capabilities:\n    demo: { replicas: ${replicas} }\n`);

/** A repository whose trees are committed. */
function repo(names: readonly string[] = ['a'], more: Readonly<Record<string, string>> = {}): string {
  const root = workspace({
    ...demoCatalog,
    ...Object.fromEntries(names.map((name) => [`clusters/${name}.yaml`, specOf(name)])),
    '.gitignore': '.slipway/\n',
    ...more,
  });
  git(root, 'init', '-q', '-b', 'main');
  expect(run(root, ['render']).code).toBe(0);
  git(root, 'add', '-A');
  git(root, 'commit', '-q', '-m', 'start');
  return root;
}

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Changes a spec, renders it and commits the spec alone. */
function change(root: string, name = 'a', replicas = 4): void {
  write(root, `clusters/${name}.yaml`, specOf(name, replicas));
  expect(run(root, ['render']).code).toBe(0);
}

const commit = (root: string, ...args: readonly string[]): RunResult => run(root, ['commit', ...args], identity);
const head = (root: string): string => git(root, 'rev-parse', 'HEAD').trim();
/** `A path` of the last commit. */
const lastChanges = (root: string): string[] =>
  git(root, 'show', '--no-renames', '--name-status', '--format=', 'HEAD').trim().replaceAll('\t', ' ').split('\n');
const status = (root: string): string[] =>
  git(root, 'status', '--porcelain')
    .split('\n')
    .filter((line) => line !== '');

function hook(root: string, name: string, script: string): void {
  write(root, `.git/hooks/${name}`, `#!/bin/sh\n${script}\n`);
  chmodSync(join(root, `.git/hooks/${name}`), 0o755);
}

describe('commit takes what tree.lock owns, and nothing else', () => {
  it("not a person's file below deploy/: neither one that is gone nor one that is new or staged", () => {
    const root = repo(['a'], { 'deploy/a/NOTES.md': 'mine\n', 'deploy/a/keep.txt': 'mine\n' });
    change(root);
    rmSync(join(root, 'deploy/a/NOTES.md'));
    write(root, 'deploy/a/keep.txt', 'changed\n');
    write(root, 'deploy/a/new.txt', 'new\n');
    git(root, 'add', 'deploy/a/new.txt');
    expect(commit(root).code).toBe(0);
    expect(lastChanges(root)).toEqual([
      'M deploy/a/apps/demo-chart.yaml',
      'M deploy/a/manifests/demo-config/configmap-demo-demo.yaml',
      'M deploy/a/tree.lock',
    ]);
    expect(status(root)).toEqual([
      ' M clusters/a.yaml',
      ' D deploy/a/NOTES.md',
      ' M deploy/a/keep.txt',
      'A  deploy/a/new.txt',
    ]);
  });

  it('above 500 changed paths too', () => {
    const names = Array.from({ length: 180 }, (_, i) => `c${i}`);
    const root = repo(names, { 'deploy/c0/NOTES.md': 'mine\n' });
    for (const name of names) write(root, `clusters/${name}.yaml`, specOf(name, 4));
    expect(run(root, ['render']).code).toBe(0);
    rmSync(join(root, 'deploy/c0/NOTES.md'));
    write(root, 'deploy/c1/new.txt', 'new\n');
    expect(commit(root).code).toBe(0);
    expect(lastChanges(root).length).toBeGreaterThan(500);
    expect(status(root).filter((line) => line.includes('deploy/'))).toEqual([
      ' D deploy/c0/NOTES.md',
      '?? deploy/c1/new.txt',
    ]);
  });

  it('also what .gitignore covers', () => {
    const root = repo(['a'], { '.gitignore': '.slipway/\n' });
    write(root, '.gitignore', '.slipway/\n*.lock\ndeploy/b/\n');
    write(root, 'clusters/b.yaml', specOf('b'));
    expect(run(root, ['render']).code).toBe(0);
    expect(commit(root).code).toBe(0);
    const committed = git(root, 'ls-tree', '-r', '--name-only', 'HEAD', 'deploy/b').trim().split('\n');
    expect(committed).toEqual([...snapshot(join(root, 'deploy/b')).keys()].map((path) => `deploy/b/${path}`));
  });

  it('with a removal that is staged already', () => {
    const root = repo(['a', 'b']);
    rmSync(join(root, 'clusters/b.yaml'));
    expect(run(root, ['render', '--allow-delete']).code).toBe(0);
    git(root, 'add', '-A');
    const done = commit(root, '--allow-delete');
    expect([done.code, done.stderr]).toEqual([0, expect.stringContaining('Committed') as string]);
    expect(lastChanges(root).every((line) => line.startsWith('D deploy/b/'))).toBe(true);
    expect(status(root)).toEqual(['D  clusters/b.yaml']);
  });

  it('and leaves what else is staged as it was', () => {
    const root = repo();
    change(root);
    git(root, 'add', '-A');
    write(root, 'other.txt', 'staged\n');
    git(root, 'add', 'other.txt');
    write(root, 'other.txt', 'edited since\n');
    expect(commit(root).code).toBe(0);
    expect(status(root)).toEqual(['M  clusters/a.yaml', 'AM other.txt']);
    expect(git(root, 'show', ':other.txt')).toBe('staged\n');
  });

  it('in a repository without a commit', () => {
    const root = workspace({ ...demoCatalog, 'clusters/a.yaml': specOf('a'), '.gitignore': '.slipway/\n' });
    git(root, 'init', '-q', '-b', 'main');
    run(root, ['render']);
    expect(commit(root).code).toBe(0);
    expect(lastChanges(root).every((line) => line.startsWith('A deploy/a/'))).toBe(true);
    expect(commit(root).stderr).toContain('Nothing to commit.');
  });
});

describe('commit that is killed', () => {
  it('before any of the steps of git leaves nothing that stops the next one', () => {
    // a git that ends the program that called it, before or after it did its work
    const bin = workspace({
      'git.n': '0\n',
      git: '#!/bin/sh\nn=$(cat "$0.n")\necho $((n + 1)) > "$0.n"\n[ "$n" != "$KILL_AT" ] || { [ "$KILL_AFTER" != 1 ] || PATH=${PATH#*:} git "$@" >/dev/null; kill -9 $PPID; exit 1; }\nPATH=${PATH#*:} exec git "$@"\n',
    });
    chmodSync(join(bin, 'git'), 0o755);
    const root = repo();
    change(root);
    const left = (): string[] => readdirSync(join(root, '.git')).filter((name) => name.endsWith('.lock'));
    const open = (): string[] => status(root).filter((line) => line.includes('deploy/'));
    const [start, changed] = [head(root), open().map((line) => line.slice(3))];
    let kills = 0;
    let result: RunResult;
    do {
      write(bin, 'git.n', '0\n');
      result = run(root, ['commit'], {
        ...identity,
        PATH: `${bin}:${process.env['PATH'] ?? ''}`,
        KILL_AT: String(kills),
        KILL_AFTER: String(kills % 2),
      });
      // every run begins with what the one before left; nothing or all of it is committed
      if (head(root) === start) expect(open().map((line) => line.slice(3))).toEqual(changed);
      else expect(open()).toEqual([]);
      expect(left()).toEqual([]);
      kills += 1;
    } while (result.code === null && head(root) === start);
    expect(lastChanges(root).map((line) => line.slice(2))).toEqual(changed);
    expect(commit(root).stderr).toContain('Nothing to commit.');
    expect(kills).toBeGreaterThan(12);
  }, 300_000);
});

describe('a lock of git', () => {
  it('whose process is gone is named, with the remedy; nothing is committed', () => {
    const root = repo();
    change(root);
    const before = [head(root), ...status(root)];
    write(root, '.git/index.lock', '');
    const refused = commit(root);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('git/locked') as string]);
    expect(refused.stderr).toContain('of a git that is gone');
    expect(refused.stderr).toContain(`rm ${join(root, '.git/index.lock')}\n`);
    rmSync(join(root, '.git/index.lock'));
    expect([head(root), ...status(root)]).toEqual(before);
    expect(commit(root).code).toBe(0);
  });

  it('of a git that is at work names its process', async () => {
    const root = repo();
    change(root);
    write(root, '.git/index.lock', '');
    const other = spawn('git', ['cat-file', '--batch'], { cwd: root, stdio: ['pipe', 'ignore', 'ignore'] });
    await new Promise((done) => other.once('spawn', done));
    const refused = commit(root);
    other.stdin.end();
    expect(refused.stderr).toContain(`process ${other.pid}`);
    expect(refused.stderr).not.toContain('rm ');
  });

  it('that is gone a moment later is waited for', () => {
    const root = repo();
    change(root);
    write(root, '.git/index.lock', '');
    const later = spawn('sh', ['-c', `sleep 1; rm '${root}/.git/index.lock'`], { stdio: 'ignore' });
    expect(commit(root).code).toBe(0);
    later.kill();
  });

  it('does not stop commands that only look', () => {
    const root = repo();
    write(root, '.git/index.lock', '');
    for (const args of [['diff'], ['diff', '--base', 'HEAD'], ['render', '--check'], ['validate'], ['drift']])
      expect([args, run(root, args).code]).toEqual([args, 0]);
  });
});

describe('what stands against a commit', () => {
  it('somebody who commits meanwhile: theirs is not undone', () => {
    const root = repo();
    change(root);
    hook(root, 'pre-commit', 'unset GIT_INDEX_FILE; git -c core.hooksPath=/nowhere commit -q --allow-empty -m theirs');
    const before = status(root);
    const refused = commit(root);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('git/moved') as string]);
    expect(git(root, 'log', '-1', '--format=%s').trim()).toBe('theirs');
    expect(status(root)).toEqual(before);
  });

  it.each([
    ['pre-commit', 'echo "no deploys on Friday" >&2; exit 1'],
    ['commit-msg', 'grep -q JIRA- "$1" || { echo "no ticket"; exit 1; }'],
    ['prepare-commit-msg', 'echo broken >&2; exit 3'],
  ])('the hook %s: its words are shown', (name, script) => {
    const root = repo();
    change(root);
    hook(root, name, script);
    const before = [head(root), ...status(root)];
    const refused = commit(root);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('git/hook') as string]);
    expect(refused.stderr).toMatch(/no deploys on Friday|no ticket|broken/);
    expect([head(root), ...status(root)]).toEqual(before);
  });

  it('a hook that changes what is committed', () => {
    const root = repo();
    change(root);
    hook(root, 'pre-commit', 'echo x > deploy/a/root.yaml; git add deploy/a/root.yaml');
    const refused = commit(root);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('git/hook') as string]);
  });

  it('a merge that is not finished', () => {
    const root = repo();
    git(root, 'switch', '-q', '-c', 'other');
    git(root, 'commit', '-q', '--allow-empty', '-m', 'other');
    git(root, 'switch', '-q', 'main');
    git(root, 'merge', '-q', '--no-ff', '--no-commit', 'other');
    change(root);
    const refused = commit(root);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('git/in-progress') as string]);
    expect(refused.stderr).toContain('git merge --abort');
    expect(existsSync(join(root, '.git/MERGE_HEAD'))).toBe(true);
  });

  it('a folder of somebody else', () => {
    const root = repo();
    change(root);
    const env = { ...identity, GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' };
    const refused = run(root, ['commit'], env);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('git/unsafe-folder') as string]);
    expect(refused.stderr).toContain(`safe.directory ${root}`);
    expect(run(root, ['doctor'], env).stderr).toContain('git/unsafe-folder');
    expect(run(root, ['render', '--check'], env).code).toBe(0);
  });
});

describe('hooks and signatures of the repository', () => {
  it('are run as git commit runs them', () => {
    const root = repo();
    change(root);
    hook(root, 'pre-commit', 'git diff --cached --name-only > .git/seen');
    hook(root, 'prepare-commit-msg', 'echo "Ticket: $2" >> "$1"');
    hook(root, 'post-commit', 'git log -1 --format=%H > .git/after');
    expect(commit(root).code).toBe(0);
    const seen = snapshot(join(root, '.git'));
    expect(seen.get('seen')?.trim().split('\n')).toEqual(lastChanges(root).map((line) => line.slice(2)));
    expect(seen.get('after')?.trim()).toBe(head(root));
    expect(git(root, 'log', '-1', '--format=%B')).toContain('Ticket: message');
  });

  it('commit.gpgSign: the commit is signed, or the words of the program are shown', () => {
    const root = repo();
    write(
      root,
      '.git/sign',
      '#!/bin/sh\ncat > /dev/null\necho "[GNUPG:] SIG_CREATED D" >&2\necho "-----BEGIN PGP SIGNATURE-----"\necho signed\necho "-----END PGP SIGNATURE-----"\n',
    );
    chmodSync(join(root, '.git/sign'), 0o755);
    git(root, 'config', 'commit.gpgSign', 'true');
    git(root, 'config', 'gpg.program', join(root, '.git/sign'));
    change(root);
    expect(commit(root).code).toBe(0);
    expect(git(root, 'cat-file', '-p', 'HEAD')).toContain('BEGIN PGP SIGNATURE');
    write(root, '.git/sign', '#!/bin/sh\nexit 2\n');
    change(root, 'a', 5);
    const before = head(root);
    const refused = commit(root);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('gpg failed to sign the data') as string,
    ]);
    expect(head(root)).toBe(before);
  });
});

describe('a checkout that changes line ends', () => {
  it('is no hand edit; a real edit is', () => {
    const origin = repo();
    const root = workspace({});
    git(root, 'clone', '-q', '-c', 'core.autocrlf=true', origin, '.');
    expect(snapshot(join(root, 'deploy/a')).get('root.yaml')).toContain('\r\n');
    expect(run(root, ['render', '--check', '--no-cache']).code).toBe(0);
    const drift = run(root, ['drift', '--no-cache']);
    expect([drift.code, drift.stdout]).toEqual([0, expect.not.stringContaining('hand') as string]);
    change(root);
    expect(commit(root).code).toBe(0);
    expect(git(root, 'show', 'HEAD:deploy/a/manifests/demo-config/configmap-demo-demo.yaml')).not.toContain('\r');
    write(root, 'deploy/a/root.yaml', `${snapshot(join(root, 'deploy/a')).get('root.yaml') ?? ''}# mine\r\n`);
    expect(run(root, ['render', '--check', '--no-cache']).code).toBe(2);
    expect(run(root, ['render', '--no-cache']).stderr).toContain('publish/hand-edited');
  });

  it('and text with other line ends where git does not change them is one', () => {
    const root = repo();
    const text = snapshot(join(root, 'deploy/a')).get('root.yaml') ?? '';
    write(root, 'deploy/a/root.yaml', text.replaceAll('\n', '\r\n'));
    expect(run(root, ['render']).stderr).toContain('publish/hand-edited');
  });
});

describe('a shallow clone', () => {
  it('says so where a revision or a tag is missing', () => {
    const origin = repo();
    const old = head(origin);
    change(origin);
    git(origin, 'commit', '-q', '-a', '-m', 'second');
    const root = workspace({});
    git(root, 'clone', '-q', '--depth', '1', `file://${origin}`, '.');
    const based = run(root, ['diff', '--base', old]);
    expect([based.code, based.stderr]).toEqual([64, expect.stringContaining('git fetch --unshallow') as string]);
    write(root, 'clusters/a.yaml', specOf('a').replace('spec:\n', 'spec:\n  catalog: v9\n'));
    expect(run(root, ['render']).stderr).toContain('git fetch --unshallow --tags');
  });
});

it('folders of hooks are where git looks for them', () => {
  const root = repo();
  change(root);
  write(root, 'hooks/pre-commit', '#!/bin/sh\nexit 1\n');
  chmodSync(join(root, 'hooks/pre-commit'), 0o755);
  expect(statSync(join(root, 'hooks/pre-commit')).mode & 0o100).toBe(0o100);
  git(root, 'config', 'core.hooksPath', 'hooks');
  expect(commit(root).stderr).toContain('git/hook');
});
