import { readFileSync } from 'node:fs';
import type { Json, KubeClient, KubeObject } from './kubeClient.ts';
import { pluralOf } from './crds.ts';
import type { Run } from './process.ts';
import { sleep } from './wait.ts';

/** What stands in for the controllers that do not run: they say of their objects that all is well, a moment later. */
interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly conditions?: readonly string[];
  readonly status?: (object: KubeObject, conditions: readonly Json[]) => Json;
  /** What the operator puts on its objects, and takes off one that goes: but only while it runs itself. */
  readonly finalizer?: { readonly name: string; readonly operatorNamespace: string };
}

const nodePoolStatus = (object: KubeObject): Json => ({ replicas: (object['spec'] as Json)['replicas'] });
const routeStatus = (object: KubeObject, conditions: readonly Json[]): Json => {
  const parents = ((object['spec'] as Json)['parentRefs'] ?? []) as Json[];
  return { parents: parents.map((parentRef) => ({ parentRef, controllerName: 'example.com/e2e', conditions })) };
};
const knative = ['DependenciesInstalled', 'DeploymentsAvailable', 'InstallSucceeded', 'Ready'];

const kinds: readonly Kind[] = [
  { group: 'access.strimzi.io', version: 'v1alpha1', kind: 'KafkaAccess' },
  { group: 'cert-manager.io', version: 'v1', kind: 'Certificate' },
  { group: 'cert-manager.io', version: 'v1', kind: 'ClusterIssuer' },
  { group: 'cert-manager.io', version: 'v1', kind: 'Issuer' },
  { group: 'external-secrets.io', version: 'v1', kind: 'ClusterSecretStore' },
  { group: 'external-secrets.io', version: 'v1', kind: 'ExternalSecret' },
  { group: 'gateway.networking.k8s.io', version: 'v1', kind: 'Gateway', conditions: ['Accepted', 'Programmed'] },
  {
    group: 'gateway.networking.k8s.io',
    version: 'v1',
    kind: 'GatewayClass',
    conditions: ['Accepted'],
    // sigs.k8s.io/gateway-api apis/v1/gatewayclass_types.go
    finalizer: {
      name: 'gateway-exists-finalizer.gateway.networking.k8s.io',
      operatorNamespace: 'envoy-gateway-system',
    },
  },
  {
    group: 'gateway.networking.k8s.io',
    version: 'v1',
    kind: 'HTTPRoute',
    conditions: ['Accepted', 'ResolvedRefs'],
    status: routeStatus,
  },
  { group: 'kafka.strimzi.io', version: 'v1', kind: 'Kafka' },
  { group: 'kafka.strimzi.io', version: 'v1', kind: 'KafkaNodePool', status: nodePoolStatus },
  { group: 'kafka.strimzi.io', version: 'v1', kind: 'KafkaTopic' },
  { group: 'kafka.strimzi.io', version: 'v1', kind: 'KafkaUser' },
  { group: 'monitoring.coreos.com', version: 'v1', kind: 'Alertmanager', conditions: ['Available'] },
  { group: 'monitoring.coreos.com', version: 'v1', kind: 'Prometheus', conditions: ['Available'] },
  { group: 'nvidia.com', version: 'v1', kind: 'ClusterPolicy', status: () => ({ state: 'ready' }) },
  { group: 'operator.knative.dev', version: 'v1beta1', kind: 'KnativeEventing', conditions: knative },
  { group: 'operator.knative.dev', version: 'v1beta1', kind: 'KnativeServing', conditions: knative },
  {
    group: 'postgresql.cnpg.io',
    version: 'v1',
    kind: 'Cluster',
    status: () => ({ phase: 'Cluster in healthy state', phaseReason: 'simulated' }),
  },
  {
    group: 'postgresql.cnpg.io',
    version: 'v1',
    kind: 'Database',
    status: () => ({ applied: true }),
    // cloudnative-pg pkg/utils/finalizers.go
    finalizer: { name: 'cnpg.io/deleteDatabase', operatorNamespace: 'cnpg-system' },
  },
  { group: 'trust.cert-manager.io', version: 'v1alpha1', kind: 'Bundle', conditions: ['Synced'] },
];

function isDone(object: KubeObject): boolean {
  const { observedGeneration } = (object['status'] ?? {}) as { observedGeneration?: number };
  return observedGeneration === object.metadata.generation;
}

const pathOf = ({ group, version, kind }: Kind, { metadata: { namespace, name } }: KubeObject): string =>
  `/apis/${group}/${version}/${namespace === undefined ? '' : `namespaces/${namespace}/`}${pluralOf(group, kind)}/${name}`;

/** What an operator does with its finalizer. One that is gone does nothing, and the object stays for ever. */
async function playFinalizer(client: KubeClient, kind: Kind, object: KubeObject): Promise<void> {
  if (kind.finalizer === undefined) return;
  const { name, operatorNamespace } = kind.finalizer;
  const { finalizers = [], deletionTimestamp } = object.metadata;
  if (finalizers.includes(name) === (deletionTimestamp === undefined)) return;
  const operators = await client.list(`/apis/apps/v1/namespaces/${operatorNamespace}/deployments`);
  if (operators.every(({ metadata }) => metadata.deletionTimestamp !== undefined)) return;
  const others = finalizers.filter((finalizer) => finalizer !== name);
  const wanted = deletionTimestamp === undefined ? [...others, name] : others;
  await client.patch(pathOf(kind, object), { metadata: { finalizers: wanted } });
}

