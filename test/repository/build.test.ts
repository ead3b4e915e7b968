import { spawn } from 'node:child_process';
import { readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clusterSpec, demoCatalog } from '../helpers/demo.ts';
import { cli, repository, workspace } from '../helpers/workspace.ts';

const dist = join(repository, 'dist');

function node(cwd: string, ...args: readonly string[]): Promise<{ code: number | null; stderr: string }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('close', (code) => done({ code, stderr }));
  });
}

const build = (): Promise<{ code: number | null; stderr: string }> => node(repository, 'scripts/build.mjs');

describe('a build', () => {
  it('does not disturb who runs the program meanwhile, nor another build', async () => {
    const root = workspace({ ...demoCatalog, 'clusters/a.yaml': clusterSpec('a', '  capabilities: { demo: {} }\n') });
    let isOver = false;
    const builds = Promise.all([build().then(build), build()]).finally(() => (isOver = true));
    let runs = 0;
    while (!isOver) {
      // validate loads most of the chunks, some of them late
      expect(await node(root, cli, 'validate')).toMatchObject({ code: 0 });
      runs += 1;
    }
    expect((await builds).map((b) => [b.code, b.stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect(runs).toBeGreaterThan(1);
    expect(readdirSync(dist).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('removes what builds of long ago left, and nothing that is not its own', async () => {
    const old = new Date(Date.now() - 2 * 3_600_000);
    const names = ['chunk-OLD.mjs', 'chunk-NEW.mjs', 'something.txt'];
    for (const name of names) writeFileSync(join(dist, name), '');
    for (const name of ['chunk-OLD.mjs', 'something.txt']) utimesSync(join(dist, name), old, old);
    expect((await build()).code).toBe(0);
    const left = names.filter((name) => statSync(join(dist, name), { throwIfNoEntry: false }) !== undefined);
    expect(left).toEqual(['chunk-NEW.mjs', 'something.txt']);
    for (const name of left) rmSync(join(dist, name));
  });
});
