import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { casesFolder, isRoot } from '../helpers/cases.ts';
import { clusterSpec } from '../helpers/demo.ts';
import type { RunResult } from '../helpers/workspace.ts';
import { cli, run, snapshot, workspace } from '../helpers/workspace.ts';

/** A mount of its own, which is gone with the process: as root at once, for others in a namespace where they are root. */
const unshare = ['unshare', isRoot ? '-m' : '-rm', 'sh', '-euc'];
const page = Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }));
const canMount =
  spawnSync(unshare[0] ?? '', [...unshare.slice(1), 'mount -t tmpfs -o size=8k tmpfs /mnt']).status === 0;
if (!canMount)
  console.warn('disk.test.ts: no small file system can be mounted here; only the limit of file sizes is tried.');

/** A fleet of four clusters that is rendered with 3 replicas, and then edited to 4; and its trees with each. */
let rendered = '';
let before: Map<string, string>;
let after: Map<string, string>;
beforeAll(() => {
  rendered = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-')));
  cpSync(join(casesFolder, '_base/demo/catalog'), join(rendered, 'catalog'), { recursive: true });
  mkdirSync(join(rendered, 'clusters'));
  const render = (replicas: number): Map<string, string> => {
    for (const n of ['a', 'b', 'c', 'd'])
      writeFileSync(
        join(rendered, `clusters/${n}.yaml`),
        clusterSpec(n, `  capabilities:\n    demo: { replicas: ${replicas} }\n`),
      );
    expect(run(rendered, ['render']).code).toBe(0);
    return snapshot(join(rendered, 'deploy'));
  };
  after = render(4);
  before = render(3);
  const edited = join(rendered, 'clusters/');
  for (const n of ['a', 'b', 'c', 'd']) {
    const text = readFileSync(`${edited}${n}.yaml`, 'utf8');
    writeFileSync(`${edited}${n}.yaml`, text.replace('replicas: 3', 'replicas: 4'));
  }
});
afterAll(() => rmSync(rendered, { recursive: true, force: true }));

function fleetOf(kind: 'empty' | 'rendered'): string {
  const root = workspace({});
  cpSync(rendered, root, { recursive: true });
  if (kind === 'empty') {
    rmSync(join(root, 'deploy'), { recursive: true });
    mkdirSync(join(root, 'deploy'));
  }
  return root;
}

/** Renders with deploy/ on a file system of so many pages of memory, and brings back what stands there then. */
function renderOnSmallDisk(root: string, pages: number): RunResult {
  const script = `
    mv deploy before && mkdir deploy found
    mount -t tmpfs -o size=${pages * page} tmpfs deploy
    cp -a before/. deploy/
    code=0; "$0" "$1" render --no-cache || code=$?
    cp -a deploy/. found/
    exit $code`;
  const { status, stdout, stderr } = spawnSync(unshare[0] ?? '', [...unshare.slice(1), script, process.execPath, cli], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { code: status, stdout, stderr };
}

describe('a disk that fills up', () => {
  // four clusters have 28 files, one page each; 12 of them change
  it.skipIf(!canMount).each([
    ['rendered', 28, 1],
    ['rendered', 31, 1],
    ['rendered', 36, 1],
    ['rendered', 40, 1],
    ['rendered', 60, 0],
    ['empty', 1, 1],
    ['empty', 14, 1],
    ['empty', 28, 1],
    ['empty', 40, 0],
  ] as const)('%s tree on %s pages: all is written, or nothing', (kind, pages, code) => {
    const root = fleetOf(kind);
    const result = renderOnSmallDisk(root, pages);
    expect(result.code).toBe(code);
    if (code === 1) expect(result.stderr).toMatch(/^deploy\S*:1:1 {2}error {2}file\/write\n.*the disk is full/);
    const found = snapshot(join(root, 'found'));
    expect(found).toEqual(code === 0 ? after : kind === 'empty' ? new Map() : before);
  });

  it('a limit of file sizes is met as a full disk is', () => {
    const root = fleetOf('rendered');
    const { status, stderr } = spawnSync('bash', ['-c', 'ulimit -f 1; exec "$0" "$1" render', process.execPath, cli], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    });
    expect([status, stderr]).toEqual([1, expect.stringMatching(/file\/write\n.*the file would be too large/)]);
    expect(snapshot(join(root, 'deploy'))).toEqual(before);
  });
});
