// Preloaded (node --import): when a file operation and its path, as in
// `renameSync /tmp/x`, first match WHEN, the process does THEN: sends itself
// a signal (`SIGINT`), or stands still until a file is there (`hold <file>`; `<file>.held` says that it does).
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { threadId } from 'node:worker_threads';

const when = new RegExp(process.env.WHEN ?? '$^');
const [action = '', file = ''] = (process.env.THEN ?? '').split(' ');
let done = threadId > 1; // the command has the first thread beside the main one

const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

function act() {
  done = true;
  if (action === 'hold') {
    fs.writeFileSync(`${file}.held`, '');
    while (!fs.existsSync(file)) sleep(5);
  } else {
    process.kill(process.pid, action);
    sleep(50); // another thread may be the one that gets it, on a busy machine a moment later
  }
}

for (const name of ['openSync', 'readFileSync', 'writeFileSync', 'renameSync', 'linkSync', 'unlinkSync']) {
  const real = fs[name];
  fs[name] = (...args) => {
    if (!done && args.some((a) => typeof a === 'string' && when.test(`${name} ${a}`))) act();
    return real(...args);
  };
}
syncBuiltinESMExports();
