import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { oneChart, routes, serve } from '../helpers/chartServer.ts';
import { clusterSpec, demoCatalog } from '../helpers/demo.ts';
import { canary, ended, faultsOf } from '../helpers/ended.ts';
import { random } from '../helpers/failures.ts';
import { snapshot, workspace } from '../helpers/workspace.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** What a server, or something before it, may do in place of an answer. */
const failures: Readonly<Record<string, Answer>> = {
  ...Object.fromEntries(
    [204, 400, 401, 402, 403, 404, 405, 410, 418, 429, 451, 500, 501, 502, 503, 504, 599].map(
      (status): [string, Answer] => [
        String(status),
        (_request, response) =>
          void response.writeHead(status, { 'retry-after': '0' }).end(status === 204 ? undefined : 'no'),
      ],
    ),
  ),
  'cuts the connection': (request) => void request.socket.destroy(),
  'cuts the connection in its answer': (request, response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('apiVersion: v1\n', () => request.socket.destroy());
  },
  'ends before its length': (request, response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('{', () => request.socket.end());
  },
  'speaks no HTTP': (request) => void request.socket.end('SSH-2.0-OpenSSH_9.6\r\n'),
  'speaks half of HTTP': (request) => void request.socket.end('HTTP/1.1 200 OK\r\nContent-Le'),
  'contradicts itself': (request) =>
    void request.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nab'),
  'has no status': (request) => void request.socket.end('HTTP/1.1 \r\n\r\n'),
  'sends nothing': (_request, response) => void response.end(),
  'sends a page': (_request, response) =>
    void response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Sign in</title>'),
  'sends bytes': (_request, response) => void response.end(Buffer.from([0xff, 0xfe, 0, 1, 2, 0x80])),
  'sends null': (_request, response) => void response.end('null'),
  'sends a list': (_request, response) => void response.end('[[[]]]'),
  'sends a number': (_request, response) => void response.end('7'),
  'sends maps in every place': (_request, response) =>
    void response.end('{"entries":{"demo":{}},"tags":{},"apiVersion":{},"kind":{},"metadata":{"name":[]},"spec":7}'),
  'sends what is not packed': (_request, response) =>
    void response.writeHead(200, { 'content-encoding': 'gzip' }).end('not packed'),
  'sends an unknown packing': (_request, response) =>
    void response.writeHead(200, { 'content-encoding': 'zstd, br' }).end('x'),
  'redirects in a circle': (request, response) => void response.writeHead(302, { location: request.url }).end(),
  'redirects without end': (request, response) =>
    void response.writeHead(302, { location: `${request.url?.split('?')[0] ?? ''}?${Math.random()}` }).end(),
  'redirects to a file': (_request, response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  'redirects to no address': (_request, response) => void response.writeHead(302, { location: 'http://[' }).end(),
  'redirects to nowhere': (_request, response) => void response.writeHead(302).end(),
  'redirects with a login': (_request, response) =>
    void response.writeHead(302, { location: `http://bob:${canary}@127.0.0.1:1/x` }).end(),
  'asks for a login': (_request, response) =>
    void response.writeHead(401, { 'www-authenticate': 'Bearer realm="http://127.0.0.1:1/token",scope="x"' }).end(),
  'asks for a login without words': (_request, response) =>
    void response.writeHead(401, { 'www-authenticate': 'Bearer realm="' }).end(),
};

const thing = '{ "type": "object", "properties": { "spec": { "type": "object" } } }';

const kinds = {
  '/api/v1': [
    ['configmaps', 'ConfigMap', true],
    ['namespaces', 'Namespace', false],
  ],
  '/apis/argoproj.io/v1alpha1': [
    ['applications', 'Application', true],
    ['appprojects', 'AppProject', true],
  ],
} as const;

/** An API server that has nothing but its kinds. */
const cluster: Answer = (request, response) => {
  const path = (request.url ?? '').split('?')[0] ?? '';
  const send = (status: number, body: unknown): void =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (path === '/version') return send(200, { gitVersion: 'v1.34.4' });
  const found = Object.entries(kinds).find(([prefix]) => prefix === path)?.[1];
  if (found !== undefined)
    return send(200, { resources: found.map(([name, kind, namespaced]) => ({ name, kind, namespaced })) });
  if (/\/(?:configmaps|namespaces|applications|appprojects)$/.test(path)) return send(200, { items: [], metadata: {} });
  return send(404, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: 'not found', code: 404 });
};

interface Network {
  /** The command, with a server at this address. */
  line(url: string): string;
  files(url: string): Readonly<Record<string, string>>;
  readonly tls?: boolean;
}

const chartsAt = (url: string): Record<string, string> => ({
  'catalog/demo/demo-chart/component.yaml': (demoCatalog['catalog/demo/demo-chart/component.yaml'] ?? '').replace(
    'https://charts.example.com',
    url,
  ),
});

