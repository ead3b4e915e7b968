import { sha } from '../../util/digest.ts';
import { fromTag, toTag } from '../../charts/source.ts';
import { isSameVersion, sortVersions } from '../../charts/versions.ts';
import { asMap, listAt, textAt } from '../../model/values.ts';
import type { ValueMap } from '../../model/values.ts';
import { usualArchiveLimits } from './archive.ts';
import type { Credentials, Login } from './credentials.ts';
import { HttpProblem, shown } from '../http/problems.ts';
import type { Http } from '../http/client.ts';
import type { HttpAnswer } from '../http/send.ts';
import { basic, noVersion } from './repository.ts';
import type { PackageSource } from './repository.ts';
import { LimitError, readJson } from '../../yaml/limits.ts';

const manifestTypes =
  'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json';
const chartLayers = ['application/vnd.cncf.helm.chart.content.v1.tar+gzip', 'application/tar+gzip'];
const maxJsonBytes = 8 * 1024 * 1024;
/** Pages of a list of tags that are read at most. */
const maxPages = 50;

interface RegistryPlace {
  readonly host: string;
  readonly path: string;
  readonly plain: boolean;
}

/** Requests to a registry, logged in where it wants that; a path of one image each time. */
export function registryAccess({ host: named, plain }: RegistryPlace, http: Http, credentials: Credentials): Get {
  const host = named === 'docker.io' ? 'registry-1.docker.io' : named;
  const origin = `${plain ? 'http' : 'https'}://${host}`;
  /** The Authorization header by image: registries give tokens for one image each. */
  const tokens = new Map<string, string>();
  return async (image, path, maxBytes) => {
    const request = {
      url: new URL(path, origin).href,
      maxBytes,
      headers: { accept: `${manifestTypes}, */*` },
      authorize: (place: URL) => (place.origin === origin ? tokens.get(image) : undefined),
    };
    const answer = await http.get({ ...request, accept: [401] });
    if (answer.status !== 401) return answer;
    // the login is for the registry, and for the token service that the registry itself names
    if (new URL(answer.url).origin !== origin)
      throw new HttpProblem('refused', `${named} redirects to ${shown(answer.url)}, which wants a login`, {
        hint: 'Logins are sent to the registry itself and to nobody it redirects to.',
      });
    const login = await credentials.registry(named);
    tokens.set(image, await authorizationFor(answer, image, login, http, plain));
    return http.get(request);
  };
}

/** The first layer of an artifact that is a folder (tar+gzip), by the digest of its manifest. */
export async function downloadArtifact(
  source: RegistryPlace & { readonly digest: string },
  http: Http,
  credentials: Credentials,
): Promise<Buffer> {
  const get = registryAccess(source, http, credentials);
  const { host, path: image, digest } = source;
  const answer = await get(image, `/v2/${image}/manifests/${digest}`, maxJsonBytes);
  isAsNamed(answer.body, digest, `${host}/${image}@${digest}`);
  const layers = listAt(json(answer), 'layers').map(asMap);
  const layer = textAt(
    layers.find((l) => textAt(l, 'mediaType')?.endsWith('tar+gzip') === true),
    'digest',
  );
  if (layer === undefined || !/^sha256:[0-9a-f]{64}$/.test(layer))
    throw new HttpProblem('answer', `${host}/${image}@${digest} has no layer that is a folder (tar+gzip)`);
  const { body } = await get(image, `/v2/${image}/blobs/${layer}`, usualArchiveLimits.packed);
  isAsNamed(body, layer, `${host}/${image}@${digest}`);
  return body;
}

function isAsNamed(body: Buffer, digest: string, name: string): void {
  const found = `sha256:${sha(body)}`;
  if (found !== digest)
    throw new HttpProblem('answer', `${name} is not what its digest says: ${found} instead of ${digest}`);
}

/** Charts in an OCI registry: `<path>/<name>`, versions as tags. */
export function createRegistry(source: RegistryPlace, http: Http, credentials: Credentials): PackageSource {
  const imageOf = (name: string): string => [source.path, name].filter((part) => part !== '').join('/');
  const get = registryAccess(source, http, credentials);
  return {
    async download(name, version) {
      const image = imageOf(name);
      const { tag, manifest } = await manifestOf(name, version, image, get, `oci://${source.host}`);
      const layers = listAt(manifest, 'layers').map(asMap);
      const layer = layers.find((l) => chartLayers.includes(textAt(l, 'mediaType') ?? ''));
      const digest = textAt(layer, 'digest');
      if (digest === undefined || !/^sha256:[0-9a-f]{64}$/.test(digest))
        throw new HttpProblem('answer', `${source.host}/${image}:${tag} is no chart: its manifest has no layer of one`);
      const { body } = await get(image, `/v2/${image}/blobs/${digest}`, usualArchiveLimits.packed);
      const found = sha(body);
      if (`sha256:${found}` !== digest)
        throw new HttpProblem(
          'answer',
          `${source.host}/${image}:${tag} is not what its manifest says: sha256:${found} instead of ${digest}`,
        );
      return body;
    },
    versions: async (name) => sortVersions(await tagsOf(imageOf(name), get)),
  };
}

