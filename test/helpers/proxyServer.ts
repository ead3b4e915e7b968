import { createServer, request as forward } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface TestProxy {
  readonly url: string;
  /** `CONNECT host:port` and `GET http://host/path`, with the Proxy-Authorization header after it when there was one. */
  readonly requests: string[];
}

/**
 * A proxy on this machine, for one test. Whatever host it is asked for, it goes to the same port of 127.0.0.1, so that names
 * that do not exist can be asked for. `refuse`: it answers every request with this status.
 */
export async function startProxy({ refuse }: { refuse?: number } = {}): Promise<TestProxy> {
  const requests: string[] = [];
  const record = (line: string, headers: Readonly<Record<string, unknown>>): void => {
    const login = headers['proxy-authorization'];
    requests.push(typeof login === 'string' ? `${line} ${login}` : line);
  };
  const server = createServer((request, response) => {
    record(`${request.method} ${request.url}`, request.headers);
    if (refuse !== undefined) return void response.writeHead(refuse).end();
    const { port, pathname, search } = new URL(request.url ?? '');
    const { 'proxy-authorization': _, ...headers } = request.headers;
    const target = { host: '127.0.0.1', port, path: pathname + search, method: request.method, headers };
    const out = forward(target, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    out.on('error', () => response.destroy());
    request.pipe(out);
  });
  server.on('connect', (request, socket) => {
    record(`CONNECT ${request.url}`, request.headers);
    socket.on('error', () => undefined);
    if (refuse !== undefined) return void socket.end(`HTTP/1.1 ${refuse} No\r\n\r\n`);
    const out = connect(Number((request.url ?? '').split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      out.pipe(socket).pipe(out);
    });
    out.on('error', () => socket.destroy());
    socket.on('error', () => out.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}
