import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import type { Run } from './process.ts';

/** The bare repository that stands for the fleet repository, and a work tree to commit from. */
export interface FleetRepository {
  readonly bare: string;
  readonly worktree: string;
  /** Replaces a folder of the repository by a folder of the file system. */
  copy(from: string, to: string): void;
  write(path: string, text: string): void;
  remove(path: string): void;
  /** Commits everything and pushes; the answer is the commit. */
  commit(message: string): string;
}

const identity = { GIT_AUTHOR_NAME: 'e2e', GIT_AUTHOR_EMAIL: 'e2e@example.com' };

export function gitEnvironment(folder: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    ...identity,
    GIT_COMMITTER_NAME: identity.GIT_AUTHOR_NAME,
    GIT_COMMITTER_EMAIL: identity.GIT_AUTHOR_EMAIL,
  };
}

export function createRepository(run: Run): FleetRepository {
  const bare = join(run.folder, 'git/fleet.git');
  const worktree = join(run.folder, 'git/work');
  mkdirSync(worktree, { recursive: true });
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: worktree, encoding: 'utf8', env: gitEnvironment(run.folder) }).trim();
  git('init', '--quiet', '--bare', '--initial-branch=main', bare);
  git('init', '--quiet', '--initial-branch=main', '.');
  git('remote', 'add', 'origin', bare);
  return {
    bare,
    worktree,
    copy(from, to) {
      rmSync(join(worktree, to), { recursive: true, force: true });
      cpSync(from, join(worktree, to), { recursive: true });
    },
    write(path, text) {
      mkdirSync(dirname(join(worktree, path)), { recursive: true });
      writeFileSync(join(worktree, path), text);
    },
    remove: (path) => rmSync(join(worktree, path), { recursive: true, force: true }),
    commit(message) {
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '-m', message);
      git('push', '--quiet', 'origin', 'main');
      return git('rev-parse', 'HEAD');
    },
  };
}

/** Answers a request by `git http-backend` (smart HTTP; Argo CD's client does not speak the dumb one). */
export function serveGit(bare: string, path: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const backend = spawn('git', ['http-backend'], {
    env: {
      ...gitEnvironment(dirname(bare)),
      GIT_PROJECT_ROOT: bare,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: path,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  request.pipe(backend.stdin);
  backend.stdin.on('error', () => undefined);
  let head = Buffer.alloc(0);
  const onHead = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    backend.stdout.off('data', onHead);
    for (const line of head.subarray(0, end).toString().split('\r\n')) {
      const colon = line.indexOf(':');
      const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()];
      if (name.toLowerCase() === 'status') response.statusCode = Number(value.slice(0, 3));
      else response.setHeader(name, value);
    }
    response.write(head.subarray(end + 4));
    backend.stdout.pipe(response);
  };
  backend.stdout.on('data', onHead);
  backend.on('error', () => response.destroy());
  backend.on('close', () => response.end());
}
