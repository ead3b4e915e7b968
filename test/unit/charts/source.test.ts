import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createContext } from '../../../generator/context.ts';
import { helmArguments } from '../../../generator/commands/bootstrap/steps.ts';
import { chartSource, fromTag, repositoryFolder, tagPattern, toTag } from '../../../generator/charts/source.ts';
import { mirrorOf } from '../../../generator/plan/mirrors.ts';
import { createPipeline } from '../../../generator/pipeline/pipeline.ts';
import { clusterSpec, demoCatalog } from '../../helpers/demo.ts';
import { workspace } from '../../helpers/workspace.ts';

const component = 'catalog/demo/demo-chart/component.yaml';

/** The Application of the demo's chart and the project, with another repository. */
async function tree(
  repository: string,
  spec: string,
  git = 'branch: main',
): Promise<{ source: unknown; repositories: unknown; all: string }> {
  const text = (demoCatalog[component] ?? '').replace('https://charts.example.com', repository);
  const root = workspace({
    ...demoCatalog,
    [component]: text,
    'charts/web/Chart.yaml': 'apiVersion: v2\nname: demo\nversion: 1.2.3\n',
    'clusters/a.yaml': clusterSpec('a', spec).replace('fleet.git" }', `fleet.git", ${git} }`),
  });
  const result = await createPipeline(createContext(root, { quiet: true, verbose: false })).run({ clusters: [] });
  expect(result.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  const files = result.clusters[0]?.tree?.files;
  const application = parse(files?.get('apps/demo-chart.yaml') ?? '') as { spec: { source: unknown } };
  const project = /sourceRepos:\n((?: +- .*\n)+)/.exec(files?.get('root.yaml') ?? '')?.[1] ?? '';
  return {
    source: application.spec.source,
    repositories: parse(project) as unknown,
    all: files?.get('apps/demo-chart.yaml') ?? '',
  };
}

const capability = '  capabilities: { demo: {} }\n';

describe('the repository of a chart', () => {
  it.each([
    ['https://charts.example.com/', { kind: 'http', url: 'https://charts.example.com' }],
    ['oci://ghcr.io/org/charts', { kind: 'oci', host: 'ghcr.io', path: 'org/charts', plain: false }],
    ['oci+http://localhost:5000', { kind: 'oci', host: 'localhost:5000', path: '', plain: true }],
    [
      'git+https://git.example.com/team/charts.git//web/chart?ref=web-{version}',
      { kind: 'git', url: 'https://git.example.com/team/charts.git', path: 'web/chart', ref: 'web-1.2.3' },
    ],
    ['git+ssh://git@host/x.git', { kind: 'git', url: 'ssh://git@host/x.git', path: '.', ref: '1.2.3' }],
    ['git+file:///srv/x.git//a', { kind: 'git', url: 'file:///srv/x.git', path: 'a', ref: '1.2.3' }],
    ['./charts/web', { kind: 'folder', path: 'charts/web' }],
  ])('%s', (repository, source) => expect(chartSource({ repository, version: '1.2.3' })).toEqual(source));

  it.each([
    'charts.example.com',
    './../x',
    './a/../../b',
    'git+https://h/x.git//../y',
    'ftp://x',
    './',
    'file:///x',
    'https://[x',
    'oci://a b/c',
    'https://a b',
  ])('%s has none of the forms', (repository) => expect(chartSource({ repository, version: '1.2.3' })).toBeUndefined());

  it('knows the version in a tag', () => {
    expect(tagPattern('git+https://h/x.git//a?ref=web.{version}')?.exec('web.1.2.3')?.[1]).toBe('1.2.3');
    expect(tagPattern('git+https://h/x.git//a')?.exec('v1.2.3-rc.1')?.[1]).toBe('v1.2.3-rc.1');
    expect(tagPattern('git+https://h/x.git//a?ref=web.{version}')?.exec('webx1.2.3')).toBeUndefined();
    expect(tagPattern('git+https://h/x.git//a?ref=main')).toBeUndefined();
  });

  it('has tags without +', () => {
    expect(toTag('1.2.3+build.4')).toBe('1.2.3_build.4');
    expect(fromTag('1.2.3_build.4')).toBe('1.2.3+build.4');
  });

  it('has a folder in a bundle that one mirror per scheme finds', () => {
    const mirrors = { 'https://': 'https://site/charts/https/', 'oci://': 'https://site/charts/oci/' };
    for (const repository of ['https://charts.jetstack.io', 'oci://quay.io/org/charts'])
      expect(mirrorOf(repository, mirrors)).toBe(`https://site/charts/${repositoryFolder(repository)}`);
    expect(repositoryFolder('git+https://h/../x.git//a b?ref=v1')).toBe('git/h/x.git/a_b');
  });
});

describe('the source of an Application', () => {
  it('of a chart in git is the tag and the folder', async () => {
    const { source, repositories, all } = await tree(
      'git+https://git.example.com/charts.git//web?ref=v{version}',
      capability,
    );
    expect(source).toMatchObject({
      repoURL: 'https://git.example.com/charts.git',
      targetRevision: 'refs/tags/v1.2.3',
      path: 'web',
      helm: { releaseName: 'demo-chart', skipTests: true },
    });
    expect(source).not.toHaveProperty('chart');
    expect(repositories).toEqual(['https://git.example.com/charts.git', 'https://git.example.com/fleet.git']);
    expect(all).toContain('manifest-generate-paths');
  });

  it('of a chart at a commit is the commit', async () => {
    const commit = 'a'.repeat(40);
    const { source } = await tree(`git+https://git.example.com/charts.git?ref=${commit}`, capability);
    expect(source).toMatchObject({ targetRevision: commit, path: '.' });
  });

  it('of a chart in the repository is the branch of the cluster, below the path of the fleet', async () => {
    const { source, repositories } = await tree('./charts/web', capability, 'path: fleet, branch: next');
    expect(source).toMatchObject({
      repoURL: 'https://git.example.com/fleet.git',
      targetRevision: 'refs/heads/next',
      path: 'fleet/charts/web',
      helm: { releaseName: 'demo-chart' },
    });
    expect(repositories).toEqual(['https://git.example.com/fleet.git']);
  });

  it('of a registry has no scheme, with TLS or without', async () => {
    const { source, repositories } = await tree('oci+http://registry.local:5000/charts', capability);
    expect(source).toMatchObject({ repoURL: 'registry.local:5000/charts', chart: 'demo', targetRevision: '1.2.3' });
    expect(repositories).toContain('registry.local:5000/charts');
  });

  it('follows a mirror of a git host', async () => {
    const mirrors = '  charts: { mirrors: { "git+https://git.example.com/": "git+https://mirror.local/" } }\n';
    const { source } = await tree('git+https://git.example.com/charts.git//web', mirrors + capability);
    expect(source).toMatchObject({ repoURL: 'https://mirror.local/charts.git', path: 'web' });
  });
});

describe('helm, when it renders the chart of Argo CD', () => {
  const chart = {
    application: 'a',
    release: 'r',
    namespace: 'n',
    name: 'argo-cd',
    version: '9.0.0',
    kubernetes: '1.34',
    values: {},
  };
  it.each([
    ['https://h/c', 'argo-cd --repo https://h/c --version 9.0.0'],
    ['oci://h/c', 'oci://h/c/argo-cd --version 9.0.0'],
    ['oci+http://h/c', 'oci://h/c/argo-cd --version 9.0.0 --plain-http'],
    ['./charts/argo', './charts/argo'],
    ['git+https://h/team/charts.git//argo', '../charts/argo'],
  ])('from %s', (repository, words) =>
    expect(helmArguments({ ...chart, repository }).join(' ')).toContain(`template r ${words} --namespace n`),
  );
});
