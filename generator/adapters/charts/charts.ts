import { sha } from '../../util/digest.ts';
import { chartKey } from '../../charts/identity.ts';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { chartSource, ownName, repositoryFolder, tagPattern } from '../../charts/source.ts';
import type { ChartSource } from '../../charts/source.ts';
import { sortVersions } from '../../charts/versions.ts';
import type { ChartPackage, ChartReference, Charts } from '../../ports.ts';
import { readArchive } from './archive.ts';
import type { ArchiveLimits } from './archive.ts';
import { cacheFolder, createChartCache } from './cache.ts';
import type { Disk } from '../files/temporary.ts';
import type { ChartCache } from './cache.ts';
import { createCredentials } from './credentials.ts';
import { packBuilt } from './dependencies.ts';
import type { DependencySources } from './dependencies.ts';
import { gitTags, withCheckout } from './git.ts';
import { createHttp } from '../http/client.ts';
import { HttpProblem, usualLimits } from '../http/problems.ts';
import type { HttpLimits } from '../http/problems.ts';
import { about, again, guarded, inspect, parsed, sameDigest } from './problems.ts';
import { createRegistry } from './registry.ts';
import { createRepository } from './repository.ts';
import type { PackageSource } from './repository.ts';

export interface ChartsOptions {
  /** Top of the fleet repository. */
  readonly root: string;
  readonly offline: boolean;
  readonly env: (name: string) => string | undefined;
  readonly http?: HttpLimits;
  readonly archive?: ArchiveLimits;
  readonly disk?: Disk;
  /** Milliseconds that a credential helper may take. */
  readonly helperTimeout?: number;
}

/** Charts from wherever they are, kept in the cache of this machine. */
export function createCharts(options: ChartsOptions): Charts {
  const cache = createChartCache(cacheFolder(options.env), options.disk);
  const sources = new Map<string, PackageSource>();
  const known = new Map<string, ChartPackage>();
  const running = new Map<string, Promise<ChartPackage>>();
  const makeSource = sourceMaker(options, (part) => bytesOf(part, (chart) => fetch(chart)));
  const sourceOf = (chart: ChartReference): PackageSource => {
    const source = sources.get(chart.repository) ?? makeSource(chart.repository);
    sources.set(chart.repository, source);
    return source;
  };
  const look = async (
    chart: ChartReference,
    digest: string | undefined,
    how: 'find' | 'fetch',
  ): Promise<ChartPackage | undefined> => {
    const source = parsed(chart);
    // never remembered: it may be edited at any time
    const get: DependencySources['get'] = (part) => bytesOf({ ...chart, ...part }, how === 'find' ? find : fetch);
    if (source.kind === 'folder') return ofFolder(source.path, chart, cache, { ...options, get });
    const key = keyOf(chart, digest);
    const found =
      known.get(key) ??
      (await inBundle(chart, digest, options)) ??
      named(digest === undefined ? cache.byName(chart) : cache.byDigest(digest), chart);
    if (found !== undefined) known.set(key, found);
    return found;
  };
  const find: Charts['find'] = (chart, digest) => look(chart, digest, 'find');
  const fetch = async (chart: ChartReference, digest?: string): Promise<ChartPackage> => {
    const found = await look(chart, digest, 'fetch');
    if (found !== undefined) return found;
    return download(chart, digest);
  };
  const download = async (chart: ChartReference, digest?: string): Promise<ChartPackage> => {
    refuseOffline(chart, options, 'it is not on this machine', `Where there is a network: ${again(chart)}`);
    const bytes = await guarded(chart, async () => sourceOf(chart).download(chart.name, chart.version));
    await inspect(bytes, chart, options.archive);
    sameDigest(sha(bytes), digest, chart);
    return { ...cache.store(bytes, chart), name: chart.name, version: chart.version };
  };
  return {
    find,
    async fetch(chart, digest) {
      const key = keyOf(chart, digest);
      const work = running.get(key) ?? fetch(chart, digest);
      running.set(key, work);
      return work;
    },
    refetch: async (chart) => (parsed(chart).kind === 'folder' ? fetch(chart) : download(chart)),
    async versions(chart) {
      if (parsed(chart).kind === 'folder') return [chart.version];
      refuseOffline(chart, options, 'its versions are only known to its repository', 'Leave --offline out.');
      return guarded(chart, async () => sourceOf(chart).versions(chart.name));
    },
    read: async (chart) =>
      guarded({ repository: '', ...chart }, async () => readArchive(readFileSync(chart.file), options.archive)),
  };
}

