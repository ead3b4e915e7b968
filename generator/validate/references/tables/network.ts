import type { ReferenceRule } from '../../../model/references.ts';
import { namesAt } from './rule.ts';

// Gateway API v1.6.1, config/crd/experimental. What is not here is known by its member everywhere.
const routes = ['gateway.networking.k8s.io/HTTPRoute', 'gateway.networking.k8s.io/GRPCRoute'];
const gateways: readonly ReferenceRule[] = [
  {
    from: routes,
    member: 'extensionRef',
    at: '',
    to: 'gateway.envoyproxy.io/HTTPRouteFilter',
    kindAt: 'kind',
    groupAt: 'group',
  },
  {
    from: routes,
    member: 'requestMirror',
    at: '/backendRef',
    to: 'Service',
    kindAt: 'kind',
    groupAt: 'group',
    namespaceAt: 'namespace',
  },
  {
    from: ['gateway.networking.k8s.io/ListenerSet'],
    at: '/spec/parentRef',
    to: 'gateway.networking.k8s.io/Gateway',
    kindAt: 'kind',
    groupAt: 'group',
    namespaceAt: 'namespace',
  },
];

// Envoy Gateway v1.9.0: charts/gateway-crds-helm, whose fields default to Secret unless the kind is required
const envoy = (kind: string): string => `gateway.envoyproxy.io/${kind}`;
const extended = ['Backend', 'ClientTrafficPolicy', 'EnvoyExtensionPolicy', 'EnvoyProxy', 'HTTPRouteFilter'].map(envoy);
const security = envoy('SecurityPolicy');
const proxies: readonly ReferenceRule[] = [
  ...[
    { from: extended, member: 'caCertificateRef', at: '' },
    { from: extended, member: 'clientCertificateRef', at: '' },
    { from: extended, member: 'crl', at: '/refs/*' },
    { from: extended, member: 'pullSecretRef', at: '' },
    { from: [...extended, envoy('BackendTrafficPolicy'), security], member: 'valueRef', at: '' },
    { from: [security], at: '/spec/apiKeyAuth/credentialRefs/*' },
    { from: [security], at: '/spec/basicAuth/users' },
    { from: [security], at: '/spec/oidc/clientIDRef' },
    { from: [security], at: '/spec/oidc/clientSecret' },
  ].map((place) => ({ ...place, to: 'Secret', kindAt: 'kind', groupAt: 'group', namespaceAt: 'namespace' })),
];

// MetalLB v0.16.1: api/v1beta1, api/v1beta2; all of it is read in the namespace of MetalLB, internal/k8s/controllers
const metallb = (kind: string): string => `metallb.io/${kind}`;
const addresses: readonly ReferenceRule[] = [
  ...namesAt(
    ['L2Advertisement', 'BGPAdvertisement'].map(metallb),
    ['/spec/ipAddressPools/*'],
    metallb('IPAddressPool'),
  ),
  ...namesAt([metallb('BGPAdvertisement')], ['/spec/peers/*'], metallb('BGPPeer')),
  ...namesAt([metallb('BGPPeer')], ['/spec/passwordSecret']),
  ...namesAt([metallb('BGPPeer')], ['/spec/bfdProfile'], metallb('BFDProfile')),
];

export const networkReferences: readonly ReferenceRule[] = [...gateways, ...proxies, ...addresses];
