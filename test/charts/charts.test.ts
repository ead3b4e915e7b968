import { sha } from '../../generator/util/digest.ts';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ChartReference } from '../../generator/ports.ts';
import {
  certificateFile,
  chartPackage,
  chartYaml,
  finding,
  indexYaml,
  oneChart,
  quickLimits,
  routes,
  serve,
  testCharts,
} from '../helpers/chartServer.ts';
import { git, snapshot } from '../helpers/workspace.ts';

const chart = (repository: string, more: Partial<ChartReference> = {}): ChartReference => ({
  repository,
  name: 'web',
  version: '1.2.3',
  component: 'shop',
  ...more,
});

/** The files of a cache, without what tells them apart. */
const cached = (folder: string): string[] => [...snapshot(folder).keys()].map((p) => p.replace(/[0-9a-f]{64}/, '<id>'));

describe('a repository over HTTP', () => {
  it('gives the package, which is kept: the second time nobody is asked', async () => {
    const { bytes, digest, paths } = await oneChart();
    const server = await serve(routes(paths));
    const charts = testCharts();
    const found = await charts.fetch(chart(`${server.url}/charts/`));
    expect(found).toMatchObject({ name: 'web', version: '1.2.3', digest });
    expect(readFileSync(found.file)).toEqual(bytes);
    expect(cached(charts.cache)).toEqual(['refs/<id>', 'sha256/<id>.tgz']);
    const again = testCharts({ SLIPWAY_CACHE_DIR: charts.cache.replace(/\/charts$/, '') }, { offline: true });
    expect(await again.fetch(chart(`${server.url}/charts`))).toEqual(found);
    expect(await again.find(chart('https://elsewhere.example.com'), digest)).toEqual(found);
    expect(server.requests).toEqual(['GET /charts/index.yaml', 'GET /charts/web-1.2.3.tgz']);
  });

  it.each([
    ['an absolute path', '/files/a.tgz', '/files/a.tgz'],
    ['a path above', '../up/a.tgz', '/up/a.tgz'],
    ['a query', 'a.tgz?x=1', '/charts/a.tgz'],
  ])('keeps packages at %s', async (_what, url, path) => {
    const { bytes } = await oneChart();
    const server = await serve(routes({ '/charts/index.yaml': indexYaml({ web: [['1.2.3', url]] }), [path]: bytes }));
    expect((await testCharts().fetch(chart(`${server.url}/charts`))).digest).toBe(sha(bytes));
  });

  it('finds v1.2.3 where 1.2.3 is asked for, as Helm does', async () => {
    const bytes = await chartPackage('web', 'v1.2.3');
    const index = indexYaml({ web: [['v1.2.3', 'w.tgz']] });
    const server = await serve(routes({ '/index.yaml': index, '/w.tgz': bytes }));
    expect((await testCharts().fetch(chart(server.url))).version).toBe('1.2.3');
  });

  it('lists versions, newest first', async () => {
    const index = indexYaml({ web: ['1.9.0', '1.10.0', 'v2.0.0-rc.1', 'junk'].map((v) => [v, 'x'] as const) });
    const server = await serve(routes({ '/index.yaml': index }));
    expect(await testCharts().versions(chart(server.url))).toEqual(['v2.0.0-rc.1', '1.10.0', '1.9.0']);
  });

  it('asks once for several charts, and for one chart that several want at once', async () => {
    const { paths } = await oneChart();
    const server = await serve(routes(paths));
    const charts = testCharts();
    await Promise.all([1, 2, 3].map(() => charts.fetch(chart(`${server.url}/charts`))));
    expect(server.requests).toHaveLength(2);
  });
});

