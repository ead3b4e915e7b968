import { addressOf, networkOf } from '../../kubernetes/addresses.ts';
import { isDnsLabel } from '../../model/names.ts';
import type { Format } from './format.ts';

/** What keeps a text from being a host name; undefined when it is one. */
export function hostProblem(text: string): string | undefined {
  if (text.length > 253) return `it has ${text.length} characters; 253 are allowed`;
  const labels = text.split('.');
  const bad = labels.find((part) => !isDnsLabel(part));
  if (bad === '') return 'a part between two dots is empty';
  if (bad !== undefined)
    return `"${bad.slice(0, 64)}" is not made of lower-case letters, digits and -, at most 63, with a letter or digit at both ends`;
  return /^\d+$/.test(labels.at(-1) ?? '') && labels.length > 1
    ? 'its last part is a number, as in an address'
    : undefined;
}

const portProblem = (port: string): string | undefined =>
  /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65535
    ? undefined
    : `"${port}" is no port (1 to 65535)`;

/** A host, or an address; IPv6 addresses in brackets. */
function hostOrAddressProblem(host: string): string | undefined {
  if (host.startsWith('[')) {
    const inside = /^\[(.*)\]$/.exec(host)?.[1];
    return inside !== undefined && addressOf(inside)?.family === 6
      ? undefined
      : `${host} is no IPv6 address in brackets`;
  }
  return addressOf(host)?.family === 4 ? undefined : hostProblem(host);
}

function authorityProblem(text: string, port: 'required' | 'optional'): string | undefined {
  const [, host = '', number] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(text) ?? [];
  if (host === '') return 'the host is missing';
  const problem = hostOrAddressProblem(host.toLowerCase());
  if (problem !== undefined) return problem;
  if (number === undefined) return port === 'required' ? 'the port is missing' : undefined;
  return portProblem(number);
}

