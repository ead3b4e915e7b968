import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { RenovateBranch, RenovateReport } from './harness/renovate.ts';
import { askRenovate } from './harness/renovate.ts';

const repository = resolve(import.meta.dirname, '../..');

interface CatalogChart {
  /** The path of component.yaml. */
  readonly file: string;
  readonly repository: string;
  readonly name: string;
  readonly version: string;
}

/** Charts of a fleet as people write them beside the catalog: quotes, a comment between, one line, git at a tag with a prefix. */
const custom: Readonly<Record<string, (host: string) => string>> = {
  'shop/quoted': (host) =>
    `    repository: "http://${host}/shop"\n    name: 'quoted'\n    # kept at 1.x\n    version: "1.2.3" # by hand\n`,
  'shop/flow': (host) => `  chart: { repository: http://${host}/shop, name: flow, version: 1.0.0 }\n`,
  'shop/registry': (host) => `    repository: oci://${host}/shop/\n    name: registry\n    version: "2.0.0"\n`,
  'tools/git': (host) =>
    `    repository: git+http://${host}/tools.git//charts/git?ref=chart-{version}\n    name: git\n    version: 0.4.0\n`,
  'tools/folder': () => `    repository: ./charts/folder\n    name: folder\n    version: 1.0.0\n`,
};

/** The images that templates of the catalog name, as charts of a registry. */
const imagesOf = (root: string): CatalogChart[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.hbs'))
    .flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/^ *image: ([^\s{]+):([^\s:{]+)$/gm)].map(
        ([, name = '', version = '']) => ({ file, repository: '', name, version }),
      ),
    );

const chartsOf = (root: string): CatalogChart[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('/component.yaml'))
    .sort()
    .flatMap((path) => {
      const { spec } = parse(readFileSync(join(root, path), 'utf8')) as {
        spec: { chart?: Omit<CatalogChart, 'file'> };
      };
      return spec.chart === undefined ? [] : [{ file: path, ...spec.chart }];
    });

/** One patch version and one major version later, with the prefix it has. */
const laterVersions = (version: string): [string, string] => {
  const [, prefix = '', major = '', minor = '', patch = '', suffix = ''] =
    /^(v?)(\d+)\.(\d+)\.(\d+)(.*)$/.exec(version) ?? [];
  return [`${prefix}${major}.${minor}.${Number(patch) + 1}${suffix}`, `${prefix}${Number(major) + 1}.0.0${suffix}`];
};

/** Answers as chart repositories, OCI registries and git servers would, with later versions of every chart. */
function answer(charts: readonly CatalogChart[], { url = '' }: IncomingMessage, response: ServerResponse): void {
  const path = url.split('?')[0] ?? '';
  const send = (text: string, type = 'application/json'): void => {
    response.writeHead(200, { 'content-type': type, 'docker-distribution-api-version': 'registry/2.0' }).end(text);
  };
  const versionsOf = ({ version }: CatalogChart): string[] => [version, ...laterVersions(version)];
  if (path === '/v2/') return send('{}');
  const tags = /^\/v2\/(.+)\/tags\/list$/.exec(path)?.[1];
  if (tags !== undefined) {
    const chart = charts.find(
      (c) =>
        c.name.replace(/^[^/]+\//, '') === tags ||
        `${c.repository.replace(/^oci:\/\/[^/]+\//, '').replace(/\/$/, '')}/${c.name}` === tags,
    );
    return send(JSON.stringify({ name: tags, tags: chart === undefined ? [] : versionsOf(chart) }));
  }
  if (path.endsWith('/index.yaml')) {
    const here = charts.filter(
      (c) => c.repository.replace(/^http:\/\/[^/]+/, '').replace(/\/$/, '') === path.slice(0, -11),
    );
    const entries = Object.fromEntries(
      here.map((c) => [c.name, versionsOf(c).map((version) => ({ name: c.name, version, urls: ['c.tgz'] }))]),
    );
    return send(JSON.stringify({ apiVersion: 'v1', entries }), 'text/yaml');
  }
  if (path === '/tools.git/info/refs') {
    const refs = ['chart-0.4.0', 'chart-0.4.1', 'other-9.0.0', 'v3.0.0'];
    return send(refs.map((tag, i) => `${String(i + 1).repeat(40)}\trefs/tags/${tag}\n`).join(''), 'text/plain');
  }
  response.writeHead(404).end();
}

/** The catalog with every repository on this machine, charts of a fleet beside it, and renovate.json as it is. */
function makeFleet(folder: string, host: string): void {
  cpSync(join(repository, 'catalog'), join(folder, 'catalog'), { recursive: true });
  cpSync(join(repository, 'renovate.json'), join(folder, 'renovate.json'));
  for (const { file } of chartsOf(join(folder, 'catalog'))) {
    const path = join(folder, 'catalog', file);
    const text = readFileSync(path, 'utf8')
      .replace(/repository: https:\/\/([^\s]+)/, `repository: http://${host}/$1`)
      .replace(/repository: oci:\/\/([^\s]+)/, `repository: oci://${host}/$1`);
    writeFileSync(path, text);
  }
  for (const file of new Set(imagesOf(join(folder, 'catalog')).map((image) => image.file))) {
    const path = join(folder, 'catalog', file);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/^( *image: )(?=[^\s{]+$)/gm, `$1${host}/`));
  }
  for (const [name, chart] of Object.entries(custom)) {
    const path = join(folder, 'custom', name, 'component.yaml');
    mkdirSync(dirname(path), { recursive: true });
    const lines = chart(host);
    writeFileSync(
      path,
      `spec:\n  summary: One.\n${lines.startsWith('  chart:') ? '' : '  chart:\n'}${lines}  namespace: demo\n`,
    );
  }
  const git = (...args: string[]): Buffer =>
    execFileSync(
      'git',
      ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'init.defaultBranch=main', ...args],
      {
        cwd: folder,
      },
    );
  git('init', '-q');
  git('add', '-A');
  git('commit', '-qm', 'fleet');
}

