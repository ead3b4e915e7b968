// Writes schemas/kubernetes/lifecycle.json: since when each API of Kubernetes is there, deprecated and removed, and what
// replaces it, as the releases of k8s.io/api say it. Needs Go and its module proxy; `npx tsx scripts/lifecycle.ts`.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { schemaText } from '../generator/kubernetes/schemaFiles.ts';
import type { MutableMap } from '../generator/model/values.ts';

/** Oldest first, for the newest knows best; older ones know of what has left the source since. */
const releases = [
  'v0.20.15',
  'v0.22.17',
  'v0.24.17',
  'v0.26.15',
  'v0.28.15',
  'v0.30.14',
  'v0.32.10',
  'v0.34.4',
  'v0.36.1',
];
const target = resolve(import.meta.dirname, '../schemas/kubernetes/lifecycle.json');

interface Download {
  readonly Dir: string;
  readonly Version: string;
  readonly Sum: string;
}

function download(version: string): Download {
  const answer = execFileSync('go', ['mod', 'download', '-json', `k8s.io/api@${version}`], {
    encoding: 'utf8',
    env: { ...process.env, GOWORK: 'off', GOFLAGS: '-mod=mod' },
  });
  return JSON.parse(answer) as Download;
}

const functions =
  /func \(in \*(\w+)\) APILifecycle(Introduced|Deprecated|Removed|Replacement)\(\) [^{]*\{\s*return (.*)/g;

/** Adds what the files of one package (`<folder>/<version>`) say of its kinds. */
function read(folder: string, version: string, found: Map<string, MutableMap>): void {
  const group = /GroupName\s*=\s*"([^"]*)"/.exec(text(join(folder, version, 'register.go')))?.[1] ?? '';
  for (const file of ['zz_generated.prerelease-lifecycle.go', 'lifecycle.go'])
    for (const [, kind = '', what = '', value = ''] of text(join(folder, version, file)).matchAll(functions)) {
      if (kind.endsWith('List')) continue;
      const gvk = gvkOf(group, version, kind);
      const entry = found.get(gvk) ?? {};
      found.set(gvk, entry);
      const [, g = '', v = '', k = ''] = /Group: "([^"]*)", Version: "([^"]*)", Kind: "([^"]*)"/.exec(value) ?? [];
      entry[what.toLowerCase()] = what === 'Replacement' ? gvkOf(g, v, k) : value.replace(/\s*,\s*/, '.').trim();
    }
}

const text = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
const gvkOf = (group: string, version: string, kind: string): string =>
  [...(group === '' ? [] : [group]), version, kind].join('/');

const kinds = new Map<string, MutableMap>();
const sources: MutableMap[] = [];
for (const release of releases) {
  const { Dir, Version, Sum } = download(release);
  const ours = new Map<string, MutableMap>();
  for (const group of readdirSync(Dir, { withFileTypes: true }).filter((e) => e.isDirectory()))
    for (const version of readdirSync(join(Dir, group.name)).filter((name) => /^v\d/.test(name)))
      read(join(Dir, group.name), version, ours);
  for (const [gvk, entry] of ours) kinds.set(gvk, entry);
  sources.push({ module: 'k8s.io/api', version: Version, sum: Sum, licence: 'Apache-2.0' });
}
writeFileSync(target, schemaText({ sources, kinds: Object.fromEntries(kinds) }));
console.log(`${kinds.size} kinds of ${releases.length} releases`);
