/** Kinds whose objects hold data, or whose removal takes data with it (`group/Kind`). */
const dataKinds: ReadonlySet<string> = new Set([
  'Namespace',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'k8s.mariadb.com/MariaDB',
  'kafka.strimzi.io/Kafka',
  'kafka.strimzi.io/KafkaNodePool',
  'kafka.strimzi.io/KafkaTopic',
  'mongodbcommunity.mongodb.com/MongoDBCommunity',
  'postgresql.cnpg.io/Cluster',
  'snapshot.storage.k8s.io/VolumeSnapshot',
]);

/** Groups and kinds that hold nothing, whatever they belong to: without them the data is where it was. */
const dataless =
  /^(?:monitoring\.coreos\.com|policy|networking\.k8s\.io|gateway\.networking\.k8s\.io|gateway\.envoyproxy\.io|rbac\.authorization\.k8s\.io|autoscaling|admissionregistration\.k8s\.io)\/|^(?:Service|ServiceAccount)$/;

export const isDataless = (kind: string): boolean => dataless.test(kind);

export const isDataKind = (kind: string): boolean => dataKinds.has(kind);

/** Kinds whose removal asks for consent: those, definitions, and sets of pods with volumes of their own. */
const asking: ReadonlySet<string> = new Set([
  ...dataKinds,
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apps/StatefulSet',
]);

export const asksOnRemoval = (kind: string): boolean => asking.has(kind);