describe.skipIf(process.platform !== 'linux' || process.arch !== 'x64')(
  'Renovate with the renovate.json of this repository',
  () => {
    const scratch = mkdtempSync(join(tmpdir(), 'slipway-renovate-'));
    const fleet = join(scratch, 'fleet');
    let server: Server;
    let report: RenovateReport;
    let charts: readonly (CatalogChart & { readonly capability: string })[];

    beforeAll(async () => {
      server = createServer((request, response) => answer(charts, request, response));
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      mkdirSync(fleet);
      makeFleet(fleet, host);
      charts = ['catalog', 'custom'].flatMap((root) =>
        [...chartsOf(join(fleet, root)), ...imagesOf(join(fleet, root))].map((c) => ({
          ...c,
          file: `${root}/${c.file}`,
          capability: c.file.split('/')[0] ?? '',
        })),
      );
      report = await askRenovate(fleet, { hosts: [host], scratch });
    }, 600_000);
    afterAll(() => {
      server.close();
      rmSync(scratch, { recursive: true });
    });

    const upgradesOf = (branches: readonly RenovateBranch[]): string[] =>
      branches
        .flatMap(({ upgrades }) => upgrades.map((u) => `${u.packageFile} ${u.currentValue} → ${u.newValue}`))
        .sort();
    const isFolder = ({ repository: from }: CatalogChart): boolean => from.startsWith('./');

    test('finds the version of every chart, and can look it up', () => {
      const found = report.dependencies.map((d) => `${d.packageFile} ${d.depName} ${d.currentValue}`).sort();
      expect(found).toEqual(
        charts
          .filter((c) => !isFolder(c))
          .map((c) => `${c.file} ${c.name} ${c.version}`)
          .sort(),
      );
      expect(report.dependencies.filter((d) => d.skipReason !== undefined || d.warnings.length > 0)).toEqual([]);
    });

    test('makes one branch per capability for what is no major version, with every chart of it', () => {
      const branches = report.branches.filter(({ upgrades }) => upgrades.every((u) => u.updateType !== 'major'));
      const capabilities = [...new Set(charts.filter((c) => !isFolder(c)).map((c) => c.capability))].sort();
      expect(branches.map((b) => b.branchName).sort()).toEqual(capabilities.map((name) => `renovate/${name}`));
      for (const { branchName, upgrades } of branches)
        for (const { packageFile } of upgrades)
          expect(packageFile.split('/')[1], packageFile).toBe(branchName.slice(9));
      const later = charts
        .filter((c) => !isFolder(c))
        .map((c) => `${c.file} ${c.version} → ${laterVersions(c.version)[0]}`);
      expect(upgradesOf(branches)).toEqual(later.sort());
    });

    test('makes a branch of its own for the major versions of a capability', () => {
      const branches = report.branches.filter(({ upgrades }) => upgrades.some((u) => u.updateType === 'major'));
      const git = 'custom/tools/git/component.yaml';
      const major = charts.filter((c) => !isFolder(c) && c.file !== git);
      expect(branches.map((b) => b.branchName).sort()).toEqual(
        [...new Set(major.map((c) => c.capability))].sort().map((name) => `renovate/major-${name}`),
      );
      expect(upgradesOf(branches)).toEqual(
        major.map((c) => `${c.file} ${c.version} → ${laterVersions(c.version)[1]}`).sort(),
      );
    });
  },
);
