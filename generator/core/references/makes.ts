import type { MakesRule } from '../../model/references.ts';
import { certificateMakes } from './tables/certificates.ts';
import { kafkaMakes } from './tables/kafka.ts';
import { monitoringMakes } from './tables/monitoring.ts';
import { postgresMakes } from './tables/postgres.ts';
import { made } from './tables/rule.ts';

/** What the operators of the catalog make; the examples of the catalog rely on a part of it, no test asks the operators. */
export const makesRules: readonly MakesRule[] = [
  ...certificateMakes,
  ...kafkaMakes,
  ...postgresMakes,
  ...monitoringMakes,
  made('apps/StatefulSet', 'PersistentVolumeClaim', '{/spec/volumeClaimTemplates/*/metadata/name}-{/metadata/name}-*'),
  made('serving.knative.dev/Service', 'Service', '{/metadata/name}'),
];
