import { spawn } from 'node:child_process';
import { ToolError } from '../model/diagnostic.ts';
import type { Processes } from '../ports.ts';
import { endWithRun } from './interruption.ts';

/** Other programs on this machine, started without a shell. */
export function createProcesses(): Processes {
  return {
    run: (program, args, input = '') =>
      new Promise((done, failed) => {
        const child = endWithRun(spawn(program, [...args], { stdio: ['pipe', 'pipe', 'pipe'] }));
        const out: Buffer[] = [];
        const err: Buffer[] = [];
        child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
        child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
        child.stdin.on('error', () => undefined); // a program that does not read its input says why on stderr
        child.on('error', () =>
          failed(
            new ToolError('tool/missing', `${program} cannot be started.`, `Install ${program}, or put it on PATH.`),
          ),
        );
        child.on('close', (code) =>
          done({
            code: code ?? 1,
            stdout: Buffer.concat(out).toString('utf8'),
            stderr: Buffer.concat(err).toString('utf8'),
          }),
        );
        child.stdin.end(input);
      }),
  };
}
