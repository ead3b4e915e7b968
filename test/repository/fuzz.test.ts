import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { repository } from '../helpers/workspace.ts';

it(
  'readers and commands take spoilt input: no crash, no hang, no finding without a place',
  { timeout: 120_000 },
  () => {
    const words = ['--import', 'tsx', 'test/fuzz/fuzz.ts', '--seed', '7', '--seconds', '25', '--count', '20000'];
    const { stdout, stderr, status } = spawnSync(process.execPath, words, { cwd: repository, encoding: 'utf8' });
    expect({ stdout: status === 0 ? '' : stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
    expect(Number(/^(\d+) inputs/m.exec(stdout)?.[1])).toBeGreaterThan(100);
  },
);
