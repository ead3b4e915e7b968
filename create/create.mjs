#!/usr/bin/env node
// `npm create @slipway-dev/slipway [folder] [-- options of slipway init]`: makes a fleet, then installs what its package.json
// names, so that `npx slipway` is the version that is pinned there.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const tool = '@slipway-dev/slipway';
const program = join(dirname(createRequire(import.meta.url).resolve(`${tool}/package.json`)), 'dist/cli.mjs');
const words = process.argv.slice(2);
const folder = words[0] === undefined || words[0].startsWith('-') ? '.' : words[0];

run(process.execPath, [program, 'init', ...words]);
if (!words.includes('--help')) {
  // of whoever runs this: npm, pnpm, yarn or bun
  const [manager] = /^(?:pnpm|yarn|bun)(?=\/)/.exec(process.env.npm_config_user_agent ?? '') ?? ['npm'];
  run(manager, ['install'], { cwd: folder, shell: process.platform === 'win32' });
}

function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (error !== undefined) process.stderr.write(`${command} cannot be started: ${error.message}\n`);
  if (status !== 0) process.exit(status ?? 1);
}
