import { reason } from '../reason.ts';

/** How long the parts of a request may take (milliseconds), and how often it is tried. */
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

interface AboutProblem {
  readonly hint?: string | undefined;
  /** Trying again may help. */
  readonly isPassing?: boolean;
  /** The message without the place. */
  readonly why?: string;
}

/** Why a request did not bring what it should: the code of the finding, and a sentence with the address. */
export class HttpProblem extends Error {
  override readonly name: string = 'HttpProblem';
  readonly kind: 'unreachable' | 'refused' | 'missing' | 'answer';
  readonly hint: string | undefined;
  readonly isPassing: boolean;
  readonly why: string;
  constructor(
    kind: HttpProblem['kind'],
    message: string,
    { hint, isPassing = false, why = message }: AboutProblem = {},
  ) {
    super(message);
    this.kind = kind;
    this.hint = hint;
    this.isPassing = isPassing;
    this.why = why;
  }
}

/** A URL without what may be secret: user, password and query. */
export function shown(url: URL | string): string {
  const copy = new URL(String(url));
  copy.username = '';
  copy.password = '';
  copy.search = '';
  return copy.href;
}

const timeouts: Readonly<Record<string, 'connect' | 'headers' | 'body'>> = {
  UND_ERR_CONNECT_TIMEOUT: 'connect',
  UND_ERR_HEADERS_TIMEOUT: 'headers',
  UND_ERR_BODY_TIMEOUT: 'body',
};
const waits = {
  connect: 'it cannot be connected to',
  headers: 'it does not answer',
  body: 'it stops in the middle of its answer',
} as const;
const withoutTls = 'it does not speak TLS';
const words: Readonly<Record<string, readonly [text: string, isPassing: boolean]>> = {
  ENOTFOUND: ['there is no host of that name', false],
  EAI_AGAIN: ['the host name cannot be looked up', true],
  ECONNREFUSED: ['nothing listens there', true],
  ECONNRESET: ['it cut the connection', true],
  EPIPE: ['it cut the connection', true],
  UND_ERR_SOCKET: ['it cut the connection', true],
  ETIMEDOUT: ['it cannot be connected to', true],
  EHOSTUNREACH: ['there is no way to the host', true],
  ENETUNREACH: ['there is no network', true],
  EPROTO: [withoutTls, false],
  ERR_SSL_WRONG_VERSION_NUMBER: [withoutTls, false],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: [withoutTls, false],
};

/** What an attempt failed at, in words. */
export function problemOf(error: unknown, url: URL, limits: HttpLimits, isLate: boolean): HttpProblem {
  if (error instanceof HttpProblem) return error;
  const { kind, why, hint, isPassing } = isLate ? late(limits) : reasonOf(error, limits);
  const said = kind === 'unreachable' ? `cannot be reached: ${why}` : `cannot be read: ${why}`;
  return new HttpProblem(kind, `${shown(url)} ${said}`, { hint, isPassing, why });
}

interface Reason {
  readonly kind: HttpProblem['kind'];
  readonly why: string;
  readonly isPassing: boolean;
  readonly hint?: string;
}

const late = ({ total }: HttpLimits): Reason => ({
  kind: 'unreachable',
  why: `it takes longer than ${total / 1000} seconds`,
  isPassing: false,
});

function reasonOf(error: unknown, limits: HttpLimits): Reason {
  const { code = '', message = '', name, cause } = error as NodeJS.ErrnoException & { cause?: { code?: string } };
  const step = timeouts[code];
  if (step !== undefined)
    return { kind: 'unreachable', why: `${waits[step]} within ${limits[step] / 1000} seconds`, isPassing: true };
  const proxy = /Proxy (?:response|Authentication Required) \((\d+)\)/.exec(message)?.[1];
  if (proxy !== undefined) return proxyRefuses(proxy);
  const key = words[code] === undefined ? (cause?.code ?? code) : code;
  const known = words[key];
  if (known !== undefined)
    return {
      kind: 'unreachable',
      why: known[0],
      isPassing: known[1],
      ...(known[0] === withoutTls
        ? { hint: 'A registry without TLS is written oci+http://, a repository http://.' }
        : {}),
    };
  if (key.startsWith('HPE_') || name === 'HTTPParserError')
    return { kind: 'answer', why: `its answer breaks the rules of HTTP (${message})`, isPassing: true };
  if (/ALERT|HANDSHAKE/.test(key))
    return {
      kind: 'unreachable',
      why: `it refuses the client certificate (${key})`,
      isPassing: false,
      hint: 'Renew the certificate that stands for you.',
    };
  if (!/CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS/.test(key))
    return { kind: 'unreachable', why: reason(error), isPassing: true };
  return {
    kind: 'unreachable',
    why: `its certificate is refused (${key === 'CERT_HAS_EXPIRED' ? 'it has expired' : reason(error)})`,
    isPassing: false,
    hint: 'Name its authority: NODE_EXTRA_CA_CERTS=<file>, or `helm repo add --ca-file`.',
  };
}

/** What the proxy says instead of opening a tunnel. */
export function proxyRefuses(status: string | number): Reason {
  return {
    kind: 'refused',
    why: `the proxy answers ${status}`,
    isPassing: Number(status) >= 500,
    hint:
      Number(status) === 407
        ? 'Name user and password in HTTPS_PROXY (http://user:password@host:port).'
        : 'Ask whoever runs the proxy of HTTPS_PROXY, or name the host in NO_PROXY.',
  };
}
