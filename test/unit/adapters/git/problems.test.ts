import { describe, expect, it } from 'vitest';
import { gitFailed } from '../../../../generator/adapters/git/problems.ts';

describe('a git that failed', () => {
  it.each([
    ['fatal: bad\nhint: try\n', 'git push failed: fatal: bad.'],
    ['', 'git push failed: git ended without a word, as when it is killed.'],
    ['\u001b[2Jfatal: \u001b]0;x\u0007bad', 'git push failed: fatal:  ]0;x bad.'],
  ])('is said for %j', (stderr, message) => {
    expect(gitFailed('git push', stderr, '/nowhere').message).toBe(message);
  });
});
