import { createHash } from 'node:crypto';
import { sortVersions } from '../../charts/versions.ts';
import { asMap, mapAt, textAt } from '../../model/values.ts';
import type { ValueMap } from '../../model/values.ts';
import { readJson } from '../../yaml/limits.ts';
import { usualArchiveLimits } from '../charts/archive.ts';
import { noVersion } from '../charts/repository.ts';
import type { Http } from '../http/client.ts';
import { HttpProblem, shown } from '../http/problems.ts';
import type { Npmrc } from './npmrc.ts';

/** What a registry says of all versions of a package (bytes). */
const maxAboutBytes = 32 * 1024 * 1024;

export interface NpmRegistry {
  /** The package, held against the integrity that its registry names. Throws HttpProblem. */
  download(name: string, version: string): Promise<Buffer>;
  /** Newest first. */
  versions(name: string): Promise<readonly string[]>;
}

export function createNpmRegistry(http: Http, npmrc: Npmrc): NpmRegistry {
  const get = async (url: string, maxBytes: number): Promise<Buffer> => {
    const headers = { accept: 'application/vnd.npm.install-v1+json, */*' };
    const { body } = await http.get({ url, maxBytes, headers, authorize: (place) => npmrc.authorization(place) });
    return body;
  };
  const about = async (name: string): Promise<{ readonly url: string; readonly versions: ValueMap }> => {
    const registry = npmrc.registry(name);
    const url = `${registry}/${name.replace('/', '%2f')}`;
    if (!/^https?:\/\//.test(registry) || !URL.canParse(url))
      throw new HttpProblem('answer', `"${registry}" is no registry of npm`, { hint: 'Correct .npmrc.' });
    const body = await get(url, maxAboutBytes);
    try {
      return { url, versions: mapAt(readJson(body.toString('utf8')), 'versions') };
    } catch {
      throw new HttpProblem('answer', `${shown(url)} is not JSON`);
    }
  };
  return {
    async download(name, version) {
      const { url, versions } = await about(name);
      if (!Object.hasOwn(versions, version))
        throw noVersion(
          name,
          version,
          Object.keys(versions).map((v) => ({ version: v })),
          shown(new URL(url).origin),
        );
      const dist = mapAt(asMap(versions[version]), 'dist');
      const [tarball = '', integrity = ''] = [textAt(dist, 'tarball'), textAt(dist, 'integrity')];
      if (!URL.canParse(tarball) || (tarball.startsWith('http:') && url.startsWith('https:')))
        throw new HttpProblem('answer', `${shown(url)} keeps ${name} ${version} at no URL that is followed`);
      const body = await get(tarball, usualArchiveLimits.packed);
      refuseChanged(body, integrity, `${name} ${version}`);
      return body;
    },
    versions: async (name) => sortVersions(Object.keys((await about(name)).versions)),
  };
}

/** `sha512-<base64>`, one of several with spaces between them. */
function refuseChanged(body: Buffer, integrity: string, what: string): void {
  const wanted = /(?:^|\s)(sha512-[A-Za-z0-9+/=]+)/.exec(integrity)?.[1];
  if (wanted === undefined) throw new HttpProblem('answer', `its registry names no sha512 of ${what}`);
  const found = `sha512-${createHash('sha512').update(body).digest('base64')}`;
  if (found !== wanted) throw new HttpProblem('answer', `${what} is ${found}, and its registry names ${wanted}`);
}
