import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHttp } from '../../../../generator/adapters/http/client.ts';
import { HttpProblem } from '../../../../generator/adapters/http/problems.ts';
import { createTextReader } from '../../../../generator/adapters/http/text.ts';
import { connectKubernetes } from '../../../../generator/adapters/kubernetes/kubernetes.ts';
import {
  certificateFile,
  finding,
  oneChart,
  quickLimits,
  routes,
  serve,
  testCharts,
} from '../../../helpers/chartServer.ts';
import type { TestServer } from '../../../helpers/chartServer.ts';
import { startProxy } from '../../../helpers/proxyServer.ts';
import type { TestProxy } from '../../../helpers/proxyServer.ts';
import { cli, workspace } from '../../../helpers/workspace.ts';

const variables = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
beforeEach(() => {
  for (const name of variables) vi.stubEnv(name, undefined);
});
afterEach(() => void vi.unstubAllEnvs());

const portOf = ({ host }: TestServer): string => host.split(':')[1] ?? '';

/** An API server with TLS that answers every path, and asks about it through the host of the kubeconfig. */
async function cluster(
  host: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<{ ask(): Promise<number>; server: TestServer }> {
  const server = await serve((_q, r) => void r.end('{"gitVersion":"v1.34.0"}'), { tls: true });
  const root = workspace({});
  writeFileSync(
    join(root, 'config'),
    JSON.stringify({
      clusters: [
        {
          name: 'c',
          cluster: {
            server: `https://${host}:${portOf(server)}`,
            'certificate-authority': certificateFile,
            'tls-server-name': 'localhost',
            ...more,
          },
        },
      ],
      users: [{ name: 'u', user: { token: 'secret-token' } }],
      contexts: [{ name: 'a', context: { cluster: 'c', user: 'u' } }],
    }),
  );
  const { redirects: _, ...limits } = quickLimits;
  const ask = async (): Promise<number> => {
    const api = await connectKubernetes(
      { context: 'a', qps: 1000 },
      {
        env: (name) => (name === 'KUBECONFIG' ? join(root, 'config') : undefined),
        note: () => undefined,
        limits: { ...limits, maxBytes: 1024 },
      },
    );
    try {
      return (await api.get('/version')).status;
    } finally {
      api.close();
    }
  };
  return { ask, server };
}

const read = (url: string): Promise<string | undefined> => createTextReader(quickLimits)(url);

/** Every kind of thing that is read over HTTP: asks a host of this name, whose port a server of this machine has. */
const readers: Readonly<Record<string, (host: string) => Promise<{ ask(): Promise<unknown>; server: TestServer }>>> = {
  'a schema': async (host) => {
    const server = await serve(routes({ '/schema.json': '{}' }));
    return { server, ask: () => read(`http://${host}:${portOf(server)}/schema.json`) };
  },
  'a chart': async (host) => {
    const server = await serve(routes((await oneChart()).paths));
    const reference = { repository: `http://${host}:${portOf(server)}/charts`, name: 'web', version: '1.2.3' };
    return { server, ask: () => testCharts().fetch(reference) };
  },
  'an API server': (host) => cluster(host),
};

describe.each(Object.entries(readers))('%s', (_what, make) => {
  const proxied = async (
    name: string,
    value: string,
    host = 'host.test',
  ): Promise<TestProxy & { isDirect: boolean }> => {
    const proxy = await startProxy();
    vi.stubEnv('HTTP_PROXY', proxy.url);
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    vi.stubEnv(name, value);
    const { ask, server } = await make(host);
    await ask();
    expect(server.requests.length).toBeGreaterThan(0);
    return { ...proxy, isDirect: proxy.requests.length === 0 };
  };

  it('is asked for through the proxy of the environment', async () => {
    const { requests } = await proxied('NO_PROXY', '');
    expect(requests.length).toBeGreaterThan(0);
    for (const line of requests) expect(line).toContain('host.test:');
  });

  it.each([
    ['127.0.0.1', true],
    ['10.0.0.0/8, 127.0.0.0/8', true],
    ['*', true],
    ['example.com,10.0.0.0/8', false],
  ])('NO_PROXY=%s: directly %s', async (value, isDirect) => {
    expect((await proxied('NO_PROXY', value, '127.0.0.1')).isDirect).toBe(isDirect);
  });

  it('names the proxy that refuses', async () => {
    const proxy = await startProxy({ refuse: 407 });
    vi.stubEnv('HTTP_PROXY', proxy.url);
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    const { ask } = await make('host.test');
    expect(await finding(ask())).toMatch(/the proxy answers 407\. → Name user and password/);
  });

  it('says which variable is no address', async () => {
    vi.stubEnv('HTTP_PROXY', 'http://[');
    vi.stubEnv('HTTPS_PROXY', 'http://[');
    const { ask } = await make('host.test');
    expect(await finding(ask())).toMatch(/HTTPS?_PROXY is no address of a proxy/);
  });

  it('takes host:port for a proxy, and its login', async () => {
    const proxy = await startProxy();
    const value = proxy.url.replace('http://', 'ann:pw@');
    vi.stubEnv('HTTP_PROXY', value);
    vi.stubEnv('HTTPS_PROXY', value);
    const { ask } = await make('host.test');
    await ask();
    expect(proxy.requests[0]).toContain(`Basic ${Buffer.from('ann:pw').toString('base64')}`);
  });
});

describe('a cluster with proxy-url in its kubeconfig', () => {
  it('is asked through that one, whatever the environment says', async () => {
    const [own, other] = [await startProxy(), await startProxy()];
    vi.stubEnv('HTTPS_PROXY', other.url);
    vi.stubEnv('NO_PROXY', '*');
    const { ask } = await cluster('host.test', { 'proxy-url': own.url });
    expect(await ask()).toBe(200);
    expect([own.requests.length, other.requests.length]).toEqual([1, 0]);
  });

  it('does not show the account to the proxy', async () => {
    const proxy = await startProxy();
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    const { ask, server } = await cluster('host.test');
    await ask();
    expect(proxy.requests.join('\n')).not.toContain('secret-token');
    expect(server.requests).toEqual(['GET /version Bearer secret-token']);
  });
});

describe('an answer', () => {
  const get = (url: string, maxBytes = 1024): Promise<string> =>
    createHttp(quickLimits)
      .get({ url, maxBytes })
      .then(
        ({ body }) => body.toString(),
        (error: unknown) => {
          if (!(error instanceof HttpProblem)) throw error;
          return `${error.kind}: ${error.why}`;
        },
      );

  it('without end is given up on', async () => {
    const server = await serve((_q, r) => {
      const write = (): void => void (r.destroyed || r.write('x'.repeat(4096), () => setImmediate(write)));
      write();
    });
    expect(await get(server.url)).toMatch(/^answer: its answer is larger than/);
  });

  it('that is packed is unpacked, up to the limit', async () => {
    const { gzipSync } = await import('node:zlib');
    const server = await serve((q, r) => {
      r.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(q.url === '/small' ? 10 : 10_000_000)));
    });
    expect(await get(`${server.url}/small`)).toBe('x'.repeat(10));
    expect(await get(`${server.url}/bomb`, 100_000)).toMatch(/^answer: its answer is larger than/);
  });

  it('that comes drop by drop ends with the time of all', async () => {
    const server = await serve((_q, r) => {
      const timer = setInterval(() => r.write('x'), 50);
      r.on('close', () => clearInterval(timer));
    });
    const limits = { ...quickLimits, total: 600 };
    const late = createHttp(limits).get({ url: server.url, maxBytes: 1e6 });
    await expect(late).rejects.toMatchObject({ kind: 'unreachable', why: 'it takes longer than 0.6 seconds' });
  });

  it('is asked for again when the server is busy', async () => {
    let left = 2;
    const server = await serve((_q, r) => void r.writeHead((left -= 1) < 0 ? 200 : 503).end('there'));
    expect(await read(`${server.url}/s.json`)).toBe('there');
    expect(server.requests).toHaveLength(3);
  });

  it('404 is no schema; another status says why', async () => {
    const server = await serve(routes({ '/a': 404, '/b': 410, '/c': 418 }));
    expect([await read(`${server.url}/a`), await read(`${server.url}/b`)]).toEqual([undefined, undefined]);
    expect(await finding(read(`${server.url}/c`))).toMatch(/^schema\/unreachable .*answers 418/);
  });
});

