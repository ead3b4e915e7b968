import { createServer } from 'node:net';

/** Below the range that the kernel gives to outgoing connections, so that none of them takes a port between asking and using. */
const first = 15_000;
const last = 31_000;
const given = new Set<number>();

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    // All interfaces: one program of the harness has no flag for its metrics address.
    server.listen(port, () => server.close(() => done(true)));
  });
}

/** A port that nobody listens on and that this run has not given away yet. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = first + Math.floor(Math.random() * (last - first));
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port between ${first} and ${last}`);
}
