import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readArchive } from '../../generator/adapters/charts/archive.ts';
import { packFolder } from '../../generator/adapters/charts/folder.ts';
import { dependencyBuild } from '../../generator/charts/dependencies.ts';
import {
  certificateFile,
  chartPackage,
  chartYaml,
  finding,
  indexYaml,
  routes,
  serve,
  testCharts,
} from '../helpers/chartServer.ts';
import { helmProgram } from '../helpers/helm.ts';
import { git } from '../helpers/workspace.ts';

type Files = Readonly<Record<string, string>>;

const reference = { repository: './charts/app', name: 'app', version: '1.0.0' };
const configMap = (name: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { a: {{ .Values.a | default "none" | quote }} }\n`;
const small = (name: string, version = '1.0.0', more = ''): Files => ({
  'Chart.yaml': chartYaml(name, version, more),
  'templates/a.yaml': configMap(name),
});
const below = (folder: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));

interface Dependency {
  readonly name: string;
  readonly version?: string;
  readonly repository?: string;
  readonly [more: string]: unknown;
}

const dependencies = (list: readonly Dependency[]): string => `dependencies: ${JSON.stringify(list)}\n`;
const app = (list: readonly Dependency[], files: Files = {}): Files => ({
  ...below('charts/app', small('app', '1.0.0', dependencies(list))),
  ...files,
});

/** Repositories with lib 1.0.0 and 1.1.0, and tool 1.0.0, behind http and https. */
async function repositories(): Promise<{ readonly http: string; readonly https: string }> {
  const charts = [small('lib'), small('lib', '1.1.0'), small('tool')];
  const packed = await Promise.all(
    charts.map(async (files) => {
      const { name, version } = parse(files['Chart.yaml'] ?? '') as { name: string; version: string };
      return [`/charts/${name}-${version}.tgz`, await chartPackage(name, version, files)] as const;
    }),
  );
  const index = indexYaml({
    lib: [
      ['1.1.0', 'lib-1.1.0.tgz'],
      ['1.0.0', 'lib-1.0.0.tgz'],
    ],
    tool: [['1.0.0', 'tool-1.0.0.tgz']],
  });
  const answer = routes({ '/charts/index.yaml': index, ...Object.fromEntries(packed) });
  const [http, https] = [await serve(answer), await serve(answer, { tls: true })];
  return { http: `${http.url}/charts`, https: `${https.url}/charts` };
}

const home = (): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-helm-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

async function helm(folder: string, own: string, ...args: readonly string[]): Promise<string | undefined> {
  const env = { PATH: '/usr/bin:/bin', HOME: own, XDG_CACHE_HOME: `${own}/cache`, HELM_CONFIG_HOME: `${own}/config` };
  try {
    await promisify(execFile)(helmProgram(), args, { cwd: folder, env });
    return undefined;
  } catch (error) {
    return (error as { stderr: string }).stderr;
  }
}

/** Adds a repository as Argo CD does: by an address of https or a registry, in Chart.yaml alone. */
async function addRepositories(folder: string, own: string): Promise<void> {
  const metadata = parse(await readFile(join(folder, 'Chart.yaml'), 'utf8')) as { dependencies?: Dependency[] };
  for (const { repository = '' } of metadata.dependencies ?? [])
    if (repository.startsWith('https://'))
      await helm(folder, own, 'repo', 'add', '--ca-file', certificateFile, repository.replaceAll('/', '-'), repository);
}

/** What Argo CD 3.5 does to the chart before it renders it, done by Helm: the files of the chart, or the words of a failure. */
async function argocd(root: string): Promise<Files | string> {
  const folder = join(root, 'charts/app');
  const own = home();
  const failure = await helm(folder, own, 'template', '.');
  if (failure !== undefined) {
    if (!failure.includes('missing in charts/ directory')) return failure;
    await addRepositories(folder, own);
    const built = (await helm(folder, own, 'dependency', 'build')) ?? (await helm(folder, own, 'template', '.'));
    if (built !== undefined) return built;
  }
  return filesOf(await packFolder(folder));
}

/** What a render sees: charts, wherever and however they are packed, and no lock. */
async function filesOf(bytes: Uint8Array): Promise<Files> {
  const { files } = await readArchive(bytes);
  const seen = [...files].filter(([path]) => !/(?:^|\/)(?:Chart|requirements)\.lock$/.test(path));
  return Object.fromEntries(
    seen.map(([path, text]) => [path, path.endsWith('Chart.yaml') ? parse(text) : text.trim()]),
  );
}

/** The same done here. */
async function slipway(root: string, https: string): Promise<Files | string> {
  const config = `repositories:\n- { url: "${https}", caFile: "${certificateFile}" }\n`;
  const charts = testCharts({}, { root, files: { 'home/.config/helm/repositories.yaml': config } });
  let found: Uint8Array | undefined;
  const said = await finding(
    charts.fetch(reference).then(async ({ file }) => {
      found = await readFile(file);
    }),
  );
  return found === undefined ? said : filesOf(found);
}

/** A copy of the files for each: Helm writes into its own. */
async function both(
  files: Files,
  { https = 'https://nowhere', lock = false } = {},
): Promise<[Files | string, Files | string]> {
  const { root } = testCharts({}, { files });
  if (lock) {
    const own = home();
    await addRepositories(join(root, 'charts/app'), own);
    expect(await helm(join(root, 'charts/app'), own, 'dependency', 'update')).toBeUndefined();
    rmSync(join(root, 'charts/app/charts'), { recursive: true });
  }
  const copy = home();
  cpSync(root, copy, { recursive: true });
  return [await slipway(root, https), await argocd(copy)];
}

async function expectSame(files: Files, options?: Parameters<typeof both>[1]): Promise<Files> {
  const [ours, theirs] = await both(files, options);
  expect(ours).toEqual(theirs);
  expect(typeof ours).toBe('object');
  return ours as Files;
}

async function expectRefused(files: Files, options?: Parameters<typeof both>[1]): Promise<string> {
  const [ours, theirs] = await both(files, options);
  expect([typeof ours, typeof theirs], JSON.stringify([ours, theirs])).toEqual(['string', 'string']);
  return ours as string;
}

const subcharts = (files: Files): string[] => Object.keys(files).filter((path) => path.endsWith('/Chart.yaml'));

describe('dependencies that are there', () => {
  it('are taken as they are, folders and packages, whatever the lock says', async () => {
    const files = app([{ name: 'lib', version: '>=9', repository: 'https://nowhere.example.com' }], {
      ...below('charts/app/charts/anything', small('lib', '0.1.0')),
      'charts/app/Chart.lock': 'dependencies: []\ndigest: sha256:00\ngenerated: "2024-01-01T00:00:00Z"\n',
    });
    expect(subcharts(await expectSame(files))).toEqual(['charts/anything/Chart.yaml']);
  });

  it('may be none', async () => {
    expect(subcharts(await expectSame(app([])))).toEqual([]);
  });
});

describe('dependencies in folders', () => {
  it('are packed, with a version or a range', async () => {
    const libs = { ...below('charts/lib', small('lib', '1.2.3')), ...below('shared/tool', small('tool', '0.4.0')) };
    const files = app(
      [
        { name: 'lib', version: '^1.1.0', repository: 'file://../lib', alias: 'first', condition: 'first.enabled' },
        { name: 'tool', version: '0.x', repository: 'file://../../shared/tool' },
      ],
      libs,
    );
    expect(subcharts(await expectSame(files))).toEqual(['charts/lib/Chart.yaml', 'charts/tool/Chart.yaml']);
    await expectSame(files, { lock: true });
  });

  it('may name each other in a circle: dependencies of dependencies are built by nobody', async () => {
    const lib = small('lib', '1.0.0', dependencies([{ name: 'app', version: '*', repository: 'file://../app' }]));
    const files = app([{ name: 'lib', version: '*', repository: 'file://../lib' }], below('charts/lib', lib));
    expect(subcharts(await expectSame(files))).toEqual(['charts/lib/Chart.yaml']);
  });

  it('take the place of packages of another version', async () => {
    const files = app(
      [
        { name: 'lib', version: '1.x', repository: 'file://../lib' },
        { name: 'tool', version: '1.x', repository: '' },
        { name: 'more', version: '1.x', repository: 'file://../more' },
      ],
      {
        ...below('charts/lib', small('lib', '1.5.0')),
        ...below('charts/more', small('more')),
        ...below('charts/app/charts/tool', small('tool')),
      },
    );
    const { root } = testCharts({}, { files });
    writeFileSync(join(root, 'charts/app/charts/lib-1.0.0.tgz'), await chartPackage('lib', '1.0.0', small('lib')));
    const copy = home();
    cpSync(root, copy, { recursive: true });
    const ours = (await slipway(root, 'https://nowhere')) as Files;
    expect(ours).toEqual(await argocd(copy));
    expect(ours['charts/lib/Chart.yaml']).toMatchObject({ version: '1.5.0' });
  });

  it.each([
    ['no folder', 'file://../nothing', '1.0.0', /is no folder of a chart/],
    ['another version', 'file://../lib', '2.x', /has version 1\.0\.0, and 2\.x is asked for/],
    ['an absolute path', 'file:///nowhere/lib', '1.0.0', /outside of the repository/],
    ['a folder outside', 'file://../../../lib', '1.0.0', /outside of the repository/],
  ])('are refused: %s', async (_, repository, version, message) => {
    const files = app([{ name: 'lib', version, repository }], below('charts/lib', small('lib')));
    expect(await expectRefused(files)).toMatch(message);
  });

  it('without a repository have to stand in charts/', async () => {
    expect(await expectRefused(app([{ name: 'lib', version: '1.0.0' }]))).toMatch(
      /^chart\/dependencies .*has no repository, and there is no folder charts\/lib/,
    );
  });
});

it('are built of a chart in git, from folders of the same repository alone', async () => {
  const at = async (path: string): Promise<string> => {
    const lib = { name: 'lib', version: '1.x', repository: `file://${path}` };
    const { root } = testCharts({}, { files: app([lib], below('charts/lib', small('lib'))) });
    git(root, 'init', '-q', '-b', 'main');
    git(root, 'add', 'charts');
    git(root, 'commit', '-qm', 'charts');
    git(root, 'tag', '1.0.0');
    const charts = testCharts();
    let file = '';
    const chart = { repository: `git+file://${root}//charts/app`, name: 'app', version: '1.0.0' };
    const said = await finding(charts.fetch(chart).then((found) => void (file = found.file)));
    return file === '' ? said : subcharts(await filesOf(await readFile(file))).join();
  };
  expect(await at('../lib')).toBe('charts/lib/Chart.yaml');
  expect(await at('../../../lib')).toMatch(/^chart\/dependencies .*outside of the repository/);
});

