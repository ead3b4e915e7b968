// Bundles the program into dist/: one small entry chunk, everything else in chunks that are loaded when needed.
import { build } from 'esbuild';
import { chmodSync, existsSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

// the chart engine stays (scripts/build-engine.mjs)
for (const name of existsSync('dist') ? readdirSync('dist') : [])
  if (!name.startsWith('slipway-engine')) rmSync(join('dist', name), { recursive: true, force: true });
const result = await build({
  entryPoints: { cli: 'generator/cli.ts', index: 'generator/index.ts', worker: 'generator/worker.ts' },
  outdir: 'dist',
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
const entry = Object.entries(result.metafile.outputs).find(
  ([file]) => file.endsWith('dist/cli.mjs') || file === 'dist/cli.mjs',
);
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
  '@kubernetes/client-node',
];
const leaked = Object.keys(entry?.[1].inputs ?? {}).filter((input) =>
  heavy.some((name) => input.includes(`node_modules/${name}/`)),
);
if (leaked.length > 0) {
  console.error(`the entry chunk contains ${leaked.join(', ')}`);
  process.exit(1);
}

// npm links the programs of dependencies, not a package's own: with this, `npx slipway` works in a clone
chmodSync('dist/cli.mjs', 0o755);
if (existsSync('node_modules/.bin')) {
  rmSync('node_modules/.bin/slipway', { force: true });
  symlinkSync('../../dist/cli.mjs', 'node_modules/.bin/slipway');
}
