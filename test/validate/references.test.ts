import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fg from 'fast-glob';
import { describe, expect, it, vi } from 'vitest';
import { createContext } from '../../generator/context.ts';
import type { Diagnostic } from '../../generator/model/diagnostic.ts';
import { compareText } from '../../generator/model/values.ts';
import { createPipeline } from '../../generator/pipeline/pipeline.ts';
import { clusterSpec, demoCatalog } from '../helpers/demo.ts';
import { helmProgram } from '../helpers/helm.ts';
import { repository, workspace } from '../helpers/workspace.ts';

const listed = [
  'access.strimzi.io/KafkaAccess',
  'barmancloud.cnpg.io/ObjectStore',
  'bitnami.com/SealedSecret',
  'cert-manager.io/Certificate',
  'cert-manager.io/ClusterIssuer',
  'cert-manager.io/Issuer',
  'external-secrets.io/ClusterExternalSecret',
  'external-secrets.io/ClusterSecretStore',
  'external-secrets.io/ExternalSecret',
  'external-secrets.io/SecretStore',
  'gateway.networking.k8s.io/Gateway',
  'gateway.networking.k8s.io/GatewayClass',
  'gateway.networking.k8s.io/HTTPRoute',
  'kafka.strimzi.io/Kafka',
  'kafka.strimzi.io/KafkaTopic',
  'kafka.strimzi.io/KafkaUser',
  'keda.sh/ScaledObject',
  'keda.sh/TriggerAuthentication',
  'metallb.io/IPAddressPool',
  'metallb.io/L2Advertisement',
  'monitoring.coreos.com/Prometheus',
  'postgresql.cnpg.io/Cluster',
  'postgresql.cnpg.io/ScheduledBackup',
  'trust.cert-manager.io/Bundle',
];

/** What the catalog says of the kinds of its operators, in components that no cluster has. */
const operators: Readonly<Record<string, string>> = Object.fromEntries(
  fg.sync('catalog/*/*/kinds.yaml', { cwd: resolve(import.meta.dirname, '../..') }).flatMap((file) => {
    const name = file.split('/')[2] ?? '';
    const component = `apiVersion: slipway.dev/v1alpha1\nkind: Component\nmetadata: { name: ${name} }\nspec: { summary: S., namespace: default, when: "false" }\n`;
    return [
      [`catalog/demo/${name}/component.yaml`, component],
      [`catalog/demo/${name}/kinds.yaml`, readFileSync(join(resolve(import.meta.dirname, '../..'), file), 'utf8')],
    ];
  }),
);

interface Fleet {
  readonly manifest: string;
  readonly component?: string;
  readonly contributes?: string;
  readonly spec?: string;
  readonly more?: Readonly<Record<string, string>>;
  readonly prove?: boolean;
}

/** The names that point nowhere in a cluster with one component of these manifests. */
async function missing({
  manifest,
  component = '',
  contributes = '',
  spec = '',
  more = {},
  prove = false,
}: Fleet): Promise<Diagnostic[]> {
  const root = workspace({
    ...operators,
    'catalog/catalog.yaml': demoCatalog['catalog/catalog.yaml'] ?? '',
    'catalog/demo/capability.yaml':
      'apiVersion: slipway.dev/v1alpha1\nkind: Capability\nmetadata: { name: demo }\nspec:\n  summary: Demo.\n  options:\n    type: object\n    properties:\n      class: { type: string, default: none, description: Storage class. }\n',
    'catalog/demo/things/component.yaml': `apiVersion: slipway.dev/v1alpha1\nkind: Component\nmetadata: { name: things }\nspec:\n  summary: Things.\n  namespace: demo\n  crds: [${crds.join(', ')}]\n${component}`,
    'catalog/demo/things/contributes.yaml.hbs': `namespaces: [{ name: demo }]\n${contributes}`,
    'catalog/demo/things/manifests/x.yaml.hbs': manifest,
    'clusters/a.yaml': clusterSpec('a', `  capabilities: { demo: {} }\n${spec}`),
    ...more,
  });
  const result = await createPipeline(createContext(root, { quiet: true, verbose: false })).run({
    clusters: [],
    prove,
  });
  return result.diagnostics.filter((d) => d.code === 'reference/missing');
}

/** An object of the namespace demo in flow style, and its fields. */
const object = (apiVersion: string, kind: string, fields: string, name = 'x'): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: ${name}, namespace: demo }\n${fields}\n`;
const wide = (apiVersion: string, kind: string, fields: string, name = 'x'): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: ${name} }\n${fields}\n`;
const pod = (fields: string): string => object('v1', 'Pod', `spec: { containers: [{ name: c, image: i }], ${fields} }`);
const container = (fields: string): string =>
  object('v1', 'Pod', `spec: { containers: [{ name: c, image: i, ${fields} }] }`);
const secret = (name: string, key = 'k'): string =>
  `secrets: [{ name: ${name}, namespace: demo, purpose: P., keys: [{ key: ${key} }] }]\n`;
const cert = 'cert-manager.io/v1';
const rbac = 'rbac.authorization.k8s.io/v1';
const gateway = 'gateway.networking.k8s.io/v1';
const strimzi = 'kafka.strimzi.io/v1';
const pg = 'postgresql.cnpg.io/v1';
const coreos = 'monitoring.coreos.com';

