import { baseSchemas } from '../../config/baseSchemas.ts';
import { fleetTree, isDnsLabel } from '../../model/names.ts';
import { asList, getAt } from '../../model/values.ts';
import { didYouMean } from '../../util/suggest.ts';

/** What a cluster can say that it runs; `generic` is what nothing is known of. */
export const distributions: readonly string[] = asList(
  getAt(baseSchemas.cluster, 'properties', 'spec', 'properties', 'kubernetes', 'properties', 'distribution', 'enum'),
).map(String);

// each says in a sentence why a name will not do, or nothing

export const oneOf = (name: string, names: readonly string[]): string | undefined =>
  names.includes(name) ? undefined : `There are ${names.join(', ')}.${didYouMean(name, names)}`;

export function nameProblem(name: string): string | undefined {
  if (name === fleetTree) return `deploy/${fleetTree}/ holds the roots of hubs: choose another name.`;
  return isDnsLabel(name) ? undefined : 'Use lower-case letters, digits and -, at most 63 characters.';
}

const domainForm = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;

export const domainProblem = (domain: string): string | undefined =>
  domainForm.test(domain) && domain.length <= 200
    ? undefined
    : 'Use a name of DNS in lower case, as in eu.example.org.';

export const distributionProblem = (name: string): string | undefined => oneOf(name, distributions);
