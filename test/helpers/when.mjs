// Preloaded (node --import): when a file operation and its path, as in
// `renameSync /tmp/x`, first match WHEN, the process does THEN: sends itself
// a signal (`SIGINT`), or stands still until a file is there (`hold <file>`; `<file>.held` says that it does).
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const when = new RegExp(process.env.WHEN ?? '$^');
const [action = '', file = ''] = (process.env.THEN ?? '').split(' ');
let done = !isMainThread;

function act() {
  done = true;
  if (action !== 'hold') return process.kill(process.pid, action);
  fs.writeFileSync(`${file}.held`, '');
  while (!fs.existsSync(file)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
}

for (const name of ['openSync', 'readFileSync', 'writeFileSync', 'renameSync', 'unlinkSync']) {
  const real = fs[name];
  fs[name] = (...args) => {
    if (!done && args.some((a) => typeof a === 'string' && when.test(`${name} ${a}`))) act();
    return real(...args);
  };
}
syncBuiltinESMExports();