describe('a repository that misbehaves', () => {
  const cases: readonly [
    string,
    string,
    Parameters<typeof routes>[0] | ((bytes: Buffer) => Parameters<typeof routes>[0]),
  ][] = [
    ['answers 401', 'chart/refused', { '/charts/index.yaml': 401 }],
    ['answers 403 for the package', 'chart/refused', { '/charts/web-1.2.3.tgz': 403 }],
    ['answers 404', 'chart/missing', { '/charts/index.yaml': 404 }],
    ['answers 500 every time', 'chart/unreachable', { '/charts/index.yaml': 500 }],
    ['answers 418', 'chart/answer', { '/charts/index.yaml': 418 }],
    ['sends no index', 'chart/answer', { '/charts/index.yaml': '<html>\n<body>Log in</body>\n' }],
    ['sends an index without entries', 'chart/answer', { '/charts/index.yaml': 'apiVersion: v1\n' }],
    ['sends an index that is no YAML', 'chart/answer', { '/charts/index.yaml': 'entries: {"a": [}\n' }],
    [
      'sends a package that is cut off',
      'chart/answer',
      (bytes) => ({ '/charts/web-1.2.3.tgz': bytes.subarray(0, 80) }),
    ],
    ['sends another package than its index says', 'chart/answer', { '/charts/web-1.2.3.tgz': 'something else' }],
    [
      'keeps the package at file://',
      'chart/answer',
      { '/charts/index.yaml': indexYaml({ web: [['1.2.3', 'file:///etc/passwd']] }) },
    ],
    [
      'redirects to file://',
      'chart/answer',
      { '/charts/web-1.2.3.tgz': (_q, r) => r.writeHead(302, { location: 'file:///etc/passwd' }).end() },
    ],
    [
      'redirects in a circle',
      'chart/answer',
      { '/charts/index.yaml': (_q, r) => r.writeHead(302, { location: '/charts/index.yaml' }).end() },
    ],
    [
      'redirects on and on',
      'chart/answer',
      {
        '/charts/index.yaml': (q, r) =>
          r
            .writeHead(302, { location: '/charts/index.yaml?' + String(Number((q.url ?? '').split('?')[1] ?? 0) + 1) })
            .end(),
      },
    ],
    ['never answers', 'chart/unreachable', { '/charts/index.yaml': () => undefined }],
    [
      'stops in the middle',
      'chart/unreachable',
      { '/charts/index.yaml': (_q, r) => void r.writeHead(200, { 'content-length': '1000' }).write('entries:\n') },
    ],
    [
      'sends less than it announced',
      'chart/unreachable',
      {
        '/charts/web-1.2.3.tgz': (_q, r) => {
          r.writeHead(200, { 'content-length': '1000' }).write('x');
          setTimeout(() => r.destroy(), 20);
        },
      },
    ],
    [
      'sends more than it announced',
      'chart/answer',
      (bytes) => ({
        '/charts/web-1.2.3.tgz': (_q, r) => {
          r.socket?.end(
            Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 100\r\nconnection: close\r\n\r\n'), bytes]),
          );
        },
      }),
    ],
    [
      'announces too much',
      'chart/answer',
      {
        '/charts/index.yaml': (_q, r) =>
          void r.writeHead(200, { 'content-length': String(80 * 1024 * 1024) }).write('entries:\n'),
      },
    ],
  ];
  it.each(cases)('%s: %s', async (_what, code, changed) => {
    const { bytes, paths } = await oneChart();
    const server = await serve(routes({ ...paths, ...(typeof changed === 'function' ? changed(bytes) : changed) }));
    const charts = testCharts();
    const said = await finding(charts.fetch(chart(`${server.url}/charts`)));
    expect(said.split(' ')[0]).toBe(code);
    expect(said).toMatch(/^\S+ Chart web 1\.2\.3 of "shop": .*[^.]\. → .*`slipway catalog pull --component shop`\.$/);
    expect(cached(charts.cache)).toEqual([]);
  });

  it('has no such chart, or no such version: what is near is named', async () => {
    const index = indexYaml({
      webb: [['1.0.0', 'x']],
      web: [
        ['1.2.2', 'x'],
        ['1.3.0', 'x'],
        ['0.1.0', 'x'],
      ],
    });
    const server = await serve(routes({ '/index.yaml': index }));
    expect(await finding(testCharts().fetch(chart(server.url)))).toMatch(
      /^chart\/missing .* 1\.2\.3 of web\..*1\.3\.0 and 1\.2\.2/,
    );
    expect(await finding(testCharts().fetch(chart(server.url, { name: 'wbb' })))).toMatch(
      /^chart\/missing .*"wbb"\. Did you mean "web"\? →/,
    );
  });

  it('is asked again when it is busy, after the time it says', async () => {
    const { digest, paths } = await oneChart();
    let left = 2;
    const busy = routes({ ...paths, '/charts/index.yaml': 429 });
    const server = await serve((q, r) => {
      left -= 1;
      if (left === 1) return void r.writeHead(429, { 'retry-after': '1' }).end();
      if (left === 0) return busy(q, r);
      return routes(paths)(q, r);
    });
    const waits = vi.spyOn(globalThis, 'setTimeout');
    onTestFinished(() => waits.mockRestore());
    expect((await testCharts().fetch(chart(`${server.url}/charts`))).digest).toBe(digest);
    expect(waits.mock.calls.map(([, ms]) => ms)).toContain(1000);
    expect(server.requests.filter((r) => r.includes('index'))).toHaveLength(3);
  });

  it('is not waited for when it wants too long a pause', async () => {
    const server = await serve((_q, r) => void r.writeHead(429, { 'retry-after': '3600' }).end());
    expect(await finding(testCharts().fetch(chart(server.url)))).toMatch(
      /^chart\/unreachable .*429\. → Try again in 3600 seconds\./,
    );
    expect(server.requests).toHaveLength(1);
  });

  it('drips: the whole takes no longer than it may', async () => {
    const server = await serve((_q, r) => {
      const timer = setInterval(() => r.write('#\n'), 50);
      r.on('close', () => clearInterval(timer));
    });
    const charts = testCharts({}, { http: { ...quickLimits, total: 600 } });
    expect(await finding(charts.fetch(chart(server.url)))).toMatch(/^chart\/unreachable .*longer than 0\.6 seconds/);
  });

  it('sends an endless index: it is given up on at the limit', async () => {
    const piece = Buffer.alloc(1024 * 1024, '#');
    const server = await serve((_q, r) => {
      const more = (): void => {
        while (!r.destroyed && r.write(piece));
        if (!r.destroyed) r.once('drain', more);
      };
      more();
    });
    const charts = testCharts({}, { http: { ...quickLimits, total: 60_000 } });
    expect(await finding(charts.fetch(chart(server.url)))).toMatch(/^chart\/answer .*64 MiB/);
  });

  it('takes the connection and never says a word', async () => {
    const mute = createServer(() => undefined);
    await new Promise<void>((done) => mute.listen(0, '127.0.0.1', done));
    onTestFinished(() => void mute.close());
    const { port } = mute.address() as AddressInfo;
    for (const scheme of ['http', 'https'])
      expect(await finding(testCharts().fetch(chart(`${scheme}://127.0.0.1:${port}`)))).toMatch(
        /^chart\/unreachable .* within [\d.]+ seconds/,
      );
  });

  it('listens nowhere, or does not speak TLS', async () => {
    const free = createServer();
    await new Promise<void>((done) => free.listen(0, '127.0.0.1', done));
    const { port } = free.address() as AddressInfo;
    await new Promise((done) => free.close(done));
    expect(await finding(testCharts().fetch(chart(`http://127.0.0.1:${port}`)))).toMatch(
      /^chart\/unreachable .*nothing listens/,
    );
    const plain = await serve(routes({}));
    expect(await finding(testCharts().fetch(chart(`https://${plain.host}`)))).toMatch(
      /^chart\/unreachable .*does not speak TLS/,
    );
    expect(await finding(testCharts().fetch(chart(`oci://${plain.host}/x`)))).toMatch(
      /→ A registry without TLS is written oci\+http:\/\//,
    );
  });
});

