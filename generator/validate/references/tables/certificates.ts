import type { MakesRule, ReferenceRule } from '../../../model/references.ts';
import { keysAt, made, namesAt } from './rule.ts';

// cert-manager v1.21.1: pkg/apis/certmanager/v1/types_issuer.go, types_certificate.go, pkg/apis/acme/v1/types_issuer.go
const issuers = ['cert-manager.io/ClusterIssuer', 'cert-manager.io/Issuer'];
const certificates = ['cert-manager.io/Certificate'];
/** What each provider of DNS is reached with; the settings of a webhook are its own. */
const dns01: Readonly<Record<string, readonly string[]>> = {
  acmeDNS: ['accountSecretRef'],
  akamai: ['clientTokenSecretRef', 'clientSecretSecretRef', 'accessTokenSecretRef'],
  azureDNS: ['clientSecretSecretRef'],
  cloudDNS: ['serviceAccountSecretRef'],
  cloudflare: ['apiKeySecretRef', 'apiTokenSecretRef'],
  digitalocean: ['tokenSecretRef'],
  rfc2136: ['tsigSecretSecretRef'],
  route53: ['accessKeyIDSecretRef', 'secretAccessKeySecretRef'],
};

// trust-manager v0.24.0: pkg/apis/trust/v1alpha1/types_bundle.go
const bundle = 'trust.cert-manager.io/Bundle';

export const certificateReferences: readonly ReferenceRule[] = [
  // the kind of the other annotation, cert-manager.io/issuer, may be any, pkg/controller/certificate-shim/sync.go
  ...namesAt(
    ['networking.k8s.io/Ingress', 'gateway.networking.k8s.io/Gateway'],
    ['/metadata/annotations/cert-manager.io~1cluster-issuer'],
    'cert-manager.io/ClusterIssuer',
  ),
  ...keysAt(certificates, ['/spec/keystores/*/passwordSecretRef']),
  ...namesAt(issuers, [
    '/spec/ca/secretName',
    '/spec/vault/auth/clientCertificate/secretName',
    '/spec/venafi/tpp/credentialsRef',
    '/spec/venafi/ngts/credentialsRef',
  ]),
  ...keysAt(issuers, [
    '/spec/acme/externalAccountBinding/keySecretRef',
    '/spec/vault/auth/tokenSecretRef',
    '/spec/vault/caBundleSecretRef',
    '/spec/vault/clientCertSecretRef',
    '/spec/vault/clientKeySecretRef',
    '/spec/venafi/cloud/apiTokenSecretRef',
    '/spec/venafi/tpp/caBundleSecretRef',
    ...Object.entries(dns01).flatMap(([provider, members]) =>
      members.map((member) => `/spec/acme/solvers/*/dns01/${provider}/${member}`),
    ),
  ]),
  ...namesAt(
    issuers,
    [
      '/spec/vault/auth/kubernetes/serviceAccountRef',
      '/spec/vault/auth/aws/serviceAccountRef',
      '/spec/acme/solvers/*/dns01/route53/auth/kubernetes/serviceAccountRef',
    ],
    'ServiceAccount',
  ),
  ...keysAt([bundle], ['/spec/sources/*/secret']),
  ...keysAt([bundle], ['/spec/sources/*/configMap'], 'ConfigMap'),
];

// Keys: pkg/controller/certificates/issuing/internal/secret.go. An authority of ACME gives no ca.crt, which is not to be
// seen from the Certificate.
const pair = ['tls.crt', 'tls.key', 'ca.crt'];
const keystores = ['jks', 'pkcs12'].flatMap((format) => {
  const suffix = format === 'jks' ? 'jks' : 'p12';
  return ['keystore', 'truststore'].map((name) => `{/spec/keystores/${format}/create=true?}${name}.${suffix}`);
});
const formats = [
  '{/spec/additionalOutputFormats/*/type=DER?}key.der',
  '{/spec/additionalOutputFormats/*/type=CombinedPEM?}tls-combined.pem',
];
const account = '/spec/acme/privateKeySecretRef';

export const certificateMakes: readonly MakesRule[] = [
  made('cert-manager.io/Certificate', 'Secret', '{/spec/secretName}', [...pair, ...keystores, ...formats]),
  // pkg/issuer/acme/setup.go
  made('cert-manager.io/Issuer', 'Secret', `{!/spec/acme/disableAccountKeyGeneration=true?${account}/name}`, [
    `{${account}/key}`,
    `{!${account}/key?}tls.key`,
  ]),
  // pkg/controller/certificate-shim/sync.go
  ...['cluster-issuer', 'issuer'].flatMap((annotation) => {
    const isAnnotated = `/metadata/annotations/cert-manager.io~1${annotation}`;
    return [
      made('networking.k8s.io/Ingress', 'Secret', `{${isAnnotated}?/spec/tls/*/secretName}`, pair),
      made(
        'gateway.networking.k8s.io/Gateway',
        'Secret',
        `{${isAnnotated}?/spec/listeners/*/tls/certificateRefs/*/name}`,
        pair,
      ),
    ];
  }),
  // pkg/bundle/internal/target/target.go: each target has the other formats too
  ...[
    ['ConfigMap', 'configMap'],
    ['Secret', 'secret'],
  ].map(([kind = '', target = '']) =>
    made(
      bundle,
      kind,
      `{/spec/target/${target}?/metadata/name}`,
      [
        `{/spec/target/${target}/key}`,
        '{/spec/target/additionalFormats/jks/key}',
        '{/spec/target/additionalFormats/pkcs12/key}',
      ],
      '*',
    ),
  ),
];