describe('the program itself', () => {
  const schema = JSON.stringify({ type: 'object', properties: { spec: { type: 'object', required: ['size'] } } });
  const object = 'apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: a, namespace: a }\nspec: {}\n';

  /** Runs it while the servers of this process answer. */
  function start(
    root: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<{ code: number | null; stderr: string }> {
    return new Promise((done) => {
      const child = spawn(process.execPath, [cli, ...args], { cwd: root, env: { ...process.env, ...env } });
      let stderr = '';
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      child.stdout.resume();
      child.on('close', (code) => done({ code, stderr }));
    });
  }

  it('reads schemas through the proxy, with the authorities of NODE_EXTRA_CA_CERTS', async () => {
    const server = await serve(routes({ '/widget.json': schema }), { tls: true });
    const proxy = await startProxy();
    const place = `https://localhost:${portOf(server)}/{{ .ResourceKind }}.json`;
    const root = workspace({ 'object.yaml': object });
    const env = { HTTPS_PROXY: proxy.url, NO_PROXY: 'example.com' };
    const args = ['validate', 'object.yaml', '--schema-location', place];
    const refused = await start(root, args, env);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('its certificate is refused') as string,
    ]);
    expect(refused.stderr).toContain('NODE_EXTRA_CA_CERTS');
    expect(server.requests).toEqual([]);
    const trusted = { ...env, NODE_EXTRA_CA_CERTS: certificateFile };
    const checked = await start(root, args, trusted);
    expect([checked.code, checked.stderr]).toEqual([1, expect.stringContaining('size') as string]);
    const imported = await start(root, ['schema', 'import', place, '--kinds', 'example.com/v1/Widget'], trusted);
    expect(imported.code).toBe(0);
    expect(server.requests).toEqual(['GET /widget.json', 'GET /widget.json']);
    expect(new Set(proxy.requests)).toEqual(new Set([`CONNECT localhost:${portOf(server)}`]));
    proxy.requests.splice(0);
    expect((await start(root, args, { ...trusted, NO_PROXY: `localhost:${portOf(server)}` })).code).toBe(1);
    expect([server.requests.length, proxy.requests]).toEqual([3, []]);
  });
});
