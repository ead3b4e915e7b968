// Preloaded (node --import) into a process that writes: counts the operations that change files, and lets the one that
// FAULT_AT names (from 1) be cut short by FAULT: `kill` (half of it is done, then the process is killed) or the code of an
// error (half of it is done, then it fails; with FAULT_LASTS=1 so do all after it). At its end the process prints how many there were.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

const at = Number(process.env.FAULT_AT ?? 0);
const fault = process.env.FAULT ?? '';
const lasting = process.env.FAULT_LASTS === '1';
const real = { ...fs };
let count = 0;

function cut(name) {
  if (fault === 'kill') process.kill(process.pid, 'SIGKILL');
  throw Object.assign(new Error(`${fault}: ${name}`), { code: fault });
}

/** What a cut operation leaves behind; operations that are not here are atomic. */
const half = {
  openSync: (...args) => fault === 'kill' && real.openSync(...args),
  writeSync: (handle, text) => real.writeSync(handle, text.slice(0, text.length / 2)),
  writeFileSync: (file, text, options) => real.writeFileSync(file, text.slice(0, text.length / 2), options),
  rmSync(path, options) {
    if (!real.existsSync(path) || !real.lstatSync(path).isDirectory()) return;
    const names = real.readdirSync(path);
    for (const name of names.slice(0, Math.ceil(names.length / 2))) real.rmSync(join(path, name), options);
  },
};

for (const name of [
  'openSync',
  'writeSync',
  'writeFileSync',
  'renameSync',
  'unlinkSync',
  'rmdirSync',
  'rmSync',
  'mkdirSync',
])
  fs[name] = (...args) => {
    if (name === 'openSync' && args[1] === 'r') return real[name](...args);
    count += 1;
    if (count < at || at === 0 || (count > at && !lasting)) return real[name](...args);
    half[name]?.(...args);
    return cut(name);
  };
syncBuiltinESMExports();
process.on('exit', () => real.writeSync(1, `${count}\n`));
