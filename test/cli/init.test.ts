import { spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageJson, withLines } from '../../generator/commands/init/repositoryFiles.ts';
import type { FleetPlace } from '../../generator/commands/init/place.ts';
import { forgeOf, remoteUrl, urlProblem } from '../../generator/commands/init/place.ts';
import { packageName, version } from '../../generator/model/version.ts';
import { cli, git, run, snapshot, workspace } from '../helpers/workspace.ts';

const place = { name: 'My Fleet!', path: '' } as FleetPlace;

describe('what init adds to', () => {
  it('is package.json, whatever its form', () => {
    const parsed = (text: string | undefined): unknown => JSON.parse(packageJson(text, place));
    expect(parsed(undefined)).toMatchObject({
      name: 'my-fleet',
      private: true,
      devDependencies: { [packageName]: version },
    });
    for (const range of [`^${version}`, `~${version}`, version])
      expect(parsed(`{"dependencies":{"${packageName}":"${range}"}}`)).toMatchObject({
        dependencies: { [packageName]: version },
      });
    // chosen by somebody
    for (const other of ['^0.0.9', 'file:../slipway.tgz', '*']) {
      const text = `{"devDependencies":{"${packageName}":"${other}"}}`;
      expect(parsed(text)).toMatchObject({ devDependencies: { [packageName]: other } });
    }
    const windows = packageJson('{\r\n    "name": "x"\r\n}\r\n', place);
    expect(windows).toMatch(/^\{\r\n {4}"name": "x",\r\n {4}"scripts": \{\r\n {8}"validate"/);
    expect(windows.replaceAll('\r\n', '')).not.toContain('\n');
    expect(packageJson(windows, place)).toBe(windows);
    for (const bad of ['', '[]', '"x"', '{']) expect(() => packageJson(bad, place)).toThrow(/is not a map of JSON/);
  });

  it('is files of lines, at their end', () => {
    const lines = ['# about', 'a/', 'b/'];
    expect(withLines(undefined, lines)).toBe('# about\na/\nb/\n');
    expect(withLines('', lines)).toBe('# about\na/\nb/\n');
    expect(withLines('x\n  b/', lines)).toBe('x\n  b/\n# about\na/\n');
    expect(withLines('x\r\na/\r\n', lines)).toBe('x\r\na/\r\n# about\r\nb/\r\n');
    expect(withLines('b/\na/', lines)).toBe('b/\na/');
  });

  it('never a file that is not UTF-8, and a linked one where it stands', () => {
    const root = workspace({ 'package.json': '{}', 'shared/attributes': '* -text\n' });
    git(root, 'init', '-q', '-b', 'main');
    const bytes = Buffer.from([0x2a, 0xe9, 0x0a]);
    writeFileSync(join(root, '.gitignore'), bytes);
    symlinkSync('shared/attributes', join(root, '.gitattributes'));
    const { code, stderr } = run(root, ['init']);
    expect([code, /\.gitignore:1:1 {2}warning {2}file\/kept/.test(stderr)]).toEqual([0, true]);
    expect(readFileSync(join(root, '.gitignore')).equals(bytes)).toBe(true);
    expect(lstatSync(join(root, '.gitattributes')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(root, 'shared/attributes'), 'utf8')).toMatch(/^\* -text\n# [^\n]+\ndeploy\/\*\* -text/);
    const outside = workspace({ attributes: '* -text\n' });
    const other = workspace({});
    symlinkSync(join(outside, 'attributes'), join(other, '.gitattributes'));
    expect(run(other, ['init'])).toMatchObject({ code: 1, stderr: expect.stringContaining('file/outside') as string });
    expect([...snapshot(other).keys(), ...snapshot(outside).values()]).toEqual(['* -text\n']);
  });
});

describe('where a new fleet is', () => {
  const remote = (...urls: string[]): string | undefined =>
    remoteUrl({
      git: {
        path: '',
        remotes: [{ name: 'origin', urls }],
        branch: 'main',
        branches: new Set(),
        defaultBranch: undefined,
        isShallow: false,
      },
    });

  it('is what the remote says, in a form that specs have', () => {
    expect(remote('https://user:word@git.acme.dev/fleet.git')).toBe('https://git.acme.dev/fleet.git');
    expect(remote('org-1@git.acme.dev:a/fleet.git')).toBe('ssh://org-1@git.acme.dev/a/fleet.git');
    expect(remote('git@github.com:a/fleet.git')).toBe('git@github.com:a/fleet.git');
    expect(remote('/srv/fleet.git')).toBeUndefined();
    expect(remote('/srv/fleet.git', 'ssh://git@git.acme.dev:2222/fleet')).toBe('ssh://git@git.acme.dev:2222/fleet');
    for (const url of ['/srv/x', 'file:///srv/x', 'x', 'https://u:p@h/x', 'https://h/a b'])
      expect([url, urlProblem(url) === undefined]).toEqual([url, false]);
  });

  it('decides whose CI it has', () => {
    const hosts = {
      github: 'git@github.com:a/b',
      gitlab: 'https://gitlab.acme.dev/a/b',
      forgejo: 'https://codeberg.org/a/b',
      none: 'https://git.acme.dev/a/b',
    };
    for (const [forge, url] of Object.entries(hosts)) expect(forgeOf(url)).toBe(forge);
  });
});

/** Answers questions on a terminal: for each, what has to be shown and what is typed. */
const terminal = `
import fcntl, json, os, pty, select, struct, sys, termios, time
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:4])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 40, 160, 0, 0))
def read(until, limit):
    shown, end = '', time.time() + limit
    while time.time() < end and until not in shown:
        if not select.select([fd], [], [], 0.1)[0]: continue
        try: shown += os.read(fd, 4096).decode('utf8', 'replace')
        except OSError: break
    return shown
for question, answer in json.loads(sys.argv[4]):
    shown = read(question, 30)
    if question not in shown: sys.exit('was not asked: ' + question + ' but: ' + shown)
    time.sleep(0.3)
    os.write(fd, answer.encode())
print(read('\\0', 30))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.log('Questions on a terminal are not asked: there is no python3, which makes one.');

describe.skipIf(!hasPython)('on a terminal', () => {
  const answer = (
    root: string,
    answers: readonly (readonly [string, string])[],
  ): { code: number | null; text: string } => {
    const { status, stdout, stderr } = spawnSync(
      'python3',
      ['-c', terminal, process.execPath, cli, 'init', JSON.stringify(answers)],
      {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, TERM: 'xterm', CI: '' },
      },
    );
    return { code: status, text: `${stdout}${stderr}` };
  };
  const repositoryOf = (): string => {
    const root = workspace({});
    git(root, 'init', '-q', '-b', 'trunk');
    git(root, 'remote', 'add', 'origin', 'git@github.com:acme/fleet.git');
    return root;
  };

  it('every question has an answer that is offered, and a wrong one is asked again', () => {
    const root = repositoryOf();
    const { code, text } = answer(root, [
      ['clone this repository', '\r'],
      ['Which branch', '\r'],
      ['Whose CI', '\r'],
      ['first cluster', 'Prod\r'],
      ['Use lower-case letters', '\x7f\x7f\x7f\x7fprod\r'],
      ['Its environment', '\x1b[B\r'],
      ['Its domain', 'eu.acme.dev\r'],
      ['What does it run', '\x1b[B\x1b[B\r'],
    ]);
    expect([code, text]).toEqual([0, expect.stringContaining('files made')]);
    expect(readFileSync(join(root, 'clusters/prod.yaml'), 'utf8')).toMatch(
      /name: prod\nspec:\n {2}environment: prod\n {2}domain: eu\.acme\.dev\n {2}kubernetes: \{ distribution: rke2 \}/,
    );
    expect(readFileSync(join(root, 'environments/base.yaml'), 'utf8')).toContain(
      'git: { repoURL: git@github.com:acme/fleet.git, branch: trunk }',
    );
    expect(run(root, ['validate']).code).toBe(0);
  });

  it('Ctrl+C ends it, and nothing is written', () => {
    const root = repositoryOf();
    mkdirSync(join(root, 'src'));
    expect(
      answer(root, [
        ['clone this repository', '\r'],
        ['Which branch', '\x03'],
      ]),
    ).toMatchObject({ code: 130 });
    expect([...snapshot(root).keys()].filter((path) => !path.startsWith('.git/'))).toEqual([]);
  });
});
