import { ToolError } from '../model/diagnostic.ts';
import { reason } from './reason.ts';

/** The text behind an http(s) address; undefined when there is nothing. Throws ToolError schema/unreachable. */
export async function fetchText(url: string): Promise<string | undefined> {
  const failed = (why: string, cause?: unknown): ToolError =>
    new ToolError('schema/unreachable', `${url} cannot be read: ${why}.`, 'Check the address and the network.', {
      cause,
      file: url,
    });
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) }).catch((error: unknown) => {
    throw failed(reason(error instanceof Error && error.cause !== undefined ? error.cause : error), error);
  });
  if (response.status === 404) return undefined;
  if (!response.ok) throw failed(`the server answers ${response.status}`);
  return response.text();
}
