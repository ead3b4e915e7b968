import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { globalOptions } from '../../generator/commands/globals.ts';
import { commands } from '../../generator/commands/index.ts';
import type { Options } from '../../generator/commands/options.ts';
import { longFlag } from '../../generator/commands/options.ts';
import { repository } from '../helpers/workspace.ts';

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
}

const read = (path: string): string => readFileSync(join(repository, path), 'utf8');
const workflows = readdirSync(join(repository, '.github/workflows')).map((f) => `.github/workflows/${f}`);
const action = '.github/actions/slipway/action.yaml';
const gitlab = 'ci/slipway.gitlab-ci.yml';

function stepsOf(path: string): readonly Step[] {
  const value = parse(read(path), { uniqueKeys: true }) as {
    jobs?: Record<string, { steps: Step[] }>;
    runs?: { steps: Step[] };
  };
  return value.runs?.steps ?? Object.values(value.jobs ?? {}).flatMap((job) => job.steps);
}

/** Every script of these files: where it stands, and its text as a shell sees it. */
function scripts(): readonly (readonly [string, string])[] {
  const github = [...workflows, action].flatMap((path) =>
    stepsOf(path).flatMap((s, i): [string, string][] => (s.run === undefined ? [] : [[`${path} step ${i}`, s.run]])),
  );
  const jobs = parse(read(gitlab)) as Record<string, { script?: string[]; before_script?: string[] }>;
  const lab = Object.entries(jobs).flatMap(([name, job]): [string, string][] =>
    name === 'variables'
      ? []
      : [[`${gitlab} ${name}`, [...(job.before_script ?? []), ...(job.script ?? [])].join('\n')]],
  );
  return [...github, ...lab, ['.ci/run', read('.ci/run')]];
}

const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;
if (!hasShellcheck) console.log('Scripts of CI are only parsed: there is no shellcheck (apt-get install shellcheck).');

describe('files that CI reads', () => {
  it.each(scripts())('%s is sound shell', (_where, text) => {
    expect(text).not.toMatch(/\$\{\{/); // expressions go through env, or their text would be run
    expect(spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' }).stderr).toBe('');
    if (!hasShellcheck) return;
    // SLIPWAY is a command with its arguments, so it is left unquoted; in GitLab one script sets what the next uses
    const flags = ['--shell=bash', '--exclude=SC2034,SC2086,SC2154', '--severity=warning', '-'];
    expect(spawnSync('shellcheck', flags, { input: text, encoding: 'utf8' }).stdout).toBe('');
  });

  it.each([...workflows, action])('%s pins what it uses, and says its shells', (path) => {
    for (const step of stepsOf(path)) {
      expect([step.uses, step.run].filter((x) => x !== undefined)).toHaveLength(1);
      if (step.uses !== undefined && !step.uses.startsWith('./')) expect(step.uses).toMatch(/@v\d+$/);
      if (path === action && step.run !== undefined) expect(step.shell).toBe('bash');
    }
  });

  it('give workflows no more rights than they say', () => {
    for (const path of workflows) {
      const { permissions } = parse(read(path)) as { permissions?: Record<string, string> };
      expect(permissions, path).toMatchObject({ contents: 'read' });
    }
  });

  it('use commands and options that there are', () => {
    const flags = (declared: Options): string[] => Object.entries(declared).map(([key, spec]) => longFlag(key, spec));
    const known = new Map(commands.map((c) => [c.path, new Set(flags({ ...c.options, ...globalOptions }))]));
    // of npx, before the command
    const others = new Set(['--yes', '--no']);
    const lines = [...scripts().map(([, text]) => text), read('.pre-commit-hooks.yaml'), read('renovate.json')]
      .join('\n')
      .matchAll(/(?:\$SLIPWAY|(?:npx |entry: )slipway) ([a-z]+)([^\n|>;"]*)/g);
    const used = [...lines].map(([, verb = '', rest = '']) => ({
      path: [...known.keys()].find((path) => path === verb || `${verb}${rest} `.startsWith(`${path} `)) ?? verb,
      options: rest.match(/--[a-z-]+/g) ?? [],
    }));
    expect(used.length).toBeGreaterThan(10);
    for (const { path, options } of used) {
      expect([...known.keys()]).toContain(path);
      for (const option of [...options])
        expect(others.has(option) || known.get(path)?.has(option), `${path} ${option}`).toBe(true);
    }
  });
});

describe('renovate.json', () => {
  const { customManagers } = JSON.parse(read('renovate.json')) as {
    customManagers: { managerFilePatterns: string[]; matchStrings: string[] }[];
  };
  const files = readdirSync(join(repository, 'catalog'), { recursive: true, encoding: 'utf8' }).map(
    (path) => `catalog/${path}`,
  );
  const charts = files.filter((path) => path.endsWith('/component.yaml') && /^ {2}chart:$/m.test(read(path)));
  const found = (path: string): (Record<string, string> | undefined)[] =>
    customManagers
      .filter(({ managerFilePatterns: [pattern = ''] }) => new RegExp(pattern.slice(1, -1)).test(path))
      .flatMap(({ matchStrings: [match = ''] }) =>
        [...read(path).matchAll(new RegExp(match, 'g'))].map((m) => m.groups),
      );

  it('finds the version of every chart of the catalog, once', () => {
    expect(charts.length).toBeGreaterThan(25);
    for (const path of charts) {
      const { chart } = (parse(read(path)) as { spec: { chart: { version: string; name: string } } }).spec;
      expect(found(path), path).toMatchObject([{ currentValue: chart.version, depName: chart.name }]);
    }
  });

  it('finds every image that a template names', () => {
    const images = files
      .filter((path) => path.endsWith('.hbs'))
      .flatMap((path) => [...read(path).matchAll(/^ *image: ([^\s{]+)$/gm)].map(([, image]) => [path, image] as const));
    expect(images.length).toBeGreaterThan(2);
    for (const [path, image] of images)
      expect(found(path).map((f) => `${f?.['depName']}:${f?.['currentValue']}`)).toContain(image);
  });
});
