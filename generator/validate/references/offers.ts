import type { Offered } from '../../model/references.ts';
import type { Pattern } from '../../util/regex.ts';
import { compilePattern, literalPattern } from '../../util/regex.ts';

/** How a name is answered: it is there, it is there without the key, or it is not. */
export type Answer = 'there' | 'no key' | 'missing';

/** Everything that is there, looked up by kind, namespace and name. */
export interface Offers {
  ask(kind: string, namespace: string | undefined, name: string, key?: string): Answer;
  /** Names of a kind in a namespace, and of cluster-wide ones. */
  namesOf(kind: string, namespace: string | undefined): readonly string[];
  /** Namespaces that have the name. */
  namespacesOf(kind: string, name: string): readonly string[];
  keysOf(kind: string, namespace: string | undefined, name: string): readonly string[];
}

type Keys = Set<string> | 'any';

export function createOffers(offered: readonly Offered[]): Offers {
  const exact = new Map<string, Map<string, Keys>>();
  const patterns = new Map<string, { matches: (namespace: string, name: string) => boolean; keys: Keys }[]>();
  for (const offer of offered) {
    const keys: Keys = offer.keys === undefined ? 'any' : new Set(offer.keys);
    if (isPattern(offer.name) || isPattern(offer.namespace)) {
      const matches = matcherOf(offer);
      patterns.set(offer.kind, [...(patterns.get(offer.kind) ?? []), { matches, keys }]);
      continue;
    }
    const place = `${offer.kind} ${offer.namespace}`;
    let names = exact.get(place);
    if (names === undefined) exact.set(place, (names = new Map()));
    names.set(offer.name, joined(names.get(offer.name), keys));
  }
  const exactly = (kind: string, namespace: string | undefined, name: string): Keys[] =>
    placesOf(namespace).flatMap((n) => exact.get(`${kind} ${n}`)?.get(name) ?? []);
  const found = (kind: string, namespace: string | undefined, name: string): Keys[] => [
    ...exactly(kind, namespace, name),
    ...(patterns.get(kind) ?? []).flatMap((p) => (p.matches(namespace ?? '', name) ? [p.keys] : [])),
  ];
  return {
    ask(kind, namespace, name, key) {
      // most names are there as they are, and patterns cost more
      if (key === undefined && exactly(kind, namespace, name).length > 0) return 'there';
      const keys = found(kind, namespace, name);
      if (keys.length === 0) return 'missing';
      return key === undefined || keys.some((k) => k === 'any' || k.has(key)) ? 'there' : 'no key';
    },
    namesOf: (kind, namespace) => placesOf(namespace).flatMap((n) => [...(exact.get(`${kind} ${n}`)?.keys() ?? [])]),
    namespacesOf: (kind, name) =>
      [...exact].flatMap(([place, names]) =>
        place.startsWith(`${kind} `) && names.has(name) ? [place.slice(kind.length + 1)] : [],
      ),
    keysOf: (kind, namespace, name) => found(kind, namespace, name).flatMap((k) => (k === 'any' ? [] : [...k])),
  };
}

const placesOf = (namespace: string | undefined): readonly string[] =>
  namespace === undefined || namespace === '' ? [''] : [namespace, ''];

const isPattern = (text: string): boolean => text.includes('*');

function joined(one: Keys | undefined, other: Keys): Keys {
  if (one === undefined) return other;
  return one === 'any' || other === 'any' ? 'any' : new Set([...one, ...other]);
}

function matcherOf({ namespace, name }: Offered): (inNamespace: string, called: string) => boolean {
  const [place, text] = [globOf(namespace), globOf(name)];
  return (inNamespace, called) => (namespace === '' || place.test(inNamespace)) && text.test(called);
}

const globOf = (glob: string): Pattern => compilePattern(`^${glob.split('*').map(literalPattern).join('.*')}$`);
