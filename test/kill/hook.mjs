// Preloaded (node --import) into a run of the program. Every operation that changes files, and every program that is started,
// is counted; with KILL_AT=<n> the process is killed at the n-th, and with KILL_HALF=1 a write is half done by then. Without
// KILL_AT the count is written to the file KILL_COUNT at the end. Only the thread of the command is counted.
import childProcess from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { threadId } from 'node:worker_threads';

const at = Number(process.env.KILL_AT ?? 0);
const isHalf = process.env.KILL_HALF === '1';
let count = 0;
const { writeFileSync, writeSync } = fs;

function step(name, args) {
  count += 1;
  if (count !== at) return;
  if (isHalf && name === 'writeFileSync') {
    const data = Buffer.from(args[1]);
    writeFileSync(args[0], data.subarray(0, data.length / 2), args[2]);
  }
  process.kill(process.pid, 'SIGKILL');
}

const names = [
  'writeFileSync',
  'renameSync',
  'linkSync',
  'copyFileSync',
  'unlinkSync',
  'rmdirSync',
  'rmSync',
  'mkdirSync',
  'mkdtempSync',
];
if (threadId === 1) {
  for (const name of names) {
    const real = fs[name];
    fs[name] = (...args) => (step(name, args), real(...args));
  }
  for (const name of ['spawn', 'spawnSync']) {
    const real = childProcess[name];
    childProcess[name] = (...args) => (step(name, args), real(...args));
  }
  const { openSync } = fs;
  fs.openSync = (...args) => (/[wax+]/.test(String(args[1] ?? 'r')) && step('openSync', args), openSync(...args));
  fs.writeSync = (...args) => (args[0] > 2 && step('writeSync', args), writeSync(...args));
  syncBuiltinESMExports();
  if (process.env.KILL_COUNT !== undefined)
    process.on('exit', () => writeFileSync(process.env.KILL_COUNT, String(count)));
}
