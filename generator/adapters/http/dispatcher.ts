import { BlockList, isIP, isIPv6 } from 'node:net';
import type { Dispatcher } from 'undici';
import { HttpProblem } from './problems.ts';
import type { HttpLimits } from './problems.ts';

/** What a server wants of its connections; text is PEM. */
export interface TlsOptions {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly pfx?: string | Buffer;
  readonly passphrase?: string;
  readonly servername?: string;
  readonly insecure?: boolean;
}

/** The connections of a program: one pool for each kind of TLS, and the proxies of the environment. */
export interface Connections {
  /** `proxy` takes the place of those of HTTPS_PROXY, HTTP_PROXY and NO_PROXY. Throws HttpProblem when one is no URL. */
  to(url: URL, tls: TlsOptions, proxy?: string): Promise<Dispatcher>;
  close(): void;
}

const perOrigin = 32;

export function createConnections(limits: HttpLimits): Connections {
  const pools = new Map<string, Promise<Dispatcher>>();
  return {
    to(url, tls, proxy) {
      const isDirect = proxy === undefined && isInNoProxyNetwork(url);
      const key = JSON.stringify([tls, proxy, isDirect], (_, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
      );
      const pool = pools.get(key) ?? createPool(tls, limits, isDirect ? 'direct' : (proxy ?? 'environment'));
      pools.set(key, pool);
      return pool;
    },
    close() {
      for (const pool of pools.values())
        void pool.then(
          (dispatcher) => dispatcher.destroy(),
          () => undefined,
        );
      pools.clear();
    },
  };
}

async function createPool(tls: TlsOptions, limits: HttpLimits, proxy: string): Promise<Dispatcher> {
  const { Agent, EnvHttpProxyAgent, ProxyAgent } = (await import('undici')).default; // in the bundle, CommonJS has no other names
  const { insecure, ...given } = tls;
  const connect = { timeout: limits.connect, ...given, ...(insecure === true ? { rejectUnauthorized: false } : {}) };
  const options = { connect, connections: perOrigin };
  if (proxy === 'direct') return new Agent(options);
  const proxied = { ...options, requestTls: connect, proxyTunnel: false };
  if (proxy !== 'environment') return new ProxyAgent({ ...proxied, uri: proxyUrl('proxy-url', proxy) });
  const [http, https] = [variable('HTTP_PROXY'), variable('HTTPS_PROXY')];
  return new EnvHttpProxyAgent({
    ...proxied,
    ...(http === undefined ? {} : { httpProxy: http }),
    ...(https === undefined ? {} : { httpsProxy: https }),
  });
}

function variable(name: string): string | undefined {
  const value = process.env[name.toLowerCase()] ?? process.env[name] ?? '';
  return value === '' ? undefined : proxyUrl(name, value);
}

/** `host:port` is short for http://host:port, as in other programs. */
function proxyUrl(name: string, value: string): string {
  const url = value.includes('://') ? value : `http://${value}`;
  if (URL.canParse(url)) return url;
  throw new HttpProblem('unreachable', `${name} is no address of a proxy`, {
    hint: 'As in: http://proxy.example.com:3128.',
  });
}

/** Whether a host is an address of a network in NO_PROXY (10.0.0.0/8), which the agent does not know. */
function isInNoProxyNetwork({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) === 0) return false;
  const networks = new BlockList();
  for (const entry of (process.env['no_proxy'] ?? process.env['NO_PROXY'] ?? '').split(/[,\s]+/)) {
    const [address = '', bits = ''] = entry.split('/');
    const isNetwork = isIP(address) !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv6(address) ? 128 : 32);
    if (isNetwork) networks.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return networks.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');
}