/** What is named, an object that names `want`, and the object that provides it. */
const kinds: readonly (readonly [what: string, from: string, there: string])[] = [
  ['ServiceAccount', pod('serviceAccountName: want'), object('v1', 'ServiceAccount', '', 'want')],
  ['PriorityClass', pod('priorityClassName: want'), wide('scheduling.k8s.io/v1', 'PriorityClass', 'value: 1', 'want')],
  ['RuntimeClass', pod('runtimeClassName: want'), wide('node.k8s.io/v1', 'RuntimeClass', 'handler: h', 'want')],
  ['Secret', pod('imagePullSecrets: [{ name: want }]'), object('bitnami.com/v1alpha1', 'SealedSecret', '', 'want')],
  [
    'ConfigMap',
    pod('volumes: [{ name: v, configMap: { name: want } }]'),
    object('v1', 'ConfigMap', 'data: { k: v }', 'want'),
  ],
  [
    'ConfigMap',
    pod('volumes: [{ name: v, projected: { sources: [{ configMap: { name: want } }] } }]'),
    object('v1', 'ConfigMap', '', 'want'),
  ],
  [
    'PersistentVolumeClaim',
    pod('volumes: [{ name: v, persistentVolumeClaim: { claimName: want } }]'),
    object('v1', 'PersistentVolumeClaim', 'spec: {}', 'want'),
  ],
  ['ConfigMap', container('envFrom: [{ configMapRef: { name: want } }]'), object('v1', 'ConfigMap', '', 'want')],
  [
    'Service',
    object('apps/v1', 'StatefulSet', 'spec: { serviceName: want }'),
    object('v1', 'Service', 'spec: {}', 'want'),
  ],
  [
    'StorageClass',
    object('v1', 'PersistentVolumeClaim', 'spec: { storageClassName: want }'),
    wide('storage.k8s.io/v1', 'StorageClass', 'provisioner: p', 'want'),
  ],
  [
    'StorageClass',
    object(pg, 'Cluster', 'spec: { storage: { storageClass: want } }'),
    wide('storage.k8s.io/v1', 'StorageClass', 'provisioner: p', 'want'),
  ],
  [
    'Role',
    object(rbac, 'RoleBinding', 'roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: want }'),
    object(rbac, 'Role', '', 'want'),
  ],
  [
    'ClusterRole',
    object(rbac, 'RoleBinding', 'roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: want }'),
    wide(rbac, 'ClusterRole', '', 'want'),
  ],
  [
    'ServiceAccount',
    object(
      rbac,
      'RoleBinding',
      'roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }\nsubjects: [{ kind: User, name: me }, { kind: ServiceAccount, name: want, namespace: demo }]',
    ),
    object('v1', 'ServiceAccount', '', 'want'),
  ],
  [
    'Service',
    wide(
      'admissionregistration.k8s.io/v1',
      'ValidatingWebhookConfiguration',
      'webhooks: [{ name: w.example.com, clientConfig: { service: { name: want, namespace: demo } } }]',
    ),
    object('v1', 'Service', 'spec: {}', 'want'),
  ],
  [
    'Service',
    wide(
      'apiregistration.k8s.io/v1',
      'APIService',
      'spec: { service: { name: want, namespace: demo } }',
      'v1.example.com',
    ),
    object('v1', 'Service', 'spec: {}', 'want'),
  ],
  [
    'IngressClass',
    object('networking.k8s.io/v1', 'Ingress', 'spec: { ingressClassName: want }'),
    wide('networking.k8s.io/v1', 'IngressClass', 'spec: {}', 'want'),
  ],
  [
    'Service',
    object(
      'networking.k8s.io/v1',
      'Ingress',
      'spec: { rules: [{ http: { paths: [{ backend: { service: { name: want } } }] } }] }',
    ),
    object('v1', 'Service', 'spec: {}', 'want'),
  ],
  [
    'Deployment',
    object(
      'autoscaling/v2',
      'HorizontalPodAutoscaler',
      'spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: want } }',
    ),
    object('apps/v1', 'Deployment', '', 'want'),
  ],
  [
    'ValidatingAdmissionPolicy',
    wide('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicyBinding', 'spec: { policyName: want }'),
    wide('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', '', 'want'),
  ],
  [
    'ClusterIssuer',
    object(cert, 'Certificate', 'spec: { secretName: s, issuerRef: { kind: ClusterIssuer, name: want } }'),
    wide(cert, 'ClusterIssuer', '', 'want'),
  ],
  [
    'ClusterIssuer',
    object(gateway, 'Gateway', '').replace(
      '{ name: x,',
      '{ name: x, annotations: { cert-manager.io/cluster-issuer: want },',
    ),
    wide(cert, 'ClusterIssuer', '', 'want'),
  ],
  [
    'Issuer',
    object(cert, 'Certificate', 'spec: { secretName: s, issuerRef: { name: want } }'),
    object(cert, 'Issuer', '', 'want'),
  ],
  [
    'Secret',
    wide(cert, 'ClusterIssuer', 'spec: { ca: { secretName: want } }'),
    object(cert, 'Certificate', 'spec: { secretName: want }'),
  ],
  [
    'ConfigMap',
    wide('trust.cert-manager.io/v1alpha1', 'Bundle', 'spec: { sources: [{ configMap: { name: want, key: k } }] }'),
    object('v1', 'ConfigMap', 'data: { k: v }', 'want'),
  ],
  [
    'ConfigMap',
    pod('volumes: [{ name: v, configMap: { name: want, items: [{ key: ca, path: p }] } }]'),
    wide('trust.cert-manager.io/v1alpha1', 'Bundle', 'spec: { target: { configMap: { key: ca } } }', 'want'),
  ],
  [
    'ClusterSecretStore',
    object(
      'external-secrets.io/v1',
      'ExternalSecret',
      'spec: { secretStoreRef: { kind: ClusterSecretStore, name: want } }',
    ),
    wide('external-secrets.io/v1', 'ClusterSecretStore', '', 'want'),
  ],
  [
    'SecretStore',
    object('external-secrets.io/v1', 'ExternalSecret', 'spec: { secretStoreRef: { name: want } }'),
    object('external-secrets.io/v1', 'SecretStore', '', 'want'),
  ],
  [
    'Secret',
    container('env: [{ name: E, valueFrom: { secretKeyRef: { name: want, key: k } } }]'),
    object('external-secrets.io/v1', 'ExternalSecret', 'spec: { target: { name: want }, data: [{ secretKey: k }] }'),
  ],
  [
    'GatewayClass',
    object(gateway, 'Gateway', 'spec: { gatewayClassName: want }'),
    wide(gateway, 'GatewayClass', '', 'want'),
  ],
  [
    'Gateway',
    object(gateway, 'HTTPRoute', 'spec: { parentRefs: [{ name: want }] }'),
    object(gateway, 'Gateway', '', 'want'),
  ],
  [
    'Service',
    object(gateway, 'HTTPRoute', 'spec: { rules: [{ backendRefs: [{ name: want, port: 80 }] }] }'),
    object('v1', 'Service', 'spec: {}', 'want'),
  ],
  [
    'Secret',
    object(gateway, 'Gateway', 'spec: { listeners: [{ name: l, tls: { certificateRefs: [{ name: want }] } }] }'),
    object(cert, 'Certificate', 'spec: { secretName: want }'),
  ],
  [
    'Kafka',
    object(strimzi, 'KafkaTopic', '').replace('{ name: x,', '{ name: x, labels: { strimzi.io/cluster: want },'),
    object(strimzi, 'Kafka', '', 'want'),
  ],
  [
    'Secret',
    container('env: [{ name: E, valueFrom: { secretKeyRef: { name: want-cluster-ca-cert, key: ca.crt } } }]'),
    object(strimzi, 'Kafka', '', 'want'),
  ],
  [
    'Secret',
    container('env: [{ name: E, valueFrom: { secretKeyRef: { name: want, key: user.crt } } }]'),
    object(strimzi, 'KafkaUser', 'spec: { authentication: { type: tls } }', 'want'),
  ],
  [
    'Kafka',
    object('access.strimzi.io/v1alpha1', 'KafkaAccess', 'spec: { kafka: { name: want, namespace: demo } }'),
    object(strimzi, 'Kafka', '', 'want'),
  ],
  ['Cluster', object(pg, 'ScheduledBackup', 'spec: { cluster: { name: want } }'), object(pg, 'Cluster', '', 'want')],
  [
    'ObjectStore',
    object(pg, 'Cluster', 'spec: { plugins: [{ name: p, parameters: { barmanObjectName: want } }] }'),
    object('barmancloud.cnpg.io/v1', 'ObjectStore', '', 'want'),
  ],
  [
    'Secret',
    container('env: [{ name: E, valueFrom: { secretKeyRef: { name: want-app, key: uri } } }]'),
    object(pg, 'Cluster', '', 'want'),
  ],
  [
    'TriggerAuthentication',
    object('keda.sh/v1alpha1', 'ScaledObject', 'spec: { triggers: [{ type: t, authenticationRef: { name: want } }] }'),
    object('keda.sh/v1alpha1', 'TriggerAuthentication', '', 'want'),
  ],
  [
    'IPAddressPool',
    object('metallb.io/v1beta1', 'L2Advertisement', 'spec: { ipAddressPools: [want] }'),
    object('metallb.io/v1beta1', 'IPAddressPool', '', 'want'),
  ],
  [
    'ServiceAccount',
    object('monitoring.coreos.com/v1', 'Prometheus', 'spec: { serviceAccountName: want }'),
    object('v1', 'ServiceAccount', '', 'want'),
  ],
];

