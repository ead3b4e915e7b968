import { sha } from '../../util/digest.ts';
import type { HelperDeclaration } from './arguments.ts';
import { list, number, text } from './arguments.ts';
import { fileHelper } from './file.ts';
import { withoutEnd } from '../../util/text.ts';

function dnsLabel(value: string, max: number): string {
  const plain = value
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+/, '');
  const label = withoutEnd(plain, '-');
  return label.length <= max ? label : `${withoutEnd(label.slice(0, max - 9), '-')}-${sha(value).slice(0, 8)}`;
}

export const textHelpers = {
  join: {
    args: 'list separator',
    gives: 'The items as one text.',
    run: ([l, separator]) =>
      list(l, 'join')
        .map((i) => text(i, 'join'))
        .join(text(separator, 'join')),
  },
  split: {
    args: 'text separator',
    gives: 'A list of its parts.',
    run: ([s, by]) => text(s, 'split').split(text(by, 'split')),
  },
  replace: {
    args: 'text from to',
    gives: 'The text with every occurrence replaced.',
    run: ([s, from, to]) => text(s, 'replace').replaceAll(text(from, 'replace'), text(to, 'replace')),
  },
  lower: { args: 'text', gives: 'The text in lower case.', run: ([s]) => text(s, 'lower').toLowerCase() },
  upper: { args: 'text', gives: 'The text in upper case.', run: ([s]) => text(s, 'upper').toUpperCase() },
  envName: {
    args: 'text',
    gives: 'The text as part of the name of an environment variable: upper case, `_` for all but letters and digits.',
    run: ([s]) =>
      text(s, 'envName')
        .toUpperCase()
        .replace(/[^A-Z0-9]/g, '_'),
  },
  trimPrefix: {
    args: 'text prefix',
    gives: 'The text without the prefix, where it has it.',
    run: ([s, prefix]) => {
      const [value, start] = [text(s, 'trimPrefix'), text(prefix, 'trimPrefix')];
      return value.startsWith(start) ? value.slice(start.length) : (s ?? '');
    },
  },
  trimSuffix: {
    args: 'text suffix',
    gives: 'The text without the suffix, where it has it.',
    run: ([s, suffix]) => {
      const [value, end] = [text(s, 'trimSuffix'), text(suffix, 'trimSuffix')];
      return end !== '' && value.endsWith(end) ? value.slice(0, -end.length) : (s ?? '');
    },
  },
  startsWith: {
    args: 'text prefix',
    gives: 'Whether it begins with the prefix.',
    run: ([s, p]) => text(s, 'startsWith').startsWith(text(p, 'startsWith')),
  },
  endsWith: {
    args: 'text suffix',
    gives: 'Whether it ends with the suffix.',
    run: ([s, p]) => text(s, 'endsWith').endsWith(text(p, 'endsWith')),
  },
  sha: {
    args: 'text [n]',
    gives: 'The first n hex digits of its SHA-256, 8 by default.',
    run: ([s, n]) => sha(text(s, 'sha')).slice(0, n === undefined ? 8 : number(n, 'sha')),
  },
  dnsLabel: {
    args: 'text [n]',
    gives:
      'A DNS label of it: lower case, `-` for the rest, at most n characters (63 by default), a hash when it was cut.',
    run: ([s, n]) => dnsLabel(text(s, 'dnsLabel'), n === undefined ? 63 : number(n, 'dnsLabel')),
  },
  file: fileHelper,
} satisfies Readonly<Record<string, HelperDeclaration>>;
