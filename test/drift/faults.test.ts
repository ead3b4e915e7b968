import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { readFileSync, writeFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectKubernetes } from '../../generator/adapters/kubernetes/kubernetes.ts';
import type { KubernetesLimits } from '../../generator/adapters/kubernetes/kubernetes.ts';
import type { Result } from '../../generator/commands/command.ts';
import { createContext } from '../../generator/context.ts';
import type { DriftReport, LiveDrift } from '../../generator/model/drift.ts';
import type { ValueMap } from '../../generator/model/values.ts';
import { asMap } from '../../generator/model/values.ts';
import { call } from '../helpers/call.ts';
import { casesFolder } from '../helpers/cases.ts';
import { repository, workspace } from '../helpers/workspace.ts';

const limits: KubernetesLimits = {
  connect: 2000,
  headers: 300,
  body: 300,
  total: 20_000,
  attempts: 3,
  pause: 5,
  longestPause: 1000,
  maxBytes: 1024 * 1024,
};

type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

interface Api {
  readonly url: string;
  readonly requests: string[];
}

const tls = (name: string): string => join(repository, 'test/fixtures/tls', name);

const kinds: Readonly<Record<string, readonly [resource: string, kind: string, namespaced: boolean][]>> = {
  '/api/v1': [
    ['configmaps', 'ConfigMap', true],
    ['namespaces', 'Namespace', false],
  ],
  '/apis/argoproj.io/v1alpha1': [
    ['applications', 'Application', true],
    ['appprojects', 'AppProject', true],
  ],
};

const send = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
const refusal = (code: number, message = `it is ${code}`): ValueMap => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  message,
  code,
});

/** An API server that has whatever it is asked for, as it is applied; a fault may answer in its place. */
async function api(fault: Fault, certificate = 'localhost'): Promise<Api> {
  const requests: string[] = [];
  const applied = new Map<string, ValueMap>();
  const answer = (request: IncomingMessage, response: ServerResponse, body: string): void => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (fault(request, response)) return;
    if (path === '/version') return send(response, 200, { gitVersion: 'v1.34.4' });
    const found = kinds[path];
    if (found !== undefined)
      return send(response, 200, { resources: found.map(([name, kind, namespaced]) => ({ name, kind, namespaced })) });
    if (request.method === 'PATCH') {
      const status = { sync: { status: 'Synced' }, health: { status: 'Healthy' } };
      applied.set(path, { ...(JSON.parse(body) as ValueMap), status });
      return send(response, 200, JSON.parse(body));
    }
    if (/\/(?:configmaps|namespaces|applications|appprojects)$/.test(path))
      return send(response, 200, { items: [], metadata: {} });
    if (path.endsWith('/argocd-cm')) return send(response, 404, refusal(404));
    // the live object is what is about to be applied: it waits for that
    const wait = (n: number): void => {
      const object = applied.get(path);
      if (object !== undefined || n === 0) send(response, object === undefined ? 404 : 200, object ?? refusal(404));
      else setTimeout(() => wait(n - 1), 2);
    };
    wait(50);
  };
  const server = createServer(
    { key: readFileSync(tls(`${certificate}.key`)), cert: readFileSync(tls(`${certificate}.crt`)) },
    (request, response) => {
      requests.push(`${request.method} ${request.url}`);
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => answer(request, response, Buffer.concat(chunks).toString()));
      response.on('error', () => undefined);
    },
  );
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

interface Looked {
  readonly result: Result;
  readonly live: LiveDrift | undefined;
  /** `severity code message`. */
  readonly said: readonly string[];
}

/** `slipway drift --live` on the demo cluster. */
async function look(server: string, certificate = 'localhost', edit?: (root: string) => void): Promise<Looked> {
  const root = workspace({});
  cpSync(join(casesFolder, '_base/demo'), root, { recursive: true });
  edit?.(root);
  const kubeconfig = join(root, 'kubeconfig');
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server, 'certificate-authority': tls(`${certificate}.crt`) } }],
      users: [{ name: 'u', user: { token: 'not-to-be-shown' } }],
      contexts: [{ name: 'admin@a', context: { cluster: 'c', user: 'u' } }],
    }),
  );
  const real = createContext(root, { quiet: true, verbose: false, offline: true });
  const env = (name: string): string | undefined => (name === 'KUBECONFIG' ? kubeconfig : undefined);
  const ctx = {
    ...real,
    files: real.files,
    git: real.git,
    helm: () => Promise.resolve(undefined),
    kubernetes: (options: Parameters<typeof real.kubernetes>[0]) =>
      connectKubernetes(options, { env, note: () => undefined, limits }),
  };
  const result = await call(ctx, 'drift', '--offline', '--live', '--context', 'admin@a', '--qps', '10000');
  const said = (result.diagnostics ?? []).map((d) => `${d.severity} ${d.code} ${d.message}`);
  return { result, live: (result.data as DriftReport).clusters[0]?.live, said };
}

