import { allOfGroup, qualifiedKind } from './object.ts';
import type { KindFacts } from '../model/references.ts';

/** What is known of kinds (`group/Kind`): of those of Kubernetes, and what a catalog says of others. */
export interface KindTable {
  isClusterWide(kind: string): boolean;
  /** Its objects hold data, or take data with them. */
  isData(kind: string): boolean;
  /** Its objects hold nothing, whatever they belong to: without them the data is where it was. */
  isDataless(kind: string): boolean;
  /** Its removal asks for consent: data, definitions, and sets of pods with volumes of their own. */
  asksOnRemoval(kind: string): boolean;
  /** Argo CD leaves its objects alone. */
  isExcluded(kind: string): boolean;
  /** Pointers to the host names that its objects take; none: it takes none. */
  hostsAt(kind: string): readonly string[];
  /** Pointer to the names of its parts; undefined: it has none. */
  partsAt(kind: string): string | undefined;
  /** Whether what an object of a cluster-wide kind names without a namespace is looked up where the object is used. */
  isUsedElsewhere(kind: string, named: string): boolean;
}

const builtInKinds: readonly KindFacts[] = [
  ...['Namespace', 'PersistentVolume', 'PersistentVolumeClaim'].map((kind) => ({ kind, data: true })),
  ...['Service', 'ServiceAccount'].map((kind) => ({ kind, data: false })),
  ...['policy', 'networking.k8s.io', 'rbac.authorization.k8s.io', 'autoscaling', 'admissionregistration.k8s.io'].map(
    (group) => ({ kind: qualifiedKind(group, '*'), data: false }),
  ),
  { kind: 'networking.k8s.io/Ingress', hostsAt: '/spec/rules/*/host' },
  // the default resource.exclusions of Argo CD v3.5
  ...[
    'Endpoints',
    'discovery.k8s.io/EndpointSlice',
    'coordination.k8s.io/Lease',
    'authentication.k8s.io/*',
    'authorization.k8s.io/*',
    'certificates.k8s.io/CertificateSigningRequest',
  ].map((kind) => ({ kind, excluded: true })),
  ...[
    'Namespace',
    'networking.k8s.io/IngressClass',
    'node.k8s.io/RuntimeClass',
    'rbac.authorization.k8s.io/ClusterRole',
    'scheduling.k8s.io/PriorityClass',
    'storage.k8s.io/StorageClass',
  ].map((kind) => ({ kind, clusterWide: true })),
];

const alwaysAsking: ReadonlySet<string> = new Set([
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apps/StatefulSet',
]);

/**
 * The table of facts that may come from several catalogs. What is said of one kind comes before what is said of its whole
 * group; where two disagree, data that may be lost counts, and of the rest what is said first.
 */
export function kindTable(facts: readonly KindFacts[]): KindTable {
  const byKind = new Map<string, KindFacts[]>();
  for (const fact of [...builtInKinds, ...facts]) byKind.set(fact.kind, [...(byKind.get(fact.kind) ?? []), fact]);
  const said = <T>(kind: string, read: (fact: KindFacts) => T | undefined): readonly T[] => {
    const of = (name: string): T[] => (byKind.get(name) ?? []).map(read).filter((value) => value !== undefined);
    const own = of(kind);
    return own.length > 0 ? own : of(allOfGroup(kind));
  };
  const data = (kind: string): readonly boolean[] => said(kind, (fact) => fact.data);
  const isData = (kind: string): boolean => data(kind).includes(true);
  return {
    isClusterWide: (kind) => said(kind, (fact) => fact.clusterWide)[0] === true,
    isData,
    isDataless: (kind) => data(kind).length > 0 && !isData(kind),
    asksOnRemoval: (kind) => alwaysAsking.has(kind) || isData(kind),
    isExcluded: (kind) => said(kind, (fact) => fact.excluded)[0] === true,
    hostsAt: (kind) => [said(kind, (fact) => fact.hostsAt)[0] ?? []].flat(),
    partsAt: (kind) => said(kind, (fact) => fact.partsAt)[0],
    isUsedElsewhere: (kind, named) =>
      said(kind, (fact) => fact.usedElsewhere)[0]?.some((glob) => [named, allOfGroup(named), '*'].includes(glob)) ===
      true,
  };
}