function urlProblem(text: string, schemes: readonly string[], path: 'any' | 'none' = 'any'): string | undefined {
  const scheme = schemes.find((s) => text.startsWith(`${s}://`));
  if (scheme === undefined) return `it does not begin with ${schemes.map((s) => `${s}://`).join(' or ')}`;
  if (/["<>\\^`{|}]|[^!-~]/.test(text)) return 'it has a character that no URL has';
  const [authority = '', rest = ''] = splitOnce(text.slice(scheme.length + 3), '/');
  if (authority.includes('@')) return 'it has a user name; credentials are in a Secret';
  const problem = authorityProblem(authority.split(/[?#]/)[0] ?? '', 'optional');
  return problem ?? (path === 'none' && rest !== '' ? 'it has a path' : undefined);
}

function splitOnce(text: string, by: string): readonly [string, string] {
  const at = text.indexOf(by);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

const rfc1123 = 'RFC 1123; apimachinery 0.36, pkg/util/validation, IsDNS1123Subdomain';
const netip = 'Go 1.26, net/netip, ParseAddr';
const rfc3986 = 'RFC 3986';

export const networkFormats = {
  'ip-address': {
    what: 'an IP address',
    example: '10.0.0.1',
    source: netip,
    problem: (text) => (addressOf(text) === undefined ? 'it is neither IPv4 nor IPv6' : undefined),
  },
  cidr: {
    what: 'a CIDR',
    example: '10.0.0.0/8',
    source: 'kubernetes 1.36, pkg/apis/networking/validation, ValidateIPBlock (strict form: no host bits)',
    problem: cidrProblem,
  },
  'ip-range': {
    what: 'a CIDR or a range of addresses',
    example: '192.168.10.0/28 or 192.168.10.10-192.168.10.20',
    source: 'metallb 0.16.1, internal/config/config.go, ParseCIDR',
    problem: rangeProblem,
  },
  'host-name': { what: 'a host name', example: 'app.example.com', source: rfc1123, problem: hostProblem },
  'wildcard-host': {
    what: 'a host name, or *. and one',
    example: '*.web.example.com',
    source: 'gateway-api, apis/v1, Hostname',
    problem: (text) => hostProblem(text.replace(/^\*\./, '')),
  },
  'host-port': {
    what: 'a host and a port',
    example: 'smtp.example.com:587',
    source: rfc3986,
    problem: (text) => authorityProblem(text, 'required'),
  },
  endpoint: {
    what: 'a host, and a port where it is not the usual one',
    example: 's3.example.com:9000',
    source: rfc3986,
    problem: (text) => authorityProblem(text, 'optional'),
  },
  'name-server': {
    what: 'host:port of a name server, or the https:// address of one that speaks DNS over HTTPS',
    example: '10.0.0.53:53',
    source: 'cert-manager 1.21, cmd/controller/app/options, --dns01-recursive-nameservers',
    problem: (text) => (text.startsWith('https://') ? urlProblem(text, ['https']) : authorityProblem(text, 'required')),
  },
  'http-url': {
    what: 'an http:// or https:// address',
    example: 'https://s3.example.com',
    source: rfc3986,
    problem: (text) => urlProblem(text, ['http', 'https']),
  },
  'https-url': {
    what: 'an https:// address',
    example: 'https://vault.example.com',
    source: rfc3986,
    problem: (text) => urlProblem(text, ['https']),
  },
  'git-url': {
    what: 'the address of a git repository',
    example: 'https://git.example.com/platform/fleet.git',
    source: 'git 2.51, git-clone(1), GIT URLS',
    problem: gitProblem,
  },
  'repository-url': {
    what: 'the address of a chart repository',
    example: 'https://charts.example.com',
    source: 'helm 4.0, pkg/getter; argo-cd 3.5, util/helm (http, https, oci)',
    problem: (text) => urlProblem(text, ['https', 'http', 'oci']),
  },
  'ldap-url': {
    what: 'an ldaps:// or ldap:// address without a path',
    example: 'ldaps://ad.example.com',
    source: 'dex, connector/ldap (host:port is what it connects to)',
    problem: (text) => urlProblem(text, ['ldaps', 'ldap'], 'none'),
  },
  'email-address': {
    what: 'an e-mail address',
    example: 'ops@example.com',
    source: 'RFC 5321, 4.1.2 (Dot-string @ Domain)',
    problem: emailProblem,
  },
} as const satisfies Readonly<Record<string, Format>>;

/** `https://`, `ssh://`, `git://`, `file://`, or the short form of ssh, `git@host:path`. */
function gitProblem(text: string): string | undefined {
  if (text.startsWith('file://')) return text.length > 'file:///'.length ? undefined : 'the path is missing';
  const [, short, path] = /^(?!\w+:\/\/)[\w.-]+@([^:/]+):(.*)$/s.exec(text) ?? [];
  if (short !== undefined) return path === '' ? 'the path is missing' : hostOrAddressProblem(short.toLowerCase());
  const withoutUser = text.replace(/^((?:ssh|https?):\/\/)[\w.-]+@/, '$1');
  const problem = urlProblem(withoutUser, ['https', 'http', 'ssh', 'git']);
  return problem ?? (/^\w+:\/\/[^/]+\/./.test(withoutUser) ? undefined : 'the path is missing');
}

function cidrProblem(text: string): string | undefined {
  const [address = '', length = ''] = splitOnce(text, '/');
  const family = addressOf(address)?.family;
  if (family === undefined) return `"${address}" is neither an IPv4 nor an IPv6 address`;
  if (!/^(?:0|[1-9]\d{0,2})$/.test(length)) return 'the length of the prefix is missing, as in /24';
  const most = family === 4 ? 32 : 128;
  if (Number(length) > most) return `the prefix has ${length} bits; an IPv${family} address has ${most}`;
  const network = networkOf(address, Number(length));
  return network === undefined ? undefined : `bits behind the prefix are set; the network is ${network}/${length}`;
}

function rangeProblem(text: string): string | undefined {
  if (text.includes('/')) return cidrProblem(text);
  const [from = '', to = ''] = splitOnce(text, '-').map((part) => part.trim());
  const [first, last] = [addressOf(from), addressOf(to)];
  if (first === undefined) return `"${from}" is neither an IPv4 nor an IPv6 address`;
  if (last === undefined) return to === '' ? 'it has no end' : `"${to}" is neither an IPv4 nor an IPv6 address`;
  if (first.family !== last.family) return 'one end is IPv4, the other one IPv6';
  return first.bits > last.bits ? 'it ends before it begins' : undefined;
}

function emailProblem(text: string): string | undefined {
  const at = text.lastIndexOf('@');
  if (at === -1) return 'the @ is missing';
  const local = text.slice(0, at);
  if (!/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/.test(local) || local.length > 64)
    return `"${local.slice(0, 70)}" before the @ is no name of a mailbox`;
  return hostProblem(text.slice(at + 1).toLowerCase());
}
