import { Environment } from '@marcbachmann/cel-js';
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
    .registerFunction(`goTimestamp(${time}): ${time}`, (at: Date) => at);
  registerText(cel);
  registerCollections(cel);
  registerNetwork(cel);
  registerQuantities(cel);
  return cel;
}