describe('a large index', () => {
  it('is read for the one chart in it', async () => {
    const { bytes, digest } = await oneChart();
    const many = Array.from(
      { length: 60_000 },
      (_, i) => [`0.${i}.0`, `https://charts.example.com/a-${i}.tgz`, digest] as const,
    );
    const index = indexYaml({ aaa: many, web: [['1.2.3', 'w.tgz', digest]], zzz: many });
    expect(index.length).toBeGreaterThan(20_000_000);
    const server = await serve(routes({ '/index.yaml': index, '/w.tgz': bytes }));
    expect((await testCharts({}, { http: { ...quickLimits, total: 60_000 } }).fetch(chart(server.url))).digest).toBe(
      digest,
    );
  });
});

describe('logins', () => {
  const helm = (url: string, more = ''): Record<string, string> => ({
    'home/.config/helm/repositories.yaml': `repositories:\n- name: a\n  url: ${url}/charts/\n  username: ann\n  password: "p:w"\n${more}`,
  });
  const header = `Basic ${Buffer.from('ann:p:w').toString('base64')}`;
  const guard =
    (paths: Parameters<typeof routes>[0]) =>
    (q: Parameters<ReturnType<typeof routes>>[0], r: Parameters<ReturnType<typeof routes>>[1]): void =>
      q.headers.authorization === header ? routes(paths)(q, r) : void r.writeHead(401).end();

  it('are those of Helm', async () => {
    const { digest, paths } = await oneChart();
    const server = await serve(guard(paths));
    expect((await testCharts({}, { files: helm(server.url) }).fetch(chart(`${server.url}/charts`))).digest).toBe(
      digest,
    );
    expect(await finding(testCharts().fetch(chart(`${server.url}/charts`)))).toMatch(
      /^chart\/refused .*401\. → Log in/,
    );
  });

  it('stay with their host, whether it redirects or its index names another', async () => {
    const { bytes, digest } = await oneChart();
    const other = await serve(routes({ '/w.tgz': bytes }));
    const server = await serve(
      guard({
        '/charts/index.yaml': indexYaml({
          web: [
            ['1.2.3', `${other.url}/w.tgz`, digest],
            ['1.2.4', 'moved.tgz', digest],
          ],
        }),
        '/charts/moved.tgz': (_q, r) => r.writeHead(302, { location: `${other.url}/w.tgz` }).end(),
      }),
    );
    const files = helm(server.url);
    expect((await testCharts({}, { files }).fetch(chart(`${server.url}/charts`))).digest).toBe(digest);
    await finding(testCharts({}, { files }).fetch(chart(`${server.url}/charts`, { version: '1.2.4' })));
    expect(other.requests).toEqual(['GET /w.tgz', 'GET /w.tgz']);
    const passing = helm(server.url, '  pass_credentials_all: true\n');
    await testCharts({}, { files: passing }).fetch(chart(`${server.url}/charts`));
    expect(other.requests.at(-1)).toBe(`GET /w.tgz ${header}`);
  });

  it('come with certificates: an authority, or none at all', async () => {
    const { digest, paths } = await oneChart();
    const server = await serve(routes(paths), { tls: true });
    const fetch = (more: string): Promise<{ digest: string }> =>
      testCharts({}, { files: helm(server.url, more) }).fetch(chart(`${server.url}/charts`));
    expect(await finding(fetch(''))).toMatch(/^chart\/unreachable .*certificate.*→ Name its authority/);
    expect((await fetch(`  caFile: ${certificateFile}\n`)).digest).toBe(digest);
    expect((await fetch('  insecure_skip_tls_verify: true\n')).digest).toBe(digest);
    expect(await finding(fetch('  caFile: /nowhere.pem\n'))).toMatch(/^chart\/credentials .*nowhere/);
  });

  it('do not follow a redirect from https to http', async () => {
    const plain = await serve(routes({}));
    const server = await serve((_q, r) => void r.writeHead(302, { location: `${plain.url}/index.yaml` }).end(), {
      tls: true,
    });
    const files = helm(server.url, '  insecure_skip_tls_verify: true\n');
    expect(await finding(testCharts({}, { files }).fetch(chart(`${server.url}/charts`)))).toMatch(
      /^chart\/answer .*not followed/,
    );
    expect(plain.requests).toEqual([]);
  });

  it('that cannot be read are said', async () => {
    const files = { 'home/.config/helm/repositories.yaml': 'repositories: [' };
    const said = await finding(testCharts({}, { files }).fetch(chart('https://127.0.0.1:1/x')));
    expect(said.split(' ')[0]).toBe('chart/credentials');
    expect(said).toContain('repositories.yaml');
  });
});

