import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment, git, makeFleet, photograph, repository } from './fleet.ts';
import type { Run } from './fleet.ts';
import { act, deeds, follow, scenarios } from './scenarios.ts';
import type { Deed, Scenario } from './scenarios.ts';

/** Where a run is killed. */
interface Moment {
  /** The operation (from 1) that is not done any more; undefined: after some time. */
  readonly at?: number;
  readonly isHalf?: boolean;
  /** Part of the time that the run takes, 0 to 1; the programs that it started are killed with it. */
  readonly part?: number;
}

export interface Kill {
  readonly scenario: Scenario;
  readonly moment: Moment;
  readonly deed: Deed;
}

export interface Outcome extends Kill {
  /** Whether the tree was found as before the run or as after it; undefined where a person changed it. */
  readonly state: 'old' | 'new' | undefined;
  readonly wasKilled: boolean;
  readonly faults: readonly string[];
}

interface Known {
  readonly old: State;
  readonly done: State;
  readonly operations: number;
  readonly milliseconds: number;
}

interface State {
  readonly files: ReadonlyMap<string, string>;
  /** Branches here and at the remote, with the trees they have. */
  readonly refs: string;
  readonly head: string;
}

export interface Campaign {
  /** What is to be done for a seed: every operation of every scenario once, then moments, deeds and scenarios at random. */
  plan(seed: number, kills: number, command?: string): Promise<readonly Kill[]>;
  run(kill: Kill): Promise<Outcome>;
  close(): void;
}

/** `run` runs the built program in a folder to its end. */
export async function createCampaign(run: Run): Promise<Campaign> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-kill-')));
  const template = join(home, 'template');
  await makeFleet(template, run);
  const known = new Map<Scenario, Known>();
  let copies = 0;
  const prepared = async (scenario: Scenario): Promise<string> => {
    const scratch = join(home, String((copies += 1)));
    cpSync(template, scratch, { recursive: true });
    const root = join(scratch, 'fleet');
    await scenario.prepare(root, run);
    return root;
  };
  const learn = async (scenario: Scenario): Promise<Known> => {
    const found = known.get(scenario);
    if (found !== undefined) return found;
    const root = await prepared(scenario);
    const old = stateOf(root);
    const counted = join(home, 'count');
    const start = performance.now();
    const { code, stderr } = await kill(root, scenario.args, {}, { KILL_COUNT: counted });
    if (code !== 0) throw new Error(`${scenario.name}: ${stderr}`);
    const made = {
      old,
      done: stateOf(root),
      operations: Number(readFileSync(counted, 'utf8')),
      milliseconds: performance.now() - start,
    };
    known.set(scenario, made);
    rmSync(join(root, '..'), { recursive: true });
    return made;
  };
  return {
    async plan(seed, kills, command) {
      const wanted = scenarios.filter((s) => command === undefined || s.name.startsWith(command));
      const next = randomOf(seed);
      const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
      const chosen: Kill[] = [];
      // every operation once, in an order of its own, of all commands in turn
      const orders: { scenario: Scenario; numbers: number[] }[] = [];
      for (const scenario of wanted) {
        const { operations } = await learn(scenario);
        const numbers = Array.from({ length: operations }, (_, i) => ({ at: i + 1, order: next() }));
        orders.push({ scenario, numbers: numbers.sort((a, b) => a.order - b.order).map(({ at }) => at) });
      }
      for (let i = 0; chosen.length < kills / 2 && orders.some((o) => i < o.numbers.length); i += 1)
        for (const { scenario, numbers } of orders) {
          const at = numbers[i];
          if (at !== undefined && chosen.length < kills / 2) chosen.push({ scenario, moment: { at }, deed: 'nothing' });
        }
      while (chosen.length < kills) {
        const scenario = pick(wanted);
        const { operations } = await learn(scenario);
        const at = 1 + Math.floor(next() * operations);
        const moment = next() < 0.7 ? { at, isHalf: next() < 0.5 } : { part: next() };
        chosen.push({ scenario, moment, deed: pick(deeds) });
      }
      return chosen;
    },
    async run(one) {
      const about = await learn(one.scenario);
      const root = await prepared(one.scenario);
      const outcome = await carryOut(one, root, about, run);
      if (outcome.faults.length === 0) rmSync(join(root, '..'), { recursive: true });
      return outcome;
    },
    close: () => rmSync(home, { recursive: true, force: true }),
  };
}

async function carryOut(one: Kill, root: string, about: Known, run: Run): Promise<Outcome> {
  const { scenario, moment, deed } = one;
  const faults: string[] = [];
  const env = { KILL_AT: String(moment.at ?? 0), KILL_HALF: moment.isHalf === true ? '1' : '0' };
  const { signal } = await kill(root, scenario.args, moment, env, about.milliseconds);
  const changed = [...about.done.files].flatMap(([path, text]) => (about.old.files.get(path) === text ? [] : [path]));
  const mine = act(
    root,
    deed,
    changed.filter((path) => !isOurs(path)),
  );
  const isMoved = deed === 'checkout' || deed === 'pull';
  const tracked = isMoved ? trackedState(root) : undefined;
  await look(root, run, faults);
  // a command that writes and has nothing to do with the one that was killed
  const settled = await remedied(root, ['new', 'environment', 'zz'], run);
  if (settled.code !== 0) faults.push(`new environment: ${settled.stderr}`);
  const found = stateOf(root);
  for (const [path, text] of mine)
    if (found.files.get(path) !== text) faults.push(`${path}: what a person wrote is lost`);
  if (tracked !== undefined && trackedState(root) !== tracked)
    faults.push(`the tree of the commit changed: ${git(root, 'status', '--short')}`);
  // what is made elsewhere is settled there, by the same command
  if (scenario.isElsewhere !== true) leftovers(root, faults);
  const state = isMoved || scenario.isElsewhere === true ? undefined : sidesOf(found, about, mine, faults);
  const again = await remedied(root, scenario.args, run);
  if (deed === 'nothing') {
    const last = stateOf(root);
    const differing = differences(last, about.done, () => true);
    if (differing.length > 0) faults.push(`run again (${again.code}): ${differing.join(', ')}\n${again.stderr}`);
  } else if (again.code !== 0 && !/→ /.test(again.stderr)) faults.push(`run again: ${again.code} ${again.stderr}`);
  leftovers(root, faults);
  saneGit(root, faults);
  return { ...one, state, wasKilled: signal === 'SIGKILL', faults };
}