const object = 'apiVersion: example.com/v1\nkind: Thing\nmetadata: { name: x, namespace: ns }\nspec: {}\n';

const networks: Readonly<Record<string, Network>> = {
  'catalog lock': { line: () => 'catalog lock', files: (url) => chartsAt(`${url}/charts`) },
  'catalog pull': { line: () => 'catalog pull', files: (url) => chartsAt(`${url}/charts`) },
  'catalog outdated': { line: () => 'catalog outdated', files: (url) => chartsAt(`${url}/charts`) },
  'catalog upgrade': { line: () => 'catalog upgrade', files: (url) => chartsAt(`${url}/charts`) },
  'catalog lock of a registry': {
    line: () => 'catalog lock',
    files: (url) => chartsAt(url.replace('http://', 'oci+http://')),
  },
  'catalog outdated of a registry': {
    line: () => 'catalog outdated',
    files: (url) => chartsAt(url.replace('http://', 'oci+http://')),
  },
  'new component': { line: (url) => `new component extra --chart ${url}/charts --chart-name demo`, files: () => ({}) },
  'schema import': {
    line: (url) => `schema import ${url}/{kind}.json --kinds example.com/v1/Thing`,
    files: () => ({}),
  },
  'validate object.yaml': {
    line: (url) => `validate object.yaml --schema-location ${url}/{kind}.json`,
    files: () => ({ 'object.yaml': object }),
  },
  'drift --live': { line: () => 'drift --live -c a --context a', files: () => ({}), tls: true },
  doctor: { line: () => 'doctor -c a --context a', files: () => ({}), tls: true },
  'schema import --context': { line: () => 'schema import --context a', files: () => ({}), tls: true },
};

const wanted = process.env['SLIPWAY_FAILURES'] ?? '1';
const isFull = wanted === 'all' || wanted === 'each';

/** Runs a command whose server fails from a request on (0: never); its faults, and how often the server was asked. */
async function tried(name: string, failure: string, from: number): Promise<{ faults: string[]; asked: number }> {
  const { line, files, tls = false } = networks[name] as Network;
  const fail = failures[failure];
  const { paths } = await oneChart('demo');
  let count = 0;
  const good = routes({ ...paths, '/thing.json': thing });
  const server = await serve(
    (request, response) => {
      count += 1;
      if (fail !== undefined && from > 0 && count >= from) fail(request, response);
      else (tls ? cluster : good)(request, response);
    },
    { tls },
  );
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-')));
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
  const root = workspace({
    ...demoCatalog,
    'clusters/a.yaml': clusterSpec('a', '  capabilities: { demo: {} }\n'),
    ...files(server.url),
  });
  const kubeconfig = join(scratch, 'kubeconfig');
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: server.url, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'u', user: { token: canary } }],
      contexts: [{ name: 'a', context: { cluster: 'c', user: 'u' } }],
    }),
  );
  const variables = { KUBECONFIG: kubeconfig, SLIPWAY_CACHE_DIR: join(scratch, 'cache'), HELM_CONFIG_HOME: scratch };
  const before = { ...process.env };
  Object.assign(process.env, variables);
  try {
    const end = await ended(root, line(server.url));
    const left = [...snapshot(root).keys()].filter((path) => /\.slipway-|\.tmp$/.test(path));
    return { faults: [...faultsOf(end), ...left.map((path) => `${path} is left behind`)], asked: count };
  } finally {
    for (const key of Object.keys(variables)) delete process.env[key];
    Object.assign(process.env, before);
  }
}

describe('a server that fails', () => {
  const next = random(99);
  const names = Object.keys(failures);
  it.each(Object.keys(networks))(
    'in %s is a finding with a next step',
    { timeout: isFull ? 3_600_000 : 120_000 },
    async (name) => {
      const { asked, faults: own } = await tried(name, '', 0);
      expect([name, own]).toEqual([name, []]);
      expect(asked).toBeGreaterThan(0);
      const all = Array.from({ length: asked }, (_, i) => names.map((failure) => [failure, i + 1] as const)).flat();
      const chosen =
        wanted === 'all'
          ? all
          : wanted === 'each'
            ? all.filter(([, from]) => from === 1 || next() < 0.1)
            : Array.from({ length: Number(wanted) }, () => all[Math.floor(next() * all.length)] ?? all[0]);
      const faults: string[] = [];
      for (const one of chosen) {
        if (one === undefined) continue;
        const [failure, from] = one;
        const found = await tried(name, failure, from);
        faults.push(...found.faults.map((fault) => `${name}, from request ${from} on it ${failure}: ${fault}`));
      }
      expect(faults).toEqual([]);
    },
  );
});
