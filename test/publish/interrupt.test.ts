import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { casesFolder } from '../helpers/cases.ts';
import { clusterSpec } from '../helpers/demo.ts';
import type { RunResult } from '../helpers/workspace.ts';
import { cli, repository, run, snapshot, workspace } from '../helpers/workspace.ts';

const names = Array.from({ length: 12 }, (_, i) => `c${i}`);
const specs = (replicas: number): Record<string, string> =>
  Object.fromEntries(
    names.map((n) => [`clusters/${n}.yaml`, clusterSpec(n, `  capabilities:\n    demo: { replicas: ${replicas} }\n`)]),
  );
const edit = (root: string, replicas: number): void =>
  Object.entries(specs(replicas)).forEach(([path, text]) => writeFileSync(join(root, path), text));
const tree = (root: string): Map<string, string> => snapshot(join(root, 'deploy'));

/** A fleet that is rendered with 3 replicas, and then edited to 4; and its trees with each. */
let rendered = '';
let three: Map<string, string>;
let four: Map<string, string>;
beforeAll(() => {
  rendered = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-')));
  cpSync(join(casesFolder, '_base/demo/catalog'), join(rendered, 'catalog'), { recursive: true });
  mkdirSync(join(rendered, 'clusters'));
  edit(rendered, 4);
  expect(run(rendered, ['render']).code).toBe(0);
  four = tree(rendered);
  edit(rendered, 3);
  expect(run(rendered, ['render']).code).toBe(0);
  three = tree(rendered);
  edit(rendered, 4);
});
afterAll(() => rmSync(rendered, { recursive: true, force: true }));

function edited(): string {
  const root = workspace({});
  cpSync(rendered, root, { recursive: true });
  return root;
}

/** Starts the program; `then` happens to it when it first meets a path that matches `when`. */
function start(
  root: string,
  args: readonly string[],
  when = '',
  then = '',
): Promise<RunResult & { signal: string | null }> {
  const hook = when === '' ? [] : ['--import', join(repository, 'test/helpers/when.mjs')];
  const child = spawn(process.execPath, [...hook, cli, ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', WHEN: when, THEN: then },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (text.stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (text.stderr += chunk.toString('utf8')));
  return new Promise((done) => child.on('close', (code, signal) => done({ code, signal, ...text })));
}

async function appears(file: string): Promise<void> {
  while (!existsSync(file)) await new Promise((done) => setTimeout(done, 5));
}

describe('a run that is interrupted', () => {
  it('by SIGKILL while it writes: who looks reads the old tree and writes nothing, who writes leaves nothing', async () => {
    const root = edited();
    for (const place of [
      'writeFileSync .*/journal.part$',
      'linkSync .*/deploy/c0/apps/demo-chart.yaml$',
      'linkSync .*/deploy/c7/tree.lock$',
      'unlinkSync .*/journal.json$',
    ]) {
      const { code, signal } = await start(root, ['render'], place, 'SIGKILL');
      expect([place, code, signal]).toEqual([place, null, 'SIGKILL']);
      expect(existsSync(join(root, 'deploy/.slipway-lock'))).toBe(true);
      const left = snapshot(root);
      edit(root, 3);
      const looked = run(root, ['render', '--check']);
      expect([place, looked.code, looked.stderr]).toEqual([place, 0, expect.stringContaining('nothing changed')]);
      edit(root, 4);
      expect([place, snapshot(root)]).toEqual([place, left]);
      edit(root, 3);
      expect(run(root, ['render']).code).toBe(0);
      expect([place, tree(root)]).toEqual([place, three]);
      edit(root, 4);
    }
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])('by %s before it writes: nothing is written, and it ends at once', async (signal, code) => {
    const root = edited();
    const result = await start(root, ['render', '--no-cache'], 'readFileSync .*/clusters/c3.yaml$', signal);
    expect(result).toMatchObject({ code, stdout: '', stderr: '\nInterrupted. deploy/ is what it was.\n' });
    expect(tree(root)).toEqual(three);
  });

  it('by SIGINT while it writes: everything is written, and it says so', async () => {
    const root = edited();
    const result = await start(root, ['render'], 'linkSync .*/deploy/c9/tree.lock$', 'SIGINT');
    expect([result.code, result.stderr]).toEqual([130, '\nInterrupted. deploy/ was written in full.\n']);
    expect(tree(root)).toEqual(four);
  });
});

describe('two runs at once', () => {
  it('the second ends with who is writing, and touches nothing', async () => {
    const root = edited();
    const go = join(root, 'go');
    const first = start(root, ['render'], 'linkSync .*/deploy/c9/tree.lock$', `hold ${go}`);
    await appears(`${go}.held`);
    for (const args of [['render'], ['validate'], ['diff']]) {
      const second = await start(root, args);
      expect([args, second.code, second.stderr]).toEqual([
        args,
        1,
        expect.stringMatching(/file\/locked\n  Another run \(process \d+ on /),
      ]);
    }
    // who does not look at deploy/ is not concerned
    for (const args of [
      ['inspect', 'clusters'],
      ['graph', 'c0'],
      ['explain', 'c0', '/capabilities/demo/replicas'],
      ['catalog', 'list'],
    ])
      expect([args, (await start(root, args)).code]).toEqual([args, 0]);
    writeFileSync(go, '');
    expect((await first).code).toBe(0);
    expect(tree(root)).toEqual(four);
  });

  it('what was rendered from an older state is not written over what another run wrote', async () => {
    const root = edited();
    const go = join(root, 'go');
    const slow = start(root, ['render'], 'writeFileSync .*/.slipway-lock', `hold ${go}`);
    await appears(`${go}.held`);
    edit(root, 5);
    expect(run(root, ['render']).code).toBe(0);
    const five = tree(root);
    writeFileSync(go, '');
    const { code, stderr } = await slow;
    expect([code, stderr]).toEqual([1, expect.stringContaining('publish/changed')]);
    expect(tree(root)).toEqual(five);
    expect(run(root, ['render', '--check']).code).toBe(0);
  });

  it('many at once: each ends cleanly or says why, and the tree is what its specs say', async () => {
    const root = edited();
    writeFileSync(join(root, 'deploy/.slipway-lock'), JSON.stringify({ pid: 999_999_999, host: hostname() }));
    for (const [replicas, wanted] of [
      [4, four],
      [3, three],
    ] as const) {
      edit(root, replicas);
      const results = await Promise.all(Array.from({ length: 4 }, () => start(root, ['render'])));
      for (const { code, stderr } of results)
        if (code !== 0)
          expect(stderr).toMatch(
            /file\/locked|publish\/changed|publish\/hand-edited|publish\/not-owned|file\/unreadable/,
          );
      expect(results.some(({ code }) => code === 0)).toBe(true);
      expect(tree(root)).toEqual(wanted);
    }
  });
});
