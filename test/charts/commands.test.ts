import { sha } from '../../generator/util/digest.ts';
import { execFile, spawn } from 'node:child_process';
import fs, { readFileSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { load } from 'js-yaml';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Result } from '../../generator/commands/command.ts';
import { createContext } from '../../generator/context.ts';
import { lockFile } from '../../generator/charts/lock.ts';
import { DiagnosticsError, UsageError } from '../../generator/model/diagnostic.ts';
import type { Diagnostic } from '../../generator/model/diagnostic.ts';
import { call } from '../helpers/call.ts';
import { helmProgram } from '../helpers/helm.ts';
import { chartPackage, indexYaml, routes, serve } from '../helpers/chartServer.ts';
import type { TestServer } from '../helpers/chartServer.ts';
import { clusterSpec, demoCatalog } from '../helpers/demo.ts';
import { cli, git, snapshot, workspace } from '../helpers/workspace.ts';

const component = 'catalog/demo/demo-chart/component.yaml';
const capability = '  capabilities: { demo: {} }\n';

interface Site {
  readonly root: string;
  readonly server: TestServer;
  /** Packages by version, which a test may exchange. */
  readonly packages: Map<string, Buffer>;
}

/** A fleet whose one chart, `demo`, comes from a server with these versions. */
async function site(
  versions: readonly string[],
  spec = capability,
  text = demoCatalog[component] ?? '',
): Promise<Site> {
  const packages = new Map<string, Buffer>();
  for (const version of versions)
    packages.set(version, await chartPackage('demo', version, { 'values.yaml': 'a: 1\n' }));
  const server = await serve((q, r) => {
    const version = /demo-(.*)\.tgz$/.exec(q.url ?? '')?.[1] ?? '';
    const index = indexYaml({ demo: [...packages.keys()].map((v) => [v, `demo-${v}.tgz`] as const) });
    routes({ '/index.yaml': index, [`/demo-${version}.tgz`]: packages.get(version) ?? 404 })(q, r);
  });
  const root = workspace({
    ...demoCatalog,
    [component]: text.replace('https://charts.example.com', server.url),
    'clusters/a.yaml': clusterSpec('a', spec).replaceAll('{server}', server.url),
  });
  vi.stubEnv('SLIPWAY_CACHE_DIR', `${root}/.slipway/cache`);
  vi.stubEnv('HOME', root);
  onTestFinished(() => void vi.unstubAllEnvs());
  return { root, server, packages };
}

async function act(root: string, args: readonly string[], { offline = false } = {}): Promise<Result> {
  const ctx = createContext(root, { quiet: true, verbose: false, offline });
  return call(ctx, ...(args[0] === 'bundle' ? [] : ['catalog']), ...args, ...(offline ? ['--offline'] : []));
}

const said = (diagnostics: readonly Diagnostic[] = []): string[] =>
  diagnostics.map((d) => `${d.code} ${d.component ?? ''} ${d.at?.file ?? ''}:${d.at?.line ?? ''}`);
const read = (root: string, path: string): string => readFileSync(join(root, path), 'utf8');

