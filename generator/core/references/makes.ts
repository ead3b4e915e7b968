import type { MakesRule } from '../../model/references.ts';
import { certificateMakes } from './tables/certificates.ts';
import { kafkaMakes } from './tables/kafka.ts';
import { made } from './tables/rule.ts';

const cnpgAccount = [
  'username',
  'user',
  'password',
  'dbname',
  'host',
  'port',
  'uri',
  'jdbc-uri',
  'pgpass',
  'fqdn-uri',
  'fqdn-jdbc-uri',
];
const cnpg = 'postgresql.cnpg.io/Cluster';

/** What the operators of the catalog make; the examples of the catalog rely on a part of it, no test asks the operators. */
export const makesRules: readonly MakesRule[] = [
  ...certificateMakes,
  ...kafkaMakes,
  made(cnpg, 'Secret', '{/metadata/name}-app', cnpgAccount),
  made(cnpg, 'Secret', '{/metadata/name}-superuser', cnpgAccount),
  made(cnpg, 'Secret', '{/metadata/name}-ca', ['ca.crt', 'ca.key']),
  made(cnpg, 'Secret', '{/metadata/name}-server', ['tls.crt', 'tls.key']),
  made(cnpg, 'Secret', '{/metadata/name}-replication', ['tls.crt', 'tls.key']),
  made(cnpg, 'ServiceAccount', '{/metadata/name}'),
  made(cnpg, 'Service', '{/metadata/name}-rw'),
  made(cnpg, 'Service', '{/metadata/name}-ro'),
  made(cnpg, 'Service', '{/metadata/name}-r'),
  made(cnpg, 'Service', '{/spec/managed/services/additional/*/serviceTemplate/metadata/name}'),
  made('postgresql.cnpg.io/Pooler', 'Service', '{/metadata/name}'),
  made('apps/StatefulSet', 'PersistentVolumeClaim', '{/spec/volumeClaimTemplates/*/metadata/name}-{/metadata/name}-*'),
  made('monitoring.coreos.com/Prometheus', 'Service', 'prometheus-operated'),
  made('monitoring.coreos.com/Alertmanager', 'Service', 'alertmanager-operated'),
  made('serving.knative.dev/Service', 'Service', '{/metadata/name}'),
];
