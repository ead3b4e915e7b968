import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { newFleetFiles } from '../../generator/commands/shared/fleetCatalogs.ts';
import { createContext } from '../../generator/context.ts';
import { DiagnosticsError } from '../../generator/model/diagnostic.ts';
import type { Context } from '../../generator/ports.ts';
import { call } from '../helpers/call.ts';
import { demoVersion, npmRoutes } from '../helpers/catalogServer.ts';
import { chartPackage, routes, serve } from '../helpers/chartServer.ts';
import type { TestServer } from '../helpers/chartServer.ts';
import { clusterSpec } from '../helpers/demo.ts';
import { git, repository, snapshot, workspace } from '../helpers/workspace.ts';

const slipwayYaml = (version: string): string =>
  `apiVersion: slipway.dev/v1alpha1\nkind: Fleet\nspec:\n  catalogs:\n    - source: npm:acme-catalog@${version}\n`;
const spec = (more = ''): string => `  capabilities: { demo: {} }\n${more}`;
const values = 'demo/demo-chart/values.yaml.hbs';
const [old, now] = [
  demoVersion('1.0.0'),
  demoVersion('1.1.0', {
    [values]: (text) => `${text}added: 1\n`,
    'demo/demo-chart/component.yaml': (text) => text.replace('version: 1.2.3', 'version: 1.2.4'),
  }),
];

const program = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as Record<string, string>;
const programName = program['name'] ?? '';

interface TestFleet {
  readonly root: string;
  readonly server: TestServer;
  ctx(offline?: boolean): Context;
}

/** A fleet that takes the demo catalog from a registry of npm, which has two versions of it. */
async function testFleet(files: Readonly<Record<string, string>>): Promise<TestFleet> {
  let url = '';
  const newer = JSON.stringify({ versions: { '99.0.0': {} } });
  const server = await serve(
    routes({
      ...(await npmRoutes('acme-catalog', { '1.0.0': old, '1.1.0': now }, () => url)),
      [`/${programName.replace('/', '%2f')}`]: newer,
    }),
  );
  url = server.url;
  const root = workspace(files);
  vi.stubEnv('NPM_CONFIG_REGISTRY', url);
  vi.stubEnv('SLIPWAY_CACHE_DIR', join(workspace({}), 'cache'));
  return { root, server, ctx: (offline = false) => createContext(root, { quiet: true, verbose: false, offline }) };
}

const valuesOf = (root: string, cluster: string): string =>
  readFileSync(join(root, `deploy/${cluster}/apps/demo-chart.yaml`), 'utf8');

async function codes(work: Promise<unknown>): Promise<string[]> {
  try {
    await work;
  } catch (error) {
    if (error instanceof DiagnosticsError) return error.diagnostics.map((d) => `${d.code} ${d.at?.file}:${d.at?.line}`);
    throw error;
  }
  return [];
}

describe('a fleet with a catalog of npm', () => {
  it('pins a cluster to another version of it, which the lock names, and works offline then', async () => {
    const { root, server, ctx } = await testFleet({
      'slipway.yaml': slipwayYaml('1.1.0'),
      'clusters/a.yaml': clusterSpec('a', spec()),
      'clusters/b.yaml': clusterSpec('b', spec('  catalog: 1.0.0\n')),
    });
    await call(ctx(), 'catalog', 'lock');
    const lock = readFileSync(join(root, 'slipway.lock'), 'utf8');
    expect([...lock.matchAll(/source: (\S+)/g)].map((m) => m[1])).toEqual([
      'npm:acme-catalog@1.0.0',
      'npm:acme-catalog@1.1.0',
    ]);
    const asked = server.requests.length;
    const { diagnostics } = await call(ctx(true), 'render', '--offline');
    expect(diagnostics).toEqual([]);
    expect(server.requests.length).toBe(asked);
    expect([valuesOf(root, 'a'), valuesOf(root, 'b')].map((text) => text.includes('added: 1'))).toEqual([true, false]);
    await call(ctx(), 'catalog', 'lock');
    expect(readFileSync(join(root, 'slipway.lock'), 'utf8')).toBe(lock);
  });

  it('does not take a pin that the lock does not name', async () => {
    const { ctx, root } = await testFleet({
      'slipway.yaml': slipwayYaml('1.1.0'),
      'clusters/a.yaml': clusterSpec('a', spec()),
    });
    await call(ctx(), 'catalog', 'lock');
    writeFileSync(join(root, 'clusters/a.yaml'), clusterSpec('a', spec('  catalog: 1.0.0\n')));
    const { diagnostics = [] } = await call(ctx(), 'validate');
    expect(diagnostics.map((d) => `${d.code} ${d.hint ?? ''}`)).toEqual([
      'catalog/pin Run `slipway catalog lock`, or correct spec.catalog.',
    ]);
  });

  it('does not render with a lock that is of another slipway.yaml, and no command that looks writes one', async () => {
    const { ctx, root } = await testFleet({
      'slipway.yaml': slipwayYaml('1.1.0'),
      'clusters/a.yaml': clusterSpec('a', spec()),
    });
    const before = snapshot(root);
    expect(await codes(call(ctx(), 'render'))).toEqual(['catalog/lock slipway.yaml:5']);
    expect(await codes(call(ctx(), 'validate'))).toEqual(['catalog/lock slipway.yaml:5']);
    expect(snapshot(root)).toEqual(before);
  });

  it('sees with --base what another version of the catalog changes', async () => {
    const { ctx, root } = await testFleet({
      'slipway.yaml': slipwayYaml('1.0.0'),
      'clusters/a.yaml': clusterSpec('a', spec()),
      '.gitignore': '.slipway\n',
    });
    await call(ctx(), 'catalog', 'lock');
    git(root, 'init', '-q', '-b', 'main');
    git(root, 'add', '-A');
    git(root, 'commit', '-q', '-m', 'start');
    writeFileSync(join(root, 'slipway.yaml'), slipwayYaml('1.1.0'));
    await call(ctx(), 'catalog', 'lock');
    const { text = '', differs } = await call(ctx(), 'diff', '--base', 'HEAD');
    expect(differs).toBe(true);
    expect(text).toMatch(/added/);
  });
});

