import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { git, put, replicate } from './fleet.ts';
import type { Run } from './fleet.ts';

/** A command that writes, and what makes it have something to write. */
export interface Scenario {
  readonly name: string;
  readonly args: readonly string[];
  /** It writes into another repository. */
  readonly isElsewhere?: boolean;
  prepare(root: string, run: Run): void | Promise<void>;
}

const scenario = (args: string, prepare: Scenario['prepare'] = () => undefined, name = args): Scenario => ({
  name,
  args: args.split(' '),
  prepare,
});

/** Cluster a changes, and b goes. */
function edit(root: string): void {
  replicate(root, 4, ['a']);
  rmSync(join(root, 'clusters/b.yaml'));
}

async function edited(root: string, run: Run): Promise<void> {
  replicate(root, 4);
  await run(root, ['render']);
}

/** Cluster b has proven an option that a takes over. */
function proven(root: string): void {
  replicate(root, 7, ['b']);
  git(root, 'commit', '-qam', 'b');
}

async function provenAndRendered(root: string, run: Run): Promise<void> {
  proven(root);
  await run(root, ['render']);
  git(root, 'commit', '-qam', 'tree of b');
}

/** The chart of the catalog is a version behind, and the lock does not have it. */
function behind(root: string): void {
  const file = join(root, 'catalog/demo/demo-chart/component.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('1.2.3', '1.2.2'));
  put(root, 'catalog/catalog.lock', 'version: 1\ncharts: []\n');
}

/** An example of a capability without charts, whose golden tree is not written yet. */
async function example(root: string, run: Run): Promise<void> {
  await run(root, ['new', 'capability', 'plain']);
  await run(root, ['new', 'component', 'plain/one']);
  put(
    root,
    'custom/plain/examples/small.yaml',
    'apiVersion: slipway.dev/v1alpha1\nkind: Cluster\nmetadata: { name: small }\nspec:\n  domain: small.example.com\n  kubernetes: { version: "1.34" }\n  capabilities:\n    plain: {}\n',
  );
}

/** The fleet owns its catalog, edited it, and a newer version of what it was is installed. */
async function vendored(root: string, run: Run): Promise<void> {
  mkdirSync(join(root, 'node_modules/acme-catalog'), { recursive: true });
  renameSync(join(root, 'catalog'), join(root, 'node_modules/acme-catalog/catalog'));
  put(root, 'node_modules/acme-catalog/catalog/README.md', 'gone in the next version\n');
  const about = (version: string): void =>
    put(root, 'node_modules/acme-catalog/package.json', JSON.stringify({ name: 'acme-catalog', version }));
  about('1.2.0');
  put(root, 'slipway.yaml', ownedFleet);
  await run(root, ['catalog', 'lock']);
  await run(root, ['catalog', 'vendor']);
  git(root, 'add', '-A', '--', '.', ':!node_modules');
  git(root, 'commit', '-qm', 'vendored');
  about('1.3.0');
  const values = join(root, 'node_modules/acme-catalog/catalog/demo/demo-chart/values.yaml.hbs');
  writeFileSync(values, `${readFileSync(values, 'utf8')}added: 1\n`);
  rmSync(join(root, 'node_modules/acme-catalog/catalog/README.md'));
}

const ownedFleet =
  'apiVersion: slipway.dev/v1alpha1\nkind: Fleet\nspec:\n  catalogs:\n    - source: npm:acme-catalog@1.2.0\n';

const takeOver = 'promote b a --options capabilities.demo.replicas --override';

export const scenarios: readonly Scenario[] = [
  scenario('render --allow-delete --no-cache', edit),
  scenario('commit', edited),
  scenario('commit --branch topic', edited),
  scenario('commit --push', async (root, run) => {
    await edited(root, run);
    git(root, 'commit', '-qm', 'spec', 'clusters');
  }),
  scenario(takeOver, proven),
  scenario(`${takeOver} --branch topic`, provenAndRendered),
  scenario(`${takeOver} --branch main`, provenAndRendered),
  scenario('upgrade --in-place', vendored),
  scenario('new cluster c'),
  scenario('new environment prod'),
  scenario('new component demo/extra'),
  scenario(
    'new component demo/packed --chart https://charts.example.com --chart-name demo --chart-version 1.2.3 --offline',
  ),
  scenario('new capability extra'),
  scenario('schema cluster --write'),
  scenario('schema environment --write'),
  scenario('schema import crd.yaml'),
  scenario('catalog lock --offline'),
  scenario('catalog upgrade demo-chart --to 1.2.3 --offline', behind),
  scenario('catalog test plain --update --offline', example),
  scenario('catalog docs', (root) =>
    put(root, 'catalog/demo/README.md', '# Demo\n\n<!-- options:begin -->\n<!-- options:end -->\n'),
  ),
  { ...scenario('init made'), isElsewhere: true },
  scenario('bundle packed --offline'),
  scenario('report page.html'),
];

/** What a person does after a run was killed: what it leaves has to stay, see campaign.ts. */
export type Deed = 'nothing' | 'edit' | 'file' | 'checkout' | 'pull';

export const deeds: readonly Deed[] = ['nothing', 'edit', 'file', 'checkout', 'pull'];

/** Does it; the files a person has written by then, path → text. */
export function act(root: string, deed: Deed, changed: readonly string[]): ReadonlyMap<string, string> {
  if (deed === 'edit' || deed === 'file') {
    const [path = 'clusters/a.yaml'] = changed;
    const mine = deed === 'edit' ? path : [...path.split('/').slice(0, -1), 'mine.txt'].join('/');
    const text = '# mine\n';
    put(root, mine, text);
    return new Map([[mine, text]]);
  }
  // as everybody does whose work tree is in the way
  if (deed !== 'nothing') {
    rmSync(join(root, '.git/index.lock'), { force: true });
    git(root, 'reset', '-q', '--hard');
  }
  if (deed === 'checkout') git(root, 'checkout', '-q', 'other');
  if (deed === 'pull') git(root, 'pull', '-q', '--rebase', 'origin', 'main');
  return new Map();
}

/** Follows the remedy that a finding names; false when it names none that is known here. */
export function follow(root: string, stderr: string): boolean {
  const lock = /Remove it: rm '([^']+)'/.exec(stderr)?.[1];
  if (lock !== undefined) {
    rmSync(lock);
    return true;
  }
  if (/promote\/uncommitted/.test(stderr)) {
    git(root, 'add', 'clusters', 'deploy');
    git(root, 'commit', '-qm', 'what promote wrote');
    return true;
  }
  const abort = /git (rebase|merge) --abort/.exec(stderr)?.[1];
  if (abort === undefined) return false;
  try {
    git(root, abort, '--abort');
  } catch {
    return false;
  }
  writeFileSync(join(root, '.git/followed'), '');
  return true;
}
