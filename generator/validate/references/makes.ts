import type { MakesRule } from '../../model/references.ts';
import { certificateMakes } from './tables/certificates.ts';
import { kafkaMakes } from './tables/kafka.ts';
import { monitoringMakes } from './tables/monitoring.ts';
import { postgresMakes } from './tables/postgres.ts';
import { programMakes } from './tables/programs.ts';
import { made } from './tables/rule.ts';

/**
 * What the operators of the catalog make, read in their code at the pinned versions; no test asks the operators. The Secrets of
 * External Secrets and Sealed Secrets are in secretsMade.ts. Where an object does not say enough, more is offered than there is.
 */
export const makesRules: readonly MakesRule[] = [
  ...certificateMakes,
  ...kafkaMakes,
  ...postgresMakes,
  ...monitoringMakes,
  ...programMakes,
  made('apps/StatefulSet', 'PersistentVolumeClaim', '{/spec/volumeClaimTemplates/*/metadata/name}-{/metadata/name}-*'),
];
