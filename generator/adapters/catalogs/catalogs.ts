import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOfCatalog, shownSource, sourceText } from '../../catalog/sources.ts';
import { sortVersions } from '../../charts/versions.ts';
import { ToolError } from '../../model/diagnostic.ts';
import type { CatalogSource } from '../../model/fleet.ts';
import type { CatalogFiles } from '../../model/model.ts';
import { textAt } from '../../model/values.ts';
import type { CatalogPackage, Catalogs } from '../../ports.ts';
import { readJson } from '../../yaml/limits.ts';
import { ArchiveProblem, readTexts } from '../charts/archive.ts';
import { createCredentials } from '../charts/credentials.ts';
import { gitTags, withCheckout } from '../charts/git.ts';
import { downloadArtifact } from '../charts/registry.ts';
import { createHttp } from '../http/client.ts';
import type { Http } from '../http/client.ts';
import { HttpProblem, usualLimits } from '../http/problems.ts';
import type { HttpLimits } from '../http/problems.ts';
import { reason } from '../reason.ts';
import { createCatalogCache } from './catalogCache.ts';
import { catalogIn, readCatalogFolder } from './catalogFolder.ts';
import { createNpmRegistry } from './npm.ts';
import type { NpmRegistry } from './npm.ts';
import { readNpmrc } from './npmrc.ts';

export interface CatalogsOptions {
  /** Top of the fleet repository. */
  readonly root: string;
  /** Folder of the program's own package. */
  readonly home: string;
  readonly own: Extract<CatalogSource, { kind: 'npm' }>;
  readonly offline: boolean;
  readonly env: (name: string) => string | undefined;
  readonly http?: HttpLimits;
}

/** Catalogs from wherever they are, kept in the cache of this machine. */
export function createCatalogs(options: CatalogsOptions): Catalogs {
  const { own, offline } = options;
  const cache = createCatalogCache(options.env);
  const client = clientOf(options);
  const known = new Map<string, Promise<CatalogPackage>>();
  const fetch = async (source: CatalogSource, digest: string | undefined): Promise<CatalogPackage> => {
    const kept = digest === undefined ? undefined : cache.find(digest);
    if (kept !== undefined) return kept;
    const installed = installedCatalog(source, options);
    if (installed !== undefined)
      return digest === undefined ? cache.store(installed) : sameDigest(named(installed), source, digest);
    if (offline)
      throw about(source, 'it is not on this machine', 'Leave --offline out once, where there is a network.');
    const found = sameDigest(await guarded(source, async () => named(await client.download(source))), source, digest);
    return cache.store(found.files);
  };
  return {
    own,
    async find(source, digest) {
      const installed = installedCatalog(source, options);
      const here = installed === undefined ? undefined : named(installed);
      return here?.digest === digest ? here : cache.find(digest);
    },
    fetch(source, digest) {
      const key = `${sourceText(source)}\0${digest ?? ''}`;
      const work = known.get(key) ?? fetch(source, digest);
      known.set(key, work);
      return work;
    },
    async installed(source) {
      if (source.kind !== 'npm') return undefined;
      return source.package === own.package
        ? own.version
        : versionIn(join(options.root, 'node_modules', source.package));
    },
    async versions(source) {
      if (offline) throw about(source, 'its versions are only known where it is published', 'Leave --offline out.');
      return guarded(source, () => client.versions(source));
    },
  };
}

const named = (files: CatalogFiles): CatalogPackage => ({ files, digest: digestOfCatalog(files) });

interface Client {
  download(source: CatalogSource): Promise<CatalogFiles>;
  versions(source: CatalogSource): Promise<readonly string[]>;
}

/** Asks the places where catalogs are published. Throws HttpProblem and ArchiveProblem. */
function clientOf({ root, env, http: limits = usualLimits }: CatalogsOptions): Client {
  let http: Http | undefined;
  let npm: NpmRegistry | undefined;
  const connection = (): Http => (http ??= createHttp(limits));
  const registry = (): NpmRegistry => (npm ??= createNpmRegistry(connection(), readNpmrc(root, env)));
  return {
    async download(source) {
      if (source.kind === 'npm')
        return catalogIn(await readTexts(await registry().download(source.package, source.version)));
      if (source.kind === 'git') return withCheckout(source, limits.total, readCatalogFolder);
      if (source.kind === 'oci')
        return catalogIn(await readTexts(await downloadArtifact(source, connection(), createCredentials(env))));
      throw new ArchiveProblem('it is a folder of the repository');
    },
    async versions(source) {
      if (source.kind === 'npm') return registry().versions(source.package);
      return source.kind === 'git' ? sortVersions(await gitTags(source.url, limits.total)) : [];
    },
  };
}

/** Of the program's own package, or of one in node_modules, when it is of that version. */
function installedCatalog(source: CatalogSource, { root, home, own }: CatalogsOptions): CatalogFiles | undefined {
  if (source.kind !== 'npm') return undefined;
  const isOwn = source.package === own.package && source.version === own.version;
  const folder = isOwn ? home : join(root, 'node_modules', source.package);
  if (!isOwn && versionIn(folder) !== source.version) return undefined;
  try {
    return readCatalogFolder(folder);
  } catch (error) {
    if (error instanceof ArchiveProblem || (error instanceof Error && 'syscall' in error)) return undefined;
    throw error;
  }
}

function versionIn(folder: string): string | undefined {
  const file = join(folder, 'package.json');
  try {
    return existsSync(file) ? textAt(readJson(readFileSync(file, 'utf8')), 'version') : undefined;
  } catch {
    return undefined;
  }
}

function sameDigest(found: CatalogPackage, source: CatalogSource, wanted: string | undefined): CatalogPackage {
  if (wanted === undefined || wanted === found.digest) return found;
  throw new ToolError(
    'catalog/digest',
    `${shownSource(source)} is sha256:${found.digest}, and slipway.lock names sha256:${wanted}.`,
    'Find out who changed a published version. To take the new one: `slipway catalog lock --force`.',
    { file: 'slipway.lock' },
  );
}

const about = (source: CatalogSource, message: string, hint: string, cause?: unknown): ToolError =>
  new ToolError('catalog/source', `${shownSource(source)}: ${message}${/[.?!]$/.test(message) ? '' : '.'}`, hint, {
    cause,
  });

const hints: Readonly<Record<HttpProblem['kind'], string>> = {
  unreachable: 'Check the network and the proxy.',
  refused: 'Log in: `npm login`, `docker login`, or a credential helper of git.',
  missing: 'Correct the name or the version in slipway.yaml.',
  answer: 'Look at what the other side sends; a proxy may be in between.',
};

/** Runs the work, and says what went wrong as a finding about the source. */
async function guarded<T>(source: CatalogSource, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ArchiveProblem)
      throw about(
        source,
        `its package is not sound: ${error.message}`,
        'Take another version, or have it published anew.',
        error,
      );
    if (error instanceof Error && 'syscall' in error)
      throw about(source, `it cannot be read: ${reason(error)}`, 'Check that you may read it.', error);
    if (!(error instanceof HttpProblem)) throw error;
    throw about(source, error.message, error.hint ?? hints[error.kind], error);
  }
}
