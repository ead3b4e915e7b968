import { describe, expect, it } from 'vitest';
import type { ValueMap } from '../../generator/model/values.ts';
import { asMap, asString } from '../../generator/model/values.ts';
import type { ApiAnswer, Kubernetes } from '../../generator/ports.ts';
import { emitYaml } from '../../generator/yaml/emit.ts';
import { call } from '../helpers/call.ts';
import { overlayContext } from '../helpers/workspace.ts';

type Answers = Readonly<Record<string, ValueMap | number>>;

/** A cluster that answers with these, and otherwise as an empty one; every path it was asked for. */
function cluster(answers: Answers): Kubernetes & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  const answer = (path: string): ApiAnswer => {
    asked.push(path);
    const found = answers[path];
    if (typeof found === 'number') return { status: found, body: {} };
    if (found !== undefined) return { status: 200, body: found };
    const isOne = /(?:customresourcedefinitions|apiservices|applications)\/[^/]+$|configz$/.test(path);
    return isOne ? { status: 404, body: {} } : { status: 200, body: { items: [] } };
  };
  const refuse = (): never => {
    throw new Error('doctor only reads');
  };
  return {
    asked,
    context: 'here',
    server: 'https://cluster.example.com',
    get: (path) => Promise.resolve(answer(path)),
    discover: refuse,
    listMetadata: refuse,
    predict: refuse,
    counts: () => ({ requests: asked.length, bytes: 0 }),
    close: () => undefined,
  };
}

interface Seen {
  /** What was found, by what was looked at. */
  readonly found: Readonly<Record<string, string>>;
  /** `severity code line: message`, of findings about the cluster. */
  readonly said: readonly string[];
  readonly asked: readonly string[];
}

async function look(spec: ValueMap, answers: Answers): Promise<Seen> {
  const text = emitYaml({
    apiVersion: 'slipway.dev/v1alpha1',
    kind: 'Cluster',
    metadata: { name: 'a' },
    spec: { domain: 'a.example.com', git: { repoURL: 'https://git.example.com/fleet.git' }, ...spec },
  });
  const api = cluster({ '/version': { gitVersion: 'v1.34.2' }, ...answers });
  const real = overlayContext({ 'clusters/a.yaml': text });
  const ctx = Object.create(real, { kubernetes: { value: () => Promise.resolve(api) } }) as typeof real;
  const { data, diagnostics = [] } = await call(ctx, 'doctor', '-c', 'a', '--context', 'here');
  const rows = (data as readonly ValueMap[]).map((row) => [asString(row['name']) ?? '', asString(row['found']) ?? '']);
  return {
    found: Object.fromEntries(rows) as Record<string, string>,
    said: diagnostics
      .filter((d) => d.code.startsWith('cluster/'))
      .map((d) => {
        const line = text.split('\n')[(d.at?.line ?? 0) - 1]?.trim() ?? '';
        expect([d.at?.file, d.hint]).toEqual(['clusters/a.yaml', expect.stringMatching(/\S/)]);
        return `${d.severity} ${d.code} ${line.split(':')[0] ?? ''}: ${d.message}`;
      }),
    asked: api.asked,
  };
}

const named = (name: string, more: ValueMap = {}): ValueMap => ({
  ...more,
  metadata: { ...asMap(more['metadata']), name },
});
const items = (...list: readonly ValueMap[]): ValueMap => ({ items: list });
const annotated = (name: string, annotations: ValueMap): ValueMap => named(name, { metadata: { annotations } });
const isDefault = { 'storageclass.kubernetes.io/is-default-class': 'true' };
const classes = '/apis/storage.k8s.io/v1/storageclasses';
const definition = (name: string): string => `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`;
const gateways = definition('gateways.gateway.networking.k8s.io');

const edge: ValueMap = {
  kubernetes: { version: '1.34', distribution: 'k3s' },
  network: { ingress: 'none' },
  capabilities: { tls: {}, edge: {} },
};
const k3s: Answers = {
  '/version': { gitVersion: 'v1.34.2+k3s1' },
  [classes]: items(annotated('local-path', isDefault)),
  '/apis/apps/v1/daemonsets': items(
    named('svclb-traefik', { metadata: { labels: { 'svccontroller.k3s.cattle.io/svcname': 'traefik' } } }),
  ),
};

