// Builds the programs that the end-to-end tests run (docs/e2e.md): `npm run e2e:tools`. What is there already is kept.
// Exit codes: 0 all there, 1 a build failed, 2 this machine lacks what it takes (Go, its modules, or a system package).
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism, freemem, setPriority } from 'node:os';
import { join } from 'node:path';
import type { Program, ToolModule } from '../test/e2e/harness/programs.ts';
import {
  cacheRoot,
  findInstalled,
  findPrograms,
  goVersion,
  moduleCache,
  moduleFolder,
  modules,
} from '../test/e2e/harness/programs.ts';

/** What the link of the largest program takes at its peak, with room to spare. */
const memoryPerBuild = 3 * 1024 ** 3;

function line(name: string, text: string): void {
  process.stdout.write(`${name.padEnd(24)} ${text}\n`);
}

function go(module: ToolModule, args: readonly string[]): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn('go', args, {
      cwd: moduleFolder(module),
      env: { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly', GOWORK: 'off' },
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('error', fail);
    child.on('close', (code) => {
      if (code === 0) done();
      else fail(new Error(`go ${args.slice(0, 2).join(' ')} in ${moduleFolder(module)}:\n${said}`));
    });
  });
}

/** Copies the folders that the harness reads; module zips lose the x bit of scripts and are read-only. */
function copyShare(module: ToolModule, cache: string): void {
  const target = join(cache, 'share');
  if (module.share === undefined || existsSync(target)) return;
  const building = mkdtempSync(join(cache, '.share-'));
  for (const [name, [path, folder]] of Object.entries(module.share)) {
    const root = execFileSync('go', ['list', '-mod=readonly', '-m', '-f', '{{.Dir}}', path], {
      cwd: moduleFolder(module),
      encoding: 'utf8',
    }).trim();
    cpSync(join(root, folder), join(building, name), { recursive: true });
    execFileSync('chmod', ['-R', 'u+w', join(building, name)]);
    for (const file of readdirSync(join(building, name)))
      if (file.endsWith('.sh')) chmodSync(join(building, name, file), 0o755);
  }
  renameSync(building, target);
}

async function build(module: ToolModule, programs: readonly Program[], cache: string): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, '.build-'));
  try {
    // One after the other, so that a line appears as soon as a program is there.
    for (const { name } of programs) {
      const started = Date.now();
      const flags = ['-trimpath', '-buildvcs=false', '-ldflags', ['-s', '-w', ...module.ldflags].join(' ')];
      await go(module, ['build', ...flags, '-o', join(folder, name), module.packages[name] ?? '']);
      renameSync(join(folder, name), join(cache, name));
      line(name, `built in ${Math.round((Date.now() - started) / 1000)} s`);
    }
    copyShare(module, cache);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Job {
  readonly module: ToolModule;
  readonly programs: readonly Program[];
  readonly cache: string;
}

function jobs(version: string, programs: readonly Program[]): Job[] {
  return modules.flatMap((module) => {
    const cache = moduleCache(module, version) ?? '';
    const missing = programs.filter((program) => program.module === module && program.file === undefined);
    const shares = module.share !== undefined && !existsSync(join(cache, 'share'));
    return missing.length > 0 || shares ? [{ module, programs: missing, cache }] : [];
  });
}

const lacking = 2;

async function main(): Promise<number> {
  setPriority(10);
  const version = goVersion();
  const programs = findPrograms(version);
  for (const { name, file } of programs) if (file !== undefined) line(name, file);
  let missing = programs.filter(({ file }) => file === undefined).map(({ name }) => name);
  for (const [name, packageName] of [
    ['redis-server', 'redis-server'],
    ['redis-cli', 'redis-tools'],
    ['git', 'git'],
    ['openssl', 'openssl'],
  ] as const) {
    const file = findInstalled(name);
    if (file !== undefined) line(name, file);
    else line(name, `missing: install it from the system's packages (apt-get install ${packageName})`);
    if (file === undefined) missing = [...missing, name];
  }
  if (version === undefined && programs.some(({ file }) => file === undefined)) {
    process.stderr.write(
      `no Go and no ${missing.join(', ')}: install Go 1.26.3 or newer (https://go.dev/dl/), or restore ${cacheRoot()}\n`,
    );
    return lacking;
  }
  const queue = version === undefined ? [] : jobs(version, programs);
  try {
    for (const { module } of queue) await go(module, ['mod', 'download']);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return lacking;
  }
  const slots = Math.max(1, Math.min(availableParallelism(), Math.floor(freemem() / memoryPerBuild), queue.length));
  const work = async (): Promise<void> => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift())
      await build(job.module, job.programs, job.cache);
  };
  await Promise.all(Array.from({ length: slots }, work));
  return ['redis-server', 'redis-cli', 'git', 'openssl'].some((name) => findInstalled(name) === undefined)
    ? lacking
    : 0;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
