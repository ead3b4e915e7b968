import type { Catalogs } from '../../ports.ts';
import type { CatalogsOptions } from './catalogs.ts';

/** The same as createCatalogs, whose code (HTTP, tar) is only loaded by those who have to do with catalogs of other places. */
export function createLazyCatalogs(options: () => CatalogsOptions): Catalogs {
  let catalogs: Promise<Catalogs> | undefined;
  const load = (): Promise<Catalogs> =>
    (catalogs ??= import('./catalogs.ts').then(({ createCatalogs }) => createCatalogs(options())));
  return {
    get own() {
      return options().own;
    },
    find: async (source, digest) => (await load()).find(source, digest),
    fetch: async (source, digest) => (await load()).fetch(source, digest),
    installed: async (source) => (await load()).installed(source),
    versions: async (source) => (await load()).versions(source),
  };
}