describe('catalog lock', () => {
  it('names every package by its digest, and is checked from then on', async () => {
    const { root, packages } = await site(['1.2.3']);
    const digest = sha(packages.get('1.2.3') ?? '');
    expect(said((await act(root, ['lock'])).diagnostics)).toEqual([]);
    const text = read(root, lockFile);
    expect(text).toContain(`digest: "sha256:${digest}"`.replaceAll('"', text.includes(`"sha256:`) ? '"' : ''));
    expect((await act(root, ['lock'])).text).toBe('');
    expect(read(root, lockFile)).toBe(text);

    packages.set('1.2.3', await chartPackage('demo', '1.2.3', { 'values.yaml': 'a: evil\n' }));
    vi.stubEnv('SLIPWAY_CACHE_DIR', `${root}/.slipway/other`);
    for (const action of ['lock', 'pull']) {
      const { diagnostics } = await act(root, [action]);
      expect(said(diagnostics)).toEqual([`chart/digest demo-chart ${component}:7`]);
      expect(diagnostics?.[0]?.message).toContain(digest);
    }
    expect(read(root, lockFile)).toBe(text);
    await act(root, ['lock', '--force']);
    expect(read(root, lockFile)).toContain(sha(packages.get('1.2.3') ?? ''));
  });

  it('holds what specs set in place of the catalog, by the upstream name where a mirror brings it', async () => {
    const { root, server } = await site(
      ['1.2.3', '1.3.0'],
      `  charts: { mirrors: { "https://upstream.example.com": "{server}" } }\n  components: { demo-chart: { version: 1.3.0 } }\n${capability}`,
      (demoCatalog[component] ?? '').replace('https://charts.example.com', 'https://upstream.example.com'),
    );
    await act(root, ['lock']);
    const { charts } = load(read(root, lockFile)) as { charts: { repository: string; version: string }[] };
    expect(charts.map((c) => `${c.repository} ${c.version}`)).toEqual([
      'https://upstream.example.com 1.2.3',
      'https://upstream.example.com 1.3.0',
    ]);
    expect(server.requests.length).toBeGreaterThan(0);
  });

  it('is not written when one chart is missing', async () => {
    const { root } = await site(['1.0.0']);
    const { diagnostics } = await act(root, ['lock']);
    expect(said(diagnostics)).toEqual([`chart/missing demo-chart ${component}:7`]);
    expect(diagnostics?.[0]?.hint).toContain('1.0.0');
    expect(snapshot(root).has(lockFile)).toBe(false);
  });

  it('of a pin is that of its tag', async () => {
    const { root, packages } = await site(['1.2.3']);
    await act(root, ['lock']);
    git(root, 'init', '-q', '-b', 'main');
    git(root, 'add', 'catalog');
    git(root, 'commit', '-qm', 'catalog');
    git(root, 'tag', 'v1');
    writeFileSync(join(root, 'clusters/a.yaml'), clusterSpec('a', `  catalog: v1\n${capability}`));
    packages.set('1.2.3', await chartPackage('demo', '1.2.3', { 'values.yaml': 'a: 2\n' }));
    await act(root, ['lock', '--force']);
    vi.stubEnv('SLIPWAY_CACHE_DIR', `${root}/.slipway/other`);
    expect(said((await act(root, ['pull'])).diagnostics)).toEqual([`chart/digest demo-chart ${component}:7`]);
    writeFileSync(join(root, 'clusters/a.yaml'), clusterSpec('a', capability));
    expect(said((await act(root, ['pull'])).diagnostics)).toEqual([]);
  });

  it('that is broken is said at its place', async () => {
    const { root } = await site(['1.2.3']);
    writeFileSync(join(root, lockFile), 'version: 1\ncharts:\n  - { name: demo }\n');
    const error: unknown = await act(root, ['pull']).catch((e: unknown) => e);
    expect(said((error as DiagnosticsError).diagnostics)).toEqual([`chart/lock  ${lockFile}:3`]);
  });
});

describe('catalog pull', () => {
  it('fetches what is not here, and says so; offline nothing is fetched', async () => {
    const { root, server } = await site(['1.2.3']);
    const offline = await act(root, ['pull'], { offline: true });
    expect(said(offline.diagnostics)).toEqual([`chart/offline demo-chart ${component}:7`]);
    expect(offline.diagnostics?.[0]?.hint).toContain('`slipway catalog pull --component demo-chart`');
    expect(server.requests).toEqual([]);
    expect((await act(root, ['pull'])).text).toBe(`demo 1.2.3  ${server.url}`);
    expect((await act(root, ['pull'])).text).toBe('');
    expect((await act(root, ['pull'], { offline: true })).diagnostics).toEqual([]);
    expect(server.requests).toHaveLength(2);
    expect((await act(root, ['pull', '--component', 'demo-config'])).data).toEqual({ charts: [] });
    await expect(act(root, ['pull', '--component', 'demo-chrt'])).rejects.toThrow(UsageError);
  });

  it('points at the line of the spec that asks for what is not there', async () => {
    const { root } = await site(['1.2.3'], `  components: { demo-chart: { version: 9.9.9 } }\n${capability}`);
    expect(said((await act(root, ['pull'])).diagnostics)).toEqual(['chart/missing demo-chart clusters/a.yaml:8']);
  });
});