/** Commands that look change nothing, whatever they say. */
async function look(root: string, run: Run, faults: string[]): Promise<void> {
  const before = photograph(root);
  for (const args of [
    ['render', '--check', '--no-cache'],
    ['inspect', 'clusters'],
  ]) {
    const { code, stderr } = await run(root, args);
    if (![0, 2].includes(code ?? -1) && !/→ /.test(stderr)) faults.push(`${args.join(' ')}: ${code} ${stderr}`);
  }
  const after = photograph(root);
  for (const path of new Set([...before.keys(), ...after.keys()]))
    if (before.get(path) !== after.get(path)) faults.push(`${path}: a command that looks wrote it`);
}

/** Runs a command, and again after the remedies that it names. */
async function remedied(root: string, args: readonly string[], run: Run): ReturnType<Run> {
  for (let attempt = 0; ; attempt += 1) {
    const result = await run(root, args);
    if (result.code === 0 || attempt === 3 || !follow(root, result.stderr)) return result;
  }
}

/** Whether files are as before the killed run or as after it: those of deploy/ together, and all others together. */
function sidesOf(
  found: State,
  { old, done }: Known,
  mine: ReadonlyMap<string, string>,
  faults: string[],
): Outcome['state'] {
  let state: Outcome['state'];
  for (const isMember of [(p: string) => p.startsWith('deploy/'), (p: string) => !p.startsWith('deploy/')]) {
    const of = (p: string): boolean => isMember(p) && !mine.has(p) && p !== 'notes.txt';
    const [asOld, asNew] = [differences(found, old, of, false), differences(found, done, of, false)];
    if (asOld.length > 0 && asNew.length > 0)
      faults.push(`neither old (${asOld.join(', ')}) nor new (${asNew.join(', ')})`);
    if (asOld.length + asNew.length > 0) state = asNew.length === 0 ? 'new' : (state ?? 'old');
  }
  return state;
}

function differences(a: State, b: State, isMember: (path: string) => boolean, withRefs = true): string[] {
  const paths = [...new Set([...a.files.keys(), ...b.files.keys()])].filter(
    (path) => isMember(path) && path !== 'environments/zz.yaml' && !path.startsWith('.slipway/'),
  );
  return [
    ...paths.filter((path) => a.files.get(path) !== b.files.get(path)),
    ...(withRefs && a.refs !== b.refs ? [`refs:\n${a.refs}\nnot\n${b.refs}`] : []),
    ...(withRefs && a.head !== b.head ? [`HEAD: ${a.head}, not ${b.head}`] : []),
  ];
}

const isOurs = (path: string): boolean => path.startsWith('.slipway/') || path.includes('/.slipway-');

/** Journals, locks and temporary files, in the repository, beside it and in the folder for temporary files. */
function leftovers(root: string, faults: string[]): void {
  const pattern = /\.slipway-|(?:^|\/)\.slipway\/(?:journal|lock)/;
  const here = [...photograph(root).keys()].filter((path) => pattern.test(path));
  const beside = ['tmp', '.'].flatMap((folder) =>
    readdirSync(join(root, '..', folder)).filter((f) => f.includes('slipway-')),
  );
  for (const path of [...here, ...beside]) faults.push(`${path}: left behind`);
}

function saneGit(root: string, faults: string[]): void {
  try {
    git(root, 'fsck', '--connectivity-only', '--no-dangling');
    git(root, 'status', '--short');
    if (existsSync(join(root, '.git/index.lock'))) faults.push('.git/index.lock: left behind');
  } catch (error) {
    faults.push(String(error));
  }
}

/** What git tracks, as it stands: nothing of it may change. */
const trackedState = (root: string): string =>
  `${git(root, 'rev-parse', 'HEAD')}${git(root, 'status', '--porcelain', '--untracked-files=no')}`;

function stateOf(root: string): State {
  const refs = (at: string): string => git(at, 'for-each-ref', '--format=%(refname) %(tree)', 'refs/heads');
  return {
    files: new Map([...photograph(root)].filter(([path]) => !isOurs(path))),
    refs: `${refs(root)}remote:\n${refs(join(root, '../remote.git'))}`,
    head: git(root, 'rev-parse', '--symbolic-full-name', 'HEAD').trim(),
  };
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** Starts the program in a process of its own, and kills it. */
function kill(
  root: string,
  args: readonly string[],
  { part }: Moment,
  env: NodeJS.ProcessEnv,
  milliseconds = 0,
): Promise<Ended> {
  const hook = join(repository, 'test/kill/hook.mjs');
  const child = spawn(process.execPath, ['--import', hook, join(repository, 'dist/cli.mjs'), ...args], {
    cwd: root,
    env: { ...environment(root), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const timer =
    part === undefined
      ? undefined
      : setTimeout(() => {
          if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
            process.kill(-child.pid, 'SIGKILL');
        }, part * milliseconds);
  return new Promise((done) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      done({ code, signal, stderr });
    });
  });
}

/** Numbers from 0 to 1 that are the same for a seed (mulberry32). */
function randomOf(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
