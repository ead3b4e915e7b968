import type { Dispatcher } from 'undici';
import { reason } from '../reason.ts';

/** Why a request did not bring what it should: the code of the finding, and a sentence without a place. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly kind: 'unreachable' | 'refused' | 'missing' | 'answer';
  readonly hint: string | undefined;
  /** Trying again may help. */
  readonly isPassing: boolean;
  constructor(kind: HttpProblem['kind'], message: string, hint?: string, isPassing = false) {
    super(message);
    this.kind = kind;
    this.hint = hint;
    this.isPassing = isPassing;
  }
}

/** Limits of a request, all of them in milliseconds but the numbers of attempts and redirects. */
export interface HttpLimits {
  readonly connect: number;
  readonly headers: number;
  /** Between two pieces of the body. */
  readonly body: number;
  /** For one request with all its attempts. */
  readonly total: number;
  readonly attempts: number;
  /** The first pause between two attempts; it doubles. */
  readonly pause: number;
  /** A server that wants a longer pause than this is not waited for. */
  readonly longestPause: number;
  readonly redirects: number;
}

export const usualLimits: HttpLimits = {
  connect: 10_000,
  headers: 30_000,
  body: 30_000,
  total: 300_000,
  attempts: 3,
  pause: 500,
  longestPause: 30_000,
  redirects: 5,
};

/** What one repository wants of its connections. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly insecure?: boolean;
}

export interface HttpRequest {
  readonly url: string;
  /** Bodies that are larger (bytes) are given up on. */
  readonly maxBytes: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The Authorization header for a place; asked anew for every redirect. */
  readonly authorize?: (url: URL) => string | undefined;
  readonly tls?: TlsOptions;
  /** A form that is posted. */
  readonly form?: Readonly<Record<string, string>>;
  /** Answers with these statuses are returned, not thrown. */
  readonly accept?: readonly number[];
}

export interface HttpAnswer {
  readonly status: number;
  /** Of the last place, after redirects. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Http {
  /** Throws HttpProblem. */
  get(request: HttpRequest): Promise<HttpAnswer>;
}

/** Requests with limits to everything; the proxy is that of HTTPS_PROXY, HTTP_PROXY and NO_PROXY. */
export function createHttp(limits: HttpLimits = usualLimits): Http {
  const dispatchers = new Map<string, Promise<Dispatcher>>();
  const dispatcherFor = (tls: TlsOptions): Promise<Dispatcher> => {
    const key = JSON.stringify(tls);
    const dispatcher = dispatchers.get(key) ?? createDispatcher(tls, limits);
    dispatchers.set(key, dispatcher);
    return dispatcher;
  };
  return {
    async get(request) {
      const dispatcher = await dispatcherFor(request.tls ?? {});
      const deadline = AbortSignal.timeout(limits.total);
      let pause = limits.pause;
      for (let attempt = 1; ; attempt += 1) {
        const result = await follow(request, dispatcher, limits, deadline).catch((error: unknown) =>
          problemOf(error, request.url, limits, deadline),
        );
        if (!(result instanceof HttpProblem)) return result;
        if (!result.isPassing || attempt === limits.attempts) throw result;
        const asked = result instanceof Busy ? result.pause : undefined;
        if (asked !== undefined && asked > limits.longestPause) throw result;
        await sleep(asked ?? pause);
        pause *= 2;
      }
    },
  };
}

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** The server says that it is busy, and may say until when (milliseconds from now). */
class Busy extends HttpProblem {
  readonly pause: number | undefined;
  constructor(message: string, pause: number | undefined) {
    const wait = pause === undefined ? '' : ` in ${Math.ceil(pause / 1000)} seconds`;
    super('unreachable', message, `Try again${wait}.`, true);
    this.pause = pause;
  }
}

async function createDispatcher(tls: TlsOptions, limits: HttpLimits): Promise<Dispatcher> {
  const { EnvHttpProxyAgent } = (await import('undici')).default; // in the bundle, CommonJS has no other names
  const connect = {
    timeout: limits.connect,
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    ...(tls.insecure === true ? { rejectUnauthorized: false } : {}),
  };
  return new EnvHttpProxyAgent({
    connect,
    requestTls: connect,
    proxyTunnel: false,
    headersTimeout: limits.headers,
    bodyTimeout: limits.body,
    connections: 8,
  });
}

async function follow(
  request: HttpRequest,
  dispatcher: Dispatcher,
  limits: HttpLimits,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const seen = new Set<string>();
  let url = new URL(request.url);
  for (;;) {
    if (seen.has(url.href)) throw new HttpProblem('answer', `${shown(url)} redirects in a circle`);
    if (seen.size > limits.redirects)
      throw new HttpProblem('answer', `${shown(request.url)} redirects more than ${limits.redirects} times`);
    seen.add(url.href);
    const answer = await ask(url, request, dispatcher, signal);
    const location = [301, 302, 303, 307, 308].includes(answer.status) ? answer.headers['location'] : undefined;
    if (location === undefined) return accepted(answer, url, request);
    if (request.form !== undefined) throw new HttpProblem('answer', `${shown(url)} redirects what was posted to it`);
    url = redirected(url, location);
  }
}

