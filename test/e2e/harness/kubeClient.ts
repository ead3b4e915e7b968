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
  /** What a server-side apply with strict field validation would come to; nothing is stored. */
  tryApply(path: string, object: unknown): Promise<Trial>;
  close(): void;
}

export interface Trial {
  readonly status: number;
  /** What the server said when it refused. */
  readonly message: string;
  /** `Warning` headers: deprecated versions, unknown fields of kinds that do not refuse them. */
  readonly warnings: readonly string[];
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly warnings: readonly string[];
}

export function createClient(server: string, token: string): KubeClient {
  // The server makes its own certificate at every start and listens on loopback only; it hangs up after 90 idle seconds.
  const agent = new Agent({ keepAlive: true, maxSockets: 16, rejectUnauthorized: false, timeout: 60_000 });
  const send = (method: string, path: string, body?: unknown, type = 'application/json'): Promise<Answer> =>
    new Promise((done, fail) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': type, accept: 'application/json' };
      const sent = request(`${server}${path}`, { method, headers, agent, timeout: 30_000 }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const warning = (response.headersDistinct['warning'] ?? []) as string[];
          done({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString(), warnings: warning });
        });
        response.on('error', fail);
      });
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer`)));
      sent.on('error', fail);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  const call = async (method: string, path: string, body?: unknown, type?: string): Promise<Json> => {
    const { status, text } = await send(method, path, body, type);
    if (status < 200 || status > 299) throw new ApiError(status, `${method} ${path}: ${status} ${text}`);
    return text.startsWith('{') ? (JSON.parse(text) as Json) : { text };
  };
  return {
    request: call,
    async tryApply(path, object) {
      const query = 'dryRun=All&fieldManager=e2e&force=true&fieldValidation=Strict';
      const { status, text, warnings } = await send(
        'PATCH',
        `${path}?${query}`,
        object,
        'application/apply-patch+yaml',
      );
      const { message } = (text.startsWith('{') ? JSON.parse(text) : { message: text }) as { message?: string };
      return { status, warnings, message: status < 300 ? '' : (message ?? text) };
    },
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