describe('catalog outdated and upgrade', () => {
  const text = (demoCatalog[component] ?? '').replace(
    / {2}chart: .*\n/,
    '  chart:\n    # the server\n    repository: https://charts.example.com\n    name: demo   # odd\n    version: "1.2.3" # keep me\n',
  );

  it('know what is newer, and write it where the old version stands', async () => {
    const { root, packages } = await site(['1.2.3', '1.2.4', '1.9.0', '2.0.0', '3.0.0-rc.1'], capability, text);
    const before = read(root, component);
    await act(root, ['lock']);
    const behind = await act(root, ['outdated']);
    expect(behind.differs).toBe(true);
    expect(behind.data).toEqual({
      charts: [{ component: 'demo-chart', chart: 'demo', version: '1.2.3', newest: '2.0.0', sameMajor: '1.9.0' }],
    });
    expect((await act(root, ['upgrade'])).data).toEqual({
      upgraded: [{ component: 'demo-chart', from: '1.2.3', to: '1.9.0' }],
    });
    expect(read(root, component)).toBe(before.replace('"1.2.3"', '"1.9.0"'));
    const { charts } = load(read(root, lockFile)) as { charts: { version: string; digest: string }[] };
    expect(charts).toMatchObject([{ version: '1.9.0', digest: `sha256:${sha(packages.get('1.9.0') ?? '')}` }]);
    expect((await act(root, ['upgrade'])).data).toEqual({ upgraded: [] });
    await act(root, ['upgrade', 'demo-chart', '--to', '2.0.0']);
    expect(read(root, component)).toBe(before.replace('"1.2.3"', '"2.0.0"'));
    expect((await act(root, ['outdated'])).differs).toBe(false);
  });

  it.each(['component.yaml', 'catalog.lock'])('leave everything as it is when %s cannot be written', async (name) => {
    const { root } = await site(['1.2.3', '1.2.4'], capability, text);
    await act(root, ['lock']);
    const before = snapshot(join(root, 'catalog'));
    const { linkSync } = fs;
    fs.linkSync = (from, to) => {
      if (String(to).endsWith(`/${name}`)) throw Object.assign(new Error('it fails'), { code: 'EIO' });
      linkSync(from, to);
    };
    syncBuiltinESMExports();
    try {
      await expect(act(root, ['upgrade'])).rejects.toMatchObject({ code: 'file/write' });
    } finally {
      fs.linkSync = linkSync;
      syncBuiltinESMExports();
    }
    expect(snapshot(join(root, 'catalog'))).toEqual(before);
    expect((await act(root, ['upgrade'])).data).toMatchObject({ upgraded: [{ to: '1.2.4' }] });
  });

  it('leave everything as it is when the new package cannot be had', async () => {
    const { root, packages } = await site(['1.2.3', '1.2.4'], capability, text);
    await act(root, ['lock']);
    packages.set('1.2.4', Buffer.from('junk'));
    const before = snapshot(join(root, 'catalog'));
    expect(said((await act(root, ['upgrade'])).diagnostics)).toEqual([`chart/invalid demo-chart ${component}:11`]);
    expect(said((await act(root, ['upgrade', 'demo-chart', '--to', '7.0.0'])).diagnostics)).toEqual([
      `chart/missing demo-chart ${component}:11`,
    ]);
    expect(snapshot(join(root, 'catalog'))).toEqual(before);
  });

  it('refuse what makes no sense', async () => {
    const { root } = await site(['1.2.3']);
    for (const args of [
      ['upgrade', '--to', '1.0.0'],
      ['upgrade', 'demo-config'],
      ['upgrade', 'nothing'],
    ])
      await expect(act(root, args)).rejects.toThrow(UsageError);
  });
});

describe('the built program', () => {
  it('fetches, with what is only loaded then', async () => {
    const { root, server } = await site(['1.2.3']);
    const { stdout } = await promisify(execFile)(process.execPath, [cli, 'catalog', 'pull'], { cwd: root });
    expect(stdout).toBe(`demo 1.2.3  ${server.url}\n`);
    expect((await act(root, ['pull'], { offline: true })).diagnostics).toEqual([]);
  });
});

