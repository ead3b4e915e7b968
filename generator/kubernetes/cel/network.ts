import type { Environment } from '@marcbachmann/cel-js';
import { cidrText, contains, ipText, masked, parseCidr, parseIp } from '../addresses.ts';
import type { Address, Cidr } from '../addresses.ts';
import { Comparable } from './equality.ts';
import { escapedPath, parseUrl, queryOf } from '../url.ts';
import type { UrlParts } from '../url.ts';

class CelUrl extends Comparable {
  readonly text: string;
  readonly parts: UrlParts;
  constructor(text: string) {
    super();
    const parts = parseUrl(text);
    if (parts === undefined) throw new Error(`"${text}" is not a URL`);
    this.text = text;
    this.parts = parts;
  }
  equals({ text }: CelUrl): boolean {
    return this.text === text;
  }
}

class CelIp extends Comparable {
  readonly ip: Address;
  constructor(ip: Address) {
    super();
    this.ip = ip;
  }
  equals({ ip }: CelIp): boolean {
    return ipText(this.ip) === ipText(ip);
  }
}

class IpNamespace {}

class CelCidr extends Comparable {
  readonly cidr: Cidr;
  constructor(cidr: Cidr) {
    super();
    this.cidr = cidr;
  }
  equals({ cidr }: CelCidr): boolean {
    return cidrText(this.cidr) === cidrText(cidr);
  }
}

/** Zones are refused, and IPv4 in IPv6, as netip does for the library. */
const isMapped = (text: string): boolean => text.includes(':') && parseIp(text)?.family === 4;

function ipOf(text: string): CelIp {
  const ip = parseIp(text);
  if (ip === undefined || isMapped(text)) throw new Error(`"${text}" is not an IP address`);
  return new CelIp(ip);
}

function cidrOf(text: string): CelCidr {
  const cidr = parseCidr(text);
  if (cidr === undefined || isMapped(text.split('/')[0] ?? '')) throw new Error(`"${text}" is not a network`);
  return new CelCidr(cidr);
}

const canRead = (text: string, read: (text: string) => unknown): boolean => {
  try {
    read(text);
    return true;
  } catch {
    return false;
  }
};

const inNetworks =
  (...networks: readonly string[]) =>
  ({ ip }: CelIp): boolean =>
    networks.some((network) => contains(parseCidr(network) as Cidr, ip));
const isLoopback = inNetworks('127.0.0.0/8', '::1/128');
const isUnspecified = inNetworks('0.0.0.0/32', '::/128');
const isLinkLocalUnicast = inNetworks('169.254.0.0/16', 'fe80::/10');
const isLinkLocalMulticast = inNetworks('224.0.0.0/24', 'ff02::/16');
const isMulticast = inNetworks('224.0.0.0/4', 'ff00::/8');
const isBroadcast = inNetworks('255.255.255.255/32');
const isGlobalUnicast = (ip: CelIp): boolean =>
  ![isLoopback, isUnspecified, isLinkLocalUnicast, isMulticast, isBroadcast].some((is) => is(ip));

/** Addresses, networks and URLs (pkg/cel/library ip.go, cidr.go, urls.go). */
export function registerNetwork(cel: Environment): void {
  cel
    .registerType('kubernetes.URL', { ctor: CelUrl, fields: {} })
    .registerFunction('isURL(string): bool', (text: string) => parseUrl(text) !== undefined)
    .registerFunction('url(string): kubernetes.URL', (text: string) => new CelUrl(text))
    .registerFunction('kubernetes.URL.getScheme(): string', ({ parts }: CelUrl) => parts.scheme)
    .registerFunction('kubernetes.URL.getHost(): string', ({ parts }: CelUrl) => parts.host)
    .registerFunction('kubernetes.URL.getHostname(): string', ({ parts }: CelUrl) => parts.hostname)
    .registerFunction('kubernetes.URL.getPort(): string', ({ parts }: CelUrl) => parts.port)
    .registerFunction('kubernetes.URL.getEscapedPath(): string', ({ parts }: CelUrl) => escapedPath(parts.path))
    .registerFunction('kubernetes.URL.getQuery(): map<string, list<string>>', ({ parts }: CelUrl) =>
      queryOf(parts.query),
    )
    .registerType('kubernetes.IP', { ctor: CelIp, fields: {} })
    .registerFunction('isIP(string): bool', (text: string) => canRead(text, ipOf))
    .registerFunction('ip(string): kubernetes.IP', ipOf)
    .registerFunction('string(kubernetes.IP): string', ({ ip }: CelIp) => ipText(ip))
    .registerType('slipway.Ip', { ctor: IpNamespace, fields: {} })
    .registerConstant('ip', 'slipway.Ip', new IpNamespace())
    .registerFunction(
      'slipway.Ip.isCanonical(string): bool',
      (_: IpNamespace, text: string) => ipText(ipOf(text).ip) === text,
    )
    .registerFunction('kubernetes.IP.family(): int', ({ ip }: CelIp) => BigInt(ip.family))
    .registerFunction('kubernetes.IP.isUnspecified(): bool', isUnspecified)
    .registerFunction('kubernetes.IP.isLoopback(): bool', isLoopback)
    .registerFunction('kubernetes.IP.isLinkLocalMulticast(): bool', isLinkLocalMulticast)
    .registerFunction('kubernetes.IP.isLinkLocalUnicast(): bool', isLinkLocalUnicast)
    .registerFunction('kubernetes.IP.isGlobalUnicast(): bool', isGlobalUnicast)
    .registerType('kubernetes.CIDR', { ctor: CelCidr, fields: {} })
    .registerFunction('isCIDR(string): bool', (text: string) => canRead(text, cidrOf))
    .registerFunction('cidr(string): kubernetes.CIDR', cidrOf)
    .registerFunction('string(kubernetes.CIDR): string', ({ cidr }: CelCidr) => cidrText(cidr))
    .registerFunction('kubernetes.CIDR.ip(): kubernetes.IP', ({ cidr }: CelCidr) => new CelIp(cidr.ip))
    .registerFunction('kubernetes.CIDR.prefixLength(): int', ({ cidr }: CelCidr) => BigInt(cidr.prefix))
    .registerFunction('kubernetes.CIDR.masked(): kubernetes.CIDR', ({ cidr }: CelCidr) => new CelCidr(masked(cidr)))
    .registerFunction('kubernetes.CIDR.containsIP(string): bool', ({ cidr }: CelCidr, text: string) =>
      contains(cidr, ipOf(text).ip),
    )
    .registerFunction('kubernetes.CIDR.containsIP(kubernetes.IP): bool', ({ cidr }: CelCidr, { ip }: CelIp) =>
      contains(cidr, ip),
    )
    .registerFunction('kubernetes.CIDR.containsCIDR(string): bool', ({ cidr }: CelCidr, text: string) => {
      const inner = cidrOf(text).cidr;
      return contains(cidr, inner.ip, inner.prefix);
    })
    .registerFunction('kubernetes.CIDR.containsCIDR(kubernetes.CIDR): bool', ({ cidr }: CelCidr, inner: CelCidr) =>
      contains(cidr, inner.cidr.ip, inner.cidr.prefix),
    );
}
