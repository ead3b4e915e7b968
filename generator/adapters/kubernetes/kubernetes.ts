import { ToolError } from '../../model/diagnostic.ts';
import type { ValueMap } from '../../model/values.ts';
import { isMap, listAt, textAt } from '../../model/values.ts';
import type { ApiAnswer, Kubernetes, KubernetesOptions } from '../../ports.ts';
import type { ChosenContext } from './kubeconfig.ts';
import { chooseContext } from './kubeconfig.ts';
import { createCredentials } from './account.ts';
import { createConnections } from '../http/dispatcher.ts';
import type { Connections } from '../http/dispatcher.ts';
import { HttpProblem, usualLimits } from '../http/problems.ts';
import type { HttpLimits } from '../http/problems.ts';
import { Busy, isBusy, persist, sendOnce } from '../http/send.ts';
import type { HttpAnswer } from '../http/send.ts';
import { readExactJson } from './exactJson.ts';
import { shellCommand } from '../../util/shell.ts';

/** Limits of one request; an API server redirects nowhere, and an answer has at most so many bytes. */
export interface KubernetesLimits extends Omit<HttpLimits, 'redirects'> {
  readonly maxBytes: number;
}

const usualKubernetesLimits: KubernetesLimits = {
  ...usualLimits,
  total: 90_000,
  attempts: 4,
  maxBytes: 128 * 1024 * 1024,
};

interface RawRequest {
  readonly method: 'GET' | 'PATCH';
  readonly url: URL;
  readonly accept: string;
  readonly body?: string;
  readonly contentType?: string;
  /** With credentials that are asked for anew. */
  readonly isAnew?: boolean;
}

export interface KubernetesSurroundings {
  env(name: string): string | undefined;
  /** For --verbose: methods, paths and statuses, never bodies. */
  note(message: string): void;
  readonly limits?: KubernetesLimits;
}

const json = 'application/json';
const everyKind = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

/**
 * Raw JSON over the connection that a kubeconfig describes. The typed models of the client library lose fields of NetworkPolicies,
 * definitions and everything newer than they are, so of it only the credentials are used.
 */
export async function connectKubernetes(
  options: KubernetesOptions,
  around: KubernetesSurroundings,
): Promise<Kubernetes> {
  const chosen = await chooseContext(options.context, around.env);
  const { maxBytes, ...rest } = around.limits ?? usualKubernetesLimits;
  const limits: HttpLimits = { ...rest, redirects: 0 };
  const connections = createConnections(limits);
  const counts = { requests: 0, bytes: 0 };
  const once = createSender(chosen, connections, limits, maxBytes);
  const pace = createPace(options.qps);
  const send = async (raw: RawRequest, deadline: AbortSignal): Promise<HttpAnswer> => {
    await pace();
    counts.requests += 1;
    const answer = await once(raw, deadline);
    counts.bytes += answer.body.length;
    around.note(`${chosen.name}: ${raw.method} ${raw.url.pathname} ${answer.status}`);
    return answer;
  };
  const problem = problemsOf(chosen);
  const ask = async (raw: RawRequest): Promise<ApiAnswer> => {
    const answer = await persist(limits, async (deadline) => {
      const found = await send(raw, deadline);
      // the token may have run out meanwhile
      const last = found.status === 401 ? await send({ ...raw, isAnew: true }, deadline) : found;
      if (isBusy(last.status)) throw new Busy(last);
      return last;
    }).catch((error: unknown) => {
      if (error instanceof Busy) return error.answer;
      throw error instanceof HttpProblem ? problem.noAnswer(error) : error;
    });
    if (answer.status === 401) throw problem.refused();
    if (answer.status >= 300 && answer.status < 400) throw problem.strange(`it redirects (${answer.status})`);
    const body = parsed(answer.body.toString('utf8'));
    if (body === undefined && answer.status < 300) throw problem.strange('its answer is no JSON');
    return { status: answer.status, body: body ?? {} };
  };
  const at = (path: string): URL => new URL(`${chosen.server.replace(/\/$/, '')}${path}`);
  return {
    context: chosen.name,
    server: chosen.server,
    get: (path) => ask({ method: 'GET', url: at(path), accept: json }),
    discover: (path) => ask({ method: 'GET', url: at(path), accept: everyKind }),
    listMetadata: (path) =>
      listAll(path, (page) => ask({ method: 'GET', url: at(page), accept: metadataOnly }), problem),
    predict: (path, object, manager) => {
      const url = at(path);
      url.search = new URLSearchParams({
        dryRun: 'All',
        fieldManager: manager,
        force: 'true',
        fieldValidation: 'Ignore',
      }).toString();
      const body = JSON.stringify(object);
      return ask({ method: 'PATCH', url, accept: json, body, contentType: 'application/apply-patch+yaml' });
    },
    counts: () => counts,
    close: () => connections.close(),
  };
}

