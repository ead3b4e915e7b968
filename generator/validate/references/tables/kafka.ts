import type { MakesRule, ReferenceRule } from '../../../model/references.ts';
import { made, namesAt } from './rule.ts';

// Strimzi 1.2.0: install/cluster-operator/040-Crd-kafka.yaml to 049-Crd-kafkarebalance.yaml, operator-common Labels.java
const strimzi = (kind: string): string => `kafka.strimzi.io/${kind}`;
const kafka = strimzi('Kafka');
const connect = strimzi('KafkaConnect');
const bridge = strimzi('KafkaBridge');
const mirror = strimzi('KafkaMirrorMaker2');
const pools = [strimzi('KafkaNodePool')];
const clients = [connect, bridge, mirror];
const label = '/metadata/labels/strimzi.io~1cluster';

// Strimzi access operator 0.3.0: api/src/main/java/io/strimzi/kafka/access/model
const access = 'access.strimzi.io/KafkaAccess';

/** A Secret whose name stands in secretName, and the members that name its keys. */
const certificates = (from: readonly string[], member: string, at: string, keys: readonly string[]): ReferenceRule[] =>
  keys.map((key) => ({ from, member, at, to: 'Secret', nameAt: 'secretName', keyAt: `/${key}` }));

export const kafkaReferences: readonly ReferenceRule[] = [
  ...namesAt(['KafkaTopic', 'KafkaUser', 'KafkaNodePool', 'KafkaRebalance'].map(strimzi), [label], kafka),
  ...namesAt([strimzi('KafkaConnector')], [label], connect),
  ...namesAt(pools, ['/spec/storage/class', '/spec/storage/volumes/*/class'], 'storage.k8s.io/StorageClass'),
  ...namesAt(
    pools,
    ['/spec/storage/volumeAttributesClass', '/spec/storage/volumes/*/volumeAttributesClass'],
    'storage.k8s.io/VolumeAttributesClass',
  ),
  ...certificates([kafka], 'brokerCertChainAndKey', '', ['certificate', 'key']),
  ...certificates(clients, 'trustedCertificates', '/*', ['certificate']),
  ...certificates(clients, 'certificateAndKey', '', ['certificate', 'key']),
  ...certificates(clients, 'passwordSecret', '', ['password']),
  ...namesAt([connect], ['/spec/build/output/pushSecret']),
  { from: [access], at: '/spec/kafka', to: kafka, namespaceAt: 'namespace' },
  {
    from: [access],
    at: '/spec/user',
    to: strimzi('KafkaUser'),
    kindAt: 'kind',
    groupAt: 'apiGroup',
    namespaceAt: 'namespace',
  },
];

// Names: KafkaResources.java and its siblings in api. Keys: KafkaUserModel.java, Ca.java, CaReconciler.java, JmxModel.java.
// STRIMZI_PKCS12_KEYSTORE_GENERATION is on unless it is set, and a secretPrefix of the user operator is not to be seen
// from the KafkaUser.
const type = '/spec/authentication/type';
const authorities = ['cluster', 'clients'].flatMap((of) => {
  const isOurs = `{!/spec/${of}Ca/generateCertificateAuthority=false?}`;
  return [
    made(kafka, 'Secret', `${isOurs}{/metadata/name}-${of}-ca-cert`, ['ca.crt', 'ca.p12', 'ca.password']),
    made(kafka, 'Secret', `${isOurs}{/metadata/name}-${of}-ca`, ['ca.key']),
  ];
});

// SecretDependentResource.java, KafkaUserData.java, KafkaListener.java
const connection = [
  'type',
  'provider',
  'bootstrap.servers',
  'bootstrap-servers',
  'bootstrapServers',
  'security.protocol',
  'securityProtocol',
  'ssl.truststore.crt',
  ...[
    'username',
    'user',
    'password',
    'sasl.mechanism',
    'saslMechanism',
    'sasl.jaas.config',
    'ssl.keystore.crt',
    'ssl.keystore.key',
  ].map((key) => `{/spec/user?}${key}`),
];

export const kafkaMakes: readonly MakesRule[] = [
  made(strimzi('KafkaUser'), 'Secret', `{${type}=tls?/metadata/name}`, [
    'ca.crt',
    'user.crt',
    'user.key',
    'user.p12',
    'user.password',
  ]),
  made(strimzi('KafkaUser'), 'Secret', `{${type}=scram-sha-512?/metadata/name}`, ['password', 'sasl.jaas.config']),
  ...authorities,
  made(kafka, 'Secret', '{/metadata/name}-trustbundle', ['cluster-ca.crt', 'clients-ca.crt']),
  made(kafka, 'Secret', '{/spec/kafka/jmxOptions/authentication?/metadata/name}-kafka-jmx', [
    'jmx-username',
    'jmx-password',
  ]),
  made(kafka, 'Service', '{/metadata/name}-kafka-bootstrap'),
  made(kafka, 'Service', '{/metadata/name}-kafka-brokers'),
  // only of listeners that are not internal, ListenersUtils.java
  made(kafka, 'Service', '{/metadata/name}-kafka-{/spec/kafka/listeners/*/name}-bootstrap'),
  made(kafka, 'Service', '{/spec/cruiseControl?/metadata/name}-cruise-control'),
  made(kafka, 'ServiceAccount', '{/metadata/name}-kafka'),
  made(kafka, 'ServiceAccount', '{/spec/entityOperator?/metadata/name}-entity-operator'),
  made(connect, 'Service', '{/metadata/name}-connect-api'),
  made(connect, 'Service', '{/metadata/name}-connect'),
  made(connect, 'ServiceAccount', '{/metadata/name}-connect'),
  made(bridge, 'Service', '{/metadata/name}-bridge-service'),
  made(bridge, 'ServiceAccount', '{/metadata/name}-bridge'),
  made(mirror, 'Service', '{/metadata/name}-mirrormaker2-api'),
  made(mirror, 'ServiceAccount', '{/metadata/name}-mirrormaker2'),
  made(access, 'Secret', '{/spec/secretName}', connection),
  made(access, 'Secret', '{!/spec/secretName?/metadata/name}', connection),
];
