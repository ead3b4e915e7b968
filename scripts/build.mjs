// Bundles the program into dist/: one small entry chunk, everything else in chunks that are loaded when needed. Whoever runs
// the program meanwhile is not disturbed: the build is made beside dist/, chunks have names by their content and come before
// the entries that name them, every file is replaced by a rename, and chunks of the build before stay for a while.
import { build } from 'esbuild';
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledPackages, noticesOf } from './notices.mjs';

const entries = ['cli.mjs', 'index.mjs', 'worker.mjs'];
/** Or a folder that is named: `node scripts/build.mjs release/slipway/dist`. */
const dist = process.argv[2] ?? 'dist';
const building = `${dist}/.building-${process.pid}`;
mkdirSync(building, { recursive: true });
process.on('exit', () => rmSync(building, { recursive: true, force: true }));
const result = await build({
  entryPoints: { cli: 'generator/cli.ts', index: 'generator/index.ts', worker: 'generator/worker.ts' },
  outdir: building,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  metafile: true,
  legalComments: 'linked',
  logLevel: 'warning',
  banner: {
    js: "import { createRequire as slipwayCreateRequire } from 'node:module'; const require = slipwayCreateRequire(import.meta.url);",
  },
});

// --help must not pay for what it does not use
const entry = result.metafile.outputs[`${building}/cli.mjs`];
const heavy = [
  'ajv',
  'handlebars',
  'yaml',
  'js-yaml',
  'fast-glob',
  'diff',
  'undici',
  'modern-tar',
  'semver',
  're2js',
  '@kubernetes/client-node',
];
const leaked = Object.keys(entry.inputs).filter((input) =>
  heavy.some((name) => input.includes(`node_modules/${name}/`)),
);
if (leaked.length > 0) {
  console.error(`the entry chunk contains ${leaked.join(', ')}`);
  process.exit(1);
}

chmodSync(join(building, 'cli.mjs'), 0o755);
writeFileSync(
  join(building, 'THIRD_PARTY_NOTICES.txt'),
  noticesOf(bundledPackages(Object.keys(result.metafile.inputs))),
);
const made = readdirSync(building).sort((a, b) => Number(entries.includes(a)) - Number(entries.includes(b)));
for (const name of made) renameSync(join(building, name), join(dist, name));

// a program that was started before may still load its chunks; the chart engine (scripts/build-engine.mjs) and types stay
const anHourAgo = Date.now() - 3_600_000;
for (const name of readdirSync(dist)) {
  const isOurs = /\.mjs(?:\.LEGAL\.txt)?$/.test(name) || name.startsWith('.building-');
  if (isOurs && !made.includes(name) && isOlder(join(dist, name), anHourAgo))
    rmSync(join(dist, name), { recursive: true, force: true });
}

function isOlder(path, time) {
  return (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) < time;
}

// npm makes commands of dependencies, not of a package itself: with these, `npx slipway` works in a clone. Files and no links,
// for on Windows links need rights of their own.
const commands = 'node_modules/.bin';
if (dist === 'dist' && existsSync(commands)) {
  replaceFile(
    join(commands, 'slipway'),
    "#!/usr/bin/env node\nimport('../../dist/cli.mjs').catch((error) => { console.error(error); process.exitCode = 1; });\n",
  );
  if (process.platform === 'win32')
    replaceFile(join(commands, 'slipway.cmd'), '@node "%~dp0\\..\\..\\dist\\cli.mjs" %*\r\n');
}

function replaceFile(path, text) {
  const part = `${path}.${process.pid}`;
  writeFileSync(part, text, { mode: 0o755 });
  renameSync(part, path);
}
