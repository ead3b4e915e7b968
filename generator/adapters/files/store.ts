import { sha } from '../../util/digest.ts';
import { readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Store } from '../../ports.ts';
import { isLeftOver, removeAll, writeCached } from './temporary.ts';

const sumLength = 64;

/**
 * Texts by key in a folder that may go at any time. An entry is its SHA-256 and the gzipped text; whatever does not match its
 * sum (truncated, poisoned) is dropped. Written whole or not at all, so that runs side by side and kill -9 leave nothing broken.
 */
export function createStore(folder: string, limitBytes: number): Store {
  let hits = 0;
  let misses = 0;
  let hasWritten = false;
  const place = (key: string): string => join(folder, key.slice(0, 2), key.slice(2));
  return {
    get(key) {
      const text = readEntry(place(key));
      if (text === undefined) misses += 1;
      else hits += 1;
      return text;
    },
    put(key, text) {
      if (writeEntry(place(key), text)) hasWritten = true;
    },
    counts: () => ({ hits, misses }),
    trim() {
      if (hasWritten) trimFolder(folder, limitBytes);
    },
  };
}

function readEntry(path: string): string | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return undefined;
  }
  try {
    const body = bytes.subarray(sumLength);
    if (sha(body) !== bytes.subarray(0, sumLength).toString('latin1')) throw new Error('not what was written');
    const now = new Date();
    utimesSync(path, now, now); // the oldest go first
    return gunzipSync(body).toString('utf8');
  } catch {
    removeAll(path);
    return undefined;
  }
}

/** True when it was written; a full disk or a folder without permission is a slower next run, not an error. */
function writeEntry(path: string, text: string): boolean {
  try {
    const body = gzipSync(text, { level: 1 });
    writeCached(path, Buffer.concat([Buffer.from(sha(body), 'latin1'), body]));
    return true;
  } catch {
    return false;
  }
}

/** Removes the entries that were not used for longest until the rest fits, and what killed runs left behind. */
function trimFolder(folder: string, limitBytes: number): void {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        const { size, mtimeMs } = statSync(path);
        return { path, size, mtimeMs };
      })
      .sort((a, b) => b.mtimeMs - a.mtimeMs);
    let total = 0;
    for (const { path, size } of entries) {
      total += size;
      if (total > limitBytes || isLeftOver(path)) removeAll(path);
    }
  } catch {
    // another run trims as well
  }
}
