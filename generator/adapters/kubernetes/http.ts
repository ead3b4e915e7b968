import { request as plainRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { RequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { HttpLimits } from '../charts/http.ts';

/** Limits of one request; an API server redirects nowhere, and an answer has at most so many bytes. */
export interface KubernetesLimits extends Omit<HttpLimits, 'redirects'> {
  readonly maxBytes: number;
}

export const usualKubernetesLimits: KubernetesLimits = {
  connect: 10_000,
  headers: 30_000,
  body: 30_000,
  total: 90_000,
  attempts: 4,
  pause: 500,
  longestPause: 30_000,
  maxBytes: 128 * 1024 * 1024,
};

/** Why there is no answer, in words without a place. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly kind: 'unreachable' | 'answer';
  /** Trying again may help. */
  readonly isPassing: boolean;
  readonly hint: string | undefined;
  constructor(kind: NoAnswer['kind'], message: string, isPassing: boolean, hint?: string) {
    super(message);
    this.kind = kind;
    this.isPassing = isPassing;
    this.hint = hint;
  }
}

export interface RawRequest {
  readonly method: 'GET' | 'PATCH';
  readonly url: URL;
  readonly accept: string;
  readonly body?: string;
  readonly contentType?: string;
}

export interface RawAnswer {
  readonly status: number;
  readonly retryAfter: number | undefined;
  readonly text: string;
  readonly bytes: number;
}

/** One attempt. Throws NoAnswer. */
export function sendOnce(
  raw: RawRequest,
  options: RequestOptions,
  limits: KubernetesLimits,
  within: number,
): Promise<RawAnswer> {
  return new Promise((done, fail) => {
    const isPlain = raw.url.protocol === 'http:';
    const sent = (isPlain ? plainRequest : tlsRequest)(raw.url, {
      ...options,
      method: raw.method,
      headers: headersOf(raw, options),
    });
    const patience = createPatience(limits, within, (error) => sent.destroy(error));
    const failed = (error: unknown): void => {
      patience.end();
      sent.destroy();
      fail(noAnswer(error));
    };
    patience.wait('connect');
    sent.on('socket', (socket: Socket) => {
      if (socket.connecting) socket.once(isPlain ? 'connect' : 'secureConnect', () => patience.wait('headers'));
      else patience.wait('headers');
    });
    sent.on('error', failed);
    sent.on('response', (response) => {
      patience.wait('body');
      read(response, limits.maxBytes, () => patience.wait('body')).then(({ text, bytes }) => {
        patience.end();
        const { statusCode: status = 0, headers } = response;
        done({ status, retryAfter: retryAfter(headers['retry-after']), text, bytes });
      }, failed);
    });
    sent.end(raw.body);
  });
}

function headersOf(
  { accept, body, contentType }: RawRequest,
  { headers }: RequestOptions,
): Record<string, string | number> {
  return {
    ...(headers as Record<string, string> | undefined),
    accept,
    'user-agent': 'slipway',
    ...(body === undefined
      ? {}
      : { 'content-type': contentType ?? 'application/json', 'content-length': Buffer.byteLength(body) }),
  };
}

interface Patience {
  /** Starts to wait for the next step; the wait before it is over. */
  wait(step: 'connect' | 'headers' | 'body'): void;
  end(): void;
}

const steps = {
  connect: 'it cannot be connected to',
  headers: 'it does not answer',
  body: 'it stops in the middle of its answer',
} as const;

function createPatience(limits: KubernetesLimits, within: number, stop: (error: NoAnswer) => void): Patience {
  let timer: NodeJS.Timeout | undefined;
  const late = (): void =>
    stop(new NoAnswer('unreachable', `it takes longer than ${limits.total / 1000} seconds`, false));
  const all = setTimeout(late, Math.max(1, within));
  return {
    wait(step) {
      clearTimeout(timer);
      const error = new NoAnswer('unreachable', `${steps[step]} within ${limits[step] / 1000} seconds`, true);
      timer = setTimeout(() => stop(error), limits[step]);
    },
    end() {
      clearTimeout(timer);
      clearTimeout(all);
    },
  };
}

async function read(
  response: IncomingMessage,
  maxBytes: number,
  heard: () => void,
): Promise<{ text: string; bytes: number }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    heard();
    bytes += chunk.length;
    if (bytes > maxBytes)
      throw new NoAnswer('answer', `its answer is larger than ${maxBytes / 1024 / 1024} MiB`, false);
    chunks.push(chunk);
  }
  if (!response.complete) throw new NoAnswer('unreachable', 'it cut the connection in the middle of its answer', true);
  return { text: Buffer.concat(chunks).toString('utf8'), bytes };
}

/** Milliseconds; the header holds seconds or a date. */
function retryAfter(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

const words: Readonly<Record<string, readonly [text: string, isPassing: boolean]>> = {
  ENOTFOUND: ['there is no host of that name', false],
  EAI_AGAIN: ['the host name cannot be looked up', true],
  ECONNREFUSED: ['nothing listens there', true],
  ECONNRESET: ['it cut the connection', true],
  EPIPE: ['it cut the connection', true],
  ETIMEDOUT: ['it cannot be connected to', true],
  EHOSTUNREACH: ['there is no way to the host', true],
  ENETUNREACH: ['there is no network', true],
  EPROTO: ['it does not speak TLS', false],
  ERR_SSL_WRONG_VERSION_NUMBER: ['it does not speak TLS', false],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ['it does not speak TLS', false],
};

function noAnswer(error: unknown): NoAnswer {
  if (error instanceof NoAnswer) return error;
  const { code = '', message } = error as { code?: string; message: string };
  const known = words[code];
  if (known !== undefined) return new NoAnswer('unreachable', known[0], known[1]);
  if (code.startsWith('HPE_')) return new NoAnswer('answer', `its answer breaks the rules of HTTP (${message})`, true);
  if (/ALERT|HANDSHAKE/.test(code))
    return new NoAnswer(
      'unreachable',
      `it refuses the client certificate (${code})`,
      false,
      'Renew the credentials of the context.',
    );
  if (/CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS/.test(code))
    return new NoAnswer(
      'unreachable',
      `its certificate is refused (${code === 'CERT_HAS_EXPIRED' ? 'it has expired' : message})`,
      false,
      'Renew the certificate of the API server, or correct certificate-authority-data of the context.',
    );
  return new NoAnswer('unreachable', message, true);
}
