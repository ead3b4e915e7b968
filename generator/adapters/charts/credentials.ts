import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { kubernetesValue } from '../../yaml/kubernetesYaml.ts';
import { ToolError } from '../../model/diagnostic.ts';
import { asMap, asString, listAt, mapAt, textAt } from '../../model/values.ts';
import type { ValueMap } from '../../model/values.ts';
import type { TlsOptions } from '../http/dispatcher.ts';
import { reason } from '../reason.ts';
import { readJson } from '../../yaml/limits.ts';
import { withoutEnd } from '../../util/text.ts';
import { endWithRun } from '../interruption.ts';

export interface Login {
  readonly username: string;
  readonly password: string;
  /** The password is a refresh token of the registry, not a password. */
  readonly isToken?: boolean;
}

/** What Helm knows of a chart repository. */
export interface RepositoryAccess {
  readonly login: Login | undefined;
  /** The login also goes to other hosts that the index names (`helm repo add --pass-credentials`). */
  readonly passOn: boolean;
  readonly tls: TlsOptions;
}

export interface Credentials {
  repository(url: string): RepositoryAccess;
  /** The login for a registry, `host[:port]`. */
  registry(host: string): Promise<Login | undefined>;
}

type Env = (name: string) => string | undefined;

const helperTimeout = 10_000;

/** The logins that `helm repo add`, `helm registry login` and `docker login` left on this machine. */
export function createCredentials(env: Env, timeout: number = helperTimeout): Credentials {
  const helm = helmFolder(env);
  let repositories: readonly ValueMap[] | undefined;
  return {
    repository(url) {
      repositories ??= readRepositories(env('HELM_REPOSITORY_CONFIG') ?? join(helm, 'repositories.yaml'));
      return accessTo(url, repositories, env('HELM_REPOSITORY_CONFIG') ?? join(helm, 'repositories.yaml'));
    },
    async registry(host) {
      const files = [
        env('HELM_REGISTRY_CONFIG') ?? join(helm, 'registry/config.json'),
        join(env('DOCKER_CONFIG') ?? join(home(env), '.docker'), 'config.json'),
      ];
      for (const file of files) {
        const login = await loginIn(file, host, timeout);
        if (login !== undefined) return login;
      }
      return undefined;
    },
  };
}

const home = (env: Env): string => env('HOME') ?? homedir(); // on Windows %USERPROFILE%

/** As Helm's pkg/helmpath has it. */
export function helmFolder(env: Env, platform: NodeJS.Platform = process.platform): string {
  const base = platform === 'darwin' ? 'Library/Preferences' : '.config';
  const usual = (platform === 'win32' ? env('APPDATA') : undefined) ?? join(home(env), base);
  return env('HELM_CONFIG_HOME') ?? join(env('XDG_CONFIG_HOME') ?? usual, 'helm');
}

function unreadable(file: string, why: string): ToolError {
  return new ToolError('chart/credentials', `${file} cannot be read: ${why}.`, 'Correct it, or log in again.');
}

function readText(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw unreadable(file, reason(error));
  }
}

function readRepositories(file: string): readonly ValueMap[] {
  const text = readText(file);
  if (text === undefined) return [];
  const read = kubernetesValue(text);
  if (read === undefined) throw unreadable(file, 'it is not YAML');
  return listAt(read, 'repositories').map(asMap);
}