describe('a proxy', () => {
  it('is used, but not for what NO_PROXY names', async () => {
    const { paths } = await oneChart();
    const proxy = await serve((q, r) => {
      const { pathname } = new URL(q.url ?? '/', 'http://x');
      routes(paths)({ ...q, url: pathname } as typeof q, r);
    });
    vi.stubEnv('http_proxy', proxy.url);
    vi.stubEnv('no_proxy', '127.0.0.1');
    onTestFinished(() => void vi.unstubAllEnvs());
    await testCharts().fetch(chart('http://charts.invalid/charts'));
    expect(proxy.requests).toEqual([
      'GET http://charts.invalid/charts/index.yaml',
      'GET http://charts.invalid/charts/web-1.2.3.tgz',
    ]);
    const direct = await serve(routes(paths));
    await testCharts().fetch(chart(`${direct.url}/charts`));
    expect(proxy.requests).toHaveLength(2);
  });
});

describe('a proxy for TLS', () => {
  it('is asked for a tunnel, and does not see the login', async () => {
    const { digest, paths } = await oneChart();
    const target = await serve(routes(paths), { tls: true });
    const proxy = createHttpServer();
    const tunnels: string[] = [];
    proxy.on('connect', (q, socket) => {
      tunnels.push(`${q.url} ${q.headers.authorization ?? ''}`);
      const out = connect(Number(target.host.split(':')[1]), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        out.pipe(socket).pipe(out);
      });
      out.on('error', () => socket.destroy());
      socket.on('error', () => out.destroy());
    });
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
    onTestFinished(() => void proxy.close());
    vi.stubEnv('https_proxy', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    vi.stubEnv('no_proxy', '');
    onTestFinished(() => void vi.unstubAllEnvs());
    const files = {
      'home/.config/helm/repositories.yaml': `repositories:\n- url: https://localhost:1/charts\n  username: a\n  password: b\n  caFile: ${certificateFile}\n`,
    };
    expect((await testCharts({}, { files }).fetch(chart('https://localhost:1/charts'))).digest).toBe(digest);
    expect(tunnels[0]).toBe('localhost:1 ');
  });
});

