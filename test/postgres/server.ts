import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** What a psql run said. */
export interface PsqlResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A throwaway PostgreSQL that listens on a socket in its own folder only. */
export interface Server {
  /** Runs SQL as a role; rows come back as lines, columns separated by |. */
  psql(database: string, role: string, sql: string, env?: Readonly<Record<string, string>>): PsqlResult;
  /** The same beside what follows; `stop` ends it. */
  start(database: string, role: string, sql: string): { readonly result: Promise<PsqlResult>; stop(): void };
  stop(): void;
}

/** Folders with initdb, pg_ctl, postgres and psql: those in SLIPWAY_POSTGRES, of Debian and in PATH, one for each major version. */
export function findServers(): readonly { readonly version: string; readonly binaries: string }[] {
  const versions = '/usr/lib/postgresql';
  const packaged = existsSync(versions) ? readdirSync(versions).map((v) => join(versions, v, 'bin')) : [];
  const listed = [process.env['SLIPWAY_POSTGRES'], process.env['PATH']].flatMap((l) => (l ?? '').split(delimiter));
  const found = new Map<string, string>();
  for (const folder of [...listed, ...packaged]) {
    if (folder === '' || !['initdb', 'pg_ctl', 'postgres', 'psql'].every((name) => existsSync(join(folder, name))))
      continue;
    const version = /(\d+)\./.exec(execFileSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' }))?.[1];
    if (version !== undefined && !found.has(version)) found.set(version, folder);
  }
  return [...found]
    .map(([version, binaries]) => ({ version, binaries }))
    .toSorted((a, b) => Number(b.version) - Number(a.version));
}

function identity(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** initdb refuses to run as root, so there the user postgres runs it. */
export function startServer(binaries: string): Server {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-pg-'));
  const user = identity();
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  chmodSync(folder, 0o755);
  const data = join(folder, 'data');
  const run = (name: string, args: readonly string[]): void => {
    execFileSync(join(binaries, name), args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], ...user });
  };
  run('initdb', [
    '--pgdata',
    data,
    '--username',
    'postgres',
    '--auth',
    'trust',
    '--encoding',
    'UTF8',
    '--locale',
    'C',
    '--no-sync',
  ]);
  const options = `-c listen_addresses='' -c unix_socket_directories='${folder}' -c fsync=off -c max_connections=20 -c max_locks_per_transaction=10`;
  run('pg_ctl', ['--pgdata', data, '--wait', '--log', join(folder, 'log'), '--options', options, 'start']);
  const client = join(binaries, 'psql');
  const argumentsOf = (database: string, role: string): string[] => [
    ...['--no-psqlrc', '--quiet', '--no-align', '--tuples-only', '--set=ON_ERROR_STOP=1'],
    ...['--host', folder, '--username', role, '--dbname', database, '--file', '-'],
  ];
  return {
    psql(database, role, sql, env) {
      const { status, stdout, stderr } = spawnSync(client, argumentsOf(database, role), {
        input: sql,
        encoding: 'utf8',
        env: { ...process.env, ...env },
      });
      return { code: status, stdout: stdout.trim(), stderr };
    },
    start(database, role, sql) {
      const child = spawn(client, argumentsOf(database, role), { stdio: ['pipe', 'pipe', 'pipe'] });
      const said = { stdout: '', stderr: '' };
      for (const name of ['stdout', 'stderr'] as const)
        child[name].setEncoding('utf8').on('data', (text: string) => (said[name] += text));
      child.stdin.end(sql);
      const result = new Promise<PsqlResult>((done) => child.on('close', (code) => done({ code, ...said })));
      return { result, stop: () => void child.kill() };
    },
    stop() {
      run('pg_ctl', ['--pgdata', data, '--mode', 'immediate', 'stop']);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
