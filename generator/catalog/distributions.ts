import type { Distribution, DistributionFact, FactName } from '../model/model.ts';
import type { DistributionsFileFormat } from '../model/spec.gen.ts';
import type { Source } from '../model/source.ts';

/** The facts a distribution has, each with the key of the spec that says otherwise. */
export const factNames: readonly FactName[] = [
  'network.loadBalancer',
  'network.ingress',
  'network.gatewayAPI',
  'network.policies',
  'storage.default',
  'kubernetes.metricsServer',
  'kubernetes.kubeletCertificates',
  'kubernetes.controlPlaneMetrics',
];

/** The facts that capabilities may require as contracts: the cluster fulfils them, where no component does. */
export const platformContractNames: readonly FactName[] = [
  'network.loadBalancer',
  'network.policies',
  'storage.default',
];

export const distributionsFile = 'catalog/distributions.yaml';

/** The distributions of a catalog; none where its file is missing, as in catalogs of old tags. `source` has passed the schema. */
export function readDistributions(source: Source | undefined): ReadonlyMap<string, Distribution> {
  const spec = (source?.value as unknown as DistributionsFileFormat.DistributionsFile | undefined)?.spec ?? {};
  return new Map(
    Object.entries(spec).map(([name, { title, facts, objects, remedies }]) => [
      name,
      {
        title,
        facts: facts as Readonly<Record<FactName, readonly DistributionFact[]>>,
        objects: objects ?? [],
        remedies: remedies ?? {},
      },
    ]),
  );
}
