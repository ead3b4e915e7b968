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

/** The network that an address is in, where the address is another one; undefined for the network itself. */
export function networkOf(address: string, length: number): string | undefined {
  const read = addressOf(address);
  if (read === undefined) return undefined;
  const width = read.family === 4 ? 32 : 128;
  const shift = BigInt(width - length);
  const network = (read.bits >> shift) << shift;
  if (network === read.bits) return undefined;
  if (read.family === 4) return [24n, 16n, 8n, 0n].map((by) => String((network >> by) & 0xffn)).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((network >> BigInt(112 - i * 16)) & 0xffffn).toString(16));
  return groups.join(':').replace(/(?:^|:)0(?::0)+(?::|$)/, '::');
}