/** What is named, by which kind, and where: all that the tables know of operators beside the kinds above. */
const places: Readonly<Record<string, readonly (readonly [what: string, by: string, spec: string])[]>> = {
  'cert-manager': [
    ['Secret', `${cert} Certificate`, 'keystores: { jks: { passwordSecretRef: { name: want, key: k } } }'],
    ['Secret', `${cert} ClusterIssuer`, 'acme: { externalAccountBinding: { keySecretRef: { name: want, key: k } } }'],
    ...[
      'acmeDNS: { accountSecretRef: { name: want, key: k } }',
      'akamai: { clientTokenSecretRef: { name: want, key: k } }',
      'akamai: { clientSecretSecretRef: { name: want, key: k } }',
      'akamai: { accessTokenSecretRef: { name: want, key: k } }',
      'azureDNS: { clientSecretSecretRef: { name: want, key: k } }',
      'cloudDNS: { serviceAccountSecretRef: { name: want, key: k } }',
      'cloudflare: { apiKeySecretRef: { name: want, key: k } }',
      'cloudflare: { apiTokenSecretRef: { name: want, key: k } }',
      'digitalocean: { tokenSecretRef: { name: want, key: k } }',
      'rfc2136: { tsigSecretSecretRef: { name: want, key: k } }',
      'route53: { accessKeyIDSecretRef: { name: want, key: k } }',
      'route53: { secretAccessKeySecretRef: { name: want, key: k } }',
    ].map((provider) => ['Secret', `${cert} Issuer`, `acme: { solvers: [{ dns01: { ${provider} } }] }`] as const),
    [
      'ServiceAccount',
      `${cert} Issuer`,
      'acme: { solvers: [{ dns01: { route53: { auth: { kubernetes: { serviceAccountRef: { name: want } } } } } }] }',
    ],
    ['Secret', `${cert} Issuer`, 'vault: { auth: { appRole: { secretRef: { name: want, key: k } } } }'],
    ['Secret', `${cert} Issuer`, 'vault: { auth: { clientCertificate: { secretName: want } } }'],
    ['Secret', `${cert} Issuer`, 'vault: { auth: { tokenSecretRef: { name: want, key: k } } }'],
    ['ServiceAccount', `${cert} Issuer`, 'vault: { auth: { kubernetes: { serviceAccountRef: { name: want } } } }'],
    ['ServiceAccount', `${cert} Issuer`, 'vault: { auth: { aws: { serviceAccountRef: { name: want } } } }'],
    ['Secret', `${cert} ClusterIssuer`, 'vault: { caBundleSecretRef: { name: want, key: k } }'],
    ['Secret', `${cert} Issuer`, 'vault: { clientCertSecretRef: { name: want, key: k } }'],
    ['Secret', `${cert} Issuer`, 'vault: { clientKeySecretRef: { name: want, key: k } }'],
    ['Secret', `${cert} Issuer`, 'venafi: { cloud: { apiTokenSecretRef: { name: want, key: k } } }'],
    ['Secret', `${cert} Issuer`, 'venafi: { tpp: { credentialsRef: { name: want } } }'],
    ['Secret', `${cert} Issuer`, 'venafi: { tpp: { caBundleSecretRef: { name: want, key: k } } }'],
  ],
  'External Secrets': [
    ['SecretStore', 'external-secrets.io/v1 PushSecret', 'secretStoreRefs: [{ name: want }]'],
    ['Secret', 'external-secrets.io/v1 PushSecret', 'selector: { secret: { name: want } }'],
    ['UUID', 'external-secrets.io/v1 PushSecret', 'selector: { generatorRef: { kind: UUID, name: want } }'],
    ['SecretStore', 'external-secrets.io/v1 ExternalSecret', 'data: [{ sourceRef: { storeRef: { name: want } } }]'],
    [
      'Password',
      'external-secrets.io/v1 ExternalSecret',
      'dataFrom: [{ sourceRef: { generatorRef: { kind: Password, name: want } } }]',
    ],
    [
      'ConfigMap',
      'external-secrets.io/v1 ExternalSecret',
      'target: { template: { templateFrom: [{ configMap: { name: want, items: [{ key: k }] } }] } }',
    ],
    [
      'ClusterSecretStore',
      'external-secrets.io/v1 ClusterExternalSecret',
      'externalSecretSpec: { secretStoreRef: { kind: ClusterSecretStore, name: want } }',
    ],
    ...[
      'aws: { auth: { secretRef: { sessionTokenSecretRef: { name: want, key: k } } } }',
      'azurekv: { authSecretRef: { clientSecret: { name: want, key: k } } }',
      'gcpsm: { auth: { secretRef: { secretAccessKeySecretRef: { name: want, key: k } } } }',
      'gitlab: { auth: { SecretRef: { accessToken: { name: want, key: k } } } }',
      'kubernetes: { auth: { token: { bearerToken: { name: want, key: k } } } }',
      'kubernetes: { auth: { cert: { clientCert: { name: want, key: k } } } }',
      'kubernetes: { server: { caProvider: { type: Secret, name: want, key: k } } }',
      'openBao: { auth: { tokenSecretRef: { name: want, key: k } } }',
      'vault: { auth: { appRole: { roleRef: { name: want, key: k } } } }',
      'vault: { auth: { userPass: { secretRef: { name: want, key: k } } } }',
      'vault: { caProvider: { type: Secret, name: want, key: k } }',
      'vault: { tls: { certSecretRef: { name: want, key: k } } }',
    ].map((provider) => ['Secret', 'external-secrets.io/v1 SecretStore', `provider: { ${provider} }`] as const),
    ...[
      'aws: { auth: { jwt: { serviceAccountRef: { name: want } } } }',
      'kubernetes: { auth: { serviceAccount: { name: want } } }',
      'vault: { auth: { kubernetes: { serviceAccountRef: { name: want } } } }',
    ].map((provider) => ['ServiceAccount', 'external-secrets.io/v1 SecretStore', `provider: { ${provider} }`] as const),
    [
      'Secret',
      'external-secrets.io/v1 ClusterSecretStore',
      'provider: { vault: { auth: { tokenSecretRef: { name: want, key: k, namespace: demo } } } }',
    ],
    [
      'Secret',
      'generators.external-secrets.io/v1alpha1 GithubAccessToken',
      'auth: { privateKey: { secretRef: { name: want, key: k } } }',
    ],
  ],
  Strimzi: [
    ['StorageClass', `${strimzi} KafkaNodePool`, 'storage: { volumes: [{ class: want }] }'],
    ['VolumeAttributesClass', `${strimzi} KafkaNodePool`, 'storage: { volumeAttributesClass: want }'],
    [
      'Secret',
      `${strimzi} Kafka`,
      'kafka: { listeners: [{ configuration: { brokerCertChainAndKey: { secretName: want, certificate: c, key: k } } }] }',
    ],
    ['Secret', `${strimzi} KafkaConnect`, 'tls: { trustedCertificates: [{ secretName: want, certificate: c }] }'],
    ['Secret', `${strimzi} KafkaConnect`, 'authentication: { passwordSecret: { secretName: want, password: p } }'],
    ['Secret', `${strimzi} KafkaConnect`, 'build: { output: { pushSecret: want } }'],
    [
      'Secret',
      `${strimzi} KafkaBridge`,
      'authentication: { certificateAndKey: { secretName: want, certificate: c, key: k } }',
    ],
    [
      'Secret',
      `${strimzi} KafkaMirrorMaker2`,
      'mirrors: [{ source: { tls: { trustedCertificates: [{ secretName: want, pattern: "*.crt" }] } } }]',
    ],
    [
      'Secret',
      `${strimzi} KafkaMirrorMaker2`,
      'target: { authentication: { passwordSecret: { secretName: want, password: p } } }',
    ],
  ],
  CloudNativePG: [
    ['Secret', `${pg} Cluster`, 'bootstrap: { pg_basebackup: { secret: { name: want } } }'],
    ['Backup', `${pg} Cluster`, 'bootstrap: { recovery: { backup: { name: want } } }'],
    [
      'ConfigMap',
      `${pg} Cluster`,
      'bootstrap: { initdb: { postInitSQLRefs: { configMapRefs: [{ name: want, key: k }] } } }',
    ],
    [
      'Secret',
      `${pg} Cluster`,
      'bootstrap: { initdb: { postInitApplicationSQLRefs: { secretRefs: [{ name: want, key: k }] } } }',
    ],
    ['Secret', `${pg} Cluster`, 'externalClusters: [{ sslRootCert: { name: want, key: k } }]'],
    ['ObjectStore', `${pg} Cluster`, 'externalClusters: [{ plugin: { parameters: { barmanObjectName: want } } }]'],
    [
      'Secret',
      `${pg} Cluster`,
      'backup: { barmanObjectStore: { s3Credentials: { accessKeyId: { name: want, key: k } } } }',
    ],
    ['ConfigMap', `${pg} Cluster`, 'monitoring: { customQueriesConfigMap: [{ name: want, key: k }] }'],
    ['Secret', `${pg} Cluster`, 'postgresql: { ldap: { bindSearchAuth: { bindPassword: { name: want, key: k } } } }'],
    ['Secret', `${pg} Cluster`, 'projectedVolumeTemplate: { sources: [{ secret: { name: want } }] }'],
    ['ServiceAccount', `${pg} Cluster`, 'serviceAccountName: want'],
    ['StorageClass', `${pg} Cluster`, 'tablespaces: [{ name: t, storage: { storageClass: want } }]'],
    ['Cluster', `${pg} DatabaseRole`, 'cluster: { name: want }'],
    ['Secret', `${pg} DatabaseRole`, 'passwordSecret: { name: want }'],
    ['Secret', `${pg} Pooler`, 'pgbouncer: { authQuerySecret: { name: want } }'],
    ['ServiceAccount', `${pg} Pooler`, 'serviceAccountName: want'],
    [
      'Secret',
      'barmancloud.cnpg.io/v1 ObjectStore',
      'configuration: { azureCredentials: { storageKey: { name: want, key: k } } }',
    ],
    [
      'Secret',
      'barmancloud.cnpg.io/v1 ObjectStore',
      'configuration: { googleCredentials: { applicationCredentials: { name: want, key: k } } }',
    ],
    ['Secret', 'barmancloud.cnpg.io/v1 ObjectStore', 'configuration: { endpointCA: { name: want, key: k } }'],
  ],
  'Prometheus operator': [
    ...['additionalScrapeConfigs', 'additionalAlertManagerConfigs', 'additionalAlertRelabelConfigs'].map(
      (member) => ['Secret', `${coreos}/v1 Prometheus`, `${member}: { name: want, key: k }`] as const,
    ),
    ['Secret', `${coreos}/v1 Prometheus`, 'thanos: { objectStorageConfig: { name: want, key: k } }'],
    ['Secret', `${coreos}/v1 Prometheus`, 'remoteWrite: [{ basicAuth: { password: { name: want, key: k } } }]'],
    ['Secret', `${coreos}/v1 Prometheus`, 'remoteWrite: [{ oauth2: { clientSecret: { name: want, key: k } } }]'],
    ['Secret', `${coreos}/v1 Prometheus`, 'remoteWrite: [{ sigv4: { secretKey: { name: want, key: k } } }]'],
    ['Secret', `${coreos}/v1 Prometheus`, 'web: { tlsConfig: { client_ca: { secret: { name: want, key: k } } } }'],
    ['ConfigMap', `${coreos}/v1 Prometheus`, 'configMaps: [want]'],
    ['Service', `${coreos}/v1 Prometheus`, 'alerting: { alertmanagers: [{ name: want, port: web }] }'],
    ['Service', `${coreos}/v1 Prometheus`, 'serviceName: want'],
    ['Secret', `${coreos}/v1 ThanosRuler`, 'objectStorageConfig: { name: want, key: k }'],
    ['Secret', `${coreos}/v1alpha1 PrometheusAgent`, 'secrets: [want]'],
    [
      'Secret',
      `${coreos}/v1 ServiceMonitor`,
      'endpoints: [{ authorization: { credentials: { name: want, key: k } } }]',
    ],
    ['Secret', `${coreos}/v1 ServiceMonitor`, 'endpoints: [{ bearerTokenSecret: { name: want, key: k } }]'],
    [
      'ConfigMap',
      `${coreos}/v1 PodMonitor`,
      'podMetricsEndpoints: [{ tlsConfig: { ca: { configMap: { name: want, key: k } } } }]',
    ],
    ['Secret', `${coreos}/v1 Probe`, 'tlsConfig: { keySecret: { name: want, key: k } }'],
    [
      'Secret',
      `${coreos}/v1alpha1 ScrapeConfig`,
      'consulSDConfigs: [{ tokenRef: { name: want, key: k } }, { proxyConnectHeader: {} }]',
    ],
    ['Secret', `${coreos}/v1alpha1 ScrapeConfig`, 'proxyConnectHeader: { h: [{ name: want, key: k }] }'],
    ['AlertmanagerConfig', `${coreos}/v1 Alertmanager`, 'alertmanagerConfiguration: { name: want }'],
    [
      'Secret',
      `${coreos}/v1 Alertmanager`,
      'alertmanagerConfiguration: { global: { smtp: { authPassword: { name: want, key: k } } } }',
    ],
    ...[
      'emailConfigs: [{ authPassword: { name: want, key: k } }]',
      'msteamsv2Configs: [{ webhookURL: { name: want, key: k } }]',
      'pagerdutyConfigs: [{ routingKey: { name: want, key: k } }]',
      'slackConfigs: [{ apiURL: { name: want, key: k } }]',
      'webhookConfigs: [{ urlSecret: { name: want, key: k } }]',
    ].map((receiver) => ['Secret', `${coreos}/v1alpha1 AlertmanagerConfig`, `receivers: [{ ${receiver} }]`] as const),
  ],
  KEDA: [
    ['Deployment', 'keda.sh/v1alpha1 ScaledObject', 'scaleTargetRef: { name: want }'],
    ['StatefulSet', 'keda.sh/v1alpha1 ScaledObject', 'scaleTargetRef: { kind: StatefulSet, name: want }'],
    [
      'ClusterTriggerAuthentication',
      'eventing.keda.sh/v1alpha1 CloudEventSource',
      'authenticationRef: { kind: ClusterTriggerAuthentication, name: want }',
    ],
    [
      'ServiceAccount',
      'keda.sh/v1alpha1 ScaledJob',
      'jobTargetRef: { template: { spec: { serviceAccountName: want } } }',
    ],
    ['ConfigMap', 'keda.sh/v1alpha1 TriggerAuthentication', 'configMapTargetRef: [{ name: want, key: k }]'],
    [
      'ServiceAccount',
      'keda.sh/v1alpha1 TriggerAuthentication',
      'boundServiceAccountToken: [{ serviceAccountName: want }]',
    ],
    ['Secret', 'keda.sh/v1alpha1 ClusterTriggerAuthentication', 'secretTargetRef: [{ name: want, key: k }]'],
  ],
  'others of the catalog': [
    ['Secret', 'fission.io/v1 MessageQueueTrigger', 'secret: want'],
    ['ServiceAccount', 'serving.knative.dev/v1 Service', 'template: { spec: { serviceAccountName: want } }'],
    ['Secret', 'serving.knative.dev/v1beta1 DomainMapping', 'tls: { secretName: want }'],
    ['ConfigMap', 'nvidia.com/v1 ClusterPolicy', 'devicePlugin: { config: { name: want } }'],
    ['Secret', 'nvidia.com/v1 ClusterPolicy', 'driver: { licensingConfig: { secretName: want } }'],
    ['Gateway', `${gateway} ListenerSet`, 'parentRef: { name: want }'],
    [
      'HTTPRouteFilter',
      `${gateway} HTTPRoute`,
      'rules: [{ filters: [{ extensionRef: { group: gateway.envoyproxy.io, kind: HTTPRouteFilter, name: want } }] }]',
    ],
    ['Service', `${gateway} HTTPRoute`, 'rules: [{ filters: [{ requestMirror: { backendRef: { name: want } } }] }]'],
    [
      'Secret',
      'gateway.envoyproxy.io/v1alpha1 ClientTrafficPolicy',
      'tls: { clientValidation: { caCertificateRefs: [{ name: want }] } }',
    ],
    ['Secret', 'gateway.envoyproxy.io/v1alpha1 SecurityPolicy', 'oidc: { clientSecret: { name: want } }'],
    ['Secret', 'gateway.envoyproxy.io/v1alpha1 SecurityPolicy', 'basicAuth: { users: { name: want } }'],
    ['Secret', 'gateway.envoyproxy.io/v1alpha1 SecurityPolicy', 'apiKeyAuth: { credentialRefs: [{ name: want }] }'],
    [
      'ConfigMap',
      'gateway.envoyproxy.io/v1alpha1 SecurityPolicy',
      'jwt: { providers: [{ localJWKS: { valueRef: { kind: ConfigMap, name: want } } }] }',
    ],
    ['Secret', 'gateway.envoyproxy.io/v1alpha1 EnvoyProxy', 'backendTLS: { clientCertificateRef: { name: want } }'],
    ['BFDProfile', 'metallb.io/v1beta2 BGPPeer', 'bfdProfile: want'],
    ['Secret', 'metallb.io/v1beta2 BGPPeer', 'passwordSecret: { name: want }'],
  ],
};
const isWide = (kind: string): boolean => /^(?:Cluster.|Bundle$)/.test(kind);
const crds = [
  ...new Set([...listed, ...Object.values(places).flatMap((rows) => rows.map(([, by]) => by.replace(/\/\S+ /, '/')))]),
];

