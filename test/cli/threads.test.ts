import { sha } from '../../generator/util/digest.ts';
import { spawn } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { chartFleet } from '../helpers/chartFleet.ts';
import { chartPackage, indexYaml, routes, serve } from '../helpers/chartServer.ts';
import { cli } from '../helpers/workspace.ts';
import type { RunResult } from '../helpers/workspace.ts';

afterEach(() => void vi.unstubAllEnvs());

/** Enough clusters for threads. */
const count = 50;
const specOf = (name: string, lines = ''): string =>
  `apiVersion: slipway.dev/v1alpha1\nkind: Cluster\nmetadata: { name: ${name} }\nspec:\n  domain: ${name}.example.com\n  kubernetes: { version: "1.34" }\n  git: { repoURL: "https://git.example.com/fleet.git" }\n  capabilities: { demo: {} }\n  delivery: rendered\n${lines}`;

function manyClusters(repository?: string): string {
  const names = Array.from({ length: count - 1 }, (_, i) => `c${i}`);
  return chartFleet({
    chart: { 'templates/c.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\n' },
    spec: '  delivery: rendered\n',
    files: {
      ...Object.fromEntries(names.map((name) => [`clusters/${name}.yaml`, specOf(name)])),
      ...(repository === undefined
        ? {}
        : {
            'catalog/demo/web/component.yaml': `apiVersion: slipway.dev/v1alpha1\nkind: Component\nmetadata:\n  name: web\nspec:\n  summary: Web.\n  chart: { repository: "${repository}", name: web, version: 1.0.0 }\n  namespace: web\n`,
          }),
    },
  });
}

/** Runs the built program while this process goes on answering requests. */
function start(root: string, ...args: readonly string[]): Promise<RunResult> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [cli, ...args], { cwd: root, env: { ...process.env, NO_COLOR: '1' } });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}

describe('threads do what the run was asked to do', () => {
  it('--offline: no request, and the finding for each cluster', async () => {
    const bytes = await chartPackage('web', '1.0.0', {});
    const server = await serve(
      routes({ '/index.yaml': indexYaml({ web: [['1.0.0', 'web.tgz', sha(bytes)]] }), '/web.tgz': bytes }),
    );
    const root = manyClusters(server.url);
    const offline = await start(root, 'render', '--offline', '-j', '2');
    expect([offline.code, server.requests]).toEqual([1, []]);
    expect(offline.stderr).toContain('chart/offline');
    expect(offline.stdout.match(/failed/g)).toHaveLength(count);
  });

  it('the same trees as without threads', async () => {
    const root = manyClusters();
    expect((await start(root, 'render', '-j', '2')).code).toBe(0);
    expect((await start(root, 'render', '--check', '--no-cache', '-j', '1')).code).toBe(0);
  });

  it('what threads note is written once, and not at all with --quiet', async () => {
    const root = manyClusters();
    writeFileSync(join(root, 'engine'), '#!/bin/sh\nexit 1\n');
    chmodSync(join(root, 'engine'), 0o755);
    vi.stubEnv('SLIPWAY_ENGINE', join(root, 'engine'));
    const noted = await start(root, 'render', '-j', '2');
    expect([noted.code, noted.stderr.match(/is not used/g)?.length]).toEqual([0, 1]);
    expect((await start(root, 'render', '--no-cache', '-q', '-j', '2')).stderr).toBe('');
  });

  it('--stats: the time of their stages', async () => {
    const root = manyClusters();
    const { stderr } = await start(root, 'render', '--stats', '-j', '2');
    expect(stderr).toMatch(/charts [1-9]\d* ms · render \d+ ms · validate [1-9]\d* ms/);
  });

  it('promote: the text that is promoted, not the one that stands there', async () => {
    const root = manyClusters();
    writeFileSync(join(root, 'clusters/c0.yaml'), specOf('c0', '  components: { web: { delivery: chart } }\n'));
    expect((await start(root, 'render', '-j', '2')).code).toBe(0);
    const promoted = await start(
      root,
      'promote',
      'c0',
      'c1',
      '--options',
      'components.web.delivery',
      '--stat',
      '-j',
      '2',
    );
    expect([promoted.code, promoted.stderr, promoted.stdout]).toEqual([
      0,
      expect.stringContaining('c1') as string,
      expect.stringContaining('deploy/c1/apps/web.yaml') as string,
    ]);
  });
});