type Get = (image: string, path: string, maxBytes: number) => Promise<HttpAnswer>;

interface Manifest {
  readonly tag: string;
  readonly manifest: ValueMap;
}

/** Of the tag of a version, or of what is the same version with or without a `v`; when there is none, says what is nearby. */
async function manifestOf(name: string, version: string, image: string, get: Get, url: string): Promise<Manifest> {
  const read = async (tag: string): Promise<Manifest> => ({
    tag,
    manifest: json(await get(image, `/v2/${image}/manifests/${tag}`, maxJsonBytes)),
  });
  try {
    return await read(toTag(version));
  } catch (error) {
    if (!(error instanceof HttpProblem) || error.kind !== 'missing') throw error;
    const versions = await tagsOf(image, get).catch(() => []);
    const same = versions.find((v) => isSameVersion(v, version));
    if (same !== undefined) return read(toTag(same));
    if (versions.length === 0) throw error;
    const offered = versions.map((v) => ({ version: v }));
    throw noVersion(name, version, offered, `${url}/${image}`);
  }
}

async function tagsOf(image: string, get: Get): Promise<readonly string[]> {
  const tags: string[] = [];
  let path: string | undefined = `/v2/${image}/tags/list?n=1000`;
  for (let page = 0; path !== undefined && page < maxPages; page += 1) {
    const answer: HttpAnswer = await get(image, path, maxJsonBytes);
    tags.push(...listAt(json(answer), 'tags').filter((t) => typeof t === 'string'));
    const link: string | undefined = /<([^>]+)>;\s*rel="?next"?/.exec(answer.headers['link'] ?? '')?.[1];
    const next: URL | undefined = link === undefined ? undefined : new URL(link, answer.url);
    path = next?.origin === new URL(answer.url).origin ? next.pathname + next.search : undefined;
  }
  return tags.map(fromTag);
}

function json({ body, url }: HttpAnswer): ValueMap {
  try {
    return asMap(readJson(body.toString('utf8')));
  } catch (error) {
    if (error instanceof LimitError) throw new HttpProblem('answer', `${shown(url)} is not read: ${error.message}`);
    throw new HttpProblem('answer', `${shown(url)} is not JSON`);
  }
}

/** What a registry wants in place of its 401: the login itself, or a token that another server gives for it. */
async function authorizationFor(
  answer: HttpAnswer,
  image: string,
  login: Login | undefined,
  http: Http,
  isPlain: boolean,
): Promise<string> {
  const challenge = answer.headers['www-authenticate'] ?? '';
  const host = new URL(answer.url).host;
  const hint = `Run \`helm registry login ${host}\` or \`docker login ${host}\`.`;
  if (/^basic\b/i.test(challenge)) {
    if (login === undefined) throw new HttpProblem('refused', `${host} wants a login`, { hint });
    return basic(login);
  }
  const parameter = (name: string): string | undefined => new RegExp(`${name}="([^"]*)"`, 'i').exec(challenge)?.[1];
  const realm = parameter('realm');
  if (!/^bearer\b/i.test(challenge) || realm === undefined || !URL.canParse(realm))
    throw new HttpProblem('refused', `${host} refuses access, and does not say how to log in`, { hint });
  const url = new URL(realm);
  if (url.protocol !== 'https:' && !(isPlain && url.protocol === 'http:'))
    throw new HttpProblem('answer', `${host} wants a login sent to ${shown(url)}, which has no TLS`);
  const asked = { service: parameter('service') ?? '', scope: parameter('scope') ?? `repository:${image}:pull` };
  const token = await askToken(url, asked, login, http).catch((error: unknown) => {
    if (error instanceof HttpProblem && error.kind === 'refused')
      throw new HttpProblem('refused', error.message, { hint });
    throw error;
  });
  return `Bearer ${token}`;
}

async function askToken(
  url: URL,
  asked: { readonly service: string; readonly scope: string },
  login: Login | undefined,
  http: Http,
): Promise<string> {
  const isToken = login?.isToken === true;
  if (!isToken) for (const [name, value] of Object.entries(asked)) if (value !== '') url.searchParams.set(name, value);
  const { origin } = url;
  const answer = await http.get({
    url: url.href,
    maxBytes: maxJsonBytes,
    authorize: (place) => (login === undefined || isToken || place.origin !== origin ? undefined : basic(login)),
    ...(isToken
      ? { form: { ...asked, grant_type: 'refresh_token', client_id: 'slipway', refresh_token: login.password } }
      : {}),
  });
  const said = json(answer);
  const token = textAt(said, 'token') ?? textAt(said, 'access_token');
  if (token === undefined) throw new HttpProblem('answer', `${shown(url)} gives no token`);
  return token;
}