/** A finding that ends a cluster names it, its address and context, and what to do. */
function expectEnd({ result, live, said }: Looked, code: string, text: RegExp): void {
  const errors = (result.diagnostics ?? []).filter((d) => d.severity === 'error');
  expect(said.filter((s) => s.startsWith('error '))).toEqual([expect.stringContaining(`error ${code} `)]);
  expect(errors[0]?.message).toMatch(text);
  expect(errors[0]?.message).toMatch(/127\.0\.0\.1:\d+.*admin@a/);
  expect(errors[0]?.cluster).toBe('a');
  expect(errors[0]?.hint ?? '').not.toBe('');
  expect(live).toBeUndefined();
  expect(JSON.stringify(result)).not.toContain('not-to-be-shown');
}

const isObject = ({ url = '' }: IncomingMessage): boolean => url.includes('/configmaps/demo');
const respond =
  (status: number, headers: Readonly<Record<string, string>> = {}, when: Fault = () => true): Fault =>
  (request, response) => {
    if (!when(request, response)) return false;
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(refusal(status)));
    return true;
  };

describe('a cluster that does not answer', () => {
  it.each<[string, Fault, string, RegExp]>([
    ['stalls', () => true, 'drift/unreachable', /does not answer within/],
    [
      'stalls in the middle',
      (_, r) => (r.writeHead(200, { 'content-length': '100' }), r.write('{'), true),
      'drift/unreachable',
      /stops in the middle/,
    ],
    ['cuts the connection', (q) => (q.socket.destroy(), true), 'drift/unreachable', /cut the connection/],
    [
      'sends half a body',
      (_, r) => {
        r.writeHead(200, { 'content-length': '100' });
        r.write('{"gitVersion":', () => r.socket?.destroy());
        return true;
      },
      'drift/unreachable',
      /cut the connection/,
    ],
    [
      'says that its answer is shorter than it is',
      (q) => {
        q.socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n{"gitVersion":"v1.34.4"}');
        return true;
      },
      'drift/answer',
      /no JSON|rules of HTTP/,
    ],
    [
      'speaks something else',
      (q) => (q.socket.end('220 smtp.example.com ESMTP\r\n'), true),
      'drift/answer',
      /rules of HTTP/,
    ],
    ['is a web page', (_, r) => (r.end('<html>'), true), 'drift/answer', /no JSON/],
    ['redirects', respond(302, { location: 'https://login.example.com/' }), 'drift/answer', /redirects/],
    [
      'has a list without end',
      ({ url = '' }, r) =>
        url.includes('limit=500') && (send(r, 200, { items: [], metadata: { continue: 'again' } }), true),
      'drift/answer',
      /has no end/,
    ],
    ['is another server', respond(404), 'drift/answer', /404/],
    ['refuses the account', respond(401), 'drift/refused', /401/],
    ['is too busy', respond(429), 'drift/unreachable', /429/],
    ['is too busy for longer than anybody waits', respond(429, { 'retry-after': '3600' }), 'drift/unreachable', /429/],
    ['fails', respond(500), 'drift/unreachable', /500/],
    ['answers too much', (_, r) => (r.end(`{"a":"${'x'.repeat(1024 * 1024)}"}`), true), 'drift/answer', /larger than/],
    [
      'cuts the connection later on',
      (q) => isObject(q) && (q.socket.destroy(), true),
      'drift/unreachable',
      /cut the connection/,
    ],
    ['stalls later on', (q) => isObject(q), 'drift/unreachable', /does not answer within/],
  ])('because it %s', async (_, fault, code, text) => {
    const server = await api(fault);
    expectEnd(await look(server.url), code, text);
    expect(server.requests.length).toBeLessThan(60);
  });

  it('because its certificate has expired', async () => {
    const server = await api(() => false, 'expired');
    expectEnd(await look(server.url, 'expired'), 'drift/unreachable', /certificate is refused \(it has expired\)/);
  });

  it('because its certificate is of nobody we know', async () => {
    const server = await api(() => false);
    expectEnd(await look(server.url, 'expired'), 'drift/unreachable', /certificate is refused/);
  });

  it('because nothing listens there', async () => {
    expectEnd(await look('https://127.0.0.1:9'), 'drift/unreachable', /nothing listens/);
  });

  it('because it speaks no TLS', async () => {
    const server = await api((q) => (q.socket.destroy(), true));
    expectEnd(
      await look(server.url.replace('https:', 'http:')),
      'drift/context',
      /HTTP protocol is not allowed|cannot/,
    );
  });
});

