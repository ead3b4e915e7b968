import type { CatalogFiles, LockedChart } from './model.ts';
import type { Source } from './source.ts';

/** Where a catalog comes from, at one version. */
export type CatalogSource =
  | { readonly kind: 'npm'; readonly package: string; readonly version: string }
  | {
      readonly kind: 'git';
      readonly url: string;
      /** Folder in the repository; `.` for the top. */
      readonly path: string;
      /** A tag, or a full commit id. */
      readonly ref: string;
    }
  | {
      readonly kind: 'oci';
      readonly host: string;
      readonly path: string;
      /** Declared with oci+http://: the registry has no TLS. */
      readonly plain: boolean;
      /** Of the manifest: `sha256:` and 64 hexadecimal digits. */
      readonly digest: string;
    }
  /** A folder of the repository. */
  | { readonly kind: 'folder'; readonly path: string };

/** One catalog of slipway.yaml. */
export interface FleetCatalog {
  readonly name: string;
  readonly source: CatalogSource;
  /** For a folder: what it was copied from. */
  readonly base: CatalogSource | undefined;
  /** Components and capabilities of earlier catalogs that this one has in their place. */
  readonly overrides: readonly string[];
  /** Where it stands in slipway.yaml; undefined for the catalog of the program, which no file names. */
  readonly pointer: string | undefined;
}

/** What slipway.yaml says. */
export interface Fleet {
  /** Undefined where there is no such file. */
  readonly file: Source | undefined;
  readonly catalogs: readonly [FleetCatalog, ...FleetCatalog[]];
  /** What custom/ has in place of catalogs. */
  readonly customOverrides: readonly string[];
}

/** Which files a source has, as slipway.lock says it. */
export interface LockedCatalog {
  /** As slipway.yaml has it, or with the version of a pin. */
  readonly source: string;
  /** Version of the catalog by its catalog.yaml. */
  readonly version: string;
  /** Of its files, see digestOfCatalog: hex. */
  readonly digest: string;
}

/** A catalog that is in use, with its files. */
export interface CatalogLayer extends FleetCatalog {
  /** By path from the catalog's top. */
  readonly files: CatalogFiles;
}

/** The catalogs that stand as catalog/ in the files of a context. */
export interface MountedCatalogs {
  readonly fleet: Fleet;
  readonly layers: readonly CatalogLayer[];
  /** What slipway.lock has beside the locks of the catalogs. */
  readonly charts: readonly LockedChart[];
  /** Charts that the catalogs have locked themselves. */
  readonly chartsOfCatalogs: readonly LockedChart[];
  /** Where a path below catalog/ really is: in a folder of the repository, or `<source>/<path>`. */
  placeOf(path: string): string;
  /** Whether a file below catalog/ may be written: it is one of this repository. */
  isEditable(path: string): boolean;
}
