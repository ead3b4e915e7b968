import type { Value } from '../../model/values.ts';
import { asString, isList, isMap, member } from '../../model/values.ts';
import type { HelperDeclaration, WrittenCall } from './arguments.ts';
import { compare, HelperError, same, text, truthy } from './arguments.ts';

export const logicHelpers = {
  eq: {
    args: 'a b',
    gives: 'Whether both are the same; lists and maps by their content.',
    run: ([a, b]) => same(a, b),
  },
  ne: { args: 'a b', gives: 'Whether they differ.', run: ([a, b]) => !same(a, b) },
  gt: { args: 'a b', gives: 'Whether a is greater: two numbers, or two texts.', run: (a) => compare(a, 'gt') > 0 },
  gte: { args: 'a b', gives: 'Whether a is greater or the same.', run: (a) => compare(a, 'gte') >= 0 },
  lt: { args: 'a b', gives: 'Whether a is less.', run: (a) => compare(a, 'lt') < 0 },
  lte: { args: 'a b', gives: 'Whether a is less or the same.', run: (a) => compare(a, 'lte') <= 0 },
  and: { args: 'a …', gives: 'Whether all are true.', run: (args) => args.every(truthy) },
  or: {
    args: 'a …',
    gives: 'The first that is true, else the last. Null, `false`, 0, empty text and empty lists are not true.',
    run: (args) => args.find(truthy) ?? args.at(-1) ?? false,
  },
  not: { args: 'a', gives: 'Whether it is not true.', run: ([a]) => !truthy(a) },
  in: {
    args: 'needle haystack',
    gives: 'Whether a list holds the item, a map the key, or a text the text.',
    run: ([needle, haystack]) => isIn(needle, haystack),
  },
  default: {
    args: 'value fallback',
    gives: 'The fallback when the value is null or empty text. `false` and 0 stay.',
    run: ([v, fallback]) => (v === null || v === undefined || v === '' ? (fallback ?? null) : v),
  },
  ternary: {
    args: 'condition then else',
    gives: 'One of the two values. The condition stands first (in Helm, last).',
    run: ([condition, a, b]) => (truthy(condition) ? (a ?? null) : (b ?? null)),
    check: refuseLiteralCondition,
  },
  kubeAtLeast: {
    args: 'version',
    gives: 'Whether Kubernetes of the cluster (`cluster.kubernetes.version`) is this version or newer.',
    run: ([want], _hash, { root }) => {
      const have = asString(member(member(member(root, 'cluster'), 'kubernetes'), 'version')) ?? '';
      return isAtLeast(have, text(want, 'kubeAtLeast'));
    },
  },
} satisfies Readonly<Record<string, HelperDeclaration>>;

/** A literal never changes, so it is no condition: most likely the order is that of Helm. */
function refuseLiteralCondition({ args: [condition, ...values] }: WrittenCall): void {
  if (condition === undefined) return;
  const written = ['condition', JSON.stringify(condition), JSON.stringify(values[0]) ?? 'else'].join(' ');
  throw new HelperError(
    `The condition of "ternary" stands first, and ${JSON.stringify(condition)} is none: write (ternary ${written})`,
  );
}

function isIn(needle: Value | undefined, haystack: Value | undefined): boolean {
  if (isList(haystack)) return haystack.some((h) => same(h, needle));
  if (isMap(haystack)) return Object.hasOwn(haystack, text(needle, 'in'));
  return text(haystack, 'in').includes(text(needle, 'in'));
}

/** True when version `have` ("1.34" or "1.34.2") is `want` or newer. */
function isAtLeast(have: string, want: string): boolean {
  const parts = (v: string): number[] => v.split('.').map(Number);
  const [hMajor = 0, hMinor = 0] = parts(have);
  const [wMajor = 0, wMinor = 0] = parts(want);
  return hMajor > wMajor || (hMajor === wMajor && hMinor >= wMinor);
}