/** What makes things, what others may name then, and what they may not: kind, name and key. */
const makers: readonly (readonly [what: string, maker: string, made: readonly string[], not: readonly string[]])[] = [
  [
    'a Certificate with keystores',
    object(
      cert,
      'Certificate',
      'spec: { secretName: s, keystores: { jks: { create: true }, pkcs12: { create: false } } }',
    ),
    ['Secret s tls.crt', 'Secret s ca.crt', 'Secret s keystore.jks', 'Secret s truststore.jks'],
    ['Secret s keystore.p12', 'Secret s tls-combined.pem'],
  ],
  [
    'a Certificate with another format',
    object(cert, 'Certificate', 'spec: { secretName: s, additionalOutputFormats: [{ type: CombinedPEM }] }'),
    ['Secret s tls-combined.pem'],
    ['Secret s key.der'],
  ],
  [
    'an Issuer with an account',
    object(cert, 'Issuer', 'spec: { acme: { privateKeySecretRef: { name: s, key: k } } }'),
    ['Secret s k'],
    ['Secret s tls.key'],
  ],
  [
    'an Issuer with an account of its own',
    object(cert, 'Issuer', 'spec: { acme: { disableAccountKeyGeneration: true, privateKeySecretRef: { name: s } } }'),
    [],
    ['Secret s'],
  ],
  [
    'a Bundle with other formats',
    wide(
      'trust.cert-manager.io/v1alpha1',
      'Bundle',
      'spec: { target: { configMap: { key: ca }, additionalFormats: { pkcs12: { key: ca.p12 } } } }',
    ),
    ['ConfigMap x ca', 'ConfigMap x ca.p12'],
    ['Secret x', 'ConfigMap x ca.jks'],
  ],
  [
    'an ExternalSecret with a template',
    object(
      'external-secrets.io/v1',
      'ExternalSecret',
      'spec: { target: { template: { data: { one: v } } }, data: [{ secretKey: two }] }',
    ),
    ['Secret x one'],
    ['Secret x two'],
  ],
  [
    'an ExternalSecret whose template is added',
    object(
      'external-secrets.io/v1',
      'ExternalSecret',
      'spec: { target: { template: { mergePolicy: Merge, data: { one: v } } }, data: [{ secretKey: two }] }',
    ),
    ['Secret x one', 'Secret x two'],
    ['Secret x three'],
  ],
  [
    'an ExternalSecret that makes another kind',
    object(
      'external-secrets.io/v1',
      'ExternalSecret',
      'spec: { target: { manifest: { apiVersion: v1, kind: ConfigMap } }, data: [{ secretKey: k }] }',
    ),
    ['ConfigMap x k'],
    ['Secret x'],
  ],
  [
    'an ExternalSecret that makes nothing',
    object('external-secrets.io/v1', 'ExternalSecret', 'spec: { target: { creationPolicy: None } }'),
    [],
    ['Secret x'],
  ],
  [
    'a ClusterExternalSecret',
    wide(
      'external-secrets.io/v1',
      'ClusterExternalSecret',
      'spec: { externalSecretName: s, externalSecretSpec: { data: [{ secretKey: k }] } }',
    ),
    ['Secret s k'],
    ['Secret s l', 'Secret x'],
  ],
  [
    'a SealedSecret',
    object(
      'bitnami.com/v1alpha1',
      'SealedSecret',
      'spec: { encryptedData: { one: AgA }, template: { data: { two: v } } }',
    ),
    ['Secret x one', 'Secret x two'],
    ['Secret x three'],
  ],
  [
    'a KafkaUser with a certificate',
    object(strimzi, 'KafkaUser', 'spec: { authentication: { type: tls } }'),
    ['Secret x ca.crt', 'Secret x user.crt', 'Secret x user.key', 'Secret x user.p12', 'Secret x user.password'],
    ['Secret x password', 'Secret x sasl.jaas.config'],
  ],
  [
    'a KafkaUser with a password',
    object(strimzi, 'KafkaUser', 'spec: { authentication: { type: scram-sha-512 } }'),
    ['Secret x password', 'Secret x sasl.jaas.config'],
    ['Secret x user.p12', 'Secret x ca.crt'],
  ],
  [
    'a KafkaUser whose certificate comes from elsewhere',
    object(strimzi, 'KafkaUser', 'spec: { authentication: { type: tls-external } }'),
    [],
    ['Secret x'],
  ],
  [
    'a Kafka with everything',
    object(
      strimzi,
      'Kafka',
      'spec: { kafka: { jmxOptions: { authentication: { type: password } } }, entityOperator: {}, cruiseControl: {} }',
    ),
    [
      'Secret x-cluster-ca-cert ca.p12',
      'Secret x-cluster-ca ca.key',
      'Secret x-trustbundle cluster-ca.crt',
      'Secret x-kafka-jmx jmx-password',
      'Service x-cruise-control',
      'ServiceAccount x-cruise-control',
      'ServiceAccount x-entity-operator',
      'ServiceAccount x-kafka',
    ],
    ['Secret x-clients-ca ca.crt'],
  ],
  [
    'a Kafka with authorities of its own',
    object(strimzi, 'Kafka', 'spec: { clusterCa: { generateCertificateAuthority: false } }'),
    ['Secret x-clients-ca-cert ca.crt', 'Service x-kafka-bootstrap'],
    ['Secret x-cluster-ca-cert ca.crt', 'ServiceAccount x-entity-operator', 'Service x-cruise-control'],
  ],
  [
    'a KafkaAccess',
    object('access.strimzi.io/v1alpha1', 'KafkaAccess', 'spec: { secretName: s, user: {} }'),
    ['Secret s bootstrap.servers', 'Secret s ssl.truststore.crt', 'Secret s sasl.jaas.config'],
    ['Secret s bootstrap', 'Secret x'],
  ],
  [
    'a KafkaAccess without a user',
    object('access.strimzi.io/v1alpha1', 'KafkaAccess', ''),
    ['Secret x bootstrapServers'],
    ['Secret x password'],
  ],
  [
    'a cluster of Postgres',
    object(pg, 'Cluster', ''),
    [
      'Secret x-app fqdn-uri',
      'Secret x-ca ca.crt',
      'Secret x-server tls.crt',
      'Secret x-replication tls.key',
      'ConfigMap cnpg-default-monitoring queries',
      'Service x-rw',
      'ServiceAccount x',
    ],
    ['Secret x-superuser password', 'Secret x-server ca.crt'],
  ],
  [
    'a cluster of Postgres with a superuser',
    object(pg, 'Cluster', 'spec: { enableSuperuserAccess: true }'),
    ['Secret x-superuser password'],
    [],
  ],
  [
    'a cluster of Postgres with Secrets and Services of its own',
    [
      object(
        pg,
        'Cluster',
        'spec: { bootstrap: { recovery: { secret: { name: s } } }, certificates: { serverTLSSecret: s }, serviceAccountName: s, managed: { services: { disabledDefaultServices: [ro] } }, monitoring: { disableDefaultQueries: true } }',
      ),
      object('v1', 'Secret', '', 's'),
      object('v1', 'ServiceAccount', '', 's'),
    ].join('---\n'),
    ['Secret x-ca ca.key', 'Service x-r'],
    ['Secret x-app', 'Secret x-server', 'ServiceAccount x', 'Service x-ro', 'ConfigMap cnpg-default-monitoring'],
  ],
  [
    'a cluster of Postgres that imports all of another one',
    object(pg, 'Cluster', 'spec: { bootstrap: { initdb: { import: { type: monolith } } } }'),
    [],
    ['Secret x-app'],
  ],
  [
    'a cluster of Postgres that imports all of another one beside its database',
    object(pg, 'Cluster', 'spec: { bootstrap: { initdb: { database: d, import: { type: monolith } } } }'),
    ['Secret x-app uri'],
    [],
  ],
  [
    'a replica of a cluster of Postgres',
    object(pg, 'Cluster', 'spec: { bootstrap: { recovery: { source: s } }, replica: { enabled: true, source: s } }'),
    [],
    ['Secret x-app'],
  ],
  [
    'a Pooler',
    object(pg, 'Pooler', 'spec: { cluster: { name: x }, pgbouncer: {} }') + `---\n${object(pg, 'Cluster', '')}`,
    ['Service x', 'ServiceAccount x', 'Secret x-pooler tls.crt'],
    [],
  ],
  [
    'a role of Postgres with a certificate',
    `${object(pg, 'DatabaseRole', 'spec: { cluster: { name: x }, clientCertificate: {} }')}---\n${object(pg, 'Cluster', '')}`,
    ['Secret x-client-cert tls.key'],
    [],
  ],
  [
    'Prometheus and its Service',
    object(`${coreos}/v1`, 'Prometheus', '') + `---\n${object(`${coreos}/v1`, 'ThanosRuler', '')}`,
    ['Service prometheus-operated', 'Service thanos-ruler-operated'],
    ['Service alertmanager-operated'],
  ],
  [
    'Prometheus with a Service of its own',
    `${object(`${coreos}/v1`, 'Prometheus', 'spec: { serviceName: s }')}---\n${object('v1', 'Service', 'spec: {}', 's')}`,
    ['Service s'],
    ['Service prometheus-operated'],
  ],
];

