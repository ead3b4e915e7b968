import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpServer, request as httpRequest } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect } from 'node:net';
import type { Authority } from './certificates.ts';
import type { Run } from './process.ts';

/** What the proxy answers for a host; false when it knows nothing about the path. */
export type Site = (path: string, request: IncomingMessage, response: ServerResponse) => boolean;

export interface Proxy {
  readonly url: string;
  /** Every request for something that nobody offers, as `host/path`. */
  readonly unknown: string[];
}

function listen(server: Server, run: Run): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  run.onStop(
    () =>
      new Promise<void>((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  );
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port)));
}

/** Passes a request on to a server on loopback that speaks plain HTTP. */
export function forward(port: number, request: IncomingMessage, response: ServerResponse): void {
  const { method = 'GET', url = '/', headers } = request;
  const sent = httpRequest({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  sent.on('error', () => response.writeHead(502).end());
  request.pipe(sent);
}

/**
 * What the Service of an aggregated API answers (metrics.k8s.io of metrics-server): its API server asks at the Service's address
 * whether it is there, and its pods do not run. It asks for an OpenAPI document too, and does without.
 */
export const aggregatedApi: Site = (path, _request, response) => {
  const [, asked] = /^10\.96\.\d+\.\d+(\/.*)$/.exec(path) ?? [];
  if (asked === undefined) return false;
  const groupVersion = /^\/apis\/([a-z0-9.-]+\/v[a-z0-9]+)$/.exec(asked)?.[1];
  if (groupVersion === undefined) {
    response.writeHead(404).end();
    return true;
  }
  const resource = (name: string, kind: string, namespaced: boolean): object => ({
    name,
    kind,
    namespaced,
    singularName: '',
    verbs: ['get', 'list'],
  });
  const resources = [resource('nodes', 'NodeMetrics', false), resource('pods', 'PodMetrics', true)];
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources }));
  return true;
};

/** A forward proxy that answers itself for every host there is, with a certificate for that host. */
export async function startProxy(run: Run, authority: Authority, sites: readonly Site[]): Promise<Proxy> {
  const unknown: string[] = [];
  const site = createHttpsServer(
    {
      // for clients that name no host, as those that ask an address
      ...authority.filesFor('slipway.invalid'),
      SNICallback(host, done) {
        try {
          done(null, authority.contextFor(host));
        } catch (error) {
          done(error instanceof Error ? error : new Error(String(error)));
        }
      },
    },
    (request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      const path = `${request.headers.host?.split(':')[0] ?? ''}${decodeURIComponent(pathname)}`;
      if (sites.some((answer) => answer(path, request, response))) return;
      unknown.push(path);
      response.writeHead(404).end(`nothing at ${path}\n`);
    },
  );
  const port = await listen(site, run);
  const proxy = createHttpServer((_request, response) => response.writeHead(405).end());
  proxy.on('connect', (_request: IncomingMessage, client: Socket, head: Buffer) => {
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client);
      client.pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  });
  return { url: `http://127.0.0.1:${await listen(proxy, run)}`, unknown };
}
