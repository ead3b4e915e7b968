/** A generator of numbers that is the same for the same seed (mulberry32). */
export interface Random {
  /** A whole number from 0 to below `end`. */
  below(end: number): number;
  pick<T>(items: readonly T[]): T;
}

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number): number => Math.floor(next() * end);
  return { below, pick: (items) => items[below(items.length)] as (typeof items)[number] };
}

/** What means something to one of the readers. */
const tokens: readonly string[] = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ':',
    ': ',
    ',',
    '- ',
    '? ',
    '|',
    '>',
    '|-',
    '#',
    '"',
    "'",
    '\\',
    '\n',
    '\n\n',
    '\r\n',
    '\t',
    '  ',
  ],
  ...['&a ', '*a', '<<: *a', '!!binary ', '!x ', '---\n', '...\n', '%YAML 1.1\n', '\ufeff', '\0', '\u2028', '\u0085'],
  ...[
    'null',
    '~',
    'true',
    'no',
    '0',
    '-1',
    '1e999',
    '0x7fffffffffffffff',
    '9007199254740993',
    '.nan',
    '1_000',
    '2026-01-01',
  ],
  ...[
    '{{',
    '}}',
    '{{#if x}}',
    '{{/if}}',
    '{{#each options.items as |i|}}',
    '{{/each}}',
    '{{else}}',
    '{{> p}}',
    '{{!--',
    '--}}',
  ],
  ...['{{{', '{{~', '{{json this}}', '{{@root}}', '{{../x}}', '(', ')', '{{lookup a b}}', '{{"a"}}', '{{5}}', '{{.}}'],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'apiVersion: v1',
    'kind: List',
    'items:',
    'metadata:',
    'spec:',
  ],
  ...[
    '$ref',
    'pattern: "^(a+)+$"',
    'x-kubernetes-validations',
    'default: null',
    'type: object',
    'properties:',
    '../../etc/passwd',
  ],
  ...[
    'https://',
    'oci://',
    'file:///',
    '$(x)',
    '`x`',
    '\u001b[2J',
    '\u202e',
    '\ud800',
    'é',
    '😀',
    '::error::',
    '%00',
    '\\u0000',
  ],
];

/** Text like one of the corpus, but for some changes; the same for the same numbers. */
export function mutated(corpus: readonly string[], random: Random, longest = 200_000): string {
  let text = random.pick(corpus);
  for (let left = 1 + random.below(6); left > 0; left -= 1) text = changed(text, corpus, random);
  return text.slice(0, longest);
}

function changed(text: string, corpus: readonly string[], random: Random): string {
  const from = random.below(text.length + 1);
  const to = Math.min(text.length, from + random.below(random.below(4) === 0 ? 400 : 12));
  const [head, part, tail] = [text.slice(0, from), text.slice(from, to), text.slice(to)];
  const lines = text.split('\n');
  const line = random.below(lines.length);
  switch (random.below(11)) {
    case 0:
      return head + tail;
    case 1:
      return head + part + part + tail;
    case 2:
      return head + part.repeat(1 + random.below(300)) + tail;
    case 3:
      return head + String.fromCharCode(random.below(random.below(3) === 0 ? 65_536 : 128)) + tail;
    case 4:
      return text.slice(0, from);
    case 5: {
      const other = random.pick(corpus);
      const start = random.below(other.length + 1);
      return head + other.slice(start, start + random.below(300)) + tail;
    }
    case 6:
      return lines.toSpliced(line, 1).join('\n');
    case 7:
      return lines
        .toSpliced(random.below(lines.length), 0, ...lines.slice(line, line + 1 + random.below(5)))
        .join('\n');
    case 8:
      return lines.map((l, i) => (i >= line && i < line + 3 ? `${' '.repeat(random.below(5))}${l}` : l)).join('\n');
    case 9:
      return head + random.pick(tokens).repeat(random.below(5) === 0 ? 1 + random.below(2000) : 1) + tail;
    default:
      return head + random.pick(tokens) + tail;
  }
}