/** An object that names a kind of thing, and one of its keys. */
function naming(text: string, index: number): string {
  const [kind = '', name = '', key = ''] = text.split(' ');
  const named: Readonly<Record<string, string>> = {
    Secret: `volumes: [{ name: v, secret: { secretName: ${name}, items: [${key === '' ? '' : `{ key: ${key}, path: p }`}] } }]`,
    ConfigMap: `volumes: [{ name: v, configMap: { name: ${name}, items: [${key === '' ? '' : `{ key: ${key}, path: p }`}] } }]`,
    ServiceAccount: `serviceAccountName: ${name}`,
  };
  const by = `by-${index}`;
  return kind === 'Service'
    ? object('networking.k8s.io/v1', 'Ingress', `spec: { defaultBackend: { service: { name: ${name} } } }`, by)
    : pod(named[kind] ?? '').replace('name: x', `name: ${by}`);
}

describe('a name that points nowhere', () => {
  it.each(kinds)('%s', async (what, from, there) => {
    const found = await missing({ manifest: from });
    expect(found.map((d) => [d.at?.file, d.at?.line])).toEqual([
      ['catalog/demo/things/manifests/x.yaml.hbs', expect.any(Number)],
    ]);
    expect(found[0]?.message).toContain(` names ${what} `);
    expect(await missing({ manifest: `${from}---\n${there}` })).toEqual([]);
  });

  it.each(Object.entries(places))('in resources of %s', async (_, rows) => {
    const manifest = rows.map(([, by, spec], i) => {
      const [apiVersion = '', kind = ''] = by.split(' ');
      const put = isWide(kind) ? wide : object;
      return put(apiVersion, kind, `spec: { ${spec.replaceAll('want', `want-${i}`)} }`, `x-${i}`);
    });
    const found = (await missing({ manifest: manifest.join('---\n') })).map(
      (d) => / names (\S+ (?:demo\/)?want-\d+),/.exec(d.message)?.[1]?.replace('demo/', '') ?? d.message,
    );
    expect(found.sort(compareText)).toEqual(rows.map(([what], i) => `${what} want-${i}`).sort(compareText));
  });

  it('a kind without namespace, by its name alone', async () => {
    const named =
      'spec: { triggers: [{ type: t, authenticationRef: { kind: ClusterTriggerAuthentication, name: want } }] }';
    const found = await missing({ manifest: object('keda.sh/v1alpha1', 'ScaledObject', named) });
    expect(found.map((d) => d.message)).toEqual([expect.stringContaining(' names ClusterTriggerAuthentication want,')]);
  });

  it('Secret: expected by the plan, with its key', async () => {
    const manifest = container('env: [{ name: E, valueFrom: { secretKeyRef: { name: want, key: k } } }]');
    expect((await missing({ manifest })).map((d) => d.at?.line)).toEqual([4]);
    expect(await missing({ manifest, contributes: secret('want') })).toEqual([]);
    const [key] = await missing({ manifest, contributes: secret('want', 'kk') });
    expect(key?.message).toContain('Did you mean "kk"?');
  });

  it('Secret: once, however many of its keys are named', async () => {
    const keys = ['one', 'two'].map((k) => `{ name: ${k}, valueFrom: { secretKeyRef: { name: want, key: ${k} } } }`);
    const manifest = container(`env: [${keys.join(', ')}]`);
    expect(await missing({ manifest })).toHaveLength(1);
    expect(
      await missing({ manifest: `${manifest}---\n${object('v1', 'Secret', 'data: { k: v }', 'want')}` }),
    ).toHaveLength(2);
  });

  it('a key of a Secret that a provider is reached with', async () => {
    const store = 'spec: { provider: { vault: { auth: { userPass: { secretRef: { name: want, key: one } } } } } }';
    const manifest = object('external-secrets.io/v1', 'SecretStore', store);
    const there = object('v1', 'Secret', 'data: { ones: v }', 'want');
    expect((await missing({ manifest: `${manifest}---\n${there}` })).map((d) => d.message)).toEqual([
      expect.stringContaining('Did you mean "ones"?'),
    ]);
  });

  it('a key of a ConfigMap, and a section of a Gateway', async () => {
    const map = `${pod('volumes: [{ name: v, configMap: { name: m, items: [{ key: one, path: p }] } }]')}---\n${object('v1', 'ConfigMap', 'data: { ones: v }', 'm')}`;
    expect((await missing({ manifest: map })).map((d) => d.message)).toEqual([
      expect.stringContaining('"one" of ConfigMap demo/m'),
    ]);
    const route = `${object(gateway, 'HTTPRoute', 'spec: { parentRefs: [{ name: g, sectionName: http }] }')}---\n${object(gateway, 'Gateway', 'spec: { listeners: [{ name: https }] }', 'g')}`;
    expect((await missing({ manifest: route })).map((d) => d.message)).toEqual([
      expect.stringContaining('Did you mean "https"?'),
    ]);
  });

  it('a namespace, and the definition of a kind', async () => {
    const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  namespace: demos\n';
    const [found] = await missing({ manifest });
    expect([found?.at?.line, found?.message]).toEqual([5, expect.stringContaining('Did you mean "demo"?')]);
    const [kind] = await missing({ manifest: object('kafka.strimzi.io/v1', 'KafkaTopics', '') });
    expect([kind?.at?.line, kind?.message]).toEqual([
      2,
      expect.stringContaining('Did you mean "kafka.strimzi.io/KafkaTopic"?'),
    ]);
  });

  it('an AppProject', async () => {
    const argocd =
      'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: extra, namespace: argocd }\nspec: { project: aa }\n';
    const [found] = await missing({
      manifest: object('v1', 'ConfigMap', ''),
      more: { 'catalog/demo/things/argocd/extra.yaml.hbs': argocd },
    });
    expect([found?.at?.file, found?.message]).toEqual([
      'catalog/demo/things/argocd/extra.yaml.hbs',
      expect.stringContaining('names AppProject argocd/aa'),
    ]);
  });
});

