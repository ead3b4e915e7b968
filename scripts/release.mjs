// Makes the packages that are published, each in a folder of release/ and as a tarball beside it: `npm run release`.
//   slipway              the program with everything it runs with: no other package is installed with it
//   create-slipway       `npm create @slipway-dev/slipway`
//   engine-<platform>    the chart engine, one per platform, optional dependencies of slipway: `-- --engines`, with Go
// Exit codes: 0 made, 1 something failed, 2 this machine lacks what the engines take (Go, or its modules).
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { buildEngine, engineFile, engineTargets, helmVersion, lackingForEngines, linkedModules } from './engines.mjs';
import { noticesOf } from './notices.mjs';
import { writeTypes } from './types.mjs';

const root = resolve(import.meta.dirname, '..');
const release = join(root, 'release');
const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const { name, version } = own;
const scope = name.split('/')[0];
const engineName = ({ platform, arch }) => `${scope}/engine-${platform}-${arch}`;
const targets = process.argv.includes('--engines') ? engineTargets : [];

const lacking = targets.length === 0 ? undefined : lackingForEngines();
if (lacking !== undefined) {
  console.error(`The chart engines are not built: ${lacking}.`);
  process.exit(2);
}
rmSync(release, { recursive: true, force: true });
for (const folder of [program(), create(), ...targets.map(engine)])
  execFileSync('npm', ['pack', '--silent', '--pack-destination', release], { cwd: folder, stdio: 'inherit' });

/** A new folder with these parts of the repository, and the manifest: what all packages have in common, and this. */
function start(folder, parts, manifest) {
  const to = join(release, folder);
  mkdirSync(to, { recursive: true });
  for (const [from, path] of Object.entries({ LICENSE: 'LICENSE', ...parts }))
    cpSync(join(root, from), join(to, path), { recursive: true });
  const { license, homepage, repository, bugs } = own;
  const all = { ...manifest, version, license, homepage, repository, bugs, publishConfig: { access: 'public' } };
  writeFileSync(join(to, 'package.json'), `${JSON.stringify(all, null, 2)}\n`);
  return to;
}

/** No scripts, and nothing of what the tests need: what is installed runs nothing. */
function program() {
  const { description, keywords, type, engines, bin, exports, files } = own;
  const optional = Object.fromEntries(targets.map((target) => [engineName(target), version]));
  const parts = {
    catalog: 'catalog',
    ci: 'ci',
    docs: 'docs',
    'renovate.json': 'renovate.json',
    schemas: 'schemas',
    'README.md': 'README.md',
  };
  const folder = start('slipway', parts, {
    ...{ name, description, keywords, type, engines, bin, exports, files },
    ...(targets.length === 0 ? {} : { optionalDependencies: optional }),
  });
  execFileSync(process.execPath, ['scripts/build.mjs', relative(root, join(folder, 'dist'))], {
    cwd: root,
    stdio: 'inherit',
  });
  writeTypes(root, join(folder, 'dist/types'));
  return folder;
}

function create() {
  return start(
    'create-slipway',
    { 'create/create.mjs': 'create.mjs', 'create/README.md': 'README.md' },
    {
      name: `${scope}/create-slipway`,
      description: 'Makes a repository for Slipway',
      type: 'module',
      engines: own.engines,
      bin: { 'create-slipway': 'create.mjs' },
      files: ['create.mjs'],
      dependencies: { [name]: version },
    },
  );
}

function engine(target) {
  const { platform, arch } = target;
  const file = engineFile(platform);
  const folder = start(
    `engine-${platform}-${arch}`,
    { 'engine/README.md': 'README.md' },
    {
      name: engineName(target),
      description: `Helm ${helmVersion} as a program that Slipway renders charts with, for ${platform} ${arch}`,
      os: [platform],
      cpu: [arch],
      files: [file, 'THIRD_PARTY_NOTICES.txt'],
    },
  );
  buildEngine(join(folder, file), target);
  writeFileSync(join(folder, 'THIRD_PARTY_NOTICES.txt'), noticesOf(linkedModules(target)));
  return folder;
}
