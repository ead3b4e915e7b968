import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clusterSpec, demoCatalog } from '../helpers/demo.ts';
import { git, run, workspace } from '../helpers/workspace.ts';

const identity = {
  GIT_AUTHOR_NAME: 'T',
  GIT_AUTHOR_EMAIL: 't@example.com',
  GIT_COMMITTER_NAME: 'T',
  GIT_COMMITTER_EMAIL: 't@example.com',
};
const spec = clusterSpec('a', '  capabilities:\n    demo: { replicas: 3 }\n');

function repo(): string {
  const root = workspace({ ...demoCatalog, 'clusters/a.yaml': spec, '.gitignore': '.slipway/\n' });
  git(root, 'init', '-q', '-b', 'main');
  git(root, 'add', '-A');
  git(root, 'commit', '-q', '-m', 'start');
  return root;
}

/** A repository and its remote, where somebody else has pushed since; and the tree is rendered anew. */
function behind(): { root: string; remote: string; other: string } {
  const root = repo();
  const remote = workspace({});
  git(remote, 'init', '-q', '--bare', '-b', 'main');
  git(root, 'remote', 'add', 'origin', remote);
  git(root, 'push', '-q', 'origin', 'main');
  const other = workspace({});
  git(other, 'clone', '-q', remote, '.');
  return { root, remote, other };
}

function pushTheirs(other: string, path: string, text: string): void {
  mkdirSync(dirname(join(other, path)), { recursive: true });
  writeFileSync(join(other, path), text);
  git(other, 'add', '-A');
  git(other, 'commit', '-q', '-m', 'theirs');
  git(other, 'push', '-q', 'origin', 'main');
}

const subjects = (root: string, ref: string): string[] => git(root, 'log', '--format=%s', ref).trim().split('\n');

describe('commit --push, when somebody else pushed meanwhile', () => {
  it('goes on top of theirs, and never forces', () => {
    const { root, remote, other } = behind();
    pushTheirs(other, 'other.txt', 'theirs');
    run(root, ['render']);
    expect(run(root, ['commit', '--push'], identity)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Pushed to main') as string,
    });
    expect(subjects(remote, 'main')).toEqual(['deploy: render a', 'theirs', 'start']);
  });

  it('renders again when their commit changed a spec', () => {
    const { root, remote, other } = behind();
    pushTheirs(other, 'clusters/b.yaml', clusterSpec('b', '  capabilities: { demo: {} }\n'));
    run(root, ['render']);
    expect(run(root, ['commit', '--push'], identity).code).toBe(0);
    expect(subjects(remote, 'main')).toEqual(['deploy: render b', 'deploy: render a', 'theirs', 'start']);
    expect(run(root, ['render', '--check']).code).toBe(0);
  });

  it('asks for consent when their commit makes removals of ours', () => {
    for (const [flags, code] of [
      [[], 1],
      [['--allow-delete'], 0],
    ] as const) {
      const { root, remote, other } = behind();
      rmSync(join(other, 'clusters/a.yaml'));
      pushTheirs(other, 'clusters/b.yaml', clusterSpec('b', ''));
      run(root, ['render']);
      const result = run(root, ['commit', '--push', ...flags], identity);
      expect(result.code).toBe(code);
      if (code === 1) expect(result.stderr).toContain('publish/deletion');
      expect(subjects(remote, 'main')[0]).toBe(code === 1 ? 'theirs' : 'deploy: render a, b');
    }
  });

  it('says that both changed the same files, and leaves its own commit as it was', () => {
    const { root, remote, other } = behind();
    pushTheirs(other, 'deploy/a/root.yaml', 'theirs\n');
    run(root, ['render']);
    const result = run(root, ['commit', '--push'], identity);
    expect([result.code, result.stderr]).toEqual([1, expect.stringContaining('git/rejected')]);
    expect(subjects(remote, 'main')).toEqual(['theirs', 'start']);
    expect(subjects(root, 'HEAD')).toEqual(['deploy: render a', 'start']);
    expect(git(root, 'status', '--porcelain')).toBe('');
  });

  it('says that other changes are in the way, and keeps them', () => {
    const { root, remote, other } = behind();
    pushTheirs(other, 'other.txt', 'theirs');
    writeFileSync(join(root, 'clusters/a.yaml'), `${spec}# not committed\n`);
    run(root, ['render']);
    const result = run(root, ['commit', '--push'], identity);
    expect([result.code, result.stderr]).toEqual([1, expect.stringContaining('Commit or stash those changes')]);
    expect(subjects(remote, 'main')).toEqual(['theirs', 'start']);
    expect(git(root, 'status', '--porcelain').trim()).toBe('M clusters/a.yaml');
  });
});