describe('doctor --context', () => {
  it('has nothing to say of a cluster that is what its spec says, and reads only', async () => {
    const { said, found, asked } = await look(edge, k3s);
    expect(said).toEqual([]);
    expect(found).toMatchObject({
      version: 'v1.34.2+k3s1',
      distribution: 'k3s',
      'default StorageClass': 'local-path',
      'load balancer': 'servicelb; 0 of 0 Services served',
      'Gateway API': 'none',
      'Argo CD': 'none',
    });
    expect(asked).toContain('/api/v1/nodes');
  });

  it.each<[string, ValueMap, Answers, string[]]>([
    [
      'another Kubernetes and distribution',
      edge,
      { ...k3s, '/version': { gitVersion: 'v1.35.1+rke2r1' } },
      [
        'error cluster/differs version: The cluster runs Kubernetes 1.35, and the spec says 1.34: what was checked is not what it serves.',
        'error cluster/differs distribution: The nodes run rke2, and the spec says k3s.',
      ],
    ],
    [
      'no default StorageClass, or two',
      { ...edge, storage: { default: 'fast' } },
      { ...k3s, [classes]: items(named('fast'), annotated('slow', isDefault), annotated('other', isDefault)) },
      ['error cluster/differs default: 2 StorageClasses are the default one; the newest of them counts.'],
    ],
    [
      'another default StorageClass',
      { ...edge, storage: { default: 'fast' } },
      k3s,
      ['error cluster/differs default: The default StorageClass is local-path, and the spec says fast.'],
    ],
    [
      'definitions of Gateway API and an ingress controller of the nodes',
      edge,
      {
        ...k3s,
        [gateways]: annotated('gateways.gateway.networking.k8s.io', {
          'gateway.networking.k8s.io/bundle-version': 'v1.4.0',
          'gateway.networking.k8s.io/channel': 'standard',
          'meta.helm.sh/release-name': 'traefik-crd',
        }),
        '/apis/networking.k8s.io/v1/ingressclasses': items(
          named('traefik', { spec: { controller: 'traefik.io/ingress-controller' } }),
        ),
      },
      [
        'warning cluster/differs ingress: The IngressClass traefik is there, and the spec says that no ingress controller came with the nodes.',
        'error cluster/occupied distribution: Definitions of Gateway API are there (v1.4.0, channel standard, of Helm release traefik-crd), and edge brings its own.',
      ],
    ],
    [
      'addresses from two sides',
      {
        ...edge,
        network: { ingress: 'none', loadBalancer: 'none' },
        capabilities: { tls: {}, edge: { metallb: { addresses: ['192.0.2.0/24'] } } },
      },
      k3s,
      ['error cluster/occupied loadBalancer: servicelb gives addresses already, and metallb would fight over them.'],
    ],
    [
      'nobody who gives addresses',
      { ...edge, kubernetes: { version: '1.34', distribution: 'kubeadm' }, network: { loadBalancer: 'kube-vip' } },
      {},
      [
        'warning cluster/differs loadBalancer: There is no trace of kube-vip that gives Services of type LoadBalancer addresses, and the gateway needs one.',
      ],
    ],
    [
      'kubelets that sign for themselves, and another metrics-server',
      {
        kubernetes: { version: '1.34', distribution: 'talos', kubeletCertificates: 'signed' },
        storage: { default: 'fast' },
        capabilities: { monitoring: {} },
      },
      {
        '/api/v1/nodes': items(named('n1', { status: { nodeInfo: { osImage: 'Talos (v1.12.0)' } } })),
        '/api/v1/nodes/n1/proxy/configz': { kubeletconfig: { serverTLSBootstrap: false } },
        [classes]: items(annotated('fast', isDefault)),
        '/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io': {
          spec: { service: { namespace: 'metrics', name: 'metrics-server' } },
        },
      },
      [
        'error cluster/differs kubeletCertificates: The serving certificates of the kubelets are selfSigned, and the spec says signed: metrics-server would refuse them.',
        'error cluster/occupied monitoring: metrics.k8s.io is served by metrics/metrics-server already, and this tree installs a metrics-server of its own.',
      ],
    ],
    [
      'teams that nothing keeps apart',
      {
        kubernetes: { version: '1.34', distribution: 'eks' },
        network: { policies: 'enforced' },
        tenants: [{ name: 'web' }],
      },
      { '/version': { gitVersion: 'v1.34.2-eks-1a2b' }, '/apis/apps/v1/daemonsets': items(named('aws-node')) },
      [
        'warning cluster/differs policies: No network add-on that is known to enforce NetworkPolicies runs, and they are all that keeps the teams apart.',
      ],
    ],
    [
      "an Argo CD that is not this tree's",
      { kubernetes: { version: '1.34' }, capabilities: { gitops: {} } },
      {
        [classes]: items(annotated('fast', isDefault)),
        '/apis/apps/v1/deployments': items(
          named('argocd-server', {
            metadata: { namespace: 'gitops', labels: { 'app.kubernetes.io/name': 'argocd-server' } },
          }),
        ),
      },
      [
        "error cluster/occupied gitops: An Argo CD runs in gitops already, and it is not this tree's: both would claim the same definitions.",
      ],
    ],
    [
      'what may not be looked at',
      { kubernetes: { version: '1.34' } },
      { [classes]: 403, '/apis/networking.k8s.io/v1/ingressclasses': 403 },
      [
        'warning cluster/unseen version: The account of this context may not look at StorageClasses.',
        'warning cluster/unseen version: The account of this context may not look at IngressClasses.',
      ],
    ],
  ])('finds %s', async (_what, spec, answers, wanted) => {
    const { said } = await look(spec, answers);
    expect(said).toEqual(wanted);
  });

  it('is content with a cluster that this tree manages already', async () => {
    const { said, found } = await look(
      { kubernetes: { version: '1.34' }, capabilities: { gitops: {} } },
      {
        [classes]: items(annotated('fast', isDefault)),
        [definition('applications.argoproj.io')]: named('applications.argoproj.io'),
        '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/a': named('a'),
        '/apis/apps/v1/deployments': items(
          named('argocd-server', {
            metadata: { namespace: 'argocd', labels: { 'app.kubernetes.io/name': 'argocd-server' } },
          }),
        ),
      },
    );
    expect([said, found['Argo CD']]).toEqual([[], 'in argocd; the root a is there']);
  });

  it('looks at one cluster, which has to be named', async () => {
    const ctx = overlayContext({});
    await expect(call(ctx, 'doctor', '--context', 'here')).rejects.toThrow('0 are selected');
  });
});
