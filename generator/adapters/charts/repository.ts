import { sha } from '../../util/digest.ts';
import { gunzipSync } from 'node:zlib';
import { readIndex } from '../../charts/repositoryIndex.ts';
import type { IndexEntry, IndexPart } from '../../charts/repositoryIndex.ts';
import { isSameVersion, nearestVersions, sortVersions } from '../../charts/versions.ts';
import { didYouMean } from '../../util/suggest.ts';
import { usualArchiveLimits } from './archive.ts';
import type { Credentials, RepositoryAccess } from './credentials.ts';
import { HttpProblem, shown } from '../http/problems.ts';
import type { Http } from '../http/client.ts';
import type { TlsOptions } from '../http/dispatcher.ts';
import type { HttpAnswer } from '../http/send.ts';

/** Larger indexes (bytes) are not read. */
export const maxIndexBytes = 64 * 1024 * 1024;

/** Where packages come from: a repository of charts or a registry. Throws HttpProblem. */
export interface PackageSource {
  download(name: string, version: string): Promise<Buffer>;
  /** Newest first. */
  versions(name: string): Promise<readonly string[]>;
}

/** A repository with an index.yaml, as any web server can be one. The index is read once. */
export function createRepository(url: string, http: Http, credentials: Credentials): PackageSource {
  const access = credentials.repository(url);
  const get = (target: string, maxBytes: number): Promise<HttpAnswer> =>
    http.get({
      url: target,
      maxBytes,
      tls: (place) => tlsFor(place, url, access),
      authorize: (place) => authorization(place, url, access),
    });
  let index: Promise<string> | undefined;
  const part = async (name: string): Promise<IndexPart> => {
    index ??= get(`${url}/index.yaml`, maxIndexBytes).then(textOf);
    const text = await index;
    try {
      return readIndex(text, name);
    } catch (error) {
      const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
      throw new HttpProblem('answer', `${shown(url)}/index.yaml is no index of charts: ${why}`);
    }
  };
  return {
    async download(name, version) {
      const entry = pick(await part(name), name, version, shown(url));
      const target = packageUrl(entry, url);
      const { body } = await get(target, usualArchiveLimits.packed);
      const digest = sha(body);
      if (entry.digest !== undefined && entry.digest !== digest)
        throw new HttpProblem(
          'answer',
          `${shown(target)} is not what the index of its repository says: sha256 ${digest} instead of ${entry.digest}`,
        );
      return body;
    },
    async versions(name) {
      const { entries, names } = await part(name);
      if (entries === undefined) throw noChart(name, names, shown(url));
      return sortVersions(entries.map((e) => e.version));
    },
  };
}

function textOf({ body, url }: HttpAnswer): string {
  const isPacked = body[0] === 0x1f && body[1] === 0x8b;
  try {
    return (isPacked ? gunzipSync(body, { maxOutputLength: maxIndexBytes }) : body).toString('utf8');
  } catch {
    throw new HttpProblem('answer', `${shown(url)} cannot be unpacked, or is too large`);
  }
}

function noChart(name: string, names: readonly string[], url: string): HttpProblem {
  const some = [...names].sort().slice(0, 10);
  const meant = didYouMean(name, names);
  return new HttpProblem('missing', `${url} has no chart "${name}"${meant === '' ? '' : `.${meant}`}`, {
    hint:
      some.length === 0 ? 'It has no charts at all.' : `It has ${some.join(', ')}${names.length > 10 ? ', …' : ''}.`,
  });
}

function pick({ entries, names }: IndexPart, name: string, version: string, url: string): IndexEntry {
  if (entries === undefined) throw noChart(name, names, url);
  const found = entries.find((e) => e.version === version) ?? entries.find((e) => isSameVersion(e.version, version));
  if (found === undefined) throw noVersion(name, version, entries, url);
  return found;
}

/** A version that is not offered, with the ones around it. */
export function noVersion(
  name: string,
  version: string,
  entries: readonly { readonly version: string }[],
  url: string,
): HttpProblem {
  const near = nearestVersions(
    version,
    entries.map((e) => e.version),
  );
  return new HttpProblem('missing', `${url} has no version ${version} of ${name}`, {
    hint: near.length === 0 ? 'It has no versions of it.' : `The nearest: ${near.join(' and ')}.`,
  });
}

/** Absolute, or relative to the repository. Without TLS only what the index, read with TLS, says the digest of. */
function packageUrl(entry: IndexEntry, repository: string): string {
  const [first = ''] = entry.urls;
  const url = first !== '' && URL.canParse(first, `${repository}/`) ? new URL(first, `${repository}/`) : undefined;
  const isSafe =
    url?.protocol === 'https:' ||
    (url?.protocol === 'http:' && (repository.startsWith('http:') || entry.digest !== undefined));
  if (url !== undefined && isSafe) return url.href;
  throw new HttpProblem(
    'answer',
    `${shown(repository)} keeps the package at ${first === '' ? 'no URL' : `"${first}"`}, which is not followed`,
    { hint: 'Packages are fetched over https://, or over http:// when the index says their digest.' },
  );
}

/** The client certificate of a repository is a login too; whom to trust counts wherever it keeps its packages. */
function tlsFor(place: URL, repository: string, { tls, passOn }: RepositoryAccess): TlsOptions {
  if (place.origin === new URL(repository).origin || passOn) return tls;
  const { cert: _cert, key: _key, ...others } = tls;
  return others;
}

/** The login of a repository, for its own host and scheme; for others only where Helm was told so. */
function authorization(place: URL, repository: string, { login, passOn }: RepositoryAccess): string | undefined {
  if (login === undefined) return undefined;
  if (place.origin !== new URL(repository).origin && !passOn) return undefined;
  return basic(login);
}

export function basic(login: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
}
