import type { ReferenceRule } from '../../model/references.ts';
import { certificateReferences } from './tables/certificates.ts';
import { kafkaReferences } from './tables/kafka.ts';
import { secretReferences } from './tables/secrets.ts';

const cnpg = 'postgresql.cnpg.io/Cluster';
const objectStore = 'barmancloud.cnpg.io/ObjectStore';
const s3Keys = ['accessKeyId', 'secretAccessKey', 'region', 'sessionToken'];

/** Where the custom resources of the catalog's operators name others. */
export const operatorRules: readonly ReferenceRule[] = [
  ...certificateReferences,
  ...secretReferences,
  ...kafkaReferences,
  ...['bootstrap/initdb/secret', 'bootstrap/recovery/secret', 'superuserSecret', 'managed/roles/*/passwordSecret'].map(
    (path) => ({ from: [cnpg], at: `/spec/${path}`, to: 'Secret' }),
  ),
  ...['serverTLSSecret', 'serverCASecret', 'clientCASecret', 'replicationTLSSecret'].map((member) => ({
    from: [cnpg],
    at: `/spec/certificates/${member}`,
    to: 'Secret',
  })),
  { from: [cnpg], at: '/spec/storage/storageClass', to: 'storage.k8s.io/StorageClass' },
  { from: [cnpg], at: '/spec/walStorage/storageClass', to: 'storage.k8s.io/StorageClass' },
  { from: [cnpg], at: '/spec/externalClusters/*/password', to: 'Secret', keyAt: '/key' },
  {
    from: [cnpg],
    at: '/spec/imageCatalogRef',
    to: 'postgresql.cnpg.io/ImageCatalog',
    kindAt: 'kind',
    groupAt: 'apiGroup',
  },
  { from: [cnpg], at: '/spec/plugins/*/parameters/barmanObjectName', to: objectStore },
  ...s3Keys.map((key) => ({
    from: [objectStore],
    at: `/spec/configuration/s3Credentials/${key}`,
    to: 'Secret',
    keyAt: '/key',
  })),
  { from: [objectStore], at: '/spec/configuration/endpointCA', to: 'Secret', keyAt: '/key' },
  ...['ScheduledBackup', 'Backup', 'Database', 'Pooler', 'Publication', 'Subscription'].map((kind) => ({
    from: [`postgresql.cnpg.io/${kind}`],
    at: '/spec/cluster',
    to: cnpg,
  })),
  ...['ScaledObject', 'ScaledJob'].map((kind) => ({
    from: [`keda.sh/${kind}`],
    at: '/spec/triggers/*/authenticationRef',
    to: 'keda.sh/TriggerAuthentication',
    kindAt: 'kind',
  })),
  {
    from: ['keda.sh/TriggerAuthentication'],
    at: '/spec/secretTargetRef/*',
    to: 'Secret',
    keyAt: '/key',
  },
  ...['Prometheus', 'Alertmanager', 'ThanosRuler', 'PrometheusAgent'].map((kind) => ({
    from: [`monitoring.coreos.com/${kind}`],
    at: '/spec/serviceAccountName',
    to: 'ServiceAccount',
  })),
  { from: ['monitoring.coreos.com/Alertmanager'], at: '/spec/configSecret', to: 'Secret' },
  ...['Prometheus', 'Alertmanager'].map((kind) => ({
    from: [`monitoring.coreos.com/${kind}`],
    at: '/spec/secrets/*',
    to: 'Secret',
  })),
  {
    from: ['monitoring.coreos.com/ServiceMonitor'],
    at: '/spec/endpoints/*/tlsConfig/ca/secret',
    to: 'Secret',
    keyAt: '/key',
  },
  ...['L2Advertisement', 'BGPAdvertisement'].map((kind) => ({
    from: [`metallb.io/${kind}`],
    at: '/spec/ipAddressPools/*',
    to: 'metallb.io/IPAddressPool',
  })),
  { from: ['metallb.io/BGPAdvertisement'], at: '/spec/peers/*', to: 'metallb.io/BGPPeer' },
  { from: ['metallb.io/BGPPeer'], at: '/spec/passwordSecret', to: 'Secret' },
  { from: ['metallb.io/BGPPeer'], at: '/spec/bfdProfile', to: 'metallb.io/BFDProfile' },
];
