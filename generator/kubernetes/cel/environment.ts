import { Environment } from '@marcbachmann/cel-js';
import { schemaPattern } from '../../util/regex.ts';
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
  registerText(cel);
  registerCollections(cel);
  registerNetwork(cel);
  registerQuantities(cel);
  return cel;
}