function hook(folder: string, name: string, script: string): void {
  mkdirSync(join(folder, 'hooks'), { recursive: true });
  writeFileSync(join(folder, 'hooks', name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'hooks', name), 0o755);
}

const push = (root: string, ...args: readonly string[]): ReturnType<typeof run> =>
  run(root, ['commit', '--push', ...args], identity);

describe('commit --push says which commit is there', () => {
  it('after it was put on top of theirs', () => {
    const { root, remote, other } = behind();
    pushTheirs(other, 'other.txt', 'theirs');
    run(root, ['render']);
    const result = push(root, '-o', 'json');
    const pushed = git(remote, 'rev-parse', 'main').trim();
    expect((JSON.parse(result.stdout) as { data: { commit: string } }).data.commit).toBe(pushed);
    expect(result.stderr).toContain(` as ${pushed.slice(0, 12)}.`);
    expect(git(root, 'rev-parse', 'HEAD').trim()).toBe(pushed);
  });
});

describe('commit --push, when the remote refuses', () => {
  it('because the branch is protected: its words are shown, and it is asked once', () => {
    const { root, remote } = behind();
    hook(
      remote,
      'pre-receive',
      'echo x >> asked; printf "error: GH006: Protected branch update failed.\\n\\033[31mAt least 1 approving review is required.\\033[0m\\n" >&2; exit 1',
    );
    run(root, ['render']);
    const result = push(root);
    expect([result.code, result.stderr]).toEqual([1, expect.stringContaining('git/refused') as string]);
    expect(result.stderr).toContain('GH006: Protected branch update failed.');
    expect(result.stderr).toContain('At least 1 approving review is required.');
    expect(result.stderr).not.toContain('\u001b');
    expect(result.stderr).not.toContain('Somebody else');
    expect(readFileSync(join(remote, 'asked'), 'utf8')).toBe('x\n');
    expect(subjects(root, 'HEAD')).toEqual(['deploy: render a', 'start']);
  });

  it('goes to another branch with --branch, which takes the commit that is there', () => {
    const { root, remote } = behind();
    hook(remote, 'update', '[ "$1" != refs/heads/main ] || exit 1');
    run(root, ['render']);
    expect(push(root).code).toBe(1);
    expect(push(root, '--branch', 'deploys').code).toBe(0);
    expect(subjects(remote, 'deploys')).toEqual(['deploy: render a', 'start']);
  });

  it('by a hook of the repository: its words are shown', () => {
    const { root, remote } = behind();
    hook(join(root, '.git'), 'pre-push', 'echo "not on Friday" >&2; exit 1');
    run(root, ['render']);
    const result = push(root);
    expect([result.code, result.stderr]).toEqual([1, expect.stringContaining('git/hook') as string]);
    expect(result.stderr).toContain('not on Friday');
    expect(subjects(remote, 'main')).toEqual(['start']);
  });

  it('because it is gone', () => {
    const { root, remote } = behind();
    rmSync(remote, { recursive: true });
    run(root, ['render']);
    const result = push(root);
    expect([result.code, result.stderr]).toEqual([1, expect.stringContaining('git/failed') as string]);
    expect(result.stderr).toContain('The commit is made.');
  });
});

