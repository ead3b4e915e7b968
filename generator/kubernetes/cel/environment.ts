import { Environment, Optional } from '@marcbachmann/cel-js';
import type { Duration } from '@marcbachmann/cel-js/evaluator';
import { celEquals } from './equality.ts';
import { schemaPattern } from '../../util/regex.ts';
import { isGoTime } from '../shapes/formats.ts';
import { registerCollections } from './collections.ts';
import { registerNetwork } from './network.ts';
import { registerQuantities } from './quantities.ts';
import { registerText } from './text.ts';

/** CEL with the functions of Kubernetes' library that rules of definitions have (k8s.io/apiserver 0.36, pkg/cel). */
export function createKubernetesCel(): Environment {
  const cel = new Environment({
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
  });
  // the interpreter's own has the patterns of JavaScript, and its place is taken: rules are rewritten to this one
  cel
    .registerFunction('string.matchesRe2(string): bool', (text: string, pattern: string) =>
      schemaPattern(pattern).test(text),
    )
    .registerFunction('matchesRe2(string, string): bool', (text: string, pattern: string) =>
      schemaPattern(pattern).test(text),
    );
  const time = 'google.protobuf.Timestamp';
  // the interpreter takes every time that JavaScript can read
  cel
    .registerFunction(`goTimestamp(string): ${time}`, (text: string) => {
      if (!isGoTime(text)) throw new Error(`"${text}" is not a timestamp`);
      return new Date(text);
    })
    .registerFunction(`goTimestamp(int): ${time}`, (seconds: bigint) => new Date(Number(seconds) * 1000))
    .registerFunction(`goTimestamp(${time}): ${time}`, (at: Date) => at)
    .registerFunction(`string(${time}): string`, (at: Date) => at.toISOString().replace(/\.?0*Z$/, 'Z'))
    .registerFunction(`int(${time}): int`, (at: Date) => BigInt(Math.floor(at.getTime() / 1000)))
    .registerFunction('string(google.protobuf.Duration): string', durationText)
    .registerFunction('OptionalNamespace.ofNonZeroValue(dyn): optional<dyn>', (_: unknown, value: unknown) =>
      isZero(value) ? Optional.none() : Optional.of(value),
    )
    .registerFunction('OptionalNamespace.unwrap(list): list<dyn>', (_: unknown, list: readonly Optional[]) =>
      present(list),
    )
    .registerFunction('list.unwrapOpt(): list<dyn>', present)
    .registerOperator('bytes < bytes', (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) < 0)
    .registerOperator('bytes <= bytes', (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) <= 0)
    .registerOperator('bytes > bytes', (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) > 0)
    .registerOperator('bytes >= bytes', (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) >= 0);
  registerText(cel);
  registerCollections(cel);
  registerNetwork(cel);
  registerQuantities(cel);
  return cel;
}

/** In seconds, with as many digits as there are. */
function durationText({ seconds, nanos }: Duration): string {
  const all = seconds * 1_000_000_000n + BigInt(nanos);
  const size = all < 0n ? -all : all;
  const rest = String(size % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${all < 0n ? '-' : ''}${size / 1_000_000_000n}${rest === '' ? '' : `.${rest}`}s`;
}

const present = (list: readonly Optional[]): readonly unknown[] =>
  list.flatMap((item) => (item.hasValue() ? [item.value() as unknown] : []));

/** Nothing, 0, false, or a text, list or map without anything in it. */
const isZero = (value: unknown): boolean =>
  value === null ||
  value === false ||
  celEquals(value, 0n) ||
  (typeof value === 'object'
    ? Object.keys(value).length === 0 && [Object, Array, Uint8Array].some((c) => value instanceof c)
    : value === '');