async function playKind(client: KubeClient, kind: Kind, ageMs: number): Promise<void> {
  const base = `/apis/${kind.group}/${kind.version}`;
  for (const object of await client.list(`${base}/${pluralOf(kind.group, kind.kind)}`)) {
    await playFinalizer(client, kind, object);
    if (isDone(object) || Date.now() - Date.parse(object.metadata.creationTimestamp ?? '') < ageMs) continue;
    const { generation } = object.metadata;
    const conditions = (kind.conditions ?? ['Ready']).map((type) => ({
      type,
      status: 'True',
      reason: 'Simulated',
      message: 'no operator runs here',
      lastTransitionTime: new Date().toISOString(),
      observedGeneration: generation,
    }));
    const own = kind.status?.(object, conditions) ?? {};
    await client.patch(`${pathOf(kind, object)}/status`, {
      status: { observedGeneration: generation, conditions, ...own },
    });
  }
}

/** What a CA injector does: it writes the authority into every webhook that has none, or that asks for it. */
async function injectAuthorities(client: KubeClient, caBundle: string): Promise<void> {
  for (const plural of ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations']) {
    const base = `/apis/admissionregistration.k8s.io/v1/${plural}`;
    for (const object of await client.list(base)) {
      const webhooks = (object['webhooks'] ?? []) as { clientConfig: { caBundle?: string } }[];
      const asks = object.metadata.annotations?.['cert-manager.io/inject-ca-from'] !== undefined;
      const lacks = ({ clientConfig }: (typeof webhooks)[number]): boolean =>
        clientConfig.caBundle === undefined || (asks && clientConfig.caBundle !== caBundle);
      if (!webhooks.some(lacks)) continue;
      for (const hook of webhooks.filter(lacks)) hook.clientConfig.caBundle = caBundle;
      await client.patch(`${base}/${object.metadata.name}`, { webhooks });
    }
  }
  const base = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  for (const object of await client.list(base)) {
    const { conversion } = object['spec'] as { conversion?: { strategy: string; webhook?: { clientConfig: Json } } };
    if (conversion?.webhook === undefined || conversion.webhook.clientConfig['caBundle'] !== undefined) continue;
    await client.patch(`${base}/${object.metadata.name}`, {
      spec: { conversion: { webhook: { clientConfig: { caBundle } } } },
    });
  }
}

async function giveAddresses(client: KubeClient): Promise<void> {
  for (const object of await client.list('/api/v1/services')) {
    const { metadata, spec, status } = object as KubeObject & {
      spec: Json;
      status?: { loadBalancer?: { ingress?: unknown } };
    };
    if (spec['type'] !== 'LoadBalancer' || status?.loadBalancer?.ingress !== undefined) continue;
    const path = `/api/v1/namespaces/${metadata.namespace ?? ''}/services/${metadata.name}/status`;
    await client.patch(path, { status: { loadBalancer: { ingress: [{ ip: '192.0.2.10' }] } } });
  }
}

/** A volume for every claim; the controller manager binds them. */
async function provisionVolumes(client: KubeClient): Promise<void> {
  for (const claim of await client.list('/api/v1/persistentvolumeclaims')) {
    const { metadata, spec } = claim as KubeObject & { spec: Json };
    const name = `pv-${metadata.uid ?? ''}`;
    if (spec['volumeName'] !== undefined || (await client.get(`/api/v1/persistentvolumes/${name}`)) !== undefined)
      continue;
    const { requests } = spec['resources'] as { requests: Json };
    await client.request('POST', '/api/v1/persistentvolumes', {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: {
        capacity: requests,
        accessModes: spec['accessModes'],
        storageClassName: spec['storageClassName'] ?? '',
        hostPath: { path: `/var/lib/${name}` },
        claimRef: {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          namespace: metadata.namespace,
          name: metadata.name,
          uid: metadata.uid,
        },
      },
    });
  }
}

/** Plays all of them until the run ends. `authority` is a file; `ageMs` is how old an object is before anybody looks at it. */
export function startOperators(run: Run, client: KubeClient, authority: string, ageMs = 1000): void {
  // The API server takes nothing but a certificate here.
  const caBundle = readFileSync(authority).toString('base64');
  let stopped = false;
  const steps = [
    ...kinds.map((kind) => (): Promise<void> => playKind(client, kind, ageMs)),
    (): Promise<void> => injectAuthorities(client, caBundle),
    (): Promise<void> => giveAddresses(client),
    (): Promise<void> => provisionVolumes(client),
  ];
  const loop = async (): Promise<void> => {
    while (!stopped) {
      // An object that changed or went meanwhile is looked at again in the next round.
      for (const step of steps) if (!stopped) await step().catch(() => undefined);
      await sleep(400);
    }
  };
  const done = loop();
  run.onStop(async () => {
    stopped = true;
    await done;
  });
}