describe('a registry', () => {
  async function registry(
    answer: (
      q: string,
      authorization: string | undefined,
    ) => { status?: number; headers?: Record<string, string>; body?: string | Buffer } | undefined,
    options = {},
  ): ReturnType<typeof serve> {
    return serve((q, r) => {
      const said = answer(q.url ?? '', q.headers.authorization) ?? { status: 404, body: '{}' };
      r.writeHead(said.status ?? 200, said.headers).end(said.body);
    }, options);
  }
  const manifest = (digest: string, mediaType = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip'): string =>
    JSON.stringify({
      schemaVersion: 2,
      layers: [
        { mediaType: 'other', digest: 'x' },
        { mediaType, digest: `sha256:${digest}` },
      ],
    });

  it('gives the package; a + in a version is a _ in its tag', async () => {
    const bytes = await chartPackage('web', '1.2.3+b.4');
    const digest = sha(bytes);
    const server = await registry((url) => {
      if (url === '/v2/team/charts/web/manifests/1.2.3_b.4') return { body: manifest(digest) };
      if (url === `/v2/team/charts/web/blobs/sha256:${digest}`) return { body: bytes };
      return undefined;
    });
    const found = await testCharts().fetch(chart(`oci+http://${server.host}/team/charts`, { version: '1.2.3+b.4' }));
    expect(found.digest).toBe(digest);
  });

  it.each([
    [
      'a login of docker',
      {
        'home/.docker/config.json': (host: string) =>
          JSON.stringify({ auths: { [host]: { auth: Buffer.from('ann:pw').toString('base64') } } }),
      },
    ],
    [
      'a login of helm',
      {
        'home/.config/helm/registry/config.json': (host: string) =>
          JSON.stringify({ auths: { [host]: { username: 'ann', password: 'pw' } } }),
      },
    ],
  ])('gives a token for %s, and blobs from elsewhere without it', async (_what, files) => {
    const { bytes, digest } = await oneChart();
    const blobs = await serve(routes({ '/blob': bytes }));
    const basic = `Basic ${Buffer.from('ann:pw').toString('base64')}`;
    const server = await registry((url, authorization) => {
      if (url.startsWith('/token'))
        return authorization === basic ? { body: JSON.stringify({ token: 't1' }) } : { status: 401 };
      if (authorization !== 'Bearer t1')
        return {
          status: 401,
          headers: {
            'www-authenticate': `Bearer realm="http://${server.host}/token",service="reg",scope="repository:charts/web:pull"`,
          },
        };
      if (url.includes('/manifests/')) return { body: manifest(digest) };
      return { status: 307, headers: { location: `${blobs.url}/blob` } };
    });
    const written = Object.fromEntries(Object.entries(files).map(([path, text]) => [path, text(server.host)]));
    expect((await testCharts({}, { files: written }).fetch(chart(`oci+http://${server.host}/charts`))).digest).toBe(
      digest,
    );
    expect(blobs.requests).toEqual(['GET /blob']);
    expect(server.requests).toContain(`GET /token?service=reg&scope=repository%3Acharts%2Fweb%3Apull ${basic}`);
    expect(await finding(testCharts().fetch(chart(`oci+http://${server.host}/charts`)))).toMatch(
      /^chart\/refused .*helm registry login/,
    );
  });

  it('asks the credential helper, which may hang, fail or know nothing', async () => {
    const { bytes, digest } = await oneChart();
    const server = await registry((url, authorization) => {
      if (authorization !== `Basic ${Buffer.from('bob:s3').toString('base64')}`)
        return { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } };
      return { body: url.includes('/manifests/') ? manifest(digest) : bytes };
    });
    const reference = chart(`oci+http://${server.host}/charts`);
    const attempt = async (script: string): Promise<string> => {
      const charts = testCharts(
        {},
        {
          files: {
            'home/.docker/config.json': '{"credsStore":"test"}',
            'bin/docker-credential-test': `#!/bin/sh\n${script}\n`,
          },
          helperTimeout: 1000,
        },
      );
      chmodSync(join(charts.root, 'bin/docker-credential-test'), 0o755);
      vi.stubEnv('PATH', `${charts.root}/bin:${process.env['PATH']}`);
      onTestFinished(() => void vi.unstubAllEnvs());
      return finding(charts.fetch(reference));
    };
    expect(await attempt(`read host; [ "$host" = "${server.host}" ] && echo '{"Username":"bob","Secret":"s3"}'`)).toBe(
      'none',
    );
    expect(await attempt('sleep 30')).toMatch(/^chart\/credentials .*does not end/);
    expect(await attempt('exit 3')).toMatch(/^chart\/credentials .*ends with 3/);
    expect(await attempt('echo nonsense')).toMatch(/^chart\/credentials .*no JSON/);
    expect(await attempt('echo credentials not found in native keychain; exit 1')).toMatch(/^chart\/refused /);
  });

  it.each([
    [
      'holds an image',
      'chart/answer',
      (d: string) => ({ body: manifest(d, 'application/vnd.oci.image.layer.v1.tar+gzip') }),
    ],
    ['sends another blob', 'chart/answer', () => ({ body: manifest('0'.repeat(64)) })],
    ['sends no JSON', 'chart/answer', () => ({ body: 'hello' })],
    [
      'wants a login over HTTP',
      'chart/answer',
      () => ({ status: 401, headers: { 'www-authenticate': 'Bearer realm="ftp://x/token"' } }),
    ],
    ['refuses without a word', 'chart/refused', () => ({ status: 401 })],
  ])('that %s: %s', async (_what, code, said) => {
    const { bytes, digest } = await oneChart();
    const server = await registry((url) => (url.includes('/manifests/') ? said(digest) : { body: bytes }));
    const charts = testCharts();
    expect((await finding(charts.fetch(chart(`oci+http://${server.host}`)))).split(' ')[0]).toBe(code);
    expect(cached(charts.cache)).toEqual([]);
  });

  it('lists versions over several pages, and names those near one it lacks', async () => {
    const server = await registry((url) => {
      if (url === '/v2/web/tags/list?n=1000')
        return {
          headers: { link: '</v2/web/tags/list?n=1000&last=b>; rel="next"' },
          body: '{"tags":["1.0.0","latest"]}',
        };
      if (url.startsWith('/v2/web/tags/list')) return { body: '{"tags":["1.10.0","1.9.0_x"]}' };
      return undefined;
    });
    const reference = chart(`oci+http://${server.host}`);
    expect(await testCharts().versions(reference)).toEqual(['1.10.0', '1.9.0+x', '1.0.0']);
    expect(await finding(testCharts().fetch(reference))).toMatch(/^chart\/missing .*1\.9\.0\+x and 1\.0\.0/);
  });
});