describe('dependencies of repositories', () => {
  it('are fetched: one version, or that of the lock', async () => {
    const { http, https } = await repositories();
    const exact = [
      { name: 'lib', version: '1.0.0', repository: http },
      { name: 'tool', version: '=1.0.0', repository: https },
    ];
    expect(subcharts(await expectSame(app(exact), { https }))).toEqual([
      'charts/lib/Chart.yaml',
      'charts/tool/Chart.yaml',
    ]);
    const range = {
      name: 'lib',
      version: '>= 1.0.0, < 2.0.0',
      repository: https,
      alias: 'other',
      condition: 'other.enabled',
      tags: ['a', 'b<c'],
      'import-values': ['data', { parent: 'p', child: 'c' }],
    };
    const locked = await expectSame(app([range]), { https, lock: true });
    expect(locked['charts/lib/Chart.yaml']).toMatchObject({ version: '1.1.0' });
  });

  it('whose lock is not theirs are refused', async () => {
    const { https } = await repositories();
    const lock = 'dependencies: []\ndigest: sha256:00\ngenerated: "2024-01-01T00:00:00Z"\n';
    const files = app([{ name: 'lib', version: '1.0.0', repository: https }], { 'charts/app/Chart.lock': lock });
    expect(await expectRefused(files, { https })).toMatch(/Chart\.lock is not that of its dependencies/);
  });

  it('of http:// are locked to a repository that Argo CD does not add', async () => {
    const { http, https } = await repositories();
    const files = app([{ name: 'lib', version: '1.0.0', repository: http }]);
    await expectSame(files, { https });
    expect(await expectRefused(files, { https, lock: true })).toMatch(/adds only https:\/\/ repositories/);
  });

  it('of version 1 charts are those of requirements.yaml, whose repositories Argo CD does not add', async () => {
    const { https } = await repositories();
    const files = {
      'charts/app/Chart.yaml': 'apiVersion: v1\nname: app\nversion: 1.0.0\n',
      'charts/app/requirements.yaml': dependencies([{ name: 'lib', version: '1.0.0', repository: https }]),
    };
    const own = home();
    const { root } = testCharts({}, { files });
    const folder = join(root, 'charts/app');
    await helm(folder, own, 'repo', 'add', '--ca-file', certificateFile, 'x', https);
    expect(await helm(folder, own, 'dependency', 'update')).toBeUndefined();
    const lock = await readFile(join(folder, 'requirements.lock'), 'utf8');
    expect(await expectRefused({ ...files, 'charts/app/requirements.lock': lock }, { https })).toMatch(
      /Move the dependencies of requirements\.yaml to Chart\.yaml/,
    );
    const local = {
      ...files,
      'charts/app/requirements.yaml': dependencies([{ name: 'lib', version: '1.x', repository: 'file://../lib' }]),
    };
    await expectSame({ ...local, ...below('charts/lib', small('lib')) });
  });

  it('that Argo CD alone knows are unproven', async () => {
    const said = async (dependency: Dependency): Promise<string> =>
      finding(testCharts({}, { files: app([dependency]) }).fetch(reference));
    expect(await said({ name: 'lib', version: '1.0.0', repository: '@team' })).toMatch(
      /^chart\/unproven .*comes from @team, a name that only the repository Secrets/,
    );
    expect(await said({ name: 'lib', version: '1.0.0', repository: 'alias:team' })).toMatch(/^chart\/unproven/);
    expect(await said({ name: 'lib', version: '1.x', repository: 'https://charts.example.com' })).toMatch(
      /^chart\/unproven .*which lib "1\.x" is.*helm dependency update/,
    );
    expect(await said({ name: 'lib', version: '1.0.0', repository: 'stable' })).toMatch(/^chart\/dependencies/);
  });

  it('of registries have one version', () => {
    const of = (version: string): ReturnType<typeof dependencyBuild> =>
      dependencyBuild(
        new Map([
          [
            'Chart.yaml',
            chartYaml(
              'app',
              '1.0.0',
              dependencies([{ name: 'lib', version, repository: 'oci://registry.example.com/charts' }]),
            ),
          ],
        ]),
      );
    expect(of('1.2.3')).toEqual({
      kind: 'build',
      parts: [{ from: 'repository', name: 'lib', version: '1.2.3', repository: 'oci://registry.example.com/charts' }],
      local: new Set(),
    });
    expect(of('~1.2')).toMatchObject({ kind: 'unproven' });
  });

  it('that are not on this machine leave the chart as not here', async () => {
    const { https } = await repositories();
    const files = app([{ name: 'lib', version: '1.0.0', repository: https }]);
    expect(await testCharts({}, { files }).find(reference)).toBeUndefined();
    expect(await finding(testCharts({}, { files, offline: true }).fetch(reference))).toMatch(
      /^chart\/offline Chart lib 1\.0\.0/,
    );
  });
});
