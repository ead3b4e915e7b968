import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
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