describe('a chart in git', () => {
  function repositoryWith(files: Readonly<Record<string, string>>): string {
    const { root } = testCharts(
      {},
      { files: Object.fromEntries(Object.entries(files).map(([p, t]) => [`repo/${p}`, t])) },
    );
    const folder = join(root, 'repo');
    git(folder, 'init', '-q', '-b', 'main');
    git(folder, 'add', '.');
    git(folder, 'commit', '-qm', 'charts');
    return folder;
  }
  it('is the folder at a tag, packed to the same bytes every time', async () => {
    const folder = repositoryWith({
      'charts/web/Chart.yaml': chartYaml('web', '1.2.3'),
      'charts/web/templates/a.yaml': 'a: 1\n',
    });
    git(folder, 'tag', 'web-1.2.3');
    writeFileSync(join(folder, 'charts/web/Chart.yaml'), chartYaml('web', '9.9.9'));
    git(folder, 'commit', '-qam', 'later');
    const reference = chart(`git+file://${folder}//charts/web?ref=web-{version}`);
    const [first, second] = [testCharts(), testCharts()];
    const found = await first.fetch(reference);
    expect((await second.fetch(reference)).digest).toBe(found.digest);
    expect((await first.read(found)).files.get('templates/a.yaml')).toBe('a: 1\n');
    expect(await first.versions(reference)).toEqual(['1.2.3']);
    const commit = git(folder, 'rev-parse', 'HEAD').trim();
    const later = await first.fetch(chart(`git+file://${folder}//charts/web?ref=${commit}`, { version: '9.9.9' }));
    expect(later.version).toBe('9.9.9');
  });

  // what a hook's git, or a person, may have set for another repository
  it.each([
    ['GIT_DIR', '/nowhere'],
    ['GIT_WORK_TREE', '/nowhere'],
    ['GIT_COMMON_DIR', '/nowhere'],
    ['GIT_INDEX_FILE', '/nowhere/index'],
    ['GIT_OBJECT_DIRECTORY', '/nowhere'],
    ['GIT_ALTERNATE_OBJECT_DIRECTORIES', '/nowhere'],
    ['GIT_QUARANTINE_PATH', '/nowhere'],
    ['GIT_NAMESPACE', 'other'],
    ['GIT_SHALLOW_FILE', '/nowhere'],
    ['GIT_GRAFT_FILE', '/nowhere'],
    ['GIT_REPLACE_REF_BASE', 'refs/other'],
    ['GIT_PREFIX', 'charts/'],
    ['GIT_CONFIG', '/nowhere'],
    ['GIT_DEFAULT_HASH', 'sha256'],
    ['GIT_TEMPLATE_DIR', '/nowhere'],
    ['GIT_ICASE_PATHSPECS', '1'],
    ['GIT_ATTR_SOURCE', 'refs/heads/nowhere'],
    ['GIT_EXTERNAL_DIFF', 'false'],
    ['GIT_FUTURE_PLACE', '/nowhere'],
  ])('is the same with %s of another repository', async (name, value) => {
    const folder = repositoryWith({ 'web/Chart.yaml': chartYaml('web', '1.2.3'), 'web/templates/a.yaml': 'a: 1\n' });
    git(folder, 'tag', '1.2.3');
    const reference = chart(`git+file://${folder}//web`);
    const { digest } = await testCharts().fetch(reference);
    vi.stubEnv(name, value);
    const charts = testCharts();
    const found = charts.fetch(reference).finally(() => vi.unstubAllEnvs());
    expect((await found).digest).toBe(digest);
  });

  it('has the line ends of the repository, whatever git does to those of this machine', async () => {
    const folder = repositoryWith({ 'web/Chart.yaml': chartYaml('web', '1.2.3'), 'web/templates/a.yaml': 'a: 1\n' });
    git(folder, 'tag', '1.2.3');
    const reference = chart(`git+file://${folder}//web`);
    const charts = testCharts(
      {},
      { files: { 'git/config': '[core]\n  autocrlf = true\n', attributes: '* eol=crlf\n' } },
    );
    writeFileSync(
      join(charts.root, 'git/config'),
      `[core]\n  autocrlf = true\n  attributesFile = ${charts.root}/attributes\n`,
    );
    vi.stubEnv('GIT_CONFIG_GLOBAL', join(charts.root, 'git/config'));
    const found = await charts.fetch(reference).finally(() => vi.unstubAllEnvs());
    expect((await charts.read(found)).files.get('templates/a.yaml')).toBe('a: 1\n');
  });

  it('is not there', async () => {
    const folder = repositoryWith({ 'web/Chart.yaml': chartYaml('web', '1.2.3') });
    git(folder, 'tag', '1.2.3');
    git(folder, 'branch', 'next');
    expect(await finding(testCharts().fetch(chart(`git+file://${folder}//elsewhere`)))).toMatch(
      /^chart\/missing .*no folder elsewhere/,
    );
    expect(await finding(testCharts().fetch(chart(`git+file://${folder}//web?ref=next`)))).toMatch(/^chart\/missing /);
    expect(await finding(testCharts().fetch(chart('git+file:///nowhere/x.git//web')))).toMatch(/^chart\/missing /);
    expect(
      await finding(testCharts().fetch(chart(`git+file://${folder}//web?ref=1.2.3`, { version: '2.0.0' }))),
    ).toMatch(/^chart\/invalid .*1\.2\.3/);
  });
});

