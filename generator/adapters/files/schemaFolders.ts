import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ToolError } from '../../model/diagnostic.ts';
import { parseJsonFile } from '../../yaml/json.ts';
import { reason } from '../reason.ts';
import type { SchemaFolders } from '../../ports.ts';

export function createSchemaFolders(root: string, home: string): SchemaFolders {
  return {
    schemaJson(path) {
      const own = join(root, 'schemas', path);
      const found = [own, join(home, 'schemas', path)].find((p) => existsSync(p));
      return found === undefined ? undefined : parseJsonFile(found === own ? `schemas/${path}` : found, read(found));
    },
    crdVersions(group, kind) {
      const folders = [root, home].map((at) => join(at, 'schemas/crds', group)).filter((path) => existsSync(path));
      const versions = folders.flatMap((folder) =>
        readdirSync(folder).flatMap((file) =>
          file.startsWith(`${kind}_`) && file.endsWith('.json') && !isRetired(join(folder, file))
            ? [file.slice(kind.length + 1, -5)]
            : [],
        ),
      );
      return [...new Set(versions)].sort();
    },
    kubernetesMinors() {
      const folders = [root, home].map((at) => join(at, 'schemas/kubernetes')).filter((at) => existsSync(at));
      const minors = folders.flatMap((at) => readdirSync(at).flatMap((f) => /^v(1\.\d+)\.json$/.exec(f)?.[1] ?? []));
      return [...new Set(minors)].sort((a, b) => Number(a.slice(2)) - Number(b.slice(2)));
    },
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ToolError('file/unreadable', `${file} cannot be read: ${reason(error)}.`, 'Check that you may read it.', {
      cause: error,
      file,
    });
  }
}

/** A file about a version that is no longer served has nothing else in it, and is short. */
function isRetired(file: string): boolean {
  return statSync(file).size < 500 && read(file).includes('"served":false');
}