/** The bytes of a dependency; undefined: it is not on this machine. */
async function bytesOf(
  { name, version, repository, component }: ChartReference,
  get: Charts['find'],
): Promise<Uint8Array | undefined> {
  const about = component === undefined ? {} : { component };
  const found = await get({ name, version, repository, ...about });
  return found === undefined ? undefined : readFileSync(found.file);
}

const keyOf = (chart: ChartReference, digest?: string): string => [chartKey(chart), digest].join('\0');

function named(
  stored: { readonly file: string; readonly digest: string } | undefined,
  { name, version }: ChartReference,
): ChartPackage | undefined {
  return stored === undefined ? undefined : { ...stored, name, version };
}

function refuseOffline(chart: ChartReference, { offline }: ChartsOptions, message: string, hint: string): void {
  if (offline) throw about(chart, 'chart/offline', message, hint);
}

/** A package in the folder of SLIPWAY_CHARTS: as a bundle has it, or flat. */
async function inBundle(
  chart: ChartReference,
  digest: string | undefined,
  { env, archive }: ChartsOptions,
): Promise<ChartPackage | undefined> {
  const folder = env('SLIPWAY_CHARTS');
  if (folder === undefined || folder === '') return undefined;
  const name = `${ownName(chart.name)}-${chart.version}.tgz`;
  const places = [join(folder, repositoryFolder(chart.repository), name), join(folder, name)];
  const file = places.map((place) => resolve(place)).find((place) => existsSync(place));
  if (file === undefined) return undefined;
  const bytes = await guarded(chart, async () => readFileSync(file));
  await inspect(bytes, chart, archive);
  return { file, digest: sameDigest(sha(bytes), digest, chart), name: chart.name, version: chart.version };
}

/** A chart of the fleet repository, packed with its dependencies; undefined when one of them is not on this machine. */
async function ofFolder(
  path: string,
  chart: ChartReference,
  cache: ChartCache,
  { root, archive, get }: ChartsOptions & Pick<DependencySources, 'get'>,
): Promise<ChartPackage | undefined> {
  const folder = join(root, path);
  if (!existsSync(folder))
    throw about(chart, 'chart/source', `there is no folder ${chart.repository}`, 'Correct the repository.');
  if (realpathSync(folder) !== join(realpathSync(root), path))
    throw about(chart, 'chart/source', `${chart.repository} leads through a link`, 'Replace the link by the folder.');
  const top = repositoryTop(realpathSync(root));
  const bytes = await guarded(chart, () => packBuilt(folder, { top, limits: archive, get }));
  if (bytes === undefined) return undefined;
  await inspect(bytes, chart, archive);
  return { ...cache.store(bytes), name: chart.name, version: chart.version };
}

/** Where git has its top: what Argo CD checks out. The fleet may be a folder of it. */
function repositoryTop(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return folder;
  }
}

/** Makes the sources of one run; they share connections and logins. */
function sourceMaker(options: ChartsOptions, get: DependencySources['get']): (repository: string) => PackageSource {
  const limits = options.http ?? usualLimits;
  const http = createHttp(limits);
  const credentials = createCredentials(options.env, options.helperTimeout);
  return (repository) => {
    const source = chartSource({ repository, version: '' });
    if (source?.kind === 'http') return createRepository(source.url, http, credentials);
    if (source?.kind === 'oci') return createRegistry(source, http, credentials);
    return gitSource(repository, limits.total, { limits: options.archive, get });
  };
}

function gitSource(
  repository: string,
  timeout: number,
  sources: Pick<DependencySources, 'limits' | 'get'>,
): PackageSource {
  const pack = async (folder: string, top: string): Promise<Buffer> => {
    const bytes = await packBuilt(folder, { ...sources, top });
    if (bytes === undefined) throw new HttpProblem('missing', 'a dependency is not on this machine');
    return bytes;
  };
  const at = (version: string): Extract<ChartSource, { kind: 'git' }> => {
    const source = chartSource({ repository, version });
    if (source?.kind === 'git') return source;
    throw new HttpProblem('answer', `${repository} is no repository of git`);
  };
  return {
    download: async (_name, version) => withCheckout(at(version), timeout, pack),
    async versions() {
      const pattern = tagPattern(repository);
      if (pattern === undefined) return [];
      const tags = await gitTags(at('').url, timeout);
      return sortVersions(tags.flatMap((tag) => pattern.exec(tag)?.[1] ?? []));
    },
  };
}
