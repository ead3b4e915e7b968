import { ToolError } from '../../model/diagnostic.ts';
import { createHttp } from './client.ts';
import { HttpProblem, shown, usualLimits } from './problems.ts';
import type { HttpLimits } from './problems.ts';

/** Schemas of one kind, and OpenAPI documents of all kinds (bytes). */
const maxBytes = 32 * 1024 * 1024;
const textLimits: HttpLimits = { ...usualLimits, total: 60_000 };

/** The text behind an http(s) address; undefined when there is nothing. Throws ToolError schema/unreachable. */
export function createTextReader(limits: HttpLimits = textLimits): (url: string) => Promise<string | undefined> {
  const http = createHttp(limits);
  return async (address) => {
    const url = new URL(address);
    // a login in the address is for its own host
    const login =
      url.username === '' ? undefined : `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    const authorization = login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`;
    try {
      const authorize = (place: URL): string | undefined => (place.origin === url.origin ? authorization : undefined);
      const answer = await http.get({ url: address, maxBytes, authorize, accept: [404, 410] });
      return answer.status >= 400 ? undefined : answer.body.toString('utf8');
    } catch (error) {
      if (!(error instanceof HttpProblem)) throw error;
      throw new ToolError(
        'schema/unreachable',
        `${shown(url)} cannot be read: ${error.why}.`,
        error.hint ?? 'Check the address, the network and the proxy.',
        { cause: error, file: shown(url) },
      );
    }
  };
}
