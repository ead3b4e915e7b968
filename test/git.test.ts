import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clusterSpec, demoCatalog } from './helpers/demo.ts';
import { git, run, snapshot, workspace } from './helpers/workspace.ts';

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

describe('commit', () => {
  it('commits only what the tree owns, with trailers, and nothing when nothing changed', () => {
    const root = repo();
    run(root, ['render']);
    writeFileSync(join(root, 'deploy/a/notes.txt'), 'mine');
    writeFileSync(join(root, 'unrelated.txt'), 'mine');
    expect(run(root, ['commit'], identity).code).toBe(0);
    expect(
      git(root, 'show', '--name-only', '--format=%s')
        .trim()
        .split('\n')
        .filter((l) => l !== ''),
    ).toEqual([
      'deploy: render a',
      'deploy/a/apps/demo-chart.yaml',
      'deploy/a/apps/demo-config.yaml',
      'deploy/a/apps/namespaces.yaml',
      'deploy/a/manifests/demo-config/configmap-demo-demo.yaml',
      'deploy/a/manifests/namespaces/namespace-demo.yaml',
      'deploy/a/root.yaml',
      'deploy/a/tree.lock',
    ]);
    expect(git(root, 'show', '-s', '--format=%(trailers)')).toContain('Slipway-Clusters: a');
    const head = git(root, 'rev-parse', 'HEAD');
    expect(run(root, ['commit'], identity).stderr).toContain('Nothing to commit');
    expect(git(root, 'rev-parse', 'HEAD')).toBe(head);
  });

  it('refuses a stale or hand-edited tree', () => {
    const root = repo();
    run(root, ['render']);
    writeFileSync(join(root, 'clusters/a.yaml'), spec.replace('replicas: 3', 'replicas: 4'));
    expect(run(root, ['commit'], identity)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('publish/stale') as string,
    });
    writeFileSync(join(root, 'clusters/a.yaml'), spec);
    writeFileSync(join(root, 'deploy/a/root.yaml'), 'edited\n');
    expect(run(root, ['commit'], identity)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('publish/hand-edited') as string,
    });
  });

  it('keeps what a person staged for another commit out of it', () => {
    const root = repo();
    run(root, ['render']);
    writeFileSync(join(root, 'staged.txt'), 'later');
    git(root, 'add', 'staged.txt');
    expect(run(root, ['commit'], identity).code).toBe(0);
    expect(git(root, 'show', '--name-only', '--format=')).not.toContain('staged.txt');
    expect(git(root, 'diff', '--cached', '--name-only').trim()).toBe('staged.txt');
  });

  it('rebases a rejected push and never forces', () => {
    const root = repo();
    const remote = workspace({});
    git(remote, 'init', '-q', '--bare', '-b', 'main');
    git(root, 'remote', 'add', 'origin', remote);
    git(root, 'push', '-q', 'origin', 'main');
    const other = workspace({});
    git(other, 'clone', '-q', remote, '.');
    writeFileSync(join(other, 'other.txt'), 'theirs');
    git(other, 'add', '-A');
    git(other, 'commit', '-q', '-m', 'theirs');
    git(other, 'push', '-q', 'origin', 'main');
    run(root, ['render']);
    expect(run(root, ['commit', '--push'], identity)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Pushed to main') as string,
    });
    const log = git(remote, 'log', '--format=%s', 'main').trim().split('\n');
    expect(log).toEqual(['deploy: render a', 'theirs', 'start']);
  });
});

describe('catalog pin', () => {
  it('renders from the tag: the tree stays the same to the byte when the catalog moves on', () => {
    const root = repo();
    git(root, 'tag', 'v1');
    writeFileSync(join(root, 'clusters/a.yaml'), `${spec}  catalog: v1\n`);
    expect(run(root, ['render']).code).toBe(0);
    const before = snapshot(join(root, 'deploy'));
    const template = join(root, 'catalog/demo/demo-chart/values.yaml.hbs');
    writeFileSync(template, `${readFileSync(template, 'utf8')}added: 1\n`);
    expect(run(root, ['render', '--no-cache']).code).toBe(0);
    expect(snapshot(join(root, 'deploy'))).toEqual(before);
    expect(run(root, ['explain', 'a', 'capabilities.demo.replicas']).stdout).toContain('of tag v1');
    writeFileSync(join(root, 'clusters/a.yaml'), spec);
    run(root, ['render']);
    expect(readFileSync(join(root, 'deploy/a/apps/demo-chart.yaml'), 'utf8')).toContain('added: 1');
  });
});