describe('the cache and other processes', () => {
  it('may be filled by two at once, and by one that was killed before', async () => {
    const { root, server, packages } = await site(['1.2.3']);
    let isSlow = true;
    const waiting: (() => void)[] = [];
    const slow = await serve((q, r) => {
      const bytes = packages.get('1.2.3') ?? Buffer.alloc(0);
      if (!isSlow || q.url === '/index.yaml')
        return routes({ '/index.yaml': indexYaml({ demo: [['1.2.3', 'd.tgz']] }), '/d.tgz': bytes })(q, r);
      r.writeHead(200, { 'content-length': String(bytes.length) }).write(bytes.subarray(0, 100));
      waiting.splice(0).forEach((go) => go());
    });
    const file = join(root, component);
    writeFileSync(file, readFileSync(file, 'utf8').replace(server.url, slow.url));
    const half = new Promise<void>((done) => waiting.push(done));
    const killed = spawn(process.execPath, [cli, 'catalog', 'pull'], { cwd: root, stdio: 'ignore' });
    await half;
    killed.kill('SIGKILL');
    await new Promise((done) => killed.on('exit', done));
    expect([...snapshot(join(root, '.slipway/cache')).keys()]).toEqual([]);
    isSlow = false;
    const pull = (): Promise<{ stdout: string }> =>
      promisify(execFile)(process.execPath, [cli, 'catalog', 'pull'], { cwd: root });
    await Promise.all([pull(), pull()]);
    const kept = [...snapshot(join(root, '.slipway/cache')).keys()].map((p) => p.split('/')[1]);
    expect(kept).toEqual(['refs', 'sha256']);
    expect((await pull()).stdout).toBe('');
  });
});

describe('bundle', () => {
  it('is a chart repository on any web server, with which everything works offline', async () => {
    vi.stubEnv('SLIPWAY_HELM', helmProgram());
    const { root, server, packages } = await site(['1.2.3']);
    await act(root, ['lock']);
    await act(root, ['bundle', 'out']);
    await act(root, ['bundle', 'again']);
    const files = snapshot(join(root, 'out'));
    expect(snapshot(join(root, 'again'))).toEqual(files);
    const folder = `http/${server.host}`;
    expect([...files.keys()].filter((p) => !p.startsWith('schemas/'))).toEqual([
      'README.md',
      'SHA256SUMS',
      `charts/${folder}/demo-1.2.3.tgz`,
      `charts/${folder}/index.yaml`,
      'images.txt',
    ]);
    expect(readFileSync(join(root, 'out/charts', folder, 'demo-1.2.3.tgz'))).toEqual(packages.get('1.2.3'));
    for (const line of (files.get('SHA256SUMS') ?? '').trim().split('\n')) {
      const [digest, path = ''] = line.split('  ');
      expect(sha(readFileSync(join(root, 'out', path)))).toBe(digest);
    }
    const mirror = await serve((q, r) => {
      const path = join(root, 'out', q.url ?? '');
      routes({ [q.url ?? '']: readFileSync(path) })(q, r);
    });
    const key = /"http:\/\/": "https:\/\/bundle\.example\.com(\/charts\/http\/)"/.exec(
      files.get('README.md') ?? '',
    )?.[1];
    expect(key).toBe('/charts/http/');
    vi.stubEnv('SLIPWAY_CACHE_DIR', `${root}/.slipway/other`);
    const mirrors = `  charts: { mirrors: { "http://": "${mirror.url}${key}" } }\n`;
    writeFileSync(join(root, 'clusters/a.yaml'), clusterSpec('a', mirrors + capability));
    expect((await act(root, ['pull'])).text).toBe(`demo 1.2.3  ${mirror.url}/charts/${folder}`);
    vi.stubEnv('SLIPWAY_CACHE_DIR', `${root}/.slipway/third`);
    vi.stubEnv('SLIPWAY_CHARTS', `${root}/out/charts`);
    writeFileSync(join(root, 'clusters/a.yaml'), clusterSpec('a', capability));
    expect((await act(root, ['pull'], { offline: true })).diagnostics).toEqual([]);
  });

  it('is not written into a full folder, nor in part', async () => {
    const { root } = await site(['1.0.0']);
    await expect(act(root, ['bundle', 'catalog'])).rejects.toThrow(UsageError);
    await expect(act(root, ['bundle', 'none', '--selector', 'team=nobody'])).rejects.toThrow(UsageError);
    expect(said((await act(root, ['bundle', 'out'])).diagnostics)).toEqual([`chart/missing demo-chart ${component}:7`]);
    expect([...snapshot(root).keys()].filter((p) => p.startsWith('out'))).toEqual([]);
  });
});