describe('what is not missed', () => {
  it('what every Kubernetes has, and what is optional', async () => {
    const manifest = [
      pod(
        'serviceAccountName: default, priorityClassName: system-node-critical, volumes: [{ name: v, configMap: { name: kube-root-ca.crt } }]',
      ),
      pod('volumes: [{ name: v, secret: { secretName: nowhere, optional: true } }]').replace('name: x', 'name: y'),
      wide(
        rbac,
        'ClusterRoleBinding',
        'roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }\nsubjects: [{ kind: Group, name: g }]',
      ),
    ].join('---\n');
    expect(await missing({ manifest })).toEqual([]);
  });

  it('what the distribution has', async () => {
    const manifest = object('v1', 'PersistentVolumeClaim', 'spec: { storageClassName: local-path }');
    expect(await missing({ manifest })).toHaveLength(1);
    const k3s = {
      'catalog/distributions.yaml': readFileSync(join(repository, 'catalog/distributions.yaml'), 'utf8'),
      'clusters/a.yaml': clusterSpec('a', '  capabilities: { demo: {} }\n').replace(
        'version: "1.34"',
        'version: "1.34", distribution: k3s',
      ),
    };
    expect(await missing({ manifest, more: k3s })).toEqual([]);
  });

  it('what the spec declares, with globs, in environments too', async () => {
    const manifest = object('v1', 'PersistentVolumeClaim', 'spec: { storageClassName: fast-ssd }');
    const external =
      '  externals: [{ kind: storage.k8s.io/StorageClass, name: fast-*, reason: The provider makes it. }]\n';
    expect(await missing({ manifest, spec: external })).toEqual([]);
    const environment = `apiVersion: slipway.dev/v1alpha1\nkind: Environment\nmetadata: { name: prod }\nspec:\n${external}`;
    const own = '  externals: [{ kind: Secret, namespace: demo, name: other, reason: Theirs. }]\n';
    const more = { 'environments/prod.yaml': environment };
    expect(await missing({ manifest, spec: `  environment: prod\n${own}`, more })).toEqual([]);
    expect(await missing({ manifest, spec: '  environment: prod\n  externals: null\n', more })).toHaveLength(1);
  });

  it.each(makers)('what is made of %s, and no more', async (_, maker, made, not) => {
    const all = [...made, ...not];
    const found = await missing({ manifest: [maker, ...all.map(naming)].join('---\n') });
    expect(found.map((d) => all[Number(d.names?.[1]?.replace('by-', ''))] ?? d.message).sort(compareText)).toEqual(
      [...not].sort(compareText),
    );
  });

  it('what a cluster-wide object names where it is used', async () => {
    const store = wide(
      'external-secrets.io/v1',
      'ClusterSecretStore',
      'spec: { provider: { vault: { auth: { tokenSecretRef: { name: s, key: k } } } } }',
    );
    const secret = wide(
      'external-secrets.io/v1',
      'ClusterExternalSecret',
      'spec: { externalSecretSpec: { secretStoreRef: { name: s } } }',
    );
    const issuer = wide(
      cert,
      'ClusterIssuer',
      'spec: { acme: { solvers: [{ http01: { gatewayHTTPRoute: { parentRefs: [{ name: g }] } } }] } }',
    );
    expect(await missing({ manifest: [store, secret, issuer].join('---\n') })).toEqual([]);
  });

  it('what operators make, from component.yaml', async () => {
    const manifest = `${pod('volumes: [{ name: v, secret: { secretName: x-token } }]')}---\n${object('v1', 'ConfigMap', 'data: { t: token }')}`;
    const rule = (fields: string): string => `  makes: [{ ${fields}, reason: So. }]\n`;
    expect(await missing({ manifest })).toHaveLength(1);
    expect(await missing({ manifest, component: rule('kind: Secret, name: x-token') })).toEqual([]);
    expect(await missing({ manifest, component: rule('kind: Secret, name: x-token, namespace: other') })).toHaveLength(
      1,
    );
    expect(
      await missing({ manifest, component: rule('for: ConfigMap, kind: Secret, name: "{/metadata/name}-{/data/t}"') }),
    ).toEqual([]);
  });

  it('what a chart that is not here could bring, and no more than that', async () => {
    const chart = (namespace: string): string =>
      `apiVersion: slipway.dev/v1alpha1\nkind: Component\nmetadata: { name: chart }\nspec:\n  summary: C.\n  namespace: ${namespace}\n  crds: [example.com/Thing]\n  chart: { repository: "https://charts.example.com", name: demo, version: 1.2.3 }\n`;
    const more = (namespace: string): Record<string, string> => ({
      'catalog/demo/chart/component.yaml': chart(namespace),
    });
    const own = pod('serviceAccountName: want');
    expect(await missing({ manifest: own, more: more('demo') })).toEqual([]);
    expect(await missing({ manifest: own, more: more('default') })).toHaveLength(1);
    const topic = object(strimzi, 'KafkaTopic', '').replace(
      '{ name: x,',
      '{ name: x, labels: { strimzi.io/cluster: want },',
    );
    expect(await missing({ manifest: topic, more: more('demo') })).toHaveLength(1);
  });
});

