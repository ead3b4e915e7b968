import type { MakesRule, ReferenceRule } from '../../../model/references.ts';
import { keysAt, keysBelow, made, namesAt } from './rule.ts';

// CloudNativePG v1.30.0: api/v1/cluster_types.go, pooler_types.go, databaserole_types.go
const kind = (name: string): string => `postgresql.cnpg.io/${name}`;
const cluster = kind('Cluster');
const pooler = kind('Pooler');
const role = kind('DatabaseRole');
const storage = ['/spec/storage', '/spec/walStorage', '/spec/tablespaces/*/storage'];
const scripts = ['postInitSQLRefs', 'postInitTemplateSQLRefs', 'postInitApplicationSQLRefs'];

// plugin-barman-cloud v0.14.0: api/v1/objectstore_types.go, internal/cnpgi/operator/config/config.go; the credentials are
// those of barmanObjectStore in a Cluster
const objectStore = 'barmancloud.cnpg.io/ObjectStore';
const backups = [cluster, objectStore];

export const postgresReferences: readonly ReferenceRule[] = [
  ...namesAt(
    ['Backup', 'Database', 'DatabaseRole', 'Pooler', 'Publication', 'ScheduledBackup', 'Subscription'].map(kind),
    ['/spec/cluster'],
    cluster,
  ),
  ...namesAt(
    [cluster],
    [
      '/spec/bootstrap/initdb/secret',
      '/spec/bootstrap/pg_basebackup/secret',
      '/spec/bootstrap/recovery/secret',
      '/spec/certificates/clientCASecret',
      '/spec/certificates/replicationTLSSecret',
      '/spec/certificates/serverCASecret',
      '/spec/certificates/serverTLSSecret',
      '/spec/managed/roles/*/passwordSecret',
      '/spec/superuserSecret',
    ],
  ),
  ...keysAt(
    [cluster],
    [
      ...['password', 'sslCert', 'sslKey', 'sslRootCert'].map((member) => `/spec/externalClusters/*/${member}`),
      ...scripts.map((member) => `/spec/bootstrap/initdb/${member}/secretRefs/*`),
      '/spec/monitoring/customQueriesSecret/*',
      '/spec/postgresql/ldap/bindSearchAuth/bindPassword',
    ],
  ),
  ...keysAt(
    [cluster],
    [
      ...scripts.map((member) => `/spec/bootstrap/initdb/${member}/configMapRefs/*`),
      '/spec/monitoring/customQueriesConfigMap/*',
    ],
    'ConfigMap',
  ),
  {
    from: [cluster],
    at: '/spec/projectedVolumeTemplate/sources/*/secret',
    to: 'Secret',
    keyAt: '/items/*/key',
  },
  {
    from: [cluster],
    at: '/spec/projectedVolumeTemplate/sources/*/configMap',
    to: 'ConfigMap',
    keyAt: '/items/*/key',
  },
  ...namesAt([cluster, pooler], ['/spec/serviceAccountName'], 'ServiceAccount'),
  ...namesAt(
    [cluster],
    storage.map((place) => `${place}/storageClass`),
    'storage.k8s.io/StorageClass',
  ),
  ...namesAt([cluster], ['/spec/bootstrap/recovery/backup'], kind('Backup')),
  {
    from: [cluster, pooler],
    member: 'imageCatalogRef',
    at: '',
    to: kind('ImageCatalog'),
    kindAt: 'kind',
    groupAt: 'apiGroup',
  },
  ...namesAt([role], ['/spec/passwordSecret']),
  ...namesAt(
    [pooler],
    ['authQuerySecret', 'clientCASecret', 'clientTLSSecret', 'serverCASecret', 'serverTLSSecret'].map(
      (member) => `/spec/pgbouncer/${member}`,
    ),
  ),
  ...namesAt(
    [cluster],
    ['/spec/plugins/*/parameters/barmanObjectName', '/spec/externalClusters/*/plugin/parameters/barmanObjectName'],
    objectStore,
  ),
  ...keysBelow(backups, ['s3Credentials'], ['/accessKeyId', '/secretAccessKey', '/region', '/sessionToken']),
  ...keysBelow(
    backups,
    ['azureCredentials'],
    ['/connectionString', '/storageAccount', '/storageKey', '/storageSasToken'],
  ),
  ...keysBelow(backups, ['googleCredentials'], ['/applicationCredentials']),
  ...keysBelow(backups, ['endpointCA']),
];

// pkg/specs/secrets.go
const login = [
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
// pkg/certs/certs.go
const pair = ['tls.crt', 'tls.key'];
const authority = ['ca.crt', 'ca.key'];
// api/v1/cluster_funcs.go, cluster_defaults.go: a database without a Secret for its owner. There is none where another server
// is followed, or imported as a whole without naming one.
const hasOwner = [
  '{!/spec/bootstrap/initdb/secret/name?}',
  '{!/spec/bootstrap/recovery/secret/name?}',
  '{!/spec/bootstrap/pg_basebackup/secret/name?}',
  '{!/spec/bootstrap/initdb/import/type=monolith?}',
  '{!/spec/replica/enabled=true?}',
].join('');

export const postgresMakes: readonly MakesRule[] = [
  made(cluster, 'Secret', `${hasOwner}{/metadata/name}-app`, login),
  made(
    cluster,
    'Secret',
    '{/spec/bootstrap/initdb/database?}{!/spec/bootstrap/initdb/secret/name?/metadata/name}-app',
    login,
  ),
  made(
    cluster,
    'Secret',
    '{/spec/enableSuperuserAccess=true?}{!/spec/superuserSecret/name?/metadata/name}-superuser',
    login,
  ),
  // internal/controller/cluster_pki.go: one authority for servers and clients, each of which may be another one
  made(cluster, 'Secret', '{!/spec/certificates/serverCASecret?/metadata/name}-ca', authority),
  made(cluster, 'Secret', '{!/spec/certificates/clientCASecret?/metadata/name}-ca', authority),
  made(cluster, 'Secret', '{!/spec/certificates/serverTLSSecret?/metadata/name}-server', pair),
  made(cluster, 'Secret', '{!/spec/certificates/replicationTLSSecret?/metadata/name}-replication', pair),
  made(cluster, 'ServiceAccount', '{!/spec/serviceAccountName?/metadata/name}'),
  ...['rw', 'ro', 'r'].map((service) =>
    made(
      cluster,
      'Service',
      `{!/spec/managed/services/disabledDefaultServices/*=${service}?/metadata/name}-${service}`,
    ),
  ),
  made(cluster, 'Service', '{/spec/managed/services/additional/*/serviceTemplate/metadata/name}'),
  // a copy of what the chart sets for the operator
  made(cluster, 'ConfigMap', '{!/spec/monitoring/disableDefaultQueries=true?}cnpg-default-monitoring', ['queries']),
  // api/v1/pooler_funcs.go, pkg/specs/pgbouncer/services.go
  made(pooler, 'Service', '{/metadata/name}'),
  made(pooler, 'ServiceAccount', '{!/spec/serviceAccountName?/metadata/name}'),
  made(
    pooler,
    'Secret',
    '{!/spec/pgbouncer/authQuery?}{!/spec/pgbouncer/authQuerySecret/name?}{!/spec/pgbouncer/serverTLSSecret/name?/spec/cluster/name}-pooler',
    pair,
  ),
  // internal/controller/databaserole_pki.go
  made(
    role,
    'Secret',
    '{/spec/clientCertificate?}{!/spec/clientCertificate/enabled=false?/metadata/name}-client-cert',
    pair,
  ),
];
