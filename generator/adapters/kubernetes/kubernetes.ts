import { Agent as PlainAgent } from 'node:http';
import { Agent } from 'node:https';
import type { RequestOptions } from 'node:https';
import { ToolError } from '../../model/diagnostic.ts';
import type { ValueMap } from '../../model/values.ts';
import { asList, asMap, asString, isMap } from '../../model/values.ts';
import type { ApiAnswer, Kubernetes, KubernetesOptions } from '../../ports.ts';
import type { ChosenContext } from './kubeconfig.ts';
import { chooseContext } from './kubeconfig.ts';
import type { KubernetesLimits, RawAnswer, RawRequest } from './http.ts';
import { NoAnswer, sendOnce, usualKubernetesLimits } from './http.ts';

export interface KubernetesSurroundings {
  env(name: string): string | undefined;
  /** For --verbose: methods, paths and statuses, never bodies. */
  note(message: string): void;
  readonly limits?: KubernetesLimits;
}

/** How long credentials are used before they are asked for again; programs that issue tokens are slow. */
const credentialsLast = 60_000;
const sockets = 32;
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
  const limits = around.limits ?? usualKubernetesLimits;
  const pace = createPace(options.qps);
  const credentials = createCredentials(chosen, limits);
  const counts = { requests: 0, bytes: 0 };
  const problem = problemsOf(chosen);
  const attempt = async (raw: RawRequest, deadline: number): Promise<RawAnswer> => {
    await pace();
    counts.requests += 1;
    const answer = await sendOnce(raw, await credentials.current(), limits, deadline - Date.now());
    counts.bytes += answer.bytes;
    around.note(`${chosen.name}: ${raw.method} ${raw.url.pathname} ${answer.status}`);
    return answer;
  };
  const ask = async (raw: RawRequest): Promise<ApiAnswer> => {
    const answer = await persist(raw, limits, attempt, credentials.forget).catch((error: unknown) => {
      throw error instanceof NoAnswer ? problem.noAnswer(error) : error;
    });
    if (answer.status === 401) throw problem.refused();
    if (answer.status >= 300 && answer.status < 400) throw problem.strange(`it redirects (${answer.status})`);
    const body = parsed(answer.text);
    if (body === undefined && answer.status < 300) throw problem.strange('its answer is no JSON');
    return { status: answer.status, body: body ?? {} };
  };
  const at = (path: string): URL => new URL(`${chosen.server.replace(/\/$/, '')}${path}`);
  return {
    context: chosen.name,
    server: chosen.server,
    get: (path) => ask({ method: 'GET', url: at(path), accept: json }),
    discover: (path) => ask({ method: 'GET', url: at(path), accept: everyKind }),
    listMetadata: (path) => listAll(path, (page) => ask({ method: 'GET', url: at(page), accept: metadataOnly })),
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
    close: () => credentials.close(),
  };
}

function parsed(text: string): ValueMap | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

async function listAll(
  path: string,
  ask: (path: string) => Promise<ApiAnswer>,
): Promise<{ status: number; items: ValueMap[] }> {
  const items: ValueMap[] = [];
  let next = '';
  let restarts = 0;
  for (;;) {
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
    items.push(...asList(body['items']).filter(isMap));
    next = asString(asMap(body['metadata'])['continue']) ?? '';
    if (next === '') return { status, items };
  }
}

/** Tries again what may pass: no connection, 429 and 5xx, after the pause that the server asks for or a growing one. */
async function persist(
  raw: RawRequest,
  limits: KubernetesLimits,
  attempt: (raw: RawRequest, deadline: number) => Promise<RawAnswer>,
  forgetCredentials: () => void,
): Promise<RawAnswer> {
  const deadline = Date.now() + limits.total;
  let pause = limits.pause;
  let wasRefused = false;
  for (let n = 1; ; n += 1) {
    const result = await attempt(raw, deadline).catch((error: unknown) => {
      if (error instanceof NoAnswer) return error;
      throw error;
    });
    const isFailure = result instanceof NoAnswer;
    if (!isFailure && result.status === 401 && !wasRefused) {
      wasRefused = true;
      forgetCredentials(); // the token may have run out meanwhile
      continue;
    }
    const mayPass = isFailure ? result.isPassing : result.status === 429 || result.status >= 500;
    const asked = isFailure ? undefined : result.retryAfter;
    const wait = Math.max(asked ?? 0, pause * (0.75 + Math.random() / 2));
    const isOver = n >= limits.attempts || (asked ?? 0) > limits.longestPause || Date.now() + wait > deadline;
    if (mayPass && !isOver) {
      await new Promise((done) => setTimeout(done, wait));
      pause *= 2;
      continue;
    }
    if (isFailure) throw result;
    return result;
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

interface Credentials {
  current(): Promise<RequestOptions>;
  forget(): void;
  close(): void;
}

/** What the client library makes of the account: headers, certificates, and its agent where a proxy is in between. */
function createCredentials({ name, server, config }: ChosenContext, limits: KubernetesLimits): Credentials {
  let known: { readonly options: Promise<RequestOptions>; readonly until: number } | undefined;
  let agent: Agent | PlainAgent | undefined;
  let agentKey = '';
  const load = async (): Promise<RequestOptions> => {
    const options: RequestOptions = {};
    try {
      await inTime(config.applyToHTTPSOptions(options), limits.total);
    } catch (error) {
      const said = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
      throw new ToolError(
        'drift/context',
        `${server} (context "${name}") cannot be asked, for its credentials cannot be had: ${said}.`,
        `See \`kubectl --context ${name} version\`.`,
        { cause: error },
      );
    }
    const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername, headers, auth } = options;
    const tls = { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername };
    const own = JSON.stringify(tls, (_, v: unknown) =>
      v instanceof Uint8Array ? Buffer.from(v).toString('base64') : v,
    );
    if (agent === undefined || own !== agentKey) {
      agent?.destroy();
      agentKey = own;
      const shared = { keepAlive: true, maxSockets: sockets };
      const given = Object.fromEntries(Object.entries(tls).filter(([, v]) => v !== undefined));
      const proxied = config.getCurrentCluster()?.proxyUrl === undefined ? undefined : options.agent;
      if (typeof proxied === 'object') agent = proxied as Agent;
      else agent = server.startsWith('http:') ? new PlainAgent(shared) : new Agent({ ...shared, ...given });
    }
    return { agent, ...(headers === undefined ? {} : { headers }), ...(auth === undefined ? {} : { auth }) };
  };
  return {
    current() {
      if (known === undefined || known.until < Date.now())
        known = { options: load(), until: Date.now() + credentialsLast };
      return known.options;
    },
    forget: () => (known = undefined),
    close: () => agent?.destroy(),
  };
}

async function inTime<T>(work: Promise<T>, limit: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`it took longer than ${limit / 1000} seconds`)), limit);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

interface Problems {
  noAnswer(error: NoAnswer): ToolError;
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
        ? strange(error.message, error)
        : new ToolError(
            'drift/unreachable',
            `${where} cannot be reached: ${error.message}.`,
            error.hint ?? `Try \`kubectl --context ${name} version\`; the rest of the report holds.`,
            { cause: error },
          ),
    refused: () =>
      new ToolError(
        'drift/refused',
        `${where} does not know the account, or its token has run out (401).`,
        `Log in again; \`kubectl --context ${name} auth whoami\` shows who you are.`,
      ),
  };
}