describe('an upgrade', () => {
  it('goes to what is published where nothing is installed, and says when a newer program is', async () => {
    const { ctx, root, server } = await testFleet({
      'slipway.yaml': slipwayYaml('1.0.0'),
      'clusters/a.yaml': clusterSpec('a', spec()),
      'package.json': '{}',
    });
    await call(ctx(), 'catalog', 'lock');
    const { text, data, diagnostics = [], differs } = await call(ctx(), 'upgrade', '--check');
    expect(text).toMatch(/acme-catalog +1\.0\.0 +1\.1\.0 +-/);
    expect([differs, data]).toMatchObject([true, { catalogs: [{ from: '1.0.0', to: '1.1.0' }] }]);
    expect(diagnostics.map((d) => `${d.code} ${d.at?.file ?? ''} ${d.hint ?? ''}`)).toEqual([
      `upgrade/available package.json Run \`npm install -D ${programName}@99.0.0\`, then \`slipway upgrade\`.`,
    ]);
    await call(ctx(), 'upgrade', '--in-place', '--to', '1.1.0');
    expect(readFileSync(join(root, 'slipway.yaml'), 'utf8')).toContain('source: "npm:acme-catalog@1.1.0"');
    await call(ctx(true), 'render', '--offline');
    expect(valuesOf(root, 'a')).toContain('added: 1');
    const asked = server.requests.length;
    expect((await call(ctx(true), 'upgrade', '--check', '--offline')).differs).toBe(false);
    expect(server.requests.length).toBe(asked);
  });
});

describe('the report of an upgrade', () => {
  it('has the default values of charts that change, and what a cluster sets and is gone', async () => {
    const { ctx, root } = await testFleet({
      'slipway.yaml': slipwayYaml('1.0.0'),
      'clusters/a.yaml': clusterSpec(
        'a',
        spec('  components: { demo-chart: { values: { probes: { old: true } } } }\n'),
      ),
    });
    await call(ctx(), 'catalog', 'lock');
    const charts = workspace({});
    vi.stubEnv('SLIPWAY_CHARTS', charts);
    const write = async (version: string, text: string): Promise<void> =>
      writeFileSync(join(charts, `demo-${version}.tgz`), await chartPackage('demo', version, { 'values.yaml': text }));
    await write('1.2.3', 'replicaCount: 1\nprobes: { old: false, period: 10 }\n');
    const absent = await call(ctx(), 'upgrade', '--dry-run', '--to', '1.1.0');
    expect(absent.text).toContain('1 chart is not on this machine in both versions');
    await write('1.2.4', 'replicaCount: 1\nprobes: { period: 20 }\n');
    const { text = '' } = await call(ctx(), 'upgrade', '--dry-run', '--to', '1.1.0');
    expect(text).toContain(
      [
        'demo-chart: default values of 1.2.3 → 1.2.4',
        '  ! probes.old is gone, and cluster a sets it',
        '  - probes.old',
        '  ~ probes.period: 10 → 20',
      ].join('\n'),
    );
    expect(text).toContain('- Changed: demo-chart: demo 1.2.3 → demo 1.2.4');
    expect(readFileSync(join(root, 'slipway.yaml'), 'utf8')).toBe(slipwayYaml('1.0.0'));
  });
});

describe('a new fleet', () => {
  it('has the catalog of the program, locked, and the same bytes each time', async () => {
    const root = workspace({ 'clusters/a.yaml': '' });
    vi.stubEnv('SLIPWAY_CACHE_DIR', join(workspace({}), 'cache'));
    const ctx = createContext(root, { quiet: true, verbose: false, offline: true });
    const files = await newFleetFiles(ctx);
    for (const [path, text] of files) writeFileSync(join(root, path), text);
    expect([...files.keys()]).toEqual(['slipway.yaml', 'slipway.lock']);
    const { name, version } = program;
    expect(files.get('slipway.yaml')).toContain(`npm:${name ?? ''}@${version ?? ''}`);
    expect(await newFleetFiles(ctx)).toEqual(files);
    writeFileSync(join(root, 'clusters/a.yaml'), clusterSpec('a', '  capabilities: { tls: { issuer: selfSigned } }\n'));
    const { diagnostics } = await call(ctx, 'validate');
    expect(diagnostics).toEqual([]);
    expect(existsSync(join(root, 'catalog'))).toBe(false);
  });
});
