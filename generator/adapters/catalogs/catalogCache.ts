import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOfCatalog } from '../../catalog/sources.ts';
import type { CatalogFiles } from '../../model/model.ts';
import type { CatalogPackage } from '../../ports.ts';
import { removeAll, writeCached } from '../files/temporary.ts';
import { userCache } from '../files/userCache.ts';

/** Catalogs by the digest of their files: one JSON file each, `[[path, text], …]`. */
export interface CatalogCache {
  find(digest: string): CatalogPackage | undefined;
  /** Best effort: what cannot be kept is fetched again. */
  store(files: CatalogFiles): CatalogPackage;
}

export function createCatalogCache(env: (name: string) => string | undefined): CatalogCache {
  const fileOf = (digest: string): string => join(userCache(env), 'catalogs', `${digest}.json`);
  return {
    find(digest) {
      const files = readEntries(fileOf(digest));
      if (files === undefined) return undefined;
      if (digestOfCatalog(files) === digest) return { files, digest };
      removeAll(fileOf(digest));
      return undefined;
    },
    store(files) {
      const digest = digestOfCatalog(files);
      try {
        if (!existsSync(fileOf(digest))) writeCached(fileOf(digest), JSON.stringify([...files]));
      } catch {
        // a full or read-only disk costs a download per run
      }
      return { files, digest };
    },
  };
}

function readEntries(file: string): CatalogFiles | undefined {
  try {
    const entries: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(entries) && entries.every(isEntry) ? new Map(entries) : undefined;
  } catch {
    return undefined;
  }
}

const isEntry = (entry: unknown): entry is readonly [string, string] =>
  Array.isArray(entry) && entry.length === 2 && entry.every((part) => typeof part === 'string');
