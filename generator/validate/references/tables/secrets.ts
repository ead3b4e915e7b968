import type { ReferenceRule } from '../../../model/references.ts';

// External Secrets v2.9.0: apis/externalsecrets/v1, apis/generators/v1alpha1. What it makes is in secretsMade.ts.
const group = 'external-secrets.io';
const stores = [
  `${group}/ClusterSecretStore`,
  `${group}/SecretStore`,
  ...[
    'ACRAccessToken',
    'CloudsmithAccessToken',
    'ClusterGenerator',
    'ECRAuthorizationToken',
    'GCRAccessToken',
    'QuayAccessToken',
    'STSSessionToken',
    'VaultDynamicSecret',
    'Webhook',
  ].map((kind) => `generators.${group}/${kind}`),
];
const copies = ['ClusterExternalSecret', 'ClusterPushSecret', 'ExternalSecret', 'PushSecret'].map(
  (k) => `${group}/${k}`,
);

/** Members that are the same in every provider: a Secret and its key. Those called secretRef are known everywhere. */
const selectors = [
  'accessKeyIDSecretRef',
  'apiKeyRef',
  'authRef',
  'authorizedKeySecretRef',
  'certSecretRef',
  'clientCertRef',
  'clientKeyRef',
  'clientSecretSecretRef',
  'connectTokenSecretRef',
  'keySecretRef',
  'passwordSecretRef',
  'privateKeySecretRef',
  'roleRef',
  'secretAccessKeySecretRef',
  'secretApiKeySecretRef',
  'serviceAccountSecretRef',
  'sessionTokenSecretRef',
  'tokenSecretRef',
  'userRef',
].map((member) => ({ member, at: '' }));
/** The others, where they stand. */
const credentials = [
  'azurekv/authSecretRef/*',
  'bitwardensecretsmanager/auth/secretRef/credentials',
  'doppler/auth/secretRef/dopplerToken',
  'github/auth/privateKey',
  'gitlab/auth/SecretRef/accessToken',
  'infisical/auth/universalAuthCredentials/*',
  'kubernetes/auth/cert/*',
  'kubernetes/auth/token/bearerToken',
  'vault/auth/cert/clientCert',
].map((path) => ({ at: `/spec/provider/${path}` }));

export const secretReferences: readonly ReferenceRule[] = [
  ...[...selectors, ...credentials].map((place) => ({
    ...place,
    from: stores,
    to: 'Secret',
    keyAt: '/key',
    namespaceAt: 'namespace',
  })),
  ...[{ member: 'serviceAccountRef', at: '' }, { at: '/spec/provider/kubernetes/auth/serviceAccount' }].map(
    (place) => ({
      ...place,
      from: stores,
      to: 'ServiceAccount',
      namespaceAt: 'namespace',
    }),
  ),
  {
    from: stores,
    member: 'caProvider',
    at: '',
    to: 'Secret',
    kindAt: 'type',
    keyAt: '/key',
    namespaceAt: 'namespace',
  },
  ...[
    { member: 'secretStoreRef', at: '' },
    { member: 'secretStoreRefs', at: '/*' },
    { member: 'storeRef', at: '' },
  ].map((place) => ({ ...place, from: copies, to: `${group}/SecretStore`, kindAt: 'kind' })),
  { from: copies, member: 'generatorRef', at: '', to: `generators.${group}/Password`, kindAt: 'kind' },
  { from: copies, member: 'templateFrom', at: '/*/configMap', to: 'ConfigMap', keyAt: '/items/*/key' },
  { from: copies, member: 'templateFrom', at: '/*/secret', to: 'Secret', keyAt: '/items/*/key' },
  { from: [`${group}/PushSecret`], at: '/spec/selector/secret', to: 'Secret' },
];
