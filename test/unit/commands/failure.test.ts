import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../generator/commands/failure.ts';

describe('an exception of a command', () => {
  it('of the operating system is a finding about the file', () => {
    const error = (path: string): unknown => {
      try {
        return readFileSync(path);
      } catch (thrown) {
        return thrown;
      }
    };
    expect(failureOf(error('/repository/none/x.yaml'), '/repository')).toEqual({
      exit: 'errors',
      diagnostics: [
        {
          code: 'tool/system',
          severity: 'error',
          message: 'The operating system refuses open of none/x.yaml: it does not exist.',
          hint: 'Check permissions, space and limits of this machine, then run again.',
          at: { file: 'none/x.yaml', line: 1, col: 1 },
        },
      ],
    });
    expect(failureOf(error('/elsewhere/x'), '/repository').diagnostics[0]?.at?.file).toBe('/elsewhere/x');
    const started = Object.assign(new Error('spawn EMFILE'), { syscall: 'spawn', code: 'EMFILE' });
    expect(failureOf(started, '/repository').diagnostics[0]?.message).toBe(
      'The operating system refuses spawn: too many files are open.',
    );
  });

  it('of the program itself is an internal error, with its stack for people', () => {
    const { exit, diagnostics, text } = failureOf(new TypeError('x is not a function'), '/repository');
    expect([exit, diagnostics[0]?.code]).toEqual(['errors', 'internal']);
    expect(text).toMatch(/^internal error: this is a bug in Slipway .*\nTypeError: x is not a function\n {4}at /);
  });
});
