import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gitsAtWork } from '../../generator/adapters/git/problems.ts';
import { clusterSpec, demoCatalog } from '../helpers/demo.ts';
import { cli, git, repository, run, snapshot, workspace } from '../helpers/workspace.ts';

/** A run that is interrupted ends within so long (ms), on a machine that has something else to do too. */
const soon = 2500;

interface Interrupted {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly milliseconds: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What stands in the folder for temporary files. */
  readonly left: readonly string[];
}

/** Runs the program, and interrupts it once it has been at work for a while. */
async function interrupted(
  root: string,
  args: readonly string[],
  signal: NodeJS.Signals,
  { env = {}, after = 2500 }: { readonly env?: Readonly<Record<string, string>>; readonly after?: number } = {},
): Promise<Interrupted> {
  const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-')));
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', TMPDIR: temporary, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (text.stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (text.stderr += chunk.toString('utf8')));
  let sent = 0;
  const timer = setTimeout(() => {
    sent = performance.now();
    child.kill(signal);
  }, after);
  const [code, by] = await new Promise<[number | null, NodeJS.Signals | null]>((done) =>
    child.on('exit', (...ended) => done(ended)),
  );
  clearTimeout(timer);
  const milliseconds = sent === 0 ? -1 : performance.now() - sent;
  return { code, signal: by, milliseconds, ...text, left: readdirSync(temporary) };
}

const spec = (name: string): string => clusterSpec(name, '  capabilities: { demo: {} }\n');
const fleet = (files: Readonly<Record<string, string>> = {}): string =>
  workspace({ ...demoCatalog, 'clusters/a.yaml': spec('a'), ...files });