describe('a cluster that answers in part', () => {
  it('is compared when all is well', async () => {
    const { live, said } = await look((await api(() => false)).url);
    expect(said).toEqual([]);
    expect(live?.objects).toEqual([]);
    expect(live?.compared.predicted).toBe(7);
  });

  it.each<[string, Fault]>([
    ['429 with Retry-After', respond(429, { 'retry-after': '0' }, once())],
    ['503', respond(503, {}, once())],
    ['500', respond(500, {}, once())],
    [
      'a cut connection',
      (
        (first) => (q, r) =>
          first(q, r) && (q.socket.destroy(), true)
      )(once()),
    ],
    ['401, for a token may have run out', respond(401, {}, once())],
  ])('is asked again after %s', async (_, fault) => {
    const { live, said } = await look((await api(fault)).url);
    expect(said).toEqual([]);
    expect(live?.compared).toEqual({ predicted: 7, local: 0, reported: 0 });
  });

  it.each([409, 410, 422, 429, 500])('is compared field by field when applying is answered with %i', async (status) => {
    const server = await api(
      respond(status, {}, (q) => isObject(q) && q.method === 'PATCH' && new URL(q.url ?? '', 'http://x').search !== ''),
    );
    // the object is never applied, so it is not there either
    const { live } = await look(server.url);
    expect(live?.objects.map((o) => [o.state, o.kind])).toEqual([['missing', 'ConfigMap']]);
  });

  it.each([
    [403, 'local', 0],
    [410, 'local', 1],
    [500, 'local', 1],
  ])('says how sure it is when applying is answered with %i', async (status, _by, unchecked) => {
    const live: Fault = (q, r) => {
      if (!isObject(q)) return false;
      const tracking = 'a-demo-config:/ConfigMap:demo/demo';
      const metadata = { name: 'demo', namespace: 'demo', annotations: { 'argocd.argoproj.io/tracking-id': tracking } };
      const text = 'User "me" cannot patch resource "configmaps"';
      if (q.method === 'PATCH') send(r, status, refusal(status, text));
      else send(r, 200, { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...asMap(demo()) });
      return true;
    };
    const found = await look((await api(live)).url);
    expect(found.live?.compared).toEqual({ predicted: 6, local: 1, reported: 0 });
    expect(found.live?.objects).toEqual([]);
    expect(found.said.filter((s) => s.includes('drift/unchecked')).length).toBe(unchecked);
  });

  it('says what the account may not read', async () => {
    const { live, said } = await look((await api(respond(403, {}, isObject))).url);
    expect(live?.unchecked).toEqual([{ what: 'ConfigMap', why: 'the account may not get it' }]);
    expect(said).toEqual([expect.stringContaining('warning drift/unchecked')]);
  });

  it('says what a 404 without a Status is', async () => {
    const { live } = await look(
      (await api((q, r) => isObject(q) && q.method === 'GET' && (r.writeHead(404).end('no'), true))).url,
    );
    expect(live?.unchecked.map((u) => u.what)).toEqual(['ConfigMap demo']);
  });

  it('says which rules it does not understand', async () => {
    const rule = 'spec:\n  ignoreDifferences: [{ kind: ConfigMap, jqPathExpressions: [to_entries] }]\n';
    const { result } = await look((await api(() => false)).url, 'localhost', (root) => {
      const file = join(root, 'deploy/a/apps/demo-config.yaml');
      writeFileSync(file, readFileSync(file, 'utf8').replace('spec:\n', rule));
    });
    expect(result.diagnostics?.map((d) => [d.code, d.at?.file])).toEqual([
      ['drift/ignore-rule', 'deploy/a/apps/demo-config.yaml'],
    ]);
  });

  it('never asks for anything but to look', async () => {
    const server = await api(() => false);
    await look(server.url);
    for (const request of server.requests)
      expect(request).toMatch(
        /^GET |^PATCH \S+\?dryRun=All&fieldManager=argocd-controller&force=true&fieldValidation=Ignore$/,
      );
  });
});

/** The data of the demo's ConfigMap, as its tree has it. */
function demo(): ValueMap {
  const text = readFileSync(
    join(casesFolder, '_base/demo/deploy/a/manifests/demo-config/configmap-demo-demo.yaml'),
    'utf8',
  );
  const lines = text.split('\n');
  const data = lines
    .slice(lines.indexOf('data:') + 1)
    .flatMap((line) => /^ {2}(\w+): "?([^"]*)"?$/.exec(line)?.slice(1, 3) ?? []);
  return {
    data: Object.fromEntries(
      Array.from({ length: data.length / 2 }, (_, i) => [data[i * 2] ?? '', data[i * 2 + 1] ?? '']),
    ),
  };
}

/** True for the first request only. */
function once(): Fault {
  let n = 0;
  return () => (n += 1) === 1;
}
