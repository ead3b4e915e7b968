import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snapshot } from '../helpers/workspace.ts';
import { cacheRoot } from './harness/programs.ts';

const repository = resolve(import.meta.dirname, '../..');
const actionlint = join(import.meta.dirname, 'tools/actionlint');
/** From PyPI; check-jsonschema brings the schemas of GitLab, GitHub and Renovate with it. */
const requirements = 'pre-commit==4.3.0\ncheck-jsonschema==0.39.0\n';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-forges-')));
afterAll(() => rmSync(base, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly text: string;
}

function run(cwd: string, program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Ended {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { code: status, text: `${stdout}${stderr}${error?.message ?? ''}` };
}

/** The folder with the programs of Python, installed once per content of their list. */
function pythonPrograms(): string {
  const digest = createHash('sha256').update(requirements).digest('hex').slice(0, 16);
  const place = join(cacheRoot(), `python-fleet-${digest}`);
  if (!existsSync(join(place, 'done'))) {
    rmSync(place, { recursive: true, force: true });
    mkdirSync(dirname(place), { recursive: true });
    const list = join(base, 'requirements.txt');
    writeFileSync(list, requirements);
    expect(run(base, 'python3', ['-m', 'venv', place])).toMatchObject({ code: 0 });
    expect(run(base, join(place, 'bin/pip'), ['install', '-q', '-r', list])).toMatchObject({ code: 0 });
    writeFileSync(join(place, 'done'), '');
  }
  return join(place, 'bin');
}

/** A new fleet in a repository, with the Slipway of this repository as its installed one. */
function fleet(name: string, remote: string, folder: string, ...options: readonly string[]): string {
  const top = join(base, name);
  mkdirSync(top);
  run(top, 'git', ['init', '-q', '-b', 'main']);
  run(top, 'git', ['remote', 'add', 'origin', remote]);
  const cluster = [
    '--cluster',
    'dev',
    '--domain',
    'dev.acme.dev',
    '--distribution',
    'k3s',
    '--owners',
    '@acme/platform',
  ];
  const made = run(top, process.execPath, [join(repository, 'dist/cli.mjs'), 'init', folder, ...cluster, ...options]);
  expect(made, made.text).toMatchObject({ code: 0 });
  const installed = join(top, folder, 'node_modules');
  for (const part of ['dist', 'schemas', 'catalog', 'package.json', 'renovate.json'])
    cpSync(join(repository, part), join(installed, '@slipway-dev/slipway', part), { recursive: true });
  mkdirSync(join(installed, '.bin'));
  writeFileSync(
    join(installed, '.bin/slipway'),
    "#!/usr/bin/env node\nimport('../@slipway-dev/slipway/dist/cli.mjs');\n",
    { mode: 0o755 },
  );
  return top;
}

describe('the files of a new fleet, held to the programs that read them', () => {
  let python = '';
  beforeAll(() => {
    python = pythonPrograms();
  });
  const follows = (top: string, schema: string, ...files: readonly string[]): void => {
    const checked = run(top, join(python, 'check-jsonschema'), ['--builtin-schema', schema, ...files]);
    expect(checked, checked.text).toMatchObject({ code: 0 });
  };

  it.each([
    ['.', 'github'],
    ['platform/fleet', 'github'],
    ['platform/fleet', 'forgejo'],
  ])('in %s, the workflows of %s', (folder, ci) => {
    const top = fleet(`${ci}-${folder.length}`, 'git@github.com:acme/fleet.git', folder, '--ci', ci);
    const files = ['slipway', 'slipway-drift'].map((name) => join(top, `.${ci}/workflows/${name}.yaml`));
    // labels of runners are each Forgejo's own
    const ignored = ci === 'forgejo' ? ['-ignore', 'label "docker" is unknown', '-ignore', 'specifying action'] : [];
    const linted = run(actionlint, 'go', ['tool', 'actionlint', ...ignored, ...files], { GOTOOLCHAIN: 'local' });
    expect(linted, linted.text).toMatchObject({ code: 0, text: '' });
    if (ci === 'github') follows(top, 'vendor.github-workflows', ...files);
    follows(top, 'vendor.renovate', 'renovate.json');
  });

  it('in a folder of a larger repository, the jobs of GitLab', () => {
    const top = fleet('gitlab', 'git@gitlab.com:acme/mono.git', 'platform/fleet');
    follows(top, 'vendor.gitlab-ci', '.gitlab-ci.yml', '.gitlab/slipway.gitlab-ci.yml');
    follows(top, 'vendor.renovate', 'renovate.json');
  });

  it.each(['.', 'platform/fleet'])('in %s, hooks that pre-commit runs', (folder) => {
    const top = fleet(`hooks-${folder.length}`, 'git@github.com:acme/fleet.git', folder);
    const preCommit = (...args: readonly string[]): Ended =>
      run(top, join(python, 'pre-commit'), args, { PRE_COMMIT_HOME: join(base, 'hooks'), PRE_COMMIT_COLOR: 'never' });
    run(top, 'git', ['add', '.']);
    expect(preCommit('validate-config', '.pre-commit-config.yaml')).toMatchObject({ code: 0 });
    expect(preCommit('run', '--all-files').text).toMatch(/slipway validate\.+Passed\nslipway render\.+Passed\n$/);
    run(top, 'git', ['add', '.']);
    const tree = snapshot(join(top, folder, 'deploy/dev'));
    expect(tree.size).toBeGreaterThan(50);
    // what a spec changes, the hook renders, and fails, so that it is looked at
    const spec = join(top, folder, 'environments/base.yaml');
    writeFileSync(spec, readFileSync(spec, 'utf8').replace('branch: main', 'branch: release'));
    run(top, 'git', ['add', '.']);
    const changed = preCommit('run', '--all-files');
    expect(changed.code).toBe(1);
    expect(changed.text).toMatch(
      /slipway validate\.+Passed\nslipway render\.+Failed\n- hook id: slipway-render\n- files were modified by this hook/,
    );
    writeFileSync(spec, 'kind: Environment\n');
    run(top, 'git', ['add', '.']);
    expect(preCommit('run', '--all-files').text).toMatch(/slipway validate\.+Failed\n/);
    // those of this repository, which fleets may name instead
    if (folder !== '.') return;
    renameSync(join(top, '.pre-commit-config.yaml'), join(base, 'own.yaml'));
    expect(preCommit('validate-manifest', join(repository, '.pre-commit-hooks.yaml'))).toMatchObject({ code: 0 });
    const tried = preCommit('try-repo', repository, 'slipway-validate', '--all-files', '--ref', 'HEAD');
    expect(tried.text).toMatch(/slipway validate\.+Failed\n[^]*environments\/base\.yaml/);
  });
});
