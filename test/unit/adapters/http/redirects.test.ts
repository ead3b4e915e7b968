import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
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
import { workspace } from '../../../helpers/workspace.ts';

afterEach(() => void vi.unstubAllEnvs());

const basic = (login: string): string => `Basic ${Buffer.from(login).toString('base64')}`;
const chart = (repository: string): { repository: string; name: string; version: string } => ({
  repository,
  name: 'web',
  version: '1.2.3',
});

/** A server of somebody else: keeps the headers of every request, and wants a login for everything. */
async function other(tls = false): Promise<{ url: string; host: string; secrets(): string[]; seen: string[] }> {
  const seen: string[] = [];
  const server = await serve(
    (q: IncomingMessage, r: ServerResponse) => {
      seen.push(JSON.stringify([q.method, q.url, q.headers]));
      const realm = `${tls ? 'https' : 'http'}://${q.headers.host ?? ''}/token`;
      r.writeHead(401, {
        'www-authenticate': q.url?.includes('basic') ? 'Basic realm="x"' : `Bearer realm="${realm}",service="x"`,
      });
      r.end('{}');
    },
    { tls },
  );
  const secrets = (): string[] => seen.filter((line) => /authorization|cookie|hunter2|secret/i.test(line));
  return { url: server.url, host: server.host, seen, secrets };
}

const redirectTo =
  (url: string) =>
  (_q: IncomingMessage, r: ServerResponse): void =>
    void r.writeHead(307, { location: url, 'set-cookie': 'session=secret' }).end();

describe('a login is not sent to where a server redirects', () => {
  it('by a repository of charts, for its index and for its packages', async () => {
    const elsewhere = await other();
    const { paths } = await oneChart();
    for (const path of ['/charts/index.yaml', '/charts/web-1.2.3.tgz']) {
      const server = await serve(routes({ ...paths, [path]: redirectTo(`${elsewhere.url}/x`) }));
      const files = {
        'home/.config/helm/repositories.yaml': `repositories:\n- url: ${server.url}/charts\n  username: ann\n  password: hunter2\n`,
      };
      expect(await finding(testCharts({}, { files }).fetch(chart(`${server.url}/charts`)))).toMatch(/^chart\/refused/);
      expect(server.requests.some((line) => line.includes(basic('ann:hunter2')))).toBe(true);
    }
    expect([elsewhere.seen.length, elsewhere.secrets()]).toEqual([2, []]);
  });

  it.each(['manifests', 'blobs', 'tags'])(
    'by a registry, for its %s; nor is one fetched for a realm that is named there',
    async (part) => {
      const elsewhere = await other();
      const { digest, bytes } = await oneChart();
      const server = await serve((q, r) => {
        const url = q.url ?? '';
        if (url.includes(`/${part}/`)) return redirectTo(`${elsewhere.url}/v2/x`)(q, r);
        if (url.includes('/manifests/'))
          return void r.end(
            JSON.stringify({
              layers: [
                { mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', digest: `sha256:${digest}` },
              ],
            }),
          );
        return void r.end(bytes);
      });
      const files = {
        'home/.docker/config.json': JSON.stringify({
          auths: { [server.host]: { auth: Buffer.from('ann:hunter2').toString('base64') } },
        }),
      };
      const charts = testCharts({}, { files });
      const asked = chart(`oci+http://${server.host}/charts`);
      const said = await finding(part === 'tags' ? charts.versions(asked) : charts.fetch(asked));
      expect(said).toMatch(/^chart\/refused .*redirects to .*, which wants a login/);
      expect(elsewhere.seen).toHaveLength(1);
      expect(elsewhere.secrets()).toEqual([]);
    },
  );

  it('by a registry that wants Basic, and by its token service', async () => {
    const elsewhere = await other();
    const server = await serve((q, r) => {
      if (q.url?.startsWith('/token')) return redirectTo(`${elsewhere.url}/basic`)(q, r);
      r.writeHead(401, { 'www-authenticate': `Bearer realm="http://${q.headers.host ?? ''}/token",service="x"` }).end();
    });
    const files = {
      'home/.docker/config.json': JSON.stringify({
        auths: { [server.host]: { auth: Buffer.from('ann:hunter2').toString('base64') } },
      }),
    };
    expect(await finding(testCharts({}, { files }).fetch(chart(`oci+http://${server.host}/charts`)))).toMatch(
      /^chart\/refused/,
    );
    expect(elsewhere.secrets()).toEqual([]);
  });

  it('by a repository of git', async () => {
    const elsewhere = await other();
    const server = await serve((q, r) => redirectTo(`${elsewhere.url}${q.url ?? ''}`)(q, r));
    const login = `http://ann:hunter2@${server.host}/repo.git`;
    const said = await finding(testCharts().fetch(chart(`git+${login}//web?ref={version}`)));
    expect(said).toMatch(/^chart\//);
    expect(said).not.toContain('ann:hunter2');
    expect(elsewhere.secrets()).toEqual([]);
    // with a helper that knows the login of the first host
    const helper = workspace({
      helper: `#!/bin/sh\n[ "$1" = get ] || exit 0\ngrep -q "host=${server.host}" && printf 'username=ann\\npassword=hunter2\\n'\n`,
    });
    execFileSync('chmod', ['+x', join(helper, 'helper')]);
    writeFileSync(join(helper, 'config'), `[credential]\n  helper = ${helper}/helper\n`);
    vi.stubEnv('GIT_CONFIG_GLOBAL', join(helper, 'config'));
    await finding(testCharts().fetch(chart(`git+http://${server.host}/repo.git//web?ref={version}`)));
    expect(elsewhere.seen.length).toBeGreaterThan(0);
    expect(elsewhere.secrets()).toEqual([]);
  });

  it('by a place of schemas', async () => {
    const elsewhere = await other();
    const server = await serve(redirectTo(`${elsewhere.url}/schema.json`));
    const read = createTextReader(quickLimits);
    const said = await finding(read(`http://ann:hunter2@${server.host}/schema.json`));
    expect(said).toMatch(/^schema\/unreachable .*answers 401/);
    expect(said).not.toContain('hunter2');
    expect(server.requests[0]).toContain(basic('ann:hunter2'));
    expect([elsewhere.seen.length, elsewhere.secrets()]).toEqual([1, []]);
  });

  it('by an API server, which is not followed at all', async () => {
    const elsewhere = await other(true);
    const server = await serve(redirectTo(`${elsewhere.url}/version`), { tls: true });
    const root = workspace({});
    writeFileSync(
      join(root, 'config'),
      JSON.stringify({
        clusters: [{ name: 'c', cluster: { server: server.url, 'certificate-authority': certificateFile } }],
        users: [{ name: 'u', user: { token: 'secret' } }],
        contexts: [{ name: 'a', context: { cluster: 'c', user: 'u' } }],
      }),
    );
    const env = (name: string): string | undefined => (name === 'KUBECONFIG' ? join(root, 'config') : undefined);
    const api = await connectKubernetes({ context: 'a', qps: 100 }, { env, note: () => undefined });
    expect(await finding(api.get('/version'))).toMatch(/^drift\/answer .*redirects \(307\)/);
    api.close();
    expect([server.requests, elsewhere.seen]).toEqual([['GET /version Bearer secret'], []]);
  });
});
