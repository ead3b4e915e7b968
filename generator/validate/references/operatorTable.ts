import type { ReferenceRule } from '../../model/references.ts';
import { certificateReferences } from './tables/certificates.ts';
import { kafkaReferences } from './tables/kafka.ts';
import { monitoringReferences } from './tables/monitoring.ts';
import { networkReferences } from './tables/network.ts';
import { postgresReferences } from './tables/postgres.ts';
import { programReferences } from './tables/programs.ts';
import { secretReferences } from './tables/secrets.ts';

/** Where the custom resources of the catalog's operators name others, read in the definitions of the pinned versions. */
export const operatorRules: readonly ReferenceRule[] = [
  ...certificateReferences,
  ...secretReferences,
  ...kafkaReferences,
  ...postgresReferences,
  ...monitoringReferences,
  ...networkReferences,
  ...programReferences,
];
