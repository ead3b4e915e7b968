import { sha } from '../../generator/util/digest.ts';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import type { TarEntry } from 'modern-tar';
import { onTestFinished } from 'vitest';
import { createCharts } from '../../generator/adapters/charts/charts.ts';
import type { ChartsOptions } from '../../generator/adapters/charts/charts.ts';
import { usualLimits } from '../../generator/adapters/http/problems.ts';
import type { HttpLimits } from '../../generator/adapters/http/problems.ts';
import { ToolError } from '../../generator/model/diagnostic.ts';
import type { Charts } from '../../generator/ports.ts';
import { repository, workspace } from './workspace.ts';

export interface TestServer {
  readonly url: string;
  readonly host: string;
  /** `GET /path`, and the Authorization header after it when there was one. */
  readonly requests: string[];
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const fixture = (name: string): string => join(repository, 'test/fixtures/tls', name);
/** The certificate of the servers with TLS, which signs itself. */
export const certificateFile: string = fixture('localhost.crt');

/** A server for one test, ended with everything that is still open. */
export async function serve(answer: Answer, { tls = false } = {}): Promise<TestServer> {
  const requests: string[] = [];
  const listener: RequestListener = (request, response) => {
    const { authorization } = request.headers;
    requests.push(`${request.method} ${request.url}${authorization === undefined ? '' : ` ${authorization}`}`);
    answer(request, response);
  };
  const server: Server = tls
    ? createTlsServer({ key: readFileSync(fixture('localhost.key')), cert: readFileSync(certificateFile) }, listener)
    : createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `${tls ? 'https' : 'http'}://${host}`, host, requests };
}

/** Answers by path: text, bytes, a status, or a function. */
export function routes(map: Readonly<Record<string, string | Uint8Array | number | Answer>>): Answer {
  return (request, response) => {
    const found = map[(request.url ?? '').split('?')[0] ?? ''] ?? 404;
    if (typeof found === 'function') return found(request, response);
    if (typeof found === 'number') response.writeHead(found).end();
    else response.end(found);
  };
}

export const chartYaml = (name: string, version: string, more = ''): string =>
  `apiVersion: v2\nname: ${name}\nversion: ${version}\n${more}`;

/** A package with these files below `<name>/`. */
export async function chartPackage(
  name = 'web',
  version = '1.2.3',
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<Buffer> {
  const all = { 'Chart.yaml': chartYaml(name, version), ...files };
  return archive(Object.entries(all).map(([path, text]) => fileEntry(`${name}/${path}`, text)));
}

export function fileEntry(name: string, text: string | Uint8Array): TarEntry {
  const body = typeof text === 'string' ? Buffer.from(text) : text;
  return { header: { name, size: body.length, mtime: new Date(0) }, body };
}

export async function archive(entries: readonly TarEntry[]): Promise<Buffer> {
  return gzipSync(await packTar(entries));
}

export function indexYaml(entries: Readonly<Record<string, readonly (readonly [string, string, string?])[]>>): string {
  const lines = Object.entries(entries).flatMap(([name, versions]) => [
    `  ${name}:`,
    ...versions.flatMap(([version, url, digest]) => [
      `  - apiVersion: v2`,
      ...(digest === undefined ? [] : [`    digest: ${digest}`]),
      `    name: ${name}`,
      `    urls:`,
      `    - ${url}`,
      `    version: ${version}`,
    ]),
  ]);
  return `apiVersion: v1\nentries:\n${lines.join('\n')}\ngenerated: "2024-01-01T00:00:00Z"\n`;
}

/** A repository with one package at /charts: index.yaml and web-1.2.3.tgz. */
export async function oneChart(
  name = 'web',
  version = '1.2.3',
): Promise<{ bytes: Buffer; digest: string; paths: Record<string, string | Uint8Array | number | Answer> }> {
  const bytes = await chartPackage(name, version);
  const digest = sha(bytes);
  const file = `${name}-${version}.tgz`;
  return {
    bytes,
    digest,
    paths: {
      '/charts/index.yaml': indexYaml({ [name]: [[version, file, digest]] }),
      [`/charts/${file}`]: bytes,
    },
  };
}

export const quickLimits: HttpLimits = {
  ...usualLimits,
  connect: 1000,
  headers: 300,
  body: 300,
  total: 5000,
  pause: 5,
  longestPause: 1500,
};

export interface TestCharts extends Charts {
  readonly root: string;
  /** Of the cache. */
  readonly cache: string;
}

/** Charts with a cache and a home of their own, and short limits. */
export function testCharts(
  env: Readonly<Record<string, string>> = {},
  options: Partial<ChartsOptions> & { files?: Readonly<Record<string, string>> } = {},
): TestCharts {
  const root = workspace({ ...options.files, 'home/.keep': '' });
  const all: Readonly<Record<string, string>> = {
    HOME: `${root}/home`,
    SLIPWAY_CACHE_DIR: `${root}/cache`,
    ...Object.fromEntries(Object.entries(env).map(([k, v]) => [k, v.replace('{root}', root)])),
  };
  const charts = createCharts({ root, offline: false, http: quickLimits, env: (name) => all[name], ...options });
  return { ...charts, root, cache: `${root}/cache/charts` };
}

/** The finding that a promise ends with: `code message → hint`. */
export async function finding(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ToolError) return `${error.code} ${error.message} → ${error.hint ?? ''}`;
    throw error;
  }
  return 'none';
}