/** Sends one attempt with the account of the context, over the proxy of its cluster or of the environment. */
function createSender(
  chosen: ChosenContext,
  connections: Connections,
  limits: HttpLimits,
  maxBytes: number,
): (raw: RawRequest, deadline: AbortSignal) => Promise<HttpAnswer> {
  const credentials = createCredentials(chosen, limits.total);
  const proxy = chosen.config.getCurrentCluster()?.proxyUrl;
  return async ({ method, url, accept, body, contentType = json, isAnew }, deadline) => {
    if (isAnew === true) credentials.forget();
    const { tls, headers } = await credentials.current();
    const sent = {
      method,
      maxBytes,
      headers: { ...headers, accept, ...(body === undefined ? {} : { 'content-type': contentType }) },
      ...(body === undefined ? {} : { body }),
    };
    return sendOnce(url, sent, await connections.to(url, tls, proxy), limits, deadline);
  };
}

function parsed(text: string): ValueMap | undefined {
  try {
    const value = readExactJson(text);
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Pages of one list; each has 500 objects, where there are as many. */
const mostPages = 1000;

async function listAll(
  path: string,
  ask: (path: string) => Promise<ApiAnswer>,
  problem: Problems,
): Promise<{ status: number; items: ValueMap[] }> {
  const items: ValueMap[] = [];
  let next = '';
  let restarts = 0;
  for (let pages = 1; ; pages += 1) {
    const { status, body } = await ask(
      `${path}?limit=500${next === '' ? '' : `&continue=${encodeURIComponent(next)}`}`,
    );
    // the list that the pages are of is gone: once more from the start
    if (status === 410 && next !== '' && restarts < 2) {
      restarts += 1;
      next = '';
      items.length = 0;
      continue;
    }
    if (status >= 300) return { status, items };
    for (const item of listAt(body, 'items')) if (isMap(item)) items.push(item);
    const before = next;
    next = textAt(body, 'metadata', 'continue') ?? '';
    if (next === '') return { status, items };
    if (next === before || pages >= mostPages) throw problem.strange(`its list ${path} has no end`);
  }
}

/** Not more than so many requests a second, after a first burst of twice as many. */
function createPace(qps: number): () => Promise<void> {
  const gap = 1000 / qps;
  let next = Date.now() - 2000;
  return async () => {
    const now = Date.now();
    next = Math.max(next, now - 2000) + gap;
    if (next > now) await new Promise((done) => setTimeout(done, next - now));
  };
}

interface Problems {
  noAnswer(error: HttpProblem): ToolError;
  refused(): ToolError;
  strange(why: string): ToolError;
}

function problemsOf({ name, server }: ChosenContext): Problems {
  const where = `${server} (context "${name}")`;
  const strange = (why: string, cause?: unknown): ToolError =>
    new ToolError(
      'drift/answer',
      `${where} does not answer as an API server does: ${why}.`,
      'Check the address in the kubeconfig, and what stands between here and there.',
      { cause },
    );
  return {
    strange,
    noAnswer: (error) =>
      error.kind === 'answer'
        ? strange(error.why, error)
        : new ToolError(
            'drift/unreachable',
            `${where} cannot be reached: ${error.why}.`,
            hintFor(error) ??
              `Try \`${shellCommand('kubectl', '--context', name, 'version')}\`; the rest of the report holds.`,
            { cause: error },
          ),
    refused: () =>
      new ToolError(
        'drift/refused',
        `${where} does not know the account, or its token has run out (401).`,
        `Log in again; \`${shellCommand('kubectl', '--context', name, 'auth', 'whoami')}\` shows who you are.`,
      ),
  };
}

/** The account is in the kubeconfig; what is wrong with the way there is said by the problem itself. */
function hintFor({ why, hint }: HttpProblem): string | undefined {
  if (/its certificate is refused/.test(why))
    return 'Renew the certificate of the API server, or correct certificate-authority-data of the context.';
  if (/client certificate/.test(why)) return 'Renew the credentials of the context.';
  return /the proxy answers/.test(why) ? hint : undefined;
}
