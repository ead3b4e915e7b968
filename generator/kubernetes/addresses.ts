/** An IP address as a number. */
export interface Address {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

/** Reads an address as Go does: no leading zeros, no zones; undefined for any other text. */
export function addressOf(text: string): Address | undefined {
  if (!text.includes(':')) {
    const bits = bitsOfIPv4(text);
    return bits === undefined ? undefined : { family: 4, bits };
  }
  const bits = bitsOfIPv6(text);
  return bits === undefined ? undefined : { family: 6, bits };
}

function bitsOfIPv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((p) => /^(?:0|[1-9]\d{0,2})$/.test(p) && Number(p) < 256)) return undefined;
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

function bitsOfIPv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const read = halves.map((half) => (half === '' ? [] : groupsOf(half)));
  if (read.includes(undefined)) return undefined;
  const [head = [], tail = []] = read;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0n), ...tail].reduce(
    (bits, group) => (bits << 16n) | group,
    0n,
  );
}

export const isIp = (text: string): boolean => addressOf(text) !== undefined;

/** The groups of 16 bits of a part of an address; the last one may be written as IPv4. */
function groupsOf(text: string): bigint[] | undefined {
  const parts = text.split(':');
  const last = parts.at(-1) ?? '';
  const four = last.includes('.') ? bitsOfIPv4(last) : undefined;
  if (last.includes('.') && four === undefined) return undefined;
  const plain = four === undefined ? parts : parts.slice(0, -1);
  if (!plain.every((part) => /^[0-9a-fA-F]{1,4}$/.test(part))) return undefined;
  const groups = plain.map((part) => BigInt(`0x${part}`));
  return four === undefined ? groups : [...groups, four >> 16n, four & 0xffffn];
}

export interface Cidr {
  readonly ip: Address;
  readonly prefix: number;
}

const widthOf = (family: 4 | 6): number => (family === 4 ? 32 : 128);
const mapped = 0xffffn;

/**
 * What Go's net.ParseIP reads: IPv4 in IPv6 (`::ffff:1.2.3.4`) is IPv4. With `sloppy` numbers of IPv4 may begin with zeros, as
 * Kubernetes takes them in formats.
 */
export function parseIp(text: string, sloppy = false): Address | undefined {
  const read = addressOf(sloppy && !text.includes(':') ? text.replaceAll(/(?<=^|\.)0+(?=\d)/g, '') : text);
  return read?.family === 6 && read.bits >> 32n === mapped ? { family: 4, bits: read.bits & 0xffffffffn } : read;
}

/** What Go's net.ParseCIDR reads: the address as it stands, and the length of the prefix. */
export function parseCidr(text: string, sloppy = false): Cidr | undefined {
  const slash = text.indexOf('/');
  if (slash === -1) return undefined;
  const [address, length] = [text.slice(0, slash), text.slice(slash + 1)];
  const ip = parseIp(address, sloppy);
  // the width is that of the notation, also for IPv4 in IPv6
  const width = address.includes(':') ? 128 : 32;
  if (ip === undefined || !/^\d{1,3}$/.test(length) || Number(length) > width) return undefined;
  if (!sloppy && length.length > 1 && length.startsWith('0')) return undefined;
  return { ip, prefix: Number(length) };
}

/** The address with everything behind the prefix zero. */
export function masked({ ip, prefix }: Cidr): Cidr {
  const rest = BigInt(widthOf(ip.family) - prefix);
  return { ip: { family: ip.family, bits: (ip.bits >> rest) << rest }, prefix };
}

export function contains(outer: Cidr, inner: Address, prefix = widthOf(inner.family)): boolean {
  if (outer.ip.family !== inner.family || prefix < outer.prefix) return false;
  const rest = BigInt(widthOf(inner.family) - outer.prefix);
  return outer.ip.bits >> rest === inner.bits >> rest;
}

/** The one way to write an address: RFC 5952, the first longest run of zero groups as `::`. */
export function ipText({ family, bits }: Address): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => Number((bits >> BigInt(112 - i * 16)) & 0xffffn));
  let [start, length] = [-1, 1];
  for (let i = 0; i < 8; i += 1) {
    let run = 0;
    while (groups[i + run] === 0) run += 1;
    if (run > length) [start, length] = [i, run];
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  return start === -1 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

export const cidrText = ({ ip, prefix }: Cidr): string => `${ipText(ip)}/${prefix}`;

/** The network that an address is in, where the address is another one; undefined for the network itself. */
export function networkOf(address: string, length: number): string | undefined {
  const ip = addressOf(address);
  if (ip === undefined) return undefined;
  const network = masked({ ip, prefix: length }).ip;
  return network.bits === ip.bits ? undefined : ipText(network);
}