describe('a chart of the repository', () => {
  const files = {
    'charts/web/Chart.yaml': chartYaml('web', '1.2.3'),
    'charts/web/.helmignore': '# no notes\n*.md\n/ci/\n',
    'charts/web/README.md': '# Web\n',
    'charts/web/ci/values.yaml': 'a: 1\n',
    'charts/web/templates/.hidden': 'x',
    'charts/web/templates/web.yaml': 'kind: Service\n',
    'charts/web/values.yaml': 'a: 1\n',
  };
  it('is packed as Helm would, to the same bytes on every machine', async () => {
    const charts = testCharts({}, { files, offline: true });
    const found = await charts.fetch(chart('./charts/web'));
    expect(found.digest).toBe('05faf2cbb247ed031a9853490f00ceff9a9c9c3104b5e5ed34b4a7523d25a133');
    const listed = execFileSync('tar', ['-tzf', found.file], { encoding: 'utf8' }).trim().split('\n');
    expect(listed).toEqual(['web/.helmignore', 'web/Chart.yaml', 'web/templates/web.yaml', 'web/values.yaml']);
    writeFileSync(join(charts.root, 'charts/web/values.yaml'), 'a: 2\n');
    expect((await charts.find(chart('./charts/web')))?.digest).not.toBe(found.digest);
  });
  it.each([
    ['there is no folder', {}, 'chart/source'],
    ['it is no chart', { 'charts/web/values.yaml': '' }, 'chart/invalid'],
    ['it is another version', { 'charts/web/Chart.yaml': chartYaml('web', '1.0.0') }, 'chart/invalid'],
    ['its .helmignore is refused by Helm', { ...files, 'charts/web/.helmignore': '**/x\n' }, 'chart/invalid'],
  ])('%s: %s', async (_what, own, code) => {
    expect((await finding(testCharts({}, { files: own }).fetch(chart('./charts/web')))).split(' ')[0]).toBe(code);
  });
  it('is refused with links in it, or as a link', async () => {
    const inside = testCharts({}, { files });
    symlinkSync('/etc/passwd', join(inside.root, 'charts/web/templates/passwd'));
    expect(await finding(inside.fetch(chart('./charts/web')))).toMatch(/^chart\/invalid .*link/);
    const whole = testCharts({}, { files });
    symlinkSync('web', join(whole.root, 'charts/other'));
    expect(await finding(whole.fetch(chart('./charts/other')))).toMatch(/^chart\/source .*link/);
    expect(await finding(whole.fetch(chart('charts/web')))).toMatch(/^chart\/source .*oci:\/\//);
  });
});

describe('the cache', () => {
  it('drops what is not what its name says, and fetches it again', async () => {
    const { bytes, digest, paths } = await oneChart();
    const server = await serve(routes(paths));
    const first = testCharts();
    const reference = chart(`${server.url}/charts`);
    const { file } = await first.fetch(reference);
    for (const damage of [bytes.subarray(0, 50), Buffer.alloc(0), Buffer.from('poison')]) {
      writeFileSync(file, damage);
      const charts = testCharts({ SLIPWAY_CACHE_DIR: join(first.root, 'cache') });
      expect(await charts.find(reference, digest)).toBeUndefined();
      expect(existsSync(file)).toBe(false);
      expect((await charts.fetch(reference)).digest).toBe(digest);
      expect(readFileSync(file)).toEqual(bytes);
    }
    const [ref = ''] = readdirSync(join(first.cache, 'refs'));
    writeFileSync(join(first.cache, 'refs', ref), '../../etc/passwd');
    expect((await testCharts({ SLIPWAY_CACHE_DIR: join(first.root, 'cache') }).fetch(reference)).digest).toBe(digest);
  });

  it('is as it was when a write fails, or is cut off', async () => {
    const { digest, paths } = await oneChart();
    const server = await serve(routes(paths));
    const reference = chart(`${server.url}/charts`);
    for (const code of ['ENOSPC', 'EROFS']) {
      const disk = {
        write: (file: string, bytes: Uint8Array | string): void => {
          writeFileSync(file, Buffer.from(bytes).subarray(0, 10));
          throw Object.assign(new Error(code), { code });
        },
        rename: () => undefined,
      };
      const charts = testCharts({}, { disk });
      const said = await finding(charts.fetch(reference));
      expect(said.split(' ')[0]).toBe('chart/cache');
      expect(said).toMatch(/ → .*SLIPWAY_CACHE_DIR/);
      expect(cached(charts.cache)).toEqual([]);
    }
    const killed = testCharts();
    mkdirSync(join(killed.cache, 'sha256'), { recursive: true });
    writeFileSync(join(killed.cache, 'sha256', `${digest}.tgz.4711-00`), 'half');
    expect((await killed.fetch(reference)).digest).toBe(digest);
  });

  it('may be filled by several at once', async () => {
    const { digest, paths } = await oneChart();
    const server = await serve(routes(paths));
    const first = testCharts();
    const others = [1, 2, 3, 4].map(() => testCharts({ SLIPWAY_CACHE_DIR: join(first.root, 'cache') }));
    const found = await Promise.all(others.map((c) => c.fetch(chart(`${server.url}/charts`))));
    expect(new Set(found.map((f) => f.digest))).toEqual(new Set([digest]));
    expect(cached(first.cache)).toEqual(['refs/<id>', 'sha256/<id>.tgz']);
  });

  it('knows a changed package by the lock', async () => {
    const { digest, paths } = await oneChart();
    const server = await serve(routes(paths));
    const charts = testCharts();
    const wanted = 'a'.repeat(64);
    const said = await finding(charts.fetch(chart(`${server.url}/charts`), wanted));
    expect(said).toMatch(/^chart\/digest /);
    expect(said).toContain(digest);
    expect(said).toContain(wanted);
    expect(cached(charts.cache)).toEqual([]);
    await charts.fetch(chart(`${server.url}/charts`));
    expect(await charts.find(chart(`${server.url}/charts`), wanted)).toBeUndefined();
  });

  it('is not filled without a network: what is missing says how to get it', async () => {
    const server = await serve(routes({}));
    const charts = testCharts({}, { offline: true });
    expect(await finding(charts.fetch(chart(server.url)))).toMatch(
      /^chart\/offline .*`slipway catalog pull --component shop`/,
    );
    expect(await finding(charts.versions(chart(server.url)))).toMatch(/^chart\/offline /);
    expect(server.requests).toEqual([]);
  });
});

describe('SLIPWAY_CHARTS', () => {
  it('is looked at first, flat or as a bundle, and checked all the same', async () => {
    const bytes = await chartPackage();
    const digest = createHash('sha256').update(bytes).digest('hex');
    for (const path of ['web-1.2.3.tgz', 'https/charts.example.com/web-1.2.3.tgz']) {
      const charts = testCharts({ SLIPWAY_CHARTS: '{root}/bundle' }, { offline: true });
      mkdirSync(join(charts.root, 'bundle', path, '..'), { recursive: true });
      writeFileSync(join(charts.root, 'bundle', path), bytes);
      const reference = chart('https://charts.example.com');
      expect(await charts.fetch(reference, digest)).toMatchObject({ digest, file: join(charts.root, 'bundle', path) });
      expect(await finding(charts.find(reference, 'b'.repeat(64)))).toMatch(/^chart\/digest /);
      writeFileSync(join(charts.root, 'bundle', path), 'junk');
      const again = testCharts({ SLIPWAY_CHARTS: join(charts.root, 'bundle') });
      expect(await finding(again.find(reference))).toMatch(/^chart\/invalid /);
    }
  });
});