/** As it is written where it is no valid escape. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const tidy = (url: string): string => withoutEnd(url, '/');

function accessTo(url: string, repositories: readonly ValueMap[], file: string): RepositoryAccess {
  const parsed = new URL(url);
  const entry = repositories.find((r) => tidy(textAt(r, 'url') ?? '') === tidy(url)) ?? {};
  const username = textAt(entry, 'username') ?? unescaped(parsed.username);
  const password = textAt(entry, 'password') ?? unescaped(parsed.password);
  const text = (key: string): string | undefined => {
    const path = asString(entry[key]);
    if (path === undefined || path === '') return undefined;
    const found = readText(resolve(dirname(file), path));
    if (found === undefined) throw unreadable(path, 'it does not exist');
    return found;
  };
  const [ca, cert, key] = [text('caFile'), text('certFile'), text('keyFile')];
  return {
    login: username === '' && password === '' ? undefined : { username, password },
    passOn: entry['pass_credentials_all'] === true,
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(entry['insecure_skip_tls_verify'] === true ? { insecure: true } : {}),
    },
  };
}

/** Names under which a configuration may know a registry; Docker Hub has one of its own. */
function keysOf(host: string): readonly string[] {
  const hub = ['docker.io', 'registry-1.docker.io', 'index.docker.io'];
  const names = hub.includes(host) ? ['https://index.docker.io/v1/', ...hub] : [host];
  return names.flatMap((name) => (name.includes('://') ? [name] : [name, `https://${name}`, `http://${name}`]));
}

async function loginIn(file: string, host: string, timeout: number): Promise<Login | undefined> {
  const text = readText(file);
  if (text === undefined) return undefined;
  let config: ValueMap;
  try {
    config = asMap(readJson(text));
  } catch {
    throw unreadable(file, 'it is not JSON');
  }
  const keys = keysOf(host);
  const helpers = mapAt(config, 'credHelpers');
  const special = keys.find((key) => Object.hasOwn(helpers, key));
  const helper = asString(special === undefined ? config['credsStore'] : helpers[special]);
  if (helper !== undefined && helper !== '') {
    const login = await askHelper(helper, special ?? keys[0] ?? host, timeout);
    if (login !== undefined) return login;
  }
  const auths = mapAt(config, 'auths');
  const known = keys.find((key) => Object.hasOwn(auths, key));
  return known === undefined ? undefined : loginOf(asMap(auths[known]));
}

function loginOf(entry: ValueMap): Login | undefined {
  const token = textAt(entry, 'identitytoken');
  if (token !== undefined && token !== '') return { username: '<token>', password: token, isToken: true };
  const packed = Buffer.from(textAt(entry, 'auth') ?? '', 'base64').toString('utf8');
  const colon = packed.indexOf(':');
  if (colon > 0) return { username: packed.slice(0, colon), password: packed.slice(colon + 1).replace(/\0+$/, '') };
  const username = textAt(entry, 'username');
  const password = textAt(entry, 'password');
  return username === undefined || password === undefined ? undefined : { username, password };
}

/** `docker-credential-<name> get`, as Docker calls it; undefined when it knows no login. */
async function askHelper(name: string, server: string, timeout: number): Promise<Login | undefined> {
  const program = `docker-credential-${name}`;
  const failed = (why: string): ToolError =>
    new ToolError('chart/credentials', `${program} ${why}.`, `Log in to ${server} again, or repair the helper.`);
  if (!/^[A-Za-z0-9._-]+$/.test(name)) throw failed('is no name of a program');
  const { code, stdout } = await new Promise<{ code: number | null; stdout: string }>((done, fail) => {
    const child = endWithRun(
      spawn(program, ['get'], { stdio: ['pipe', 'pipe', 'ignore'], timeout, killSignal: 'SIGKILL' }),
    );
    const out: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stdin.on('error', () => undefined); // one that does not read its input ends by itself
    child.on('error', () => fail(failed('cannot be started')));
    // exit, not close: what it left running may keep the pipe open
    child.on('exit', (exitCode) => setImmediate(() => done({ code: exitCode, stdout: Buffer.concat(out).toString() })));
    child.stdin.end(server);
  });
  if (code === null) throw failed(`does not end within ${timeout / 1000} seconds`);
  if (code !== 0) {
    if (/credentials not found|not logged in|no credentials/i.test(stdout)) return undefined;
    throw failed(`ends with ${code}`);
  }
  try {
    const said = asMap(readJson(stdout));
    const username = textAt(said, 'Username') ?? '';
    const password = textAt(said, 'Secret') ?? '';
    if (password === '') return undefined;
    return username === '<token>' ? { username, password, isToken: true } : { username, password };
  } catch {
    throw failed('answers no JSON');
  }
}
