import { existsSync, readFileSync, readlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { takeLock } from '../../../../generator/adapters/files/lock.ts';
import { ToolError } from '../../../../generator/model/diagnostic.ts';
import { withFailure } from '../../../helpers/failures.ts';
import type { Failure } from '../../../helpers/failures.ts';
import { run, workspace } from '../../../helpers/workspace.ts';

const minutes = 60_000;
const isLinux = process.platform === 'linux';
/** A process that is alive: the one that runs the tests' runner. */
const alive = process.ppid;

function identity(pid: number, { start, space }: { start?: string; space?: string } = {}): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const own = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${space ?? `${boot}/${readlinkSync('/proc/self/ns/pid')}`}@${start ?? own}`;
}

/** What becomes of somebody who wants the lock when it holds this text, written so long ago (ms). */
function taking(text: string, age: number): { readonly outcome: string; readonly hint?: string | undefined } {
  const file = join(workspace({ 'deploy/.slipway-lock': text }), 'deploy/.slipway-lock');
  const time = (Date.now() - age) / 1000;
  utimesSync(file, time, time);
  try {
    const release = takeLock(file);
    const mine = JSON.parse(readFileSync(file, 'utf8')) as { pid: number };
    expect(mine.pid).toBe(process.pid);
    release();
    expect(existsSync(file)).toBe(false);
    expect(existsSync(`${file}.break`)).toBe(false);
    return { outcome: 'taken' };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    expect(readFileSync(file, 'utf8')).toBe(text);
    return { outcome: error.code, hint: error.hint };
  }
}

const of = (holder: object): string => JSON.stringify(holder);
const here = { pid: alive, host: hostname() };
const elsewhere = { pid: 1, host: 'another' };

describe('a lock', () => {
  it.each([
    ['of another host, just taken', of(elsewhere), 0, 'file/locked'],
    ['of another host, whose clock is ahead a little', of(elsewhere), -2 * minutes, 'file/locked'],
    ['of another host that wrote long ago', of(elsewhere), 11 * minutes, 'taken'],
    ['of another host, far in the future', of(elsewhere), -365 * 24 * 60 * minutes, 'taken'],
    ['that is empty, just made', '', 0, 'file/locked'],
    ['that is empty, made a minute ago', '', minutes, 'taken'],
    ['that is empty, with a time in the future', '', -60 * minutes, 'taken'],
    ['that holds something else, made a minute ago', '{"pid":"x"}', minutes, 'taken'],
    ['of a process that is gone', of({ pid: 999_999_999, host: hostname() }), 0, 'taken'],
    ['of a process that does not say when it started, a minute ago', of(here), minutes, 'file/locked'],
    ['of a process that does not say when it started, long ago', of(here), 24 * 60 * minutes, 'taken'],
  ])('%s', (_what, text, age, outcome) => {
    expect(taking(text, age).outcome).toBe(outcome);
  });

  it.runIf(isLinux)('of a process whose number another one has now', () => {
    expect(taking(of({ ...here, process: identity(alive, { start: '1' }) }), 0).outcome).toBe('taken');
  });

  it.runIf(isLinux)('of a process that is at work, however long', () => {
    expect(taking(of({ ...here, process: identity(alive) }), 24 * 60 * minutes).outcome).toBe('file/locked');
  });

  it.runIf(isLinux)('of a container with the same host name, whose processes nobody here sees', () => {
    const other = of({ ...here, pid: 999_999_999, process: identity(alive, { space: 'boot/pid:[1]' }) });
    expect(taking(other, 0).outcome).toBe('file/locked');
    expect(taking(other, 11 * minutes).outcome).toBe('taken');
  });

  it('says after how long one that nobody here sees no longer counts', () => {
    expect(taking(of(elsewhere), 0).hint).toContain('after 10 minutes');
  });

  it('is taken although a run died while it broke one, whatever the time of what it left', () => {
    for (const age of [minutes, -60 * minutes]) {
      const root = workspace({ 'deploy/.slipway-lock': of({ pid: 999_999_999, host: hostname() }) });
      const file = join(root, 'deploy/.slipway-lock');
      writeFileSync(`${file}.break`, '');
      const time = (Date.now() - age) / 1000;
      utimesSync(`${file}.break`, time, time);
      takeLock(file)();
      expect(existsSync(file)).toBe(false);
    }
  });

  it('is not asked for by commands that only look', () => {
    for (const text of [of(elsewhere), of(here), '']) {
      const root = workspace({ 'deploy/.slipway-lock': text });
      for (const args of [['validate'], ['render', '--check'], ['diff'], ['graph'], ['drift']])
        expect([args, run(root, args).stderr]).toEqual([args, expect.not.stringContaining('file/locked') as string]);
    }
  });
});

describe('releasing', () => {
  it.each(['EMFILE', 'EIO', 'EBUSY'])('leaves nothing when a call of it is refused once with %s', async (code) => {
    const root = workspace({ 'deploy/x': '' });
    const file = join(root, 'deploy/.slipway-lock');
    const release = async (failure?: Failure): Promise<readonly string[]> => {
      const free = takeLock(file);
      return withFailure(root, failure, () => Promise.resolve(free()));
    };
    const calls = await release();
    expect(calls).toEqual(['readFileSync deploy/.slipway-lock', 'unlinkSync deploy/.slipway-lock']);
    for (const call of calls.keys()) {
      await release({ call: call + 1, code });
      expect([code, call, existsSync(file)]).toEqual([code, call, false]);
    }
  });
});
