import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createContext } from '../../generator/context.ts';
import { call } from '../helpers/call.ts';
import { clusterSpec, demoCatalog } from '../helpers/demo.ts';
import { canary, ended, faultsOf } from '../helpers/ended.ts';
import type { Ended } from '../helpers/ended.ts';
import { errnos, random, withFailure } from '../helpers/failures.ts';
import type { Failure } from '../helpers/failures.ts';
import { git, snapshot } from '../helpers/workspace.ts';

/**
 * So many failures of each command are drawn; `SLIPWAY_FAILURES` says another number, `each` for every call that is made with
 * one failure, or `all` for every call with every failure.
 */
const wanted = process.env['SLIPWAY_FAILURES'] ?? '3';
const isLong = !(Number(wanted) < 10);

/** The failures that are tried, of every call (outer) and every way to fail (inner). */
function chosen<T>(all: readonly (readonly T[])[], next: () => number): readonly T[] {
  if (wanted === 'all') return all.flat();
  if (wanted === 'each') return all.map((ways) => ways[Math.floor(next() * ways.length)] as T);
  const every = all.flat();
  return Array.from({ length: Number(wanted) }, () => every[Math.floor(next() * every.length)] as T);
}

let base = '';
beforeAll(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-')));
  const remote = join(base, 'remote.git');
  const root = join(base, 'fleet');
  const files = {
    ...demoCatalog,
    'clusters/a.yaml': clusterSpec('a', spec(3, pinned)),
    'clusters/b.yaml': clusterSpec('b', spec(3)),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  await call(context(root), 'render');
  execFileSync('git', ['init', '-q', '--bare', remote]);
  git(root, 'init', '-q', '-b', 'main');
  git(root, 'config', 'user.name', 'Test');
  git(root, 'config', 'user.email', 'test@example.com');
  git(root, 'remote', 'add', 'origin', remote);
  writeFileSync(join(root, '.gitignore'), '.slipway/\n');
  git(root, 'add', '-A');
  git(root, 'commit', '-qm', 'fleet');
  git(root, 'push', '-q', '-u', 'origin', 'main');
  writeFileSync(join(root, 'clusters/a.yaml'), clusterSpec('a', spec(5, pinned)));
  writeFileSync(join(root, 'crd.yaml'), crd);
  writeFileSync(join(root, 'object.yaml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x, namespace: ns }\n');
}, 120_000);
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** What can be promoted. */
const spec = (replicas: number, more = ''): string => `  capabilities: { demo: { replicas: ${replicas} } }\n${more}`;
const pinned = '  components: { demo-chart: { version: 1.2.3 } }\n';

const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: things.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { kind: Thing, plural: things }
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]
`;

const context = (root: string): ReturnType<typeof createContext> =>
  createContext(root, { quiet: true, verbose: true }, () => undefined);

/** What of a repository has to be as it was, or as the command leaves it. */
function stateOf(root: string): Map<string, string> {
  const files = [...snapshot(root)].filter(([path]) => !/^(?:\.git|\.slipway)\//.test(path));
  return new Map([...files, ['HEAD', git(root, 'rev-parse', 'HEAD')], ['index', git(root, 'status', '--porcelain')]]);
}

/** Commands of the fleet above that end well there. */
const lines = [
  'render',
  'render --check',
  'validate',
  'validate object.yaml',
  'diff',
  'diff --base HEAD',
  'report fleet.html',
  'drift',
  'commit',
  'commit --push',
  'commit --branch next',
  'promote a b',
  'promote a b --branch next',
  'bootstrap a',
  'preview b demo-config',
  'explain a domain',
  'inspect clusters',
  'graph a',
  'catalog list',
  'catalog docs',
  'schema cluster --write',
  'schema import crd.yaml',
  'new cluster c',
  'new component demo/more',
  'completion bash -- explain',
];

function copy(): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-')));
  cpSync(base, root, { recursive: true });
  git(join(root, 'fleet'), 'remote', 'set-url', 'origin', join(root, 'remote.git'));
  return root;
}

async function inCopy<T>(work: (root: string) => Promise<T>): Promise<T> {
  const folder = copy();
  try {
    // a commit is the tree as it is committed: rendered first
    return await work(join(folder, 'fleet'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function prepare(root: string, line: string): Promise<void> {
  if (line.startsWith('commit')) await call(context(root), 'render');
}

/** What is neither as it was before a command nor as it leaves it. */
function halfDone(
  now: ReadonlyMap<string, string>,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): string[] {
  // the page of a fleet shows the findings that there were, and a commit has the time it was made
  const compared = (state: ReadonlyMap<string, string>): string =>
    JSON.stringify([...state].filter(([path]) => path !== 'HEAD' && path !== 'fleet.html'));
  if ([before, after].some((state) => compared(now) === compared(state))) return [];
  const changed = [...now].filter(([path, text]) => before.get(path) !== text && after.get(path) !== text);
  const lost = [...before.keys()].filter((path) => !now.has(path));
  return [`half done: ${changed.map(([path]) => path).join(', ')} changed, ${lost.join(', ')} lost`];
}

async function tried(
  line: string,
  failure: Failure,
  name: string,
  after: ReadonlyMap<string, string>,
): Promise<string[]> {
  return inCopy(async (root) => {
    await prepare(root, line);
    const before = stateOf(root);
    let end: Ended = { exit: 'clean', diagnostics: [], printed: '' };
    await withFailure(root, failure, async () => void (end = await ended(root, line)));
    const faults = faultsOf(end);
    faults.push(...halfDone(stateOf(root), before, after));
    return faults.map((fault) => `${line} · ${failure.code} at ${failure.call} (${name}): ${fault}`);
  });
}

describe('a call of the operating system that fails', () => {
  const next = random(20_261);
  it.each(lines)(
    'in %s is a finding, and nothing is half done',
    { timeout: isLong ? 7_200_000 : 60_000 },
    async (line) => {
      const { calls, after } = await inCopy(async (root) => {
        await prepare(root, line);
        let end: Ended | undefined;
        const made = await withFailure(root, undefined, async () => void (end = await ended(root, line)));
        const errors = end?.diagnostics.filter((d) => d.severity === 'error');
        expect([line, errors, faultsOf(end as Ended)]).toEqual([line, [], []]);
        return { calls: made, after: stateOf(root) };
      });
      const all = calls.map((name, i) => errnos.map((code) => ({ name, failure: { call: i + 1, code } })));
      const faults: string[] = [];
      for (const one of chosen(all, next)) faults.push(...(await tried(line, one.failure, one.name, after)));
      expect(faults).toEqual([]);
    },
  );
});

/** How git ends, and what it says then. */
const gitFailures: readonly (readonly [code: string, says: string])[] = [
  ['KILL', ''],
  ['1', ''],
  ['128', "fatal: Unable to create '/x/.git/index.lock': File exists.\n\nAnother git process seems to be running"],
  ['128', "fatal: detected dubious ownership in repository at '/x'\nTo add an exception for this directory, call:"],
  ['128', 'fatal: unable to read tree 1234567890123456789012345678901234567890'],
  ['128', 'error: object file .git/objects/12/34 is empty\nfatal: loose object 1234 is corrupt'],
  ['128', 'fatal: not a git repository (or any of the parent directories): .git'],
  [
    '128',
    "fatal: '/x/remote.git' does not appear to be a git repository\nfatal: Could not read from remote repository.",
  ],
  [
    '128',
    `fatal: unable to access 'https://bob:${canary}@git.example.com/x.git/': Could not resolve host: git.example.com`,
  ],
  ['128', `fatal: Authentication failed for 'https://bob:${canary}@git.example.com/x.git/'`],
  ['1', 'remote: error: GH006: Protected branch update failed for refs/heads/main.\nerror: failed to push some refs'],
  ['1', 'hook declined: no'],
  ['128', 'fatal: shallow file has changed since we read it'],
  ['128', 'fatal: write error: No space left on device'],
];

const gitLines = ['commit', 'commit --push', 'commit --branch next', 'diff --base HEAD', 'promote a b --branch next'];

describe('a git that fails', () => {
  const next = random(7);
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const says = (at: string, code: string, text: string): string => `#!/bin/sh
n=$(($(cat "$0.count" 2>/dev/null || echo 0) + 1)); echo $n > "$0.count"
if [ "$n" = "${at}" ]; then cat "$0.says" >&2; [ "${code}" = KILL ] && kill -9 $$; exit ${code === 'KILL' ? 1 : code}; fi
exec ${real} "$@"
#${text.length}
`;

  /** Runs a line with a git whose call `at` fails; how many calls there were. */
  async function withGit(
    root: string,
    at: number,
    [code, text]: readonly [string, string],
    line: string,
  ): Promise<[Ended, number]> {
    const folder = join(root, '../bin');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'git'), says(String(at), code, text), { mode: 0o755 });
    writeFileSync(join(folder, 'git.says'), `${text}\n`);
    const path = process.env['PATH'];
    process.env['PATH'] = `${folder}:${path ?? ''}`;
    try {
      const end = await ended(root, line);
      return [end, Number(readFileSync(join(folder, 'git.count'), 'utf8'))];
    } finally {
      process.env['PATH'] = path;
    }
  }

  it.each(gitLines)(
    'in %s is a finding, and nothing is half done',
    { timeout: isLong ? 7_200_000 : 120_000 },
    async (line) => {
      const { count, after } = await inCopy(async (root) => {
        await prepare(root, line);
        const [, calls] = await withGit(root, 0, ['0', ''], line);
        return { count: calls, after: stateOf(root) };
      });
      const all = Array.from({ length: count }, (_, i) => i + 1).map((at) => gitFailures.map((how) => ({ at, how })));
      const faults: string[] = [];
      for (const one of chosen(all, next))
        await inCopy(async (root) => {
          await prepare(root, line);
          const before = stateOf(root);
          const [end] = await withGit(root, one.at, one.how, line);
          const found = [...faultsOf(end), ...halfDone(stateOf(root), before, after)];
          faults.push(...found.map((fault) => `${line} · ${one.how.join(' ')} at ${one.at}: ${fault}`));
        });
      expect(faults).toEqual([]);
    },
  );
});