describe('charts that are here', () => {
  const chart = {
    'catalog/demo/chart/component.yaml':
      'apiVersion: slipway.dev/v1alpha1\nkind: Component\nmetadata: { name: chart }\nspec:\n  summary: C.\n  namespace: demo\n  chart: { repository: ./charts/demo, name: demo, version: 1.0.0 }\n',
    'charts/demo/Chart.yaml': 'apiVersion: v2\nname: demo\nversion: 1.0.0\n',
    'charts/demo/templates/map.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: of-chart }\ndata: { k: v }\n',
    'charts/demo/templates/pod.yaml':
      'apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: { serviceAccountName: of-tree, containers: [{ name: c, image: i }] }\n',
  };
  const account = object('v1', 'ServiceAccount', '', 'of-tree');
  const reads = pod('volumes: [{ name: v, configMap: { name: of-chart } }]');
  const run = async (manifest: string): Promise<Diagnostic[]> => {
    vi.stubEnv('SLIPWAY_HELM', helmProgram());
    try {
      return await missing({ manifest, more: chart, prove: true });
    } finally {
      vi.unstubAllEnvs();
    }
  };

  it('bring what others name, and name what others bring', async () => {
    expect(await run(`${account}---\n${reads}`)).toEqual([]);
  });

  it('are said to name what is not there, and to lack what is named', async () => {
    const found = await run(reads.replace('of-chart', 'of-charts'));
    expect(found.map((d) => [d.at?.file, d.at?.line])).toEqual([
      ['catalog/demo/things/manifests/x.yaml.hbs', 4],
      ['catalog/demo/chart/component.yaml', 7],
    ]);
    expect(found[0]?.message).toContain('Did you mean "of-chart"?');
    expect(found[1]?.message).toContain('demo/templates/pod.yaml');
  });
});

