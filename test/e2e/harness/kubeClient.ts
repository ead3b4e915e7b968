import { Agent, request } from 'node:https';
import { waitFor } from './wait.ts';

export type Json = Record<string, unknown>;

/** What the tests read of an object. */
export interface KubeObject extends Json {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly generation?: number;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
  };
}

/** An answer of the API server that is no success. */
export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface KubeClient {
  request(method: string, path: string, body?: unknown, type?: string): Promise<Json>;
  get(path: string): Promise<KubeObject | undefined>;
  list(path: string): Promise<KubeObject[]>;
  /** JSON merge patch. */
  patch(path: string, body: unknown): Promise<KubeObject>;
  remove(path: string): Promise<void>;
  close(): void;
}

export function createClient(server: string, token: string): KubeClient {
  // The server makes its own certificate at every start and listens on loopback only.
  const agent = new Agent({ keepAlive: true, maxSockets: 16, rejectUnauthorized: false });
  const call = (method: string, path: string, body?: unknown, type = 'application/json'): Promise<Json> =>
    new Promise((done, fail) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': type, accept: 'application/json' };
      const sent = request(`${server}${path}`, { method, headers, agent, timeout: 30_000 }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const status = response.statusCode ?? 0;
          if (status < 200 || status > 299) return fail(new ApiError(status, `${method} ${path}: ${status} ${text}`));
          done(text.startsWith('{') ? (JSON.parse(text) as Json) : { text });
        });
        response.on('error', fail);
      });
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer`)));
      sent.on('error', fail);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  return {
    request: call,
    async get(path) {
      try {
        return (await call('GET', path)) as KubeObject;
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return undefined;
        throw error;
      }
    },
    async list(path) {
      try {
        const { items } = await call('GET', path);
        return (items ?? []) as KubeObject[];
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return [];
        throw error;
      }
    },
    async patch(path, body) {
      return (await call('PATCH', path, body, 'application/merge-patch+json')) as KubeObject;
    },
    async remove(path) {
      await call('DELETE', path);
    },
    close: () => agent.destroy(),
  };
}

/** Waits until the API server serves a kind whose definition was just applied. */
export async function served(client: KubeClient, path: string): Promise<void> {
  await waitFor(path, async () => (await client.request('GET', path), true), { seconds: 30 });
}
