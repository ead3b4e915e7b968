import type { ValueMap } from '../../model/values.ts';
import { asList, asMap, asString, listAt, textAt, valueAt } from '../../model/values.ts';
import type { Observed } from './observe.ts';
import { annotation, label, nameOf, telling } from './observe.ts';

/** Distribution by what its API server calls its version, or its nodes themselves. */
export function distributionOf({ version, nodes }: Observed): string | undefined {
  const image = asString(valueAt(nodes?.[0], '/status/nodeInfo/osImage')) ?? '';
  const signs: readonly (readonly [string, boolean])[] = [
    ['k3s', version.includes('+k3s')],
    ['rke2', version.includes('+rke2')],
    ['eks', version.includes('-eks-')],
    ['gke', version.includes('-gke.')],
    ['talos', image.startsWith('Talos')],
    ['aks', nodes?.some((n) => label(n, 'kubernetes.azure.com/cluster') !== undefined) === true],
    ['kind', nodes?.some((n) => (asString(valueAt(n, '/spec/providerID')) ?? '').startsWith('kind://')) === true],
  ];
  return signs.find(([, isThere]) => isThere)?.[0];
}

const defaultClass = 'storageclass.kubernetes.io/is-default-class';

/** Names of the default StorageClasses; more than one is possible. */
export const defaultClasses = ({ storageClasses }: Observed): readonly string[] | undefined =>
  storageClasses?.filter((c) => annotation(c, defaultClass) === 'true').map(nameOf);

/** What gives Services of type LoadBalancer addresses, by its traces; empty: none was found. */
export function loadBalancers(observed: Observed): readonly string[] {
  const { nodes = [], daemonSets = [], deployments = [], definitions } = observed;
  const clouds = /^(?:aws|gce|azure|openstack|hcloud|digitalocean|vsphere):\/\//;
  const runs = (pattern: RegExp): boolean => [...daemonSets, ...deployments].some((o) => pattern.test(nameOf(o)));
  const signs: readonly (readonly [string, boolean])[] = [
    ['servicelb', daemonSets.some((d) => label(d, 'svccontroller.k3s.cattle.io/svcname') !== undefined)],
    ['metallb', isThere(definitions.get(telling.addressPool))],
    ['cilium', isThere(definitions.get(telling.ciliumPool)) && runs(/^cilium$/)],
    ['kube-vip', runs(/^kube-vip/)],
    ['cloud', nodes.some((n) => clouds.test(asString(valueAt(n, '/spec/providerID')) ?? ''))],
  ];
  return signs.filter(([, found]) => found).map(([name]) => name);
}

const isThere = (definition: ValueMap | null | undefined): boolean => definition !== null && definition !== undefined;

/** Services of type LoadBalancer, and how many of them have an address. */
export function balanced({ services }: Observed): { readonly all: number; readonly served: number } {
  const wanted = (services ?? []).filter((s) => valueAt(s, '/spec/type') === 'LoadBalancer');
  const served = wanted.filter((s) => asList(valueAt(s, '/status/loadBalancer/ingress')).length > 0);
  return { all: wanted.length, served: served.length };
}

/** Network add-ons that enforce NetworkPolicies, by the names of their DaemonSets. */
const enforcing =
  /^(?:calico-node|canal|rke2-canal|cilium|anetd|antrea-agent|kube-router|weave-net|kindnet|azure-npm)$/;

/** What enforces NetworkPolicies; undefined: nothing known was found. */
export function policyEnforcer({ daemonSets, version }: Observed): string | undefined {
  const found = daemonSets?.map(nameOf).find((name) => enforcing.test(name));
  if (found !== undefined) return found;
  const aws = daemonSets?.find((d) => nameOf(d) === 'aws-node');
  const containers = asList(valueAt(aws, '/spec/template/spec/containers')).map(asMap);
  const isOn = containers.some((c) => listAt(c, 'args').includes('--enable-network-policy=true'));
  if (isOn) return 'aws-node';
  return version.includes('+k3s') ? 'the policy controller of k3s' : undefined;
}

/** Ingress controllers that came with the nodes. */
export const bundledIngresses = ({ ingressClasses }: Observed): readonly string[] | undefined =>
  ingressClasses
    ?.filter((c) => /^(?:traefik\.io\/|k8s\.io\/ingress-nginx)/.test(asString(valueAt(c, '/spec/controller')) ?? ''))
    .map(nameOf);

/** Definitions of Gateway API that somebody else than Argo CD put there: their version and owner. */
export function otherGatewayApi({ definitions }: Observed): string | undefined {
  const found = definitions.get(telling.gateway);
  if (found === null || found === undefined) return undefined;
  const managers = asList(valueAt(found, '/metadata/managedFields')).map((f) => textAt(f, 'manager') ?? '');
  if (managers.includes('argocd-controller')) return undefined;
  const version = annotation(found, 'gateway.networking.k8s.io/bundle-version') ?? 'of unknown version';
  const channel = annotation(found, 'gateway.networking.k8s.io/channel') ?? 'unknown';
  const release = annotation(found, 'meta.helm.sh/release-name');
  const owner = release === undefined ? managers.find((m) => m !== 'kube-apiserver') : `Helm release ${release}`;
  return `${version}, channel ${channel}, of ${owner ?? 'somebody else'}`;
}

/** Who signs the serving certificates of the kubelets; undefined: the kubelet may not be asked. */
export function kubeletCertificates({ kubelet, version }: Observed): 'signed' | 'selfSigned' | undefined {
  if (kubelet === undefined) return undefined;
  // files of its own are signed by who made them: k3s and RKE2 give their kubelets some of the cluster's CA
  const hasFile = (textAt(kubelet, 'tlsCertFile') ?? '') !== '';
  if (kubelet['serverTLSBootstrap'] === true) return 'signed';
  return hasFile && /\+(?:k3s|rke2)/.test(version) ? 'signed' : hasFile ? undefined : 'selfSigned';
}

/** Namespaces in which an Argo CD runs. */
export const argocdNamespaces = ({ deployments }: Observed): readonly string[] => [
  ...new Set(
    (deployments ?? [])
      .filter((d) => label(d, 'app.kubernetes.io/name') === 'argocd-server')
      .map((d) => asString(valueAt(d, '/metadata/namespace')) ?? ''),
  ),
];

/** Whose the API of metrics is: the Service behind it; null: nobody's. */
export function metricsService({ metricsApi }: Observed): string | null | undefined {
  if (metricsApi === null || metricsApi === undefined) return metricsApi;
  const { namespace, name } = asMap(valueAt(metricsApi, '/spec/service'));
  return `${asString(namespace) ?? ''}/${asString(name) ?? ''}`;
}