describe('places', () => {
  it('the setting of the spec that gave the name, and the template beside it', async () => {
    const manifest = object('v1', 'PersistentVolumeClaim', 'spec:\n  storageClassName: {{options.class}}');
    const [found] = await missing({
      manifest,
      more: { 'clusters/a.yaml': clusterSpec('a', '  capabilities:\n    demo: { class: fst }\n') },
    });
    expect([found?.at?.file, found?.at?.line, found?.at?.col]).toEqual(['clusters/a.yaml', 9, 20]);
    expect(found?.related?.map((r) => [r.at?.file, r.at?.line])).toEqual([
      ['catalog/demo/things/manifests/x.yaml.hbs', 5],
    ]);
  });

  it('places that a component adds', async () => {
    const manifest = object('example.com/v1', 'Thing', 'spec: { parts: [{ map: m }] }');
    const component = '  references: [{ from: example.com/Thing, at: /spec/parts/*/map, to: ConfigMap }]\n';
    const found = await missing({
      manifest,
      component,
      spec: '  externals: [{ kind: apiextensions.k8s.io/CustomResourceDefinition, name: example.com/Thing, reason: There. }]\n',
    });
    expect(found.map((d) => d.message)).toEqual([expect.stringContaining('ConfigMap demo/m')]);
  });
});
