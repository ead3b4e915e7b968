import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { repository } from './workspace.ts';
import type { RunResult } from './workspace.ts';

const idle: ChildProcess[] = [];

/** Runs the built program in a process that has run it before; `CASES_IN_PROCESSES=1` gives every run its own instead. */
export async function runInHost(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<RunResult> {
  const host =
    idle.pop() ?? fork(join(repository, 'test/helpers/host.mjs'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const result = await new Promise<RunResult>((done, fail) => {
    const ended = (code: number | null): void =>
      fail(new Error(`the host ended with ${code} during ${args.join(' ')}`));
    host.once('exit', ended);
    host.once('message', (message) => {
      host.off('exit', ended);
      done(message as RunResult);
    });
    host.send({ args, cwd, env });
  });
  idle.push(host);
  return result;
}

export async function closeHosts(): Promise<void> {
  await Promise.all(
    idle.splice(0).map((host) => {
      host.disconnect();
      return new Promise((done) => host.once('exit', done));
    }),
  );
}
