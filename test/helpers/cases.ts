import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type { Stats } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { compareText } from '../../generator/model/values.ts';
import { helmProgram } from './helm.ts';
import { runInHost } from './hosts.ts';
import { cli, repository } from './workspace.ts';
import type { RunResult } from './workspace.ts';

/** Text that is written out, or generated: `before`, then `repeat` so many `times`, then `after`. */
type Text = string | { before?: string; repeat: string; times: number; after?: string };

/** What a case does, one after the other. test/cases/README.md describes each. */
export interface Step {
  readonly slipway?: string | readonly string[];
  readonly git?: string | readonly string[];
  readonly exit?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly as?: 'nobody';
  readonly lay?: string;
  readonly write?: Readonly<Record<string, Text>>;
  readonly hex?: Readonly<Record<string, string>>;
  readonly replace?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly remove?: readonly string[];
  readonly copy?: Readonly<Record<string, string>>;
  readonly link?: Readonly<Record<string, string>>;
  readonly mode?: Readonly<Record<string, string>>;
}

export interface Case {
  readonly about: string;
  readonly base?: string;
  readonly compare?: readonly string[];
  readonly steps: readonly Step[];
}

export interface Transcript {
  readonly stdout: string;
  readonly stderr: string;
  /** What a step did that no step may: a wrong exit code, a file that should not have changed. */
  readonly broken: readonly string[];
  /** True when slipway wrote anything at all. */
  readonly wrote: boolean;
}

export const casesFolder: string = join(repository, 'test/cases');
const stepKeys = ['slipway', 'git', 'lay', 'write', 'hex', 'replace', 'remove', 'copy', 'link', 'mode'];
const caseKeys = ['about', 'base', 'compare', 'steps'];

export function caseNames(): readonly string[] {
  return readdirSync(casesFolder, { withFileTypes: true })
    .filter((e) => e.isDirectory() && !e.name.startsWith('_'))
    .map((e) => e.name)
    .sort(compareText);
}

export function readCase(name: string): Case {
  const value = parse(readFileSync(join(casesFolder, name, 'case.yaml'), 'utf8')) as Case;
  for (const key of Object.keys(value)) if (!caseKeys.includes(key)) throw new Error(`${name}: unknown key ${key}`);
  for (const step of value.steps) {
    const verbs = Object.keys(step).filter((k) => stepKeys.includes(k));
    const rest = Object.keys(step).filter((k) => !stepKeys.includes(k) && !['exit', 'env', 'as'].includes(k));
    if (verbs.length !== 1 || rest.length > 0) throw new Error(`${name}: not a step: ${JSON.stringify(step)}`);
    if (step.slipway !== undefined && step.exit === undefined) throw new Error(`${name}: a slipway step needs exit`);
  }
  return value;
}

export const words = (line: string | readonly string[]): readonly string[] =>
  typeof line === 'string' ? line.split(' ').filter((w) => w !== '') : line;

/** A new folder with the base and the input of a case. */
export function layOut(name: string, { base = 'demo' }: Case): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-case-')));
  if (base === 'real')
    for (const part of ['catalog', 'environments', 'schemas'])
      cpSync(join(repository, part), join(root, part), { recursive: true });
  else if (base !== 'none') cpSync(join(casesFolder, '_base', base), root, { recursive: true });
  const input = join(casesFolder, name, 'input');
  if (existsSync(input)) cpSync(input, root, { recursive: true });
  return root;
}

/** Runs the steps of a case in its folder. */
export async function runCase(name: string, { steps }: Case, root: string): Promise<Transcript> {
  const out: string[] = [];
  const err: string[] = [];
  const broken: string[] = [];
  let wrote = false;
  const record = (list: string[], title: string, text: string): void => {
    if (text === '') return;
    const tidy = scrub(text, root);
    list.push(`$ ${title}\n${tidy}${tidy.endsWith('\n') ? '' : '\n(no newline at the end)\n'}`);
  };
  for (const step of steps) {
    if (step.slipway !== undefined) {
      const args = words(step.slipway);
      const title = `slipway ${args.join(' ')}`;
      if (step.as === 'nobody') giveAway(root);
      const before = photograph(root);
      const result = await runSlipway(args, root, step);
      record(out, title, result.stdout);
      record(err, title, result.stderr);
      if (result.code !== step.exit) broken.push(`${title}: exit ${result.code ?? 'by signal'}, not ${step.exit}`);
      const touched = differences(before, photograph(root));
      const allowed = result.code === 0 ? (mayWrite[args[0] ?? ''] ?? []) : [];
      wrote ||= touched.length > 0;
      for (const path of touched)
        if (!allowed.some((folder) => path.startsWith(folder))) broken.push(`${title}: touched ${path}`);
    } else if (step.git !== undefined) {
      const args = words(step.git);
      const result = await start('git', args, root, step);
      record(out, `git ${args.join(' ')}`, result.stdout);
      if (result.code !== 0) broken.push(`git ${args.join(' ')}: ${result.stderr}`);
    } else prepare(name, step, root);
  }
  return { stdout: out.join('\n'), stderr: err.join('\n'), broken, wrote };
}

