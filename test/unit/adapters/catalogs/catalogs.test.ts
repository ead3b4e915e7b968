import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOfCatalog } from '../../../../generator/catalog/sources.ts';
import { sha } from '../../../../generator/util/digest.ts';
import {
  demoVersion,
  integrityOf,
  npmPackage,
  npmRoutes,
  source,
  testCatalogs,
} from '../../../helpers/catalogServer.ts';
import { archive, fileEntry, finding, routes, serve } from '../../../helpers/chartServer.ts';
import type { TestServer } from '../../../helpers/chartServer.ts';
import { git, workspace } from '../../../helpers/workspace.ts';

const demo = demoVersion('1.0.0');
const digest = digestOfCatalog(new Map(Object.entries(demo)));

async function registry(versions: Record<string, Record<string, string>>, name = 'acme-catalog'): Promise<TestServer> {
  let url = '';
  const server = await serve(routes(await npmRoutes(name, versions, () => url)));
  url = server.url;
  return server;
}

describe('a package of npm', () => {
  it('is fetched once, and read from the cache by its digest afterwards, offline too', async () => {
    const server = await registry({ '1.2.0': demo });
    const catalogs = testCatalogs({ NPM_CONFIG_REGISTRY: server.url });
    const found = await catalogs.fetch(source('npm:acme-catalog@1.2.0'));
    expect(found.digest).toBe(digest);
    expect(Object.fromEntries(found.files)).toEqual(demo);
    expect(server.requests).toEqual(['GET /acme-catalog', 'GET /tarballs/1.2.0.tgz']);
    const offline = testCatalogs({}, { offline: true, root: catalogs.root });
    expect((await offline.fetch(source('npm:acme-catalog@1.2.0'), digest)).digest).toBe(digest);
    expect((await offline.find(source('npm:acme-catalog@1.2.0'), digest))?.digest).toBe(digest);
    expect(await finding(offline.fetch(source('npm:acme-catalog@1.2.0')))).toMatch(
      /^catalog\/source .*not on this machine/,
    );
    expect(server.requests.length).toBe(2);
  });

  it('that was damaged in the cache is fetched again', async () => {
    const server = await registry({ '1.2.0': demo });
    const env = { NPM_CONFIG_REGISTRY: server.url };
    const { root, ...first } = testCatalogs(env);
    await testCatalogs(env, { root }).fetch(source('npm:acme-catalog@1.2.0'));
    expect(first).toBeDefined();
    const [file = ''] = readdirSync(join(root, 'cache/catalogs'));
    writeFileSync(
      join(root, 'cache/catalogs', file),
      readFileSync(join(root, 'cache/catalogs', file), 'utf8').replace('demo', 'dema'),
    );
    const again = await testCatalogs(env, { root }).fetch(source('npm:acme-catalog@1.2.0'), digest);
    expect(again.digest).toBe(digest);
    expect(server.requests.filter((r) => r.endsWith('.tgz')).length).toBe(2);
  });

  it('has another digest than the lock: an error, and nothing is kept', async () => {
    const server = await registry({ '1.2.0': demo });
    const catalogs = testCatalogs({ NPM_CONFIG_REGISTRY: server.url });
    const wrong = 'b'.repeat(64);
    expect(await finding(catalogs.fetch(source('npm:acme-catalog@1.2.0'), wrong))).toBe(
      `catalog/digest npm:acme-catalog@1.2.0 is sha256:${digest}, and slipway.lock names sha256:${wrong}. → Find out who changed a published version. To take the new one: \`slipway catalog lock --force\`.`,
    );
    expect(await catalogs.find(source('npm:acme-catalog@1.2.0'), digest)).toBeUndefined();
  });

  it('is not what its registry says, or at no version that there is', async () => {
    const bytes = await npmPackage(demo);
    const about = (integrity: string | undefined): string =>
      JSON.stringify({
        versions: {
          '1.0.0': { dist: { tarball: `${server.url}/x.tgz`, ...(integrity === undefined ? {} : { integrity }) } },
        },
      });
    let text = '';
    const server: TestServer = await serve(routes({ '/x': (_r, response) => response.end(text), '/x.tgz': bytes }));
    const ask = (version = '1.0.0'): Promise<string> =>
      finding(testCatalogs({ NPM_CONFIG_REGISTRY: server.url }).fetch(source(`npm:x@${version}`)));
    text = about(integrityOf(Buffer.from('other')));
    expect(await ask()).toMatch(/^catalog\/source npm:x@1\.0\.0: x 1\.0\.0 is sha512-.*and its registry names/);
    text = about(undefined);
    expect(await ask()).toMatch(/names no sha512/);
    text = about(integrityOf(bytes));
    expect(await ask('1.1.0')).toMatch(/has no version 1\.1\.0 of x.*nearest: 1\.0\.0/);
    text = 'nonsense';
    expect(await ask()).toMatch(/is not JSON/);
  });

  it('comes with the login that .npmrc has for its registry, and for no other host', async () => {
    const other = await serve(routes({ '/x.tgz': await npmPackage(demo) }));
    const bytes = await npmPackage(demo);
    const about = JSON.stringify({
      versions: { '1.0.0': { dist: { tarball: `${other.url}/x.tgz`, integrity: integrityOf(bytes) } } },
    });
    const server = await serve(routes({ '/npm/@acme%2fx': about }));
    const npmrc = `@acme:registry=${server.url}/npm/\n//${server.host}/npm/:_authToken=\${TOKEN}\n; a comment\n`;
    const catalogs = testCatalogs({ TOKEN: 't0' }, { files: { '.npmrc': npmrc } });
    expect((await catalogs.fetch(source('npm:@acme/x@1.0.0'))).digest).toBe(digest);
    expect(server.requests).toEqual(['GET /npm/@acme%2fx Bearer t0']);
    expect(other.requests).toEqual(['GET /x.tgz']);
  });

  it('that is installed is read where it is, when it has that version', async () => {
    const files = Object.fromEntries(Object.entries(demo).map(([p, t]) => [`node_modules/@acme/x/catalog/${p}`, t]));
    const catalogs = testCatalogs(
      {},
      { offline: true, files: { ...files, 'node_modules/@acme/x/package.json': '{ "version": "1.2.0" }' } },
    );
    expect((await catalogs.fetch(source('npm:@acme/x@1.2.0'))).digest).toBe(digest);
    expect(await finding(catalogs.fetch(source('npm:@acme/x@1.3.0')))).toMatch(/^catalog\/source/);
  });

  it('lists its versions, newest first', async () => {
    const server = await registry({ '1.2.0': demo, '1.10.0': demo });
    const catalogs = testCatalogs({ NPM_CONFIG_REGISTRY: server.url });
    expect(await catalogs.versions(source('npm:acme-catalog@1.2.0'))).toEqual(['1.10.0', '1.2.0']);
  });

  it.each([
    ['no catalog', [fileEntry('package/readme.md', 'x')], /no catalog\.yaml at its top/],
    ['a path that leads out', [fileEntry('package/../../x', 'x')], /leads out/],
  ])('with %s is refused', async (_what, entries, says) => {
    const bytes = await archive(entries);
    let url = '';
    const about = (): string =>
      JSON.stringify({ versions: { '1.0.0': { dist: { tarball: `${url}/x.tgz`, integrity: integrityOf(bytes) } } } });
    const server = await serve(routes({ '/x': (_r, response) => response.end(about()), '/x.tgz': bytes }));
    url = server.url;
    const catalogs = testCatalogs({ NPM_CONFIG_REGISTRY: url });
    expect(await finding(catalogs.fetch(source('npm:x@1.0.0')))).toMatch(says);
  });
});