describe('commit --push goes where git push would', () => {
  /** A repository with this configuration beside its remote. */
  const configured = (...settings: readonly (readonly [string, string])[]): { root: string; remote: string } => {
    const { root, remote } = behind();
    for (const [key, value] of settings) git(root, 'config', key, value);
    run(root, ['render']);
    return { root, remote };
  };

  it('a remote with another name', () => {
    const { root, remote } = configured();
    git(root, 'remote', 'rename', 'origin', 'company');
    const result = push(root);
    expect([result.code, result.stderr]).toEqual([0, expect.stringContaining('Pushed to company main.') as string]);
    expect(subjects(remote, 'main')[0]).toBe('deploy: render a');
  });

  it('of several remotes the one that the configuration names', () => {
    const { root, remote } = configured();
    const second = workspace({});
    git(second, 'init', '-q', '--bare', '-b', 'main');
    git(root, 'remote', 'rename', 'origin', 'one');
    git(root, 'remote', 'add', 'two', second);
    const refused = push(root);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('git/push-target') as string]);
    git(root, 'config', 'remote.pushDefault', 'two');
    expect(push(root).code).toBe(0);
    expect([subjects(second, 'main')[0], subjects(remote, 'main')[0]]).toEqual(['deploy: render a', 'start']);
    git(root, 'config', 'branch.main.pushRemote', 'one');
    expect(push(root).code).toBe(0);
    expect(subjects(remote, 'main')[0]).toBe('deploy: render a');
  });

  it('push.default upstream: the upstream branch, and what is new there comes first', () => {
    const { root, remote } = configured(
      ['push.default', 'upstream'],
      ['branch.main.remote', 'origin'],
      ['branch.main.merge', 'refs/heads/live'],
    );
    git(remote, 'branch', 'live', 'main');
    const other = workspace({});
    git(other, 'clone', '-q', '-b', 'live', remote, '.');
    writeFileSync(join(other, 'other.txt'), 'theirs');
    git(other, 'add', '-A');
    git(other, 'commit', '-q', '-m', 'theirs');
    git(other, 'push', '-q', 'origin', 'live');
    const result = push(root);
    expect([result.code, result.stderr]).toEqual([0, expect.stringContaining('Pushed to live.') as string]);
    expect([subjects(remote, 'live'), subjects(remote, 'main')]).toEqual([
      ['deploy: render a', 'theirs', 'start'],
      ['start'],
    ]);
  });

  it.each([
    ['nothing', [['push.default', 'nothing']]],
    ['upstream without an upstream branch', [['push.default', 'upstream']]],
    [
      'simple, with an upstream branch of another name',
      [
        ['branch.main.remote', 'origin'],
        ['branch.main.merge', 'refs/heads/live'],
      ],
    ],
  ] as const)('push.default %s: it asks for a decision', (_what, settings) => {
    const { root, remote } = configured(...settings);
    const result = push(root);
    expect([result.code, result.stderr]).toEqual([1, expect.stringContaining('git/push-target') as string]);
    expect(subjects(remote, 'main')).toEqual(['start']);
  });

  it('not from a detached HEAD, unless a branch is named; then nothing is committed', () => {
    const { root, remote } = configured();
    git(root, 'switch', '-q', '--detach');
    const refused = push(root);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('git/push-target') as string]);
    expect(subjects(root, 'HEAD')).toEqual(['start']);
    expect(push(root, '--branch', 'deploys').code).toBe(0);
    expect(subjects(remote, 'deploys')[0]).toBe('deploy: render a');
    expect(existsSync(join(remote, 'refs/heads/HEAD'))).toBe(false);
  });

  it('from a shallow clone too', () => {
    const { root: origin, remote, other } = behind();
    git(origin, 'commit', '-q', '--allow-empty', '-m', 'second');
    git(origin, 'push', '-q', 'origin', 'main');
    const root = workspace({});
    git(root, 'clone', '-q', '--depth', '1', `file://${remote}`, '.');
    git(other, 'pull', '-q');
    pushTheirs(other, 'other.txt', 'theirs');
    run(root, ['render']);
    expect(push(root).code).toBe(0);
    expect(subjects(remote, 'main')).toEqual(['deploy: render a', 'theirs', 'second', 'start']);
  });
});

describe('commit --push that is killed while it goes on top of theirs', () => {
  it('is ended by the next one where nothing was changed since, else named with the way back; nothing is lost', () => {
    const { root, remote, other } = behind();
    pushTheirs(other, 'other.txt', 'theirs');
    run(root, ['render']);
    // a git whose rebase stands still half way, and ends the program that called it
    const bin = workspace({
      git: '#!/bin/sh\nPATH=${PATH#*:}\n[ "$1" != rebase ] || { GIT_SEQUENCE_EDITOR="sed -i 1ibreak" git rebase -i "$2"; kill -9 $PPID; exit 1; }\nexec git "$@"\n',
    });
    chmodSync(join(bin, 'git'), 0o755);
    const env = { ...identity, PATH: `${bin}:${process.env['PATH'] ?? ''}` };
    expect(run(root, ['commit', '--push'], env).code).toBe(null);
    run(root, ['render']);
    const refused = run(root, ['commit'], identity);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('git/in-progress') as string]);
    expect(refused.stderr).toContain('git rebase --abort');
    git(root, 'checkout', '-q', '.');
    git(root, 'clean', '-qfd', 'deploy');
    expect(run(root, ['commit'], identity)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Nothing to commit') as string,
    });
    expect(subjects(root, 'main')).toEqual(['deploy: render a', 'start']);
    expect(push(root).code).toBe(0);
    expect(subjects(remote, 'main')).toEqual(['deploy: render a', 'theirs', 'start']);
  });
});
