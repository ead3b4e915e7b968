import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

/** A registry of npm on this machine that has the packages of a folder (scripts/release.mjs) and no others. */
export async function startRegistry(folder) {
  const packages = new Map();
  let url = '';
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '').slice(1);
    const tarball = packages.get(path.replace(/\/-\/.*$/, ''));
    if (tarball === undefined) return response.writeHead(404).end('{}');
    if (path.includes('/-/')) return response.end(readFileSync(tarball.file));
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify(documentOf(tarball, url)));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${server.address().port}/`;
  for (const entry of readdirSync(folder, { withFileTypes: true }).filter((e) => e.isDirectory())) {
    const manifest = JSON.parse(readFileSync(join(folder, entry.name, 'package.json'), 'utf8'));
    const file = join(folder, `${manifest.name.slice(1).replace('/', '-')}-${manifest.version}.tgz`);
    packages.set(manifest.name, { manifest, file });
  }
  return { url, close: () => server.close() };
}

function documentOf({ manifest, file }, url) {
  const { name, version } = manifest;
  const integrity = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
  const dist = { tarball: `${url}${name}/-/${name.split('/')[1]}-${version}.tgz`, integrity };
  return { name, 'dist-tags': { latest: version }, versions: { [version]: { ...manifest, dist } } };
}
