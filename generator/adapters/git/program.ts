import { spawn } from 'node:child_process';
import { ToolError } from '../../model/diagnostic.ts';
import { endWithRun } from '../interruption.ts';

/**
 * Variables of git that say who commits, how to connect, and what is configured: people and CI jobs set them on purpose. All
 * others say where a repository, its index or its objects are, or what paths and revisions mean; a hook's git sets them for
 * its own repository, and ours is another.
 */
const inherited =
  /^GIT_(?:AUTHOR_|COMMITTER_|SSH|SSL_|HTTP_|PROXY_|CURL_|ASKPASS$|TERMINAL_PROMPT$|CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+|PARAMETERS)$|EXEC_PATH$|TRACE|ALLOW_PROTOCOL$|PROTOCOL|CEILING_DIRECTORIES$|DISCOVERY_ACROSS_FILESYSTEM$|TEST_)/;

/** What git inherits of the variables of this process; it speaks English, for what it says is read. */
export function gitEnvironment(variables: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const kept = Object.entries(variables).filter(([name]) => !name.startsWith('GIT_') || inherited.test(name));
  return { ...Object.fromEntries(kept), LANGUAGE: 'en', GIT_OPTIONAL_LOCKS: '0' };
}

export interface GitRun {
  readonly input?: string;
  /** Beside what git inherits. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds; without it git may take as long as it wants. */
  readonly timeout?: number;
}

export interface GitEnded {
  /** Undefined when it was ended after its time. */
  readonly code: number | undefined;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs git in a folder to its end. Throws ToolError tool/missing when it cannot be started. */
export function runGit(folder: string, args: readonly string[], run: GitRun = {}): Promise<GitEnded> {
  return new Promise((done, fail) => {
    const child = endWithRun(
      spawn('git', [...args], {
        cwd: folder,
        env: { ...gitEnvironment(), ...run.env },
        stdio: ['pipe', 'pipe', 'pipe'],
        killSignal: 'SIGKILL',
        ...(run.timeout === undefined ? {} : { timeout: run.timeout }),
      }),
    );
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let isLate = false;
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.stdin.on('error', () => undefined); // a git that does not read its input says why on stderr
    child.on('error', () => fail(new ToolError('tool/missing', 'git cannot be started.', 'Install git.')));
    child.on('exit', (code) => {
      isLate = code === null;
      // what it started may keep the pipes open
      if (isLate) done({ code: undefined, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString('utf8') });
    });
    child.on('close', (code) => {
      if (!isLate)
        done({ code: code ?? undefined, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString('utf8') });
    });
    child.stdin.end(run.input ?? '');
  });
}
