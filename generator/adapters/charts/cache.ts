import { sha } from '../../util/digest.ts';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ToolError } from '../../model/diagnostic.ts';
import type { ChartReference } from '../../ports.ts';
import { reason } from '../reason.ts';
import type { Disk } from '../files/temporary.ts';
import { removeAll, writeCached } from '../files/temporary.ts';
import { userCache } from '../files/userCache.ts';
import { withoutEnd } from '../../util/text.ts';

export interface StoredPackage {
  readonly file: string;
  readonly digest: string;
}

/**
 * Packages by their content, and small files that say which content a repository, name and version had. A file comes into
 * being by a rename, so that it is whole or not there, whoever else writes; and every package is compared with its digest
 * when it is read: one that is not what its name says is dropped.
 */
export interface ChartCache {
  byDigest(digest: string): StoredPackage | undefined;
  byName(chart: ChartReference): StoredPackage | undefined;
  /** Throws ToolError chart/cache; what was there before stays. */
  store(bytes: Uint8Array, chart?: ChartReference): StoredPackage;
}

export function cacheFolder(env: (name: string) => string | undefined): string {
  return join(userCache(env), 'charts');
}

export function createChartCache(folder: string, disk?: Disk): ChartCache {
  const fileOf = (digest: string): string => join(folder, 'sha256', `${digest}.tgz`);
  const refOf = ({ repository, name, version }: ChartReference): string =>
    join(folder, 'refs', sha(`${withoutEnd(repository, '/')}\0${name}\0${version}`));
  const byDigest = (digest: string): StoredPackage | undefined => {
    const file = fileOf(digest);
    const bytes = readIfThere(file);
    if (bytes === undefined) return undefined;
    if (sha(bytes) === digest) return { file, digest };
    removeAll(file);
    return undefined;
  };
  return {
    byDigest,
    byName(chart) {
      const digest = readIfThere(refOf(chart))?.toString('utf8').trim();
      return digest !== undefined && /^[0-9a-f]{64}$/.test(digest) ? byDigest(digest) : undefined;
    },
    store(bytes, chart) {
      const digest = sha(bytes);
      const file = fileOf(digest);
      if (!existsSync(file) || byDigest(digest) === undefined) put(file, bytes, disk);
      if (chart !== undefined) put(refOf(chart), `${digest}\n`, disk);
      return { file, digest };
    },
  };
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

function put(file: string, bytes: Uint8Array | string, disk: Disk | undefined): void {
  try {
    writeCached(file, bytes, disk);
  } catch (error) {
    throw new ToolError(
      'chart/cache',
      `${file} cannot be written: ${reason(error)}.`,
      'Make room, or name another folder with SLIPWAY_CACHE_DIR.',
      { cause: error },
    );
  }
}
