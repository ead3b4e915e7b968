import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseContext } from '../../../../generator/adapters/kubernetes/kubeconfig.ts';
import type { ChosenContext } from '../../../../generator/adapters/kubernetes/kubeconfig.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'slipway-kubeconfig-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const one = (name: string, user = '{ token: abc }', more = ''): string =>
  [
    `clusters: [{ name: ${name}, cluster: { server: "https://${name}.example.com"${more} } }]`,
    `users: [{ name: ${name}, user: ${user} }]`,
    `contexts: [{ name: ${name}, context: { cluster: ${name}, user: ${name} } }]`,
    `current-context: ${name}`,
  ].join('\n');

/** The context that these files, each below a folder of its own, give; an absolute name stands for a file that is there already. */
function choose(files: Readonly<Record<string, string | undefined>>, wanted?: string): Promise<ChosenContext> {
  const paths = Object.entries(files).map(([name, text]) => {
    const path = name.startsWith('/') ? name : join(folder, name);
    if (text !== undefined) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    return path;
  });
  return chooseContext(wanted, (name) => (name === 'KUBECONFIG' ? paths.join(delimiter) : undefined));
}

describe('kubeconfigs are read as kubectl reads them', () => {
  it.each([
    ['an empty file', ''],
    ['comments', '# nothing\n'],
    ['a missing file', undefined],
    ['a file without entries', 'apiVersion: v1\nkind: Config\n'],
    ['empty lists', 'clusters:\nusers: null\ncontexts: []\ncurrent-context: ""\n'],
    ['a cluster without a server', 'clusters: [{ name: x, cluster: {} }, { name: y }]\n'],
    ['a context without a cluster', 'contexts: [{ name: x, context: {} }, { name: y }]\n'],
    ['an account without anything', 'users: [{ name: x }, {}]\n'],
  ])('with %s before another', async (_, text) => {
    expect(await choose({ 'a/config': text, 'b/config': one('b') })).toMatchObject({
      name: 'b',
      server: 'https://b.example.com',
    });
  });

  it('with /dev/null and a trailing separator', async () => {
    expect((await choose({ '/dev/null': undefined, 'b/config': one('b') })).name).toBe('b');
  });

  it('of two entries of one name the first counts, and of two current contexts', async () => {
    const files = { a: one('x'), b: one('x').replace('x.example.com', 'other.example.com'), c: one('c') };
    expect(await choose(files)).toMatchObject({ name: 'x', server: 'https://x.example.com' });
    expect((await choose(files, 'c')).server).toBe('https://c.example.com');
    const contexts = one('b').replace('current-context: b', '');
    expect((await choose({ a: contexts, b: one('c') })).name).toBe('c');
  });

  it('paths are those of their own file', async () => {
    const user = '{ client-certificate: cert.pem, client-key: ../key.pem, exec: { command: ./bin/token } }';
    const { config } = await choose(
      { 'a/config': one('a'), 'b/config': one('b', user, ', certificate-authority: ca.pem') },
      'b',
    );
    expect(config.getCurrentCluster()?.caFile).toBe(join(folder, 'b/ca.pem'));
    expect(config.getCurrentUser()).toMatchObject({
      certFile: join(folder, 'b/cert.pem'),
      keyFile: join(folder, 'key.pem'),
      exec: { command: join(folder, 'b/bin/token') },
    });
  });

  it('data counts before a file, and line breaks in it mean nothing', async () => {
    const ca = ', certificate-authority: gone.pem, certificate-authority-data: "YWJj\\nZGVm"';
    const { config } = await choose({ a: one('a', '{ client-key: gone, client-key-data: YQ== }', ca) });
    expect(config.getCurrentCluster()?.caFile).toBe(undefined);
    expect(config.getCurrentUser()?.keyFile).toBe(undefined);
    expect(Buffer.from(config.getCurrentCluster()?.caData ?? '', 'base64').toString()).toBe('abcdef');
  });

  it('the name of the server, a proxy and an account to act as are kept', async () => {
    const more = ', tls-server-name: inner.example.com, proxy-url: "socks5://127.0.0.1:1"';
    const { config } = await choose({ a: one('a', '{ token: t, as: somebody }', more) });
    expect(config.getCurrentCluster()).toMatchObject({
      tlsServerName: 'inner.example.com',
      proxyUrl: 'socks5://127.0.0.1:1',
    });
    expect(config.getCurrentUser()).toMatchObject({ impersonateUser: 'somebody' });
  });

  it.each([
    ['groups', '{ token: t, as: a, as-groups: [admins] }', /as-groups/],
    ['a uid', '{ token: t, as: a, as-uid: "1" }', /as-uid/],
    ['a terminal', '{ exec: { command: login, interactiveMode: Always } }', /interactiveMode/],
  ])('an account that needs %s is refused where it is used, and only there', async (_, user, message) => {
    const files = { a: one('a', user), b: one('b') };
    await expect(choose(files)).rejects.toThrow(message);
    expect((await choose(files, 'b')).name).toBe('b');
  });

  it.each([
    ['no YAML', 'a: [', /config cannot be read/],
    ['a list', '- a\n', /it is no kubeconfig/],
    [
      'two of one name',
      `${one('a')}\n`.replace('clusters: [', 'clusters: [{ name: a, cluster: {} }, '),
      /have the name "a"/,
    ],
    ['an account that is nowhere', one('a').replace('user: a }', 'user: b }'), /account "b" is not in the kubeconfig/],
    ['a context that is nowhere', one('a').replace('current-context: a', 'current-context: b'), /no context "b"/],
  ])('%s is refused', async (_, text, message) => {
    await expect(choose({ config: text })).rejects.toThrow(message);
  });
});
