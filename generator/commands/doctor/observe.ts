import { greet } from '../../drift/live/apis.ts';
import type { Value, ValueMap } from '../../model/values.ts';
import { asMap, asString, listAt, mapAt, textAt, valueAt } from '../../model/values.ts';
import type { Kubernetes } from '../../ports.ts';

/** What a cluster shows of itself; undefined where the account of the context may not look. */
export interface Observed {
  /** gitVersion of the API server, `v1.34.2+k3s1`. */
  readonly version: string;
  readonly nodes: readonly ValueMap[] | undefined;
  readonly storageClasses: readonly ValueMap[] | undefined;
  readonly ingressClasses: readonly ValueMap[] | undefined;
  readonly services: readonly ValueMap[] | undefined;
  readonly daemonSets: readonly ValueMap[] | undefined;
  readonly deployments: readonly ValueMap[] | undefined;
  /** Definitions by name; null: it is not there. */
  readonly definitions: ReadonlyMap<string, ValueMap | null | undefined>;
  /** The APIService of metrics.k8s.io; null: it is not there. */
  readonly metricsApi: ValueMap | null | undefined;
  /** Configuration of the kubelet of one node. */
  readonly kubelet: ValueMap | undefined;
  /** The root Application of the cluster; null: it is not there. */
  readonly root: ValueMap | null | undefined;
}

/** Definitions that say something about what is installed. */
export const telling = {
  gateway: 'gateways.gateway.networking.k8s.io',
  application: 'applications.argoproj.io',
  addressPool: 'ipaddresspools.metallb.io',
  ciliumPool: 'ciliumloadbalancerippools.cilium.io',
} as const;

/** Reads what the facts of a cluster can be told by. Only GETs. Throws ToolError drift/… when the cluster cannot be asked. */
export async function observe(api: Kubernetes, root: { namespace: string; name: string }): Promise<Observed> {
  const version = textAt((await greet(api)).body, 'gitVersion') ?? '';
  const list = async (path: string): Promise<readonly ValueMap[] | undefined> => {
    const { status, body } = await api.get(path);
    return status === 200 ? listAt(body, 'items').map(asMap) : undefined;
  };
  const one = async (path: string): Promise<ValueMap | null | undefined> => {
    const { status, body } = await api.get(path);
    return status === 200 ? body : status === 404 ? null : undefined;
  };
  const nodes = await list('/api/v1/nodes');
  const definitions = new Map<string, ValueMap | null | undefined>();
  for (const name of Object.values(telling))
    definitions.set(name, await one(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`));
  const hasRoots = definitions.get(telling.application) !== null;
  return {
    version,
    nodes,
    definitions,
    storageClasses: await list('/apis/storage.k8s.io/v1/storageclasses'),
    ingressClasses: await list('/apis/networking.k8s.io/v1/ingressclasses'),
    services: await list('/api/v1/services'),
    daemonSets: await list('/apis/apps/v1/daemonsets'),
    deployments: await list('/apis/apps/v1/deployments'),
    metricsApi: await one('/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io'),
    kubelet: await kubeletOf(api, nodes),
    root: hasRoots
      ? await one(`/apis/argoproj.io/v1alpha1/namespaces/${root.namespace}/applications/${root.name}`)
      : null,
  };
}

async function kubeletOf(api: Kubernetes, nodes: readonly ValueMap[] | undefined): Promise<ValueMap | undefined> {
  const node = nodes?.map(nameOf).find((name) => name !== '');
  if (node === undefined) return undefined;
  const { status, body } = await api.get(`/api/v1/nodes/${node}/proxy/configz`);
  return status === 200 ? mapAt(body, 'kubeletconfig') : undefined;
}

export const nameOf = (object: ValueMap): string => asString(valueAt(object, '/metadata/name')) ?? '';
export const namespaceOf = (object: ValueMap): string => asString(valueAt(object, '/metadata/namespace')) ?? '';
export const annotation = (object: ValueMap, name: string): string | undefined =>
  asString(asMap(valueAt(object, '/metadata/annotations'))[name] as Value | undefined);
export const label = (object: ValueMap, name: string): string | undefined =>
  asString(asMap(valueAt(object, '/metadata/labels'))[name] as Value | undefined);