describe('a repository of git', () => {
  it('gives the catalog at a tag, and its tags as versions', async () => {
    const files = Object.fromEntries(Object.entries(demo).map(([path, text]) => [`platform/${path}`, text]));
    const root = workspace(files);
    git(root, 'init', '-q', '-b', 'main');
    git(root, 'add', '-A');
    git(root, 'commit', '-q', '-m', 'start');
    git(root, 'tag', 'v1.0.0');
    git(root, 'tag', 'v1.1.0');
    const catalogs = testCatalogs();
    const found = source(`git:file://${root}//platform@v1.0.0`);
    expect((await catalogs.fetch(found)).digest).toBe(digest);
    expect(await catalogs.versions(found)).toEqual(['v1.1.0', 'v1.0.0']);
    expect(await finding(catalogs.fetch(source(`git:file://${root}//platform@v9`)))).toMatch(
      /^catalog\/source .*git says/,
    );
    symlinkSync('/etc/passwd', join(root, 'platform/link'));
    git(root, 'add', '-A');
    git(root, 'commit', '-q', '-m', 'link');
    git(root, 'tag', 'v1.2.0');
    expect(await finding(catalogs.fetch(source(`git:file://${root}//platform@v1.2.0`)))).toMatch(/link is a link/);
  });
});

describe('an artifact of a registry', () => {
  it('is read by the digest of its manifest, and only as that', async () => {
    const layer = await archive(Object.entries(demo).map(([path, text]) => fileEntry(`catalog/${path}`, text)));
    const layers = [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: `sha256:${sha(layer)}` }];
    const manifest = JSON.stringify({ schemaVersion: 2, layers });
    const other = `sha256:${'c'.repeat(64)}`;
    const server = await serve(
      routes({
        [`/v2/platform/catalog/manifests/sha256:${sha(manifest)}`]: manifest,
        [`/v2/platform/catalog/manifests/${other}`]: manifest,
        [`/v2/platform/catalog/blobs/sha256:${sha(layer)}`]: layer,
      }),
    );
    const catalogs = testCatalogs();
    const at = (d: string): string => `oci+http://${server.host}/platform/catalog@${d}`;
    expect((await catalogs.fetch(source(at(`sha256:${sha(manifest)}`)))).digest).toBe(digest);
    expect(await finding(catalogs.fetch(source(at(other))))).toMatch(/is not what its digest says/);
    expect(await finding(catalogs.fetch(source(at(`sha256:${'d'.repeat(64)}`))))).toMatch(/^catalog\/source/);
  });
});
