import type { MakesRule } from '../../model/references.ts';
import { certificateMakes } from './tables/certificates.ts';
import { made } from './tables/rule.ts';

const kafka = 'kafka.strimzi.io/Kafka';
const strimziCa = ['ca.crt', 'ca.p12', 'ca.password'];
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
  made('kafka.strimzi.io/KafkaUser', 'Secret', '{/metadata/name}', [
    'ca.crt',
    'user.crt',
    'user.key',
    'user.p12',
    'user.password',
    'password',
    'sasl.jaas.config',
  ]),
  made(kafka, 'Secret', '{/metadata/name}-cluster-ca-cert', strimziCa),
  made(kafka, 'Secret', '{/metadata/name}-clients-ca-cert', strimziCa),
  made(kafka, 'Secret', '{/metadata/name}-cluster-ca', ['ca.key']),
  made(kafka, 'Secret', '{/metadata/name}-clients-ca', ['ca.key']),
  made(kafka, 'Service', '{/metadata/name}-kafka-bootstrap'),
  made(kafka, 'Service', '{/metadata/name}-kafka-brokers'),
  made(kafka, 'Service', '{/metadata/name}-kafka-{/spec/kafka/listeners/*/name}-bootstrap'),
  made(kafka, 'ServiceAccount', '{/metadata/name}-kafka'),
  made(kafka, 'ServiceAccount', '{/metadata/name}-entity-operator'),
  made('kafka.strimzi.io/KafkaConnect', 'Service', '{/metadata/name}-connect-api'),
  made('kafka.strimzi.io/KafkaBridge', 'Service', '{/metadata/name}-bridge-service'),
  made('access.strimzi.io/KafkaAccess', 'Secret', '{/spec/secretName}'),
  made('access.strimzi.io/KafkaAccess', 'Secret', '{/metadata/name}'),
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
