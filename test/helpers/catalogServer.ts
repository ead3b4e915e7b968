import { createHash } from 'node:crypto';
import { createCatalogs } from '../../generator/adapters/catalogs/catalogs.ts';
import type { CatalogsOptions } from '../../generator/adapters/catalogs/catalogs.ts';
import { catalogSource } from '../../generator/catalog/sources.ts';
import type { CatalogSource } from '../../generator/model/fleet.ts';
import type { Catalogs } from '../../generator/ports.ts';
import { archive, fileEntry, quickLimits } from './chartServer.ts';
import { demoCatalog } from './demo.ts';
import { workspace } from './workspace.ts';

/** The demo catalog at a version, by path from its top; `edit` changes the text of files. */
export function demoVersion(
  version: string,
  edit: Readonly<Record<string, (text: string) => string>> = {},
): Record<string, string> {
  const files = Object.entries(demoCatalog).flatMap(([path, text]) =>
    path.startsWith('catalog/') ? [[path.slice('catalog/'.length), text] as const] : [],
  );
  const own = { ...edit, 'catalog.yaml': (text: string) => text.replace(/version: 1\.0\.0/, `version: ${version}`) };
  return Object.fromEntries(files.map(([path, text]) => [path, own[path as keyof typeof own]?.(text) ?? text]));
}

/** A package of npm with these files in its folder catalog/. */
export const npmPackage = (files: Readonly<Record<string, string | Uint8Array>>): Promise<Buffer> =>
  archive([
    fileEntry('package/package.json', '{}'),
    ...Object.entries(files).map(([path, text]) => fileEntry(`package/catalog/${path}`, text)),
  ]);

export const integrityOf = (bytes: Uint8Array): string =>
  `sha512-${createHash('sha512').update(bytes).digest('base64')}`;

/** What a registry answers for a package: by path, for `routes`. `{host}` of the server has to be known by then. */
export async function npmRoutes(
  name: string,
  versions: Readonly<Record<string, Readonly<Record<string, string>>>>,
  url: () => string,
): Promise<Record<string, Buffer | ((request: unknown, response: { end(text: string): void }) => void)>> {
  const packed = await Promise.all(
    Object.entries(versions).map(async ([version, files]) => [version, await npmPackage(files)] as const),
  );
  const about = (): string =>
    JSON.stringify({
      versions: Object.fromEntries(
        packed.map(([version, bytes]) => [
          version,
          { dist: { tarball: `${url()}/tarballs/${version}.tgz`, integrity: integrityOf(bytes) } },
        ]),
      ),
    });
  return {
    [`/${name.replace('/', '%2f')}`]: (_request, response) => response.end(about()),
    ...Object.fromEntries(packed.map(([version, bytes]) => [`/tarballs/${version}.tgz`, bytes])),
  };
}

export interface TestCatalogs extends Catalogs {
  readonly root: string;
}

/** Catalogs with a cache and a home of their own. */
export function testCatalogs(
  env: Readonly<Record<string, string>> = {},
  options: Partial<CatalogsOptions> & { files?: Readonly<Record<string, string>> } = {},
): TestCatalogs {
  const { files = {}, root = workspace({ ...files, 'home/.keep': '' }), ...rest } = options;
  const all: Readonly<Record<string, string>> = { HOME: `${root}/home`, SLIPWAY_CACHE_DIR: `${root}/cache`, ...env };
  const own = { kind: 'npm', package: 'slipway', version: '0.1.0' } as const;
  const catalogs = createCatalogs({
    root,
    home: `${root}/program`,
    own,
    offline: false,
    http: quickLimits,
    env: (name) => all[name],
    ...rest,
  });
  return Object.assign(Object.create(catalogs) as Catalogs, { root });
}

export function source(text: string): CatalogSource {
  const found = catalogSource(text);
  if (found === undefined) throw new Error(`${text} is no source`);
  return found;
}
