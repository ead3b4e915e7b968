import type { ClusterFacts, ClusterInfo, Distribution, DistributionFact, FactName } from '../model/model.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { asString, valueAt } from '../model/values.ts';
import { factNames } from '../catalog/distributions.ts';
import { minorOf } from '../kubernetes/version.ts';

/** Nobody has said it: neither the spec, nor is the distribution known. What needs it takes it to be there. */
export const unknownFact = 'unknown';
/** It is not there. */
export const noFact = 'none';

/** What the cluster has by itself: what the spec says of it, else what its distribution brings at this version. */
export function clusterFacts(spec: ValueMap, distribution: Distribution | undefined, version: string): ClusterFacts {
  const found = {} as Record<FactName, string>;
  for (const name of factNames) {
    const said = asString(valueAt(spec, `/${name.replace('.', '/')}`));
    const entry = distribution?.facts[name].find((fact) => isOf(fact, version));
    const needed = entry?.with === undefined ? undefined : found[entry.with as FactName];
    found[name] = said ?? (needed === noFact ? noFact : (entry?.value ?? unknownFact));
  }
  return found;
}

function isOf({ until }: DistributionFact, version: string): boolean {
  if (until === undefined) return true;
  const minor = (text: string): number => Number(minorOf(text).split('.')[1]);
  return minor(version) <= minor(until);
}

/** A contract that the cluster itself fulfils, where no component does. */
export interface PlatformContract {
  readonly contract: FactName;
  /** Undefined: the cluster has none. */
  readonly value: Value | undefined;
  /** What to do about it, where it is required in vain. */
  readonly hint: string;
}

/** The contracts of the cluster itself; components may provide them in its place (MetalLB: addresses). */
export function platformContracts({ network, storage }: ClusterInfo): readonly PlatformContract[] {
  const known = (fact: string): string | null => (fact === unknownFact ? null : fact);
  const provided = (fact: string, value: Value): Value | undefined => (fact === noFact ? undefined : value);
  return [
    {
      contract: 'network.loadBalancer',
      value: provided(network.loadBalancer, { implementation: known(network.loadBalancer) }),
      hint: 'Say what gives them addresses in spec.network.loadBalancer (cloud, kube-vip, cilium …), set edge.metallb, or use another edge.serviceType.',
    },
    {
      contract: 'network.policies',
      value: provided(network.policies, {}),
      hint: 'Install a network add-on that enforces NetworkPolicies, or switch that on, and set spec.network.policies to enforced.',
    },
    {
      contract: 'storage.default',
      value: provided(storage.default, { class: known(storage.default) }),
      hint: 'Name the default StorageClass in spec.storage.default (`kubectl get storageclass` shows it), or a class in the options that have one.',
    },
  ];
}
