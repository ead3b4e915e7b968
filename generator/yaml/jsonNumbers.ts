import type { DoubtfulScalar } from './kubernetesYaml.ts';
import { isInexact } from './scalars.ts';

/** A quick look for a number that may be too long. */
const longNumber = /[0-9]{16}|[0-9][eE]\+?[0-9]{3}/;
const token = /("(?:[^"\\]|\\.)*")\s*(:?)|-?[0-9][-+.0-9eE]*/g;

/** The numbers of a JSON text that cannot be kept to the digit. */
export function inexactNumbers(text: string): DoubtfulScalar[] {
  if (!longNumber.test(text)) return [];
  const found: DoubtfulScalar[] = [];
  let key: string | undefined;
  for (const match of text.matchAll(token)) {
    const [source, quoted, colon] = match;
    if (quoted !== undefined) key = colon === ':' ? quoted.slice(1, -1) : key;
    else if (isInexact(source)) found.push({ source, at: match.index, isKey: false, key });
  }
  return found;
}
