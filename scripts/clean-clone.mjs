// Clones this repository into a new folder and runs the commands of the README there, exactly as they are printed.
// `npm test` is left out (CI runs it beside this), the editor is replaced by nothing, and the push goes to a bare clone.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '..');
const base = mkdtempSync(join(tmpdir(), 'slipway-clone-'));
const clone = join(base, 'clone');
const identity = {
  GIT_AUTHOR_NAME: 'Clone',
  GIT_AUTHOR_EMAIL: 'clone@example.com',
  GIT_COMMITTER_NAME: 'Clone',
  GIT_COMMITTER_EMAIL: 'clone@example.com',
};

function run(command, cwd, allowed = [0]) {
  process.stdout.write(`$ ${command}\n`);
  const { status, stdout, stderr } = spawnSync('bash', ['-c', command], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...identity },
  });
  if (!allowed.includes(status)) {
    process.stdout.write(`${stdout}${stderr}\nended with ${status}\n`);
    throw new Error(`a command of the README failed: ${command}`);
  }
  return stdout;
}

const commands = [...readFileSync(join(repository, 'README.md'), 'utf8').matchAll(/```\n([\s\S]*?)```/g)]
  .flatMap((block) => block[1].split('\n'))
  .map((line) => line.replace(/\s+#.*$/, '').trim())
  .filter((line) => /^(?:npm|npx|git) /.test(line) && line !== 'npm test');

try {
  run(
    `git clone -q --bare ${JSON.stringify(repository)} ${base}/remote.git && git clone -q ${base}/remote.git clone`,
    base,
  );
  run('git checkout -q -B main', clone);
  for (const command of commands)
    run(
      command.replace('npm ci', 'npm ci --no-audit --no-fund --silent'),
      clone,
      command.includes('slipway diff') ? [0, 2] : [0],
    );
  // what the commands did: the new cluster is committed and pushed, everything else is as it was
  const changed = run('git status --porcelain', clone)
    .trim()
    .split('\n')
    .filter((line) => line !== '');
  if (changed.length > 0) throw new Error(`the clone is not clean afterwards:\n${changed.join('\n')}`);
  const files = run('git show --name-only --format= HEAD', clone).trim().split('\n');
  if (!files.every((file) => file.startsWith('deploy/staging-us/')))
    throw new Error(`the commit holds more than the new tree:\n${files.join('\n')}`);
  process.stdout.write(`clean clone: ${commands.length} commands of the README ran\n`);
} finally {
  rmSync(base, { recursive: true, force: true });
}
