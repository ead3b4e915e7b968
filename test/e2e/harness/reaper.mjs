// Outlives the run that started it and ends what that run left behind: `add <pid>`, `gone <pid>`, `folder <path>`, `keep`
// come on stdin, and when stdin closes, whichever way the run ended, the process groups and the folder go.
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

const groups = new Set();
let folder;
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('SIGHUP', () => {});

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [word, rest] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)];
    if (word === 'add') groups.add(Number(rest));
    if (word === 'gone') groups.delete(Number(rest));
    if (word === 'folder') folder = rest;
    if (word === 'keep') folder = undefined;
  })
  .on('close', () => {
    for (const pid of groups) {
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // already gone
      }
    }
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
