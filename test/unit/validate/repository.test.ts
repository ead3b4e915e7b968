import { describe, expect, it } from 'vitest';
import type { ClusterInfo } from '../../../generator/model/model.ts';
import type { GitFacts } from '../../../generator/ports.ts';
import { repositoryFindings } from '../../../generator/validate/repository.ts';

const facts = (about: Partial<GitFacts> & { url?: string } = {}): GitFacts => ({
  path: '',
  remotes: about.url === undefined ? [] : [{ name: 'origin', urls: [about.url] }],
  branch: 'feature',
  branches: new Set(['main', 'feature']),
  defaultBranch: 'main',
  isShallow: false,
  ...about,
});

function codes(git: Partial<ClusterInfo['git']>, known: GitFacts): string[] {
  const info = { git: { repoURL: 'https://github.com/acme/fleet.git', host: '', branch: 'main', path: '', ...git } };
  const cluster = { info: info as ClusterInfo, layers: [] };
  // what two clusters share is said once
  return repositoryFindings([cluster, cluster], known).map((d) => `${d.severity} ${d.code}`);
}

describe('spec.git and git', () => {
  it('agree about a branch in the works, over ssh or https, and about a mirror', () => {
    expect(codes({}, facts({ url: 'git@github.com:acme/fleet' }))).toEqual([]);
    expect(
      codes({ repoURL: 'ssh://git@mirror.acme.dev/x/fleet' }, facts({ url: 'git@github.com:acme/fleet' })),
    ).toEqual([]);
    const upstream = [
      ...facts({ url: 'https://github.com/me/fleet' }).remotes,
      { name: 'up', urls: ['git@github.com:acme/fleet'] },
    ];
    expect(codes({}, facts({ remotes: upstream }))).toEqual([]);
  });

  it('say what they do not agree about', () => {
    const origin = { url: 'https://github.com/acme/fleet' };
    expect(codes({}, facts({ url: 'https://github.com/me/fleet' }))).toEqual(['warning spec/git-url']);
    expect(codes({ repoURL: 'https://git.example.com/a/fleet' }, facts(origin))).toEqual(['warning spec/git-url']);
    expect(codes({ repoURL: 'https://git.example.com/a/fleet' }, facts())).toEqual(['warning spec/git-url']);
    expect(codes({ branch: 'master' }, facts(origin))).toEqual(['warning spec/git-branch']);
    expect(codes({}, facts({ ...origin, path: 'platform' }))).toEqual(['error spec/git-path']);
    expect(codes({ path: 'x' }, facts(origin))).toEqual(['error spec/git-path']);
    expect(codes({ path: 'platform' }, facts({ ...origin, path: 'platform' }))).toEqual([]);
    expect(codes({}, facts({ url: 'https://github.com/me/fork', path: 'platform' }))).toEqual([
      'warning spec/git-url',
      'warning spec/git-path',
    ]);
  });

  it('are not compared where git knows too little', () => {
    const origin = { url: 'https://github.com/acme/fleet' };
    const ci = { ...origin, branch: undefined, branches: new Set<string>(), defaultBranch: undefined };
    expect(codes({ branch: 'master' }, facts(ci))).toEqual([]);
    expect(codes({ branch: 'master' }, facts({ ...origin, isShallow: true }))).toEqual([]);
    // nothing pushed yet
    expect(codes({}, facts({ ...origin, branch: 'main', branches: new Set() }))).toEqual([]);
    expect(codes({}, facts({ url: '/srv/fleet.git' }))).toEqual([]);
  });
});
