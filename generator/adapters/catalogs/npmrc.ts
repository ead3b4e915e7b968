import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { withoutEnd } from '../../util/text.ts';
import { basic } from '../charts/repository.ts';

type Env = (name: string) => string | undefined;

/** What npm is configured with on this machine, as far as it is about registries. */
export interface Npmrc {
  /** The registry of a package, without `/` at its end. */
  registry(packageName: string): string;
  /** The Authorization header for a place: that of the nearest registry above it. */
  authorization(place: URL): string | undefined;
}

/** Variables first, then the file of the project, then that of the user, as npm itself. */
export function readNpmrc(root: string, env: Env): Npmrc {
  const user = env('NPM_CONFIG_USERCONFIG') ?? env('npm_config_userconfig') ?? join(env('HOME') ?? homedir(), '.npmrc');
  const settings = new Map([...settingsIn(user, env), ...settingsIn(join(root, '.npmrc'), env)]);
  const usual =
    env('NPM_CONFIG_REGISTRY') ??
    env('npm_config_registry') ??
    settings.get('registry') ??
    'https://registry.npmjs.org';
  return {
    registry(name) {
      const scope = /^(@[^/]+)\//.exec(name)?.[1];
      return withoutEnd((scope === undefined ? undefined : settings.get(`${scope}:registry`)) ?? usual, '/');
    },
    authorization(place) {
      let path = `//${place.host}${place.pathname}`;
      for (; path.length > 2; path = path.slice(0, withoutEnd(path, '/').lastIndexOf('/') + 1)) {
        const of = (key: string): string | undefined =>
          settings.get(`${path}:${key}`) ?? settings.get(`${withoutEnd(path, '/')}:${key}`);
        const token = of('_authToken');
        if (token !== undefined) return `Bearer ${token}`;
        const packed = of('_auth');
        if (packed !== undefined) return `Basic ${packed}`;
        const [username, password] = [of('username'), of('_password')];
        if (username !== undefined && password !== undefined)
          return basic({ username, password: Buffer.from(password, 'base64').toString('utf8') });
      }
      return undefined;
    },
  };
}

/** `key=value` lines; `${NAME}` stands for a variable. */
function settingsIn(file: string, env: Env): [string, string][] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .flatMap((line): [string, string][] => {
      const text = line.trim();
      const at = text.indexOf('=');
      if (at < 1 || text.startsWith('#') || text.startsWith(';')) return [];
      const value = unquoted(text.slice(at + 1).trim());
      return [[text.slice(0, at).trim(), value.replaceAll(/\$\{(\w+)\}/g, (all, name: string) => env(name) ?? all)]];
    });
}

const unquoted = (text: string): string => (/^(["']).*\1$/s.test(text) ? text.slice(1, -1) : text);