/** The only folders each command may write below, and only when it ends with 0. */
const mayWrite: Readonly<Record<string, readonly string[]>> = {
  upgrade: ['catalogs/', 'clusters/', 'environments/', 'schemas/', 'slipway.'],
  promote: ['clusters/', 'environments/', 'deploy/'],
  render: ['deploy/', 'fleet/deploy/'],
  commit: ['deploy/'],
  new: ['clusters/', 'environments/', 'custom/'],
  init: [''],
  schema: ['schemas/'],
  catalog: ['catalog/', 'catalogs/', 'custom/', 'docs/', 'slipway.'],
  bundle: ['bundle/'],
  report: ['report.html'],
};

function prepare(name: string, step: Step, root: string): void {
  const full = (path: string): string => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    return join(root, path);
  };
  const each = <T>(map: Readonly<Record<string, T>> | undefined, act: (path: string, value: T) => void): void =>
    Object.entries(map ?? {}).forEach(([path, value]) => act(path, value));
  if (step.lay !== undefined) cpSync(join(casesFolder, name, step.lay), root, { recursive: true });
  each(step.write, (path, text) => writeFileSync(full(path), fill(textOf(text))));
  each(step.hex, (path, hex) => writeFileSync(full(path), Buffer.from(hex.replaceAll(/\s/g, ''), 'hex')));
  each(step.replace, (path, edits) => {
    const text = Object.entries(edits).reduce(
      (now, [from, to]) => {
        if (!now.includes(from)) throw new Error(`${name}: ${path} does not hold ${from}`);
        return now.replace(from, () => to);
      },
      readFileSync(full(path), 'utf8'),
    );
    writeFileSync(full(path), text);
  });
  for (const path of step.remove ?? []) rmSync(full(path), { recursive: true });
  each(step.copy, (path, to) => cpSync(join(root, path), full(to), { recursive: true }));
  each(step.link, (path, target) => {
    rmSync(full(path), { recursive: true, force: true });
    symlinkSync(target, full(path));
  });
  each(step.mode, (path, mode) => chmodSync(full(path), Number.parseInt(mode, 8)));
}

const textOf = (text: Text): string =>
  typeof text === 'string' ? text : `${text.before ?? ''}${text.repeat.repeat(text.times)}${text.after ?? ''}`;

/** `{host}`, `{pid}`: this machine, and a process that is alive. */
const fill = (text: string): string => text.replaceAll('{host}', hostname()).replaceAll('{pid}', String(process.pid));

