import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SchemaFolders } from '../../ports.ts';

export function createSchemaFolders(root: string, home: string): SchemaFolders {
  return {
    schemaJson(path) {
      const found = [join(root, 'schemas', path), join(home, 'schemas', path)].find((p) => existsSync(p));
      return found === undefined ? undefined : (JSON.parse(readFileSync(found, 'utf8')) as unknown);
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

/** A file about a version that is no longer served has nothing else in it, and is short. */
function isRetired(file: string): boolean {
  return statSync(file).size < 500 && readFileSync(file, 'utf8').includes('"served":false');
}