async function ask(url: URL, request: HttpRequest, dispatcher: Dispatcher, signal: AbortSignal): Promise<HttpAnswer> {
  const { request: send } = (await import('undici')).default;
  const authorization = request.authorize?.(url);
  const target = new URL(url.href);
  target.username = '';
  target.password = '';
  const { form } = request;
  const { statusCode, headers, body } = await send(target, {
    dispatcher,
    signal,
    method: form === undefined ? 'GET' : 'POST',
    ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
    headers: {
      'accept-encoding': 'identity',
      'user-agent': 'slipway',
      ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      ...request.headers,
      ...(authorization === undefined ? {} : { authorization }),
    },
  });
  const flat = Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
  const tooLarge = (): HttpProblem =>
    new HttpProblem('answer', `${shown(url)} is larger than ${request.maxBytes / 1024 / 1024} MiB, which is the limit`);
  const chunks: Buffer[] = [];
  let size = 0;
  // leaving the loop by an exception closes the connection
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > request.maxBytes || Number(flat['content-length'] ?? 0) > request.maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return { status: statusCode, url: url.href, headers: flat, body: Buffer.concat(chunks) };
}

/** Where a redirect leads: never from TLS to none, and to nothing but HTTP. */
function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const isSafe = to?.protocol === 'https:' || (to?.protocol === 'http:' && from.protocol === 'http:');
  if (to !== undefined && isSafe) return to;
  throw new HttpProblem(
    'answer',
    `${shown(from)} redirects to ${to === undefined ? 'no URL' : shown(to)}, which is not followed`,
    to?.protocol === 'http:' ? 'From https:// to http:// the connection would no longer be protected.' : undefined,
  );
}

function accepted(answer: HttpAnswer, url: URL, request: HttpRequest): HttpAnswer {
  const { status } = answer;
  if (status === 200 || request.accept?.includes(status) === true) return answer;
  const said = `${shown(url)} answers ${status}`;
  if (status === 401 || status === 403) throw new HttpProblem('refused', said);
  if (status === 404 || status === 410) throw new HttpProblem('missing', said);
  if (status === 429 || status >= 500) throw new Busy(said, retryAfter(answer.headers['retry-after']));
  throw new HttpProblem('answer', said);
}

/** Milliseconds; the header holds seconds or a date. */
function retryAfter(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

const timeouts: Readonly<Record<string, keyof HttpLimits>> = {
  UND_ERR_CONNECT_TIMEOUT: 'connect',
  UND_ERR_HEADERS_TIMEOUT: 'headers',
  UND_ERR_BODY_TIMEOUT: 'body',
};
const waits: Readonly<Record<string, string>> = {
  connect: 'cannot be connected to',
  headers: 'does not answer',
  body: 'stops in the middle of its answer',
};
const names: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the host name cannot be looked up',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no network',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  EPROTO: 'it does not speak TLS',
};

function problemOf(error: unknown, url: string, limits: HttpLimits, deadline: AbortSignal): HttpProblem {
  if (error instanceof HttpProblem) return error;
  const { code = '', cause } = error as { code?: string; cause?: { code?: string } };
  if (deadline.aborted)
    return new HttpProblem('unreachable', `${shown(url)} takes longer than ${limits.total / 1000} seconds`);
  const limit = timeouts[code];
  if (limit !== undefined)
    return new HttpProblem('unreachable', `${shown(url)} ${waits[limit] ?? ''} within ${limits[limit] / 1000} seconds`);
  const key = names[code] === undefined ? (cause?.code ?? code) : code;
  const isCertificate = /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS/.test(key);
  const isPlain = key === 'EPROTO' || key === 'ERR_SSL_WRONG_VERSION_NUMBER';
  const said = isCertificate ? `its certificate is refused (${reason(error)})` : (names[key] ?? reason(error));
  return new HttpProblem(
    'unreachable',
    `${shown(url)} cannot be reached: ${said}`,
    isPlain ? 'A registry without TLS is written oci+http://, a repository http://.' : certificateHint(isCertificate),
    !isCertificate && !isPlain && key !== 'ENOTFOUND',
  );
}

const certificateHint = (is: boolean): string | undefined =>
  is ? 'Name its authority: NODE_EXTRA_CA_CERTS=<file>, or `helm repo add --ca-file`.' : undefined;

/** A URL without what may be secret: user, password and query. */
export function shown(url: URL | string): string {
  const copy = new URL(String(url));
  copy.username = '';
  copy.password = '';
  copy.search = '';
  return copy.href;
}
