import { describe, expect, it } from 'vitest';
import { repositoryOf, withoutLogin } from '../../../generator/util/gitUrl.ts';

describe('addresses of git repositories', () => {
  it.each([
    [
      'github.com/acme/fleet',
      'https://github.com/Acme/Fleet.git',
      'https://github.com/acme/fleet/',
      'https://x-access-token:secret@github.com/acme/fleet',
      'git@github.com:acme/fleet',
      'ssh://git@github.com:22/acme/fleet.git/',
      'ssh://git@ssh.github.com:443/acme/fleet.git',
      'github.com:/acme/fleet.git',
    ],
    [
      'dev.azure.com/acme/platform/_git/fleet',
      'https://acme@dev.azure.com/acme/platform/_git/fleet',
      'git@ssh.dev.azure.com:v3/acme/platform/fleet',
    ],
    [
      'git.example.org/plat/fleet',
      'https://git.example.org/scm/PLAT/fleet.git',
      'ssh://git@git.example.org:7999/plat/fleet.git',
      'https://git.example.org:8443/plat/fleet',
    ],
  ])('%s has many', (repository, ...urls) => {
    for (const url of urls) expect([url, repositoryOf(url)]).toEqual([url, repository]);
  });

  it.each(['/srv/fleet.git', '../fleet.git', 'file:///srv/fleet.git', 'C:\\fleet', 'C:/fleet', ''])(
    '%j is none that other machines reach',
    (url) => expect(repositoryOf(url)).toBeUndefined(),
  );

  it('are shown without what may be a secret', () => {
    expect(withoutLogin('https://oauth2:glpat-x@gitlab.com/a/b.git')).toBe('https://gitlab.com/a/b.git');
    expect(withoutLogin('https://ghp_x@github.com/a/b')).toBe('https://github.com/a/b');
    expect(withoutLogin('ssh://git:word@github.com/a/b')).toBe('ssh://git@github.com/a/b');
    expect(withoutLogin('git@github.com:a/b')).toBe('git@github.com:a/b');
  });
});
