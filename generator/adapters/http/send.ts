import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { HttpProblem, problemOf, proxyRefuses, shown } from './problems.ts';
import type { HttpLimits } from './problems.ts';

export interface Sent {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Bodies that are larger (bytes), as they come or unpacked, are given up on. */
  readonly maxBytes: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly url: string;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** One attempt, with a limit to everything. Throws HttpProblem. */
export async function sendOnce(
  url: URL,
  { method, headers, body, maxBytes }: Sent,
  dispatcher: Dispatcher,
  limits: HttpLimits,
  deadline: AbortSignal,
): Promise<HttpAnswer> {
  const { request } = (await import('undici')).default;
  const target = new URL(url.href);
  target.username = '';
  target.password = '';
  try {
    const response = await request(target, {
      dispatcher,
      method,
      signal: deadline,
      headersTimeout: limits.headers,
      bodyTimeout: limits.body,
      headers: { 'accept-encoding': 'identity', 'user-agent': 'slipway', ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const flat = flatHeaders(response.headers);
    const packed = await readBody(url, response.body, flat, maxBytes);
    return {
      status: response.statusCode,
      url: url.href,
      headers: flat,
      body: await unpacked(url, packed, flat, maxBytes),
    };
  } catch (error) {
    throw problemOf(error, url, limits, deadline.aborted);
  }
}

function flatHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

async function readBody(
  url: URL,
  body: AsyncIterable<Buffer>,
  headers: Readonly<Record<string, string>>,
  maxBytes: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // leaving the loop by an exception closes the connection
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes || Number(headers['content-length'] ?? 0) > maxBytes) throw tooLarge(url, maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(url: URL, maxBytes: number): HttpProblem {
  const size = `larger than ${maxBytes / 1024 / 1024} MiB`;
  return new HttpProblem('answer', `${shown(url)} is ${size}, which is the limit`, { why: `its answer is ${size}` });
}

const unpackers = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
} as const;

/** What some servers send packed although nobody asked for it. */
async function unpacked(
  url: URL,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
  maxBytes: number,
): Promise<Buffer> {
  const encoding = (headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding === 'identity' || body.length === 0) return body;
  const unpack = Object.hasOwn(unpackers, encoding) ? unpackers[encoding as keyof typeof unpackers] : undefined;
  if (unpack === undefined)
    throw new HttpProblem('answer', `${shown(url)} is packed as ${encoding}, which is not read`);
  try {
    return await unpack(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(url, maxBytes);
    throw new HttpProblem('answer', `${shown(url)} cannot be unpacked (${encoding})`);
  }
}

/** The server says that it is busy, and may say until when (milliseconds from now). */
export class Busy extends HttpProblem {
  override readonly name = 'Busy';
  readonly answer: HttpAnswer;
  readonly pause: number | undefined;
  constructor(answer: HttpAnswer) {
    const pause = retryAfter(answer.headers['retry-after']);
    const wait = pause === undefined ? '' : ` in ${Math.ceil(pause / 1000)} seconds`;
    super('unreachable', `${shown(answer.url)} answers ${answer.status}`, {
      hint: `Try again${wait}.`,
      isPassing: true,
    });
    this.answer = answer;
    this.pause = pause;
  }
}

export const isBusy = (status: number): boolean => status === 429 || status >= 500;

/** The problem that a status stands for; undefined: the answer is one. */
export function statusProblem(answer: HttpAnswer): HttpProblem | undefined {
  const { status, url } = answer;
  if (status === 200) return undefined;
  const said = `${shown(url)} answers ${status}`;
  if (isBusy(status)) return new Busy(answer);
  if (status === 407) {
    const { why, hint } = proxyRefuses(status);
    return new HttpProblem('refused', `${shown(url)} cannot be reached: ${why}`, { hint, why });
  }
  if (status === 401 || status === 403) return new HttpProblem('refused', said);
  if (status === 404 || status === 410) return new HttpProblem('missing', said);
  return new HttpProblem('answer', said);
}

/** Tries again what may pass, after the pause that the server asks for or a growing one. */
export async function persist<T>(limits: HttpLimits, attempt: (deadline: AbortSignal) => Promise<T>): Promise<T> {
  const end = Date.now() + limits.total;
  const deadline = AbortSignal.timeout(limits.total);
  let pause = limits.pause;
  for (let n = 1; ; n += 1) {
    try {
      return await attempt(deadline);
    } catch (error) {
      if (!(error instanceof HttpProblem) || !error.isPassing || n >= limits.attempts) throw error;
      const asked = error instanceof Busy ? error.pause : undefined;
      const wait = Math.max(asked ?? 0, pause * (0.75 + Math.random() / 2));
      if ((asked ?? 0) > limits.longestPause || Date.now() + wait > end) throw error;
      await new Promise((done) => setTimeout(done, wait));
      pause *= 2;
    }
  }
}

/** Milliseconds; the header holds seconds or a date. */
function retryAfter(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