const config = (name: string, data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: demo }\n${data}`;

/** Somebody who takes connections and never says a word. */
let silent: Server;
let port = 0;
beforeAll(async () => {
  silent = createServer((socket) => void socket.on('error', () => undefined));
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
  port = (silent.address() as AddressInfo).port;
});
afterAll(() => silent.close());

/** What keeps the program busy for longer than a person waits, by what it is busy with. */
const slow: Readonly<Record<string, () => { root: string; args: string[]; env?: Record<string, string> }>> = {
  'a file of very many objects': () => {
    const root = fleet();
    const objects = Array.from({ length: 12_000 }, (_, i) => config(`x${i}`, 'data: { a: [1], b: { c: 2 } }\n'));
    for (let i = 0; i < 20; i += 1) writeFileSync(join(root, `objects${i}.yaml`), objects.join('---\n'));
    return { root, args: ['validate', ...Array.from({ length: 20 }, (_, i) => `objects${i}.yaml`)] };
  },
  'an expression in CEL': () => {
    const list = `[${Array.from({ length: 60 }, (_, i) => i).join(',')}]`;
    const rule = ['a', 'b', 'c', 'd', 'e'].reduceRight(
      (inner, name) => `${list}.all(${name}, ${inner})`,
      'a + b + c + d + e >= 0',
    );
    const catalog = demoCatalog['catalog/demo/capability.yaml'] ?? '';
    return {
      root: fleet({ 'catalog/demo/capability.yaml': catalog.replace('options.replicas < 100', `'${rule}'`) }),
      args: ['validate'],
    };
  },
  templates: () => {
    const each = (depth: number): string => (depth === 0 ? '' : `{{#each (range 56)}}${each(depth - 1)}{{/each}}`);
    const files = Array.from({ length: 400 }, (_, i) => [
      `catalog/demo/demo-config/manifests/slow${i}.yaml.hbs`,
      config(`slow${i}`, `data: { a: "${each(3)}" }\n`),
    ]);
    return { root: fleet(Object.fromEntries(files) as Record<string, string>), args: ['render'] };
  },
  'a fleet of very many clusters': () => {
    const names = Array.from({ length: 1500 }, (_, i) => `c${i}`);
    const root = fleet(Object.fromEntries(names.map((n) => [`clusters/${n}.yaml`, spec(n)])));
    return { root, args: ['render', '--no-cache'] };
  },
  'a file that never ends': () => ({ root: fleet(), args: ['validate', '-'] }),
  'a cluster that does not answer': () => {
    const root = fleet();
    const server = `https://127.0.0.1:${port}`;
    const text = `apiVersion: v1\nkind: Config\ncurrent-context: a\nclusters: [{ name: a, cluster: { server: "${server}" } }]\nusers: [{ name: a, user: { token: t } }]\ncontexts: [{ name: a, context: { cluster: a, user: a } }]\n`;
    writeFileSync(join(root, 'kubeconfig'), text);
    return {
      root,
      args: ['drift', '-c', 'a', '--live', '--context', 'a'],
      env: { KUBECONFIG: join(root, 'kubeconfig') },
    };
  },
  'a chart that Helm does not get done with': () => {
    const component = demoCatalog['catalog/demo/demo-chart/component.yaml'] ?? '';
    const root = fleet({ 'catalog/demo/demo-chart/component.yaml': `${component}  delivery: rendered\n` });
    const helm = join(root, 'helm');
    writeFileSync(helm, '#!/bin/sh\n[ "$1" = version ] && exec echo v4.2.3\nexec sleep 1000\n', { mode: 0o755 });
    const packages = join(repository, 'test/cases/bundle/input/packages');
    return { root, args: ['render'], env: { SLIPWAY_HELM: helm, SLIPWAY_ENGINE: 'off', SLIPWAY_CHARTS: packages } };
  },
  'a repository of charts that does not answer': () => {
    const chart = (demoCatalog['catalog/demo/demo-chart/component.yaml'] ?? '').replace(
      'https://charts.example.com',
      `http://127.0.0.1:${port}`,
    );
    return { root: fleet({ 'catalog/demo/demo-chart/component.yaml': chart }), args: ['catalog', 'lock'] };
  },
  'a remote that does not answer': () => {
    const root = fleet();
    git(root, 'init', '-q', '-b', 'main');
    git(root, 'config', 'user.name', 'Test');
    git(root, 'config', 'user.email', 'test@example.com');
    git(root, 'remote', 'add', 'origin', `http://127.0.0.1:${port}/x.git`);
    git(root, 'add', 'clusters', 'catalog');
    git(root, 'commit', '-qm', 'fleet');
    run(root, ['render']);
    return { root, args: ['commit', '--push'] };
  },
};

describe('a signal is heard', () => {
  it.each(
    Object.keys(slow).map((name, i) => ({ name, signal: i % 2 === 0 ? ('SIGINT' as const) : ('SIGTERM' as const) })),
  )('at $name ($signal)', async ({ name, signal }) => {
    const { root, args, env = {} } = slow[name]?.() ?? { root: '', args: [] };
    mkdirSync(join(root, 'cache'));
    const files = (): unknown => [...snapshot(root)].filter(([path]) => !/^\.(?:git|slipway)\//.test(path));
    const before = files();
    const {
      stdout,
      stderr,
      milliseconds,
      code,
      left,
      signal: by,
    } = await interrupted(root, [...args, '-o', 'json'], signal, {
      env: { ...env, SLIPWAY_CACHE_DIR: join(root, 'cache') },
    });
    const number = signal === 'SIGINT' ? 130 : 143;
    expect([stderr, by === signal ? number : code]).toEqual(['\nInterrupted. deploy/ is what it was.\n', number]);
    expect((JSON.parse(stdout) as { diagnostics: { code: string }[] }).diagnostics.map((d) => d.code)).toEqual([
      'tool/interrupted',
    ]);
    expect(milliseconds).toBeLessThan(soon);
    expect(left).toEqual([]);
    await expect.poll(() => gitsAtWork(root)).toEqual([]);
    expect(files()).toEqual(before);
  });
});
