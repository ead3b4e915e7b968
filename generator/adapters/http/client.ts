import { createConnections } from './dispatcher.ts';
import type { TlsOptions } from './dispatcher.ts';
import { HttpProblem, shown, usualLimits } from './problems.ts';
import type { HttpLimits } from './problems.ts';
import { persist, sendOnce, statusProblem } from './send.ts';
import type { HttpAnswer } from './send.ts';

export interface HttpRequest {
  readonly url: string;
  /** Bodies that are larger (bytes) are given up on. */
  readonly maxBytes: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The Authorization header for a place; asked anew for every redirect. */
  readonly authorize?: (url: URL) => string | undefined;
  /** What a place wants of its connections; asked anew for every redirect. */
  readonly tls?: (url: URL) => TlsOptions;
  /** A form that is posted. */
  readonly form?: Readonly<Record<string, string>>;
  /** Answers with these statuses are returned, not thrown. */
  readonly accept?: readonly number[];
}

export interface Http {
  /** Follows redirects; `url` of the answer is the last place. Throws HttpProblem. */
  get(request: HttpRequest): Promise<HttpAnswer>;
}

/** Requests with limits to everything; the proxy is that of HTTPS_PROXY, HTTP_PROXY and NO_PROXY. */
export function createHttp(limits: HttpLimits = usualLimits): Http {
  const connections = createConnections(limits);
  const ask = async (url: URL, request: HttpRequest, deadline: AbortSignal): Promise<HttpAnswer> => {
    const { form, headers, maxBytes } = request;
    const authorization = request.authorize?.(url);
    const dispatcher = await connections.to(url, request.tls?.(url) ?? {});
    const sent = {
      method: form === undefined ? ('GET' as const) : ('POST' as const),
      maxBytes,
      headers: {
        ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
        ...(authorization === undefined ? {} : { authorization }),
      },
      ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
    };
    return sendOnce(url, sent, dispatcher, limits, deadline);
  };
  const follow = async (request: HttpRequest, deadline: AbortSignal): Promise<HttpAnswer> => {
    const seen = new Set<string>();
    let url = new URL(request.url);
    for (;;) {
      if (seen.has(url.href)) throw new HttpProblem('answer', `${shown(url)} redirects in a circle`);
      if (seen.size > limits.redirects)
        throw new HttpProblem('answer', `${shown(request.url)} redirects more than ${limits.redirects} times`);
      seen.add(url.href);
      const answer = await ask(url, request, deadline);
      const location = [301, 302, 303, 307, 308].includes(answer.status) ? answer.headers['location'] : undefined;
      if (location === undefined) return accepted(answer, request);
      if (request.form !== undefined) throw new HttpProblem('answer', `${shown(url)} redirects what was posted to it`);
      url = redirected(url, location);
    }
  };
  return { get: (request) => persist(limits, (deadline) => follow(request, deadline)) };
}

function accepted(answer: HttpAnswer, { accept = [] }: HttpRequest): HttpAnswer {
  const problem = accept.includes(answer.status) ? undefined : statusProblem(answer);
  if (problem !== undefined) throw problem;
  return answer;
}

/** Where a redirect leads: never from TLS to none, and to nothing but HTTP. */
function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const isSafe = to?.protocol === 'https:' || (to?.protocol === 'http:' && from.protocol === 'http:');
  if (to !== undefined && isSafe) return to;
  throw new HttpProblem(
    'answer',
    `${shown(from)} redirects to ${to === undefined ? 'no URL' : shown(to)}, which is not followed`,
    to?.protocol === 'http:' ? { hint: 'From https:// to http:// the connection would no longer be protected.' } : {},
  );
}