const identity = {
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.com',
  GIT_AUTHOR_DATE: '2024-01-01T00:00:00Z',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.com',
  GIT_COMMITTER_DATE: '2024-01-01T00:00:00Z',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

/** One Helm on every machine, and a cache that goes with the case. */
const charts = {
  SLIPWAY_HELM: helmProgram(),
  SLIPWAY_ENGINE: 'off',
  SLIPWAY_CACHE_DIR: '.slipway/user',
  SLIPWAY_CHARTS: '',
};
const environment = (step: Step): NodeJS.ProcessEnv => ({
  ...process.env,
  ...identity,
  ...charts,
  NO_COLOR: '1',
  ...step.env,
});

function runSlipway(args: readonly string[], cwd: string, step: Step): Promise<RunResult> {
  if (step.as === undefined && process.env['CASES_IN_PROCESSES'] === undefined)
    return runInHost(args, cwd, environment(step));
  return start(process.execPath, [step.as === 'nobody' ? cliForNobody() : cli, ...args], cwd, step);
}

function start(program: string, args: readonly string[], cwd: string, step: Step): Promise<RunResult> {
  const env = environment(step);
  const user = step.as === 'nobody' && isRoot ? { uid: nobody, gid: nobody } : {};
  return new Promise((done, fail) => {
    const child = spawn(program, args, { cwd, env, ...user, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', fail);
    child.on('close', (code) =>
      done({ code, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') }),
    );
  });
}

/** What differs between machines and runs, replaced by a word. */
function scrub(text: string, root: string): string {
  return text
    .replaceAll(root, '<root>')
    .replaceAll(repository, '<slipway>')
    .replaceAll(/process \d+ on \S+?(?=[,)])/g, 'process <pid> on <host>')
    .replaceAll(/\b\d+ ms\b/g, '<n> ms')
    .replaceAll(/"(load|resolve|plan|charts|render|validate|prove|compare|publish)": [\d.]+/g, '"$1": <n>')
    .replaceAll(/\bmemory \d+ MiB/g, 'memory <n> MiB')
    .replaceAll(/ as [0-9a-f]{12}\b/g, ' as <commit>')
    .replaceAll(/\bgit version \S+/g, 'git version <version>')
    .replaceAll(/^(ok +helm +).*$/gm, '$1<helm>')
    .replaceAll(`${process.versions.node} `, '<node> ');
}

// -- an unprivileged user: root may read and write everything, so that modes mean nothing to it

export const isRoot: boolean = process.getuid?.() === 0;
const nobody = 65534;
let copy: string | undefined;

/** The program where everybody can read it: a checkout may lie in a folder that is closed to others. */
function cliForNobody(): string {
  if (!isRoot) return cli;
  if (copy === undefined) {
    copy = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-program-')));
    chmodSync(copy, 0o755);
    for (const part of ['dist', 'schemas', 'package.json'])
      cpSync(join(repository, part), join(copy, part), { recursive: true });
  }
  return join(copy, 'dist/cli.mjs');
}

/** Removes what the cases left in the temporary folder. */
export function removeProgramCopy(): void {
  if (copy !== undefined) rmSync(copy, { recursive: true, force: true });
  copy = undefined;
}

function giveAway(root: string): void {
  if (!isRoot) return;
  chownSync(root, nobody, nobody);
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true }))
    if (!entry.isSymbolicLink()) chownSync(join(entry.parentPath, entry.name), nobody, nobody);
}

// -- what stands in a folder

/** Every file, link and empty folder → what it is, to the byte and to the time of its last change. */
type Photograph = ReadonlyMap<string, string>;

function photograph(root: string): Photograph {
  const found = new Map<string, string>();
  walk(root, '', (path, content, { mode, mtimeMs, ino }) =>
    found.set(path, `${mode.toString(8)} ${mtimeMs} ${ino} ${content}`),
  );
  return found;
}

function differences(before: Photograph, after: Photograph): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((p) => before.get(p) !== after.get(p))
    .sort(compareText);
}

/** path → text (files), `-> target` (links) or `(empty)` (folders), but git's own and the cache. */
export function contents(root: string, folder = ''): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (existsSync(join(root, folder))) walk(root, folder, (path, content) => found.set(path, content));
  return new Map([...found].sort(([a], [b]) => compareText(a, b)));
}

function walk(root: string, path: string, see: (path: string, content: string, stat: Stats) => void): void {
  const full = join(root, path);
  const stat = lstatSync(full);
  if (stat.isSymbolicLink()) return see(path, `-> ${readlinkSync(full)}`, stat);
  if (stat.isFile())
    return see(
      path,
      opened(full, stat.mode, () => readFileSync(full, 'latin1')),
      stat,
    );
  return opened(full, stat.mode, () => {
    const names = readdirSync(full).filter((n) => !['.git', '.slipway'].includes(n));
    if (names.length === 0 && path !== '') see(path, '(empty)', stat);
    for (const name of names) walk(root, path === '' ? name : `${path}/${name}`, see);
  });
}

/** Reads what its owner may have closed. */
function opened<T>(full: string, mode: number, read: () => T): T {
  if (isRoot || (mode & 0o500) === 0o500) return read();
  chmodSync(full, 0o700);
  try {
    return read();
  } finally {
    chmodSync(full, mode & 0o777);
  }
}

/** Removes the folder of a case, closed folders in it included. */
export function clear(root: string): void {
  const open = (folder: string): void => {
    chmodSync(folder, 0o700);
    for (const e of readdirSync(folder, { withFileTypes: true })) if (e.isDirectory()) open(join(folder, e.name));
  };
  open(root);
  rmSync(root, { recursive: true, force: true });
}
