import { beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { createKubernetesCel } from '../../generator/kubernetes/cel/environment.ts';
import { compileRule } from '../../generator/kubernetes/cel/rule.ts';
import type { Value, ValueMap } from '../../generator/model/values.ts';
import { asList, asMap } from '../../generator/model/values.ts';
import { createPipeline } from '../../generator/pipeline/pipeline.ts';
import { overlayContext } from '../helpers/workspace.ts';

const spec = `apiVersion: slipway.dev/v1alpha1
kind: Cluster
metadata: { name: a }
spec:
  domain: example.com
  kubernetes: { version: "1.34" }
  git: { repoURL: https://git.example.com/fleet.git }
  capabilities:
    gitops: {}
    edge: {}
    tls: { issuer: selfSigned }
    monitoring: { logs: { enabled: false } }
    faas: {}
  tenants:
    - { name: web, hosts: [shop.example.com, "*.shop.example.com"], priorityClasses: [front], storageClasses: [standard], quota: { devices: { nvidia.com/mig-1g.10gb: 2 } } }
    - { name: data }
`;

/** The same with Fission, which serves the namespace of a team. */
const withFission = spec
  .replace('name: a }', 'name: f }')
  .replace('    faas: {}', '    faas: { provider: fission, additionalNamespaces: [web] }')
  .replace('hosts: [shop', 'networkPolicy: { cidrs: [10.0.0.1/32] }, hosts: [shop');

const cel = createKubernetesCel();
let policies: ReadonlyMap<string, ValueMap> = new Map();
beforeAll(async () => {
  const result = await createPipeline(overlayContext({ 'clusters/a.yaml': spec, 'clusters/f.yaml': withFission })).run({
    clusters: [],
  });
  expect(result.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  const files = result.clusters.flatMap(({ tree }) => [...(tree?.files ?? [])]).reverse();
  const texts = files.filter(([path]) => path.endsWith('.yaml'));
  const objects = texts.flatMap(([, text]) => parseAllDocuments(text).map((d) => asMap(d.toJS() as Value)));
  policies = new Map(
    objects
      .filter((o) => o['kind'] === 'ValidatingAdmissionPolicy')
      .map((o) => [String(asMap(o['metadata'])['name']), asMap(o['spec'])]),
  );
}, 60_000);

function evaluate(expression: string, context: Record<string, unknown>): unknown {
  const rule = compileRule(cel, expression);
  if (typeof rule === 'string') throw new Error(rule);
  return rule(context);
}

/** The messages of a policy about an object of a tenant's namespace, as the API server would give them: the first one. */
function refused(
  name: string,
  tenant: string,
  object: ValueMap,
  oldObject: ValueMap | null = null,
  username = 'jane',
): string | undefined {
  const policy = policies.get(name);
  if (policy === undefined) throw new Error(`no policy ${name}`);
  const namespaceObject = { metadata: { labels: { 'slipway.dev/tenant': tenant } } };
  const context: Record<string, unknown> = {
    object: numbers(object),
    oldObject,
    namespaceObject,
    request: { userInfo: { username } },
  };
  const variables: Record<string, unknown> = {};
  for (const variable of asList(policy['variables']).map(asMap))
    variables[String(variable['name'])] = evaluate(String(variable['expression']), { ...context, variables });
  const broken = asList(policy['validations'])
    .map(asMap)
    .find((v) => evaluate(String(v['expression']), { ...context, variables }) !== true);
  return broken === undefined ? undefined : String(broken['message'] ?? broken['messageExpression']);
}

/** CEL has whole numbers of their own. */
function numbers(value: Value): unknown {
  if (typeof value === 'number') return BigInt(value);
  if (Array.isArray(value)) return (value as readonly Value[]).map(numbers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, numbers(v)]));
}

const pod = (fields: ValueMap, container: ValueMap = {}): ValueMap => ({
  kind: 'Pod',
  metadata: { namespace: 'web' },
  spec: { containers: [{ name: 'main' }, { name: 'other', ...container }], ...fields },
});
const asksFor = (name: string): ValueMap => pod({}, { resources: { limits: { [name]: 1, memory: '1Gi' } } });

describe('pods of tenants', () => {
  const classes = 'Pods of tenants may only have the priority classes that priorityClasses of the tenant names.';
  const devices = 'Pods of tenants may only ask for devices that quota.devices of the tenant counts.';
  it.each<[string, string, ValueMap, string | undefined]>([
    ['no class', 'web', pod({ priority: 0 }), undefined],
    ['a class below the others', 'web', pod({ priority: -10, priorityClassName: 'low' }), undefined],
    ['a class that is named', 'web', pod({ priority: 100, priorityClassName: 'front' }), undefined],
    ['a class of another tenant', 'data', pod({ priority: 100, priorityClassName: 'front' }), classes],
    [
      'a class of the nodes',
      'web',
      pod({ priority: 2_000_001_000, priorityClassName: 'system-node-critical' }),
      classes,
    ],
    [
      'a node of its own choice',
      'web',
      pod({ nodeName: 'control-plane-1' }),
      expect.stringContaining('nodeName') as never,
    ],
    ['memory', 'data', asksFor('hugepages-2Mi'), undefined],
    ['GPUs, which the quota counts', 'data', asksFor('nvidia.com/gpu'), undefined],
    ['instances that are counted', 'web', asksFor('nvidia.com/mig-1g.10gb'), undefined],
    ['instances of another size', 'web', asksFor('nvidia.com/mig-7g.80gb'), devices],
    ['instances of another tenant', 'data', asksFor('nvidia.com/mig-1g.10gb'), devices],
    ['shares under another name', 'web', asksFor('nvidia.com/gpu.shared'), devices],
    ['devices of anybody', 'web', asksFor('devices.kubevirt.io/kvm'), devices],
    [
      'devices for a moment',
      'web',
      pod({ initContainers: [{ name: 'init', resources: { requests: { 'nvidia.com/mig-7g.80gb': 1 } } }] }),
      devices,
    ],
  ])('with %s (%s)', (_, tenant, object, says) => {
    expect(refused('tenant-pods', tenant, object)).toEqual(says);
  });
});

describe('tolerations of tenants', () => {
  const tolerates = (...tolerations: readonly ValueMap[]): string | undefined =>
    refused('tenant-pods', 'web', pod({ tolerations }));
  it('are for taints that are named, and not for those of the control plane', () => {
    expect(tolerates({ key: 'nvidia.com/gpu', operator: 'Exists' }, { key: 'spot', value: 'true' })).toBeUndefined();
    expect(tolerates({ key: 'node.kubernetes.io/not-ready', operator: 'Exists' })).toBeUndefined();
    for (const name of ['control-plane', 'master', 'etcd'])
      expect(tolerates({ key: `node-role.kubernetes.io/${name}`, operator: 'Exists' })).toMatch(/taint/);
    expect(tolerates({ operator: 'Exists' })).toMatch(/taint/);
    expect(tolerates({ key: '', operator: 'Exists' })).toMatch(/taint/);
  });
});

describe('claims of tenants', () => {
  const claim = (tenant: string, spec: ValueMap): string | undefined =>
    refused('tenant-claims', tenant, { kind: 'PersistentVolumeClaim', metadata: { name: 'c' }, spec });
  it('have the classes that the tenant names, or any', () => {
    expect(claim('web', { storageClassName: 'standard' })).toBeUndefined();
    expect(claim('web', { storageClassName: 'shared-files' })).toMatch(/storageClasses/);
    expect(claim('web', { storageClassName: '' })).toMatch(/storageClasses/);
    expect(claim('web', {})).toMatch(/storageClasses/);
    expect(claim('data', { storageClassName: 'shared-files' })).toBeUndefined();
    expect(claim('data', {})).toBeUndefined();
  });
});

describe('services of tenants', () => {
  it.each<[string, ValueMap, boolean]>([
    ['none', { type: 'ClusterIP' }, true],
    ['an empty list', { externalIPs: [] }, true],
    ['an address of somebody else', { externalIPs: ['203.0.113.1'] }, false],
  ])('with externalIPs: %s', (_, fields, isFine) => {
    const says = refused('tenant-services', 'web', { kind: 'Service', metadata: { namespace: 'web' }, spec: fields });
    expect(says === undefined).toBe(isFine);
  });
});

const monitor = (fields: ValueMap, endpoint: ValueMap = {}): ValueMap => ({
  kind: 'ServiceMonitor',
  metadata: { namespace: 'web', name: 'web' },
  spec: { sampleLimit: 1000, selector: {}, endpoints: [{ port: 'a' }, { port: 'b', ...endpoint }], ...fields },
});

describe('monitors of tenants', () => {
  const podMonitor = (endpoint: ValueMap): ValueMap => ({
    kind: 'PodMonitor',
    metadata: { namespace: 'web', name: 'web' },
    spec: { sampleLimit: 1000, selector: {}, podMetricsEndpoints: [endpoint] },
  });
  it.each<[string, ValueMap]>([
    ['of their own', monitor({})],
    ['that name their own namespace', monitor({ namespaceSelector: { matchNames: ['web'] } })],
    ['with a Secret', monitor({}, { authorization: { credentials: { name: 'a', key: 'b' } } })],
    ['that leave metrics out', monitor({}, { metricRelabelings: [{ action: 'drop', regex: 'go_.*' }] })],
    ['of pods', podMonitor({ port: 'a' })],
    ['with labels of their own', monitor({ targetLabels: ['team'] })],
  ])('%s pass', (_, object) => {
    expect(refused('tenant-monitors', 'web', object)).toBeUndefined();
  });
  it.each<[string, ValueMap, RegExp]>([
    ['every namespace', monitor({ namespaceSelector: { any: true } }), /own namespace/],
    ['another namespace', monitor({ namespaceSelector: { matchNames: ['web', 'kafka'] } }), /own namespace/],
    ['no limit', { ...monitor({}), spec: { endpoints: [] } }, /sampleLimit/],
    ['a limit that is none', monitor({ sampleLimit: 0 }), /sampleLimit/],
    ['a limit too large', monitor({ sampleLimit: 50_001 }), /sampleLimit/],
    ['a scrape class', monitor({ scrapeClass: 'platform' }), /Scrape classes/],
    ['the label namespace', monitor({ targetLabels: ['namespace'] }), /labels/],
    ['the label job of a pod', monitor({ podTargetLabels: ['job'] }), /labels/],
    ['the token of Prometheus', monitor({}, { bearerTokenFile: '/var/run/secrets/token' }), /files/],
    ['a file of Prometheus', monitor({}, { tlsConfig: { keyFile: '/etc/x' } }), /files/],
    ['a file of Prometheus, for pods', podMonitor({ tlsConfig: { caFile: '/etc/x' } }), /files/],
    ['a token server', monitor({}, { oauth2: { tokenUrl: 'http://loki.loki.svc' } }), /other addresses/],
    ['a proxy', monitor({}, { proxyUrl: 'http://10.0.0.1' }), /other addresses/],
    ['labels of others', monitor({}, { honorLabels: true }), /keep, drop/],
    [
      'another address',
      monitor({}, { relabelings: [{ targetLabel: '__address__', replacement: '10.0.0.1:80' }] }),
      /keep, drop/,
    ],
    [
      'another namespace in metrics',
      monitor({}, { metricRelabelings: [{ action: 'replace', targetLabel: 'namespace' }] }),
      /keep, drop/,
    ],
  ])('with %s are refused', (_, object, says) => {
    expect(refused('tenant-monitors', 'web', object)).toMatch(says);
  });
});

describe('hosts of tenants', () => {
  const route = (kind: string, hostnames: readonly string[] | undefined): ValueMap => ({
    kind,
    metadata: { name: 'r', namespace: 'web' },
    spec: { parentRefs: [{ name: 'shared', namespace: 'gateway' }], ...(hostnames === undefined ? {} : { hostnames }) },
  });
  const mapping = (name: string): ValueMap => ({ kind: 'DomainMapping', metadata: { name }, spec: {} });
  const trigger = (fields: ValueMap): ValueMap => ({ kind: 'HTTPTrigger', metadata: { name: 't' }, spec: fields });
  const ingress = (fields: ValueMap): ValueMap => ({ kind: 'Ingress', metadata: { name: 'i' }, spec: fields });
  const gateway = (...hosts: readonly (string | undefined)[]): ValueMap => ({
    kind: 'Gateway',
    metadata: { name: 'g' },
    spec: { listeners: hosts.map((hostname) => (hostname === undefined ? { port: 80 } : { hostname, port: 80 })) },
  });
  it.each<[string, ValueMap]>([
    ['the name of the team', route('HTTPRoute', ['web.example.com', 'api.web.example.com', '*.web.example.com'])],
    ['hosts from the spec', route('GRPCRoute', ['shop.example.com', 'a.shop.example.com', '*.shop.example.com'])],
    ['a function', mapping('fn.web.example.com')],
    ['a trigger', trigger({ host: 'web.example.com', relativeurl: '/' })],
    ['an Ingress', ingress({ rules: [{ host: 'web.example.com' }] })],
    ['a listener', gateway('web.example.com')],
    ['a mesh', { ...route('HTTPRoute', undefined), spec: { parentRefs: [{ kind: 'Service', name: 'x' }] } }],
  ])('%s pass', (_, object) => {
    expect(refused('tenant-web-hosts', 'web', object)).toBeUndefined();
  });
  it.each<[string, ValueMap]>([
    ['no host', route('HTTPRoute', undefined)],
    ['an empty list', route('HTTPRoute', [])],
    ['a host of the platform', route('HTTPRoute', ['web.example.com', 'dex.example.com'])],
    ['a wildcard over all', route('HTTPRoute', ['*.example.com'])],
    ['a host that only ends alike', route('HTTPRoute', ['evil-web.example.com'])],
    ['a host of another tenant', route('TLSRoute', ['data.example.com'])],
    ['a function at a host of the platform', mapping('grafana.example.com')],
    ['a trigger for all hosts', trigger({ relativeurl: '/' })],
    ['a trigger with an Ingress', trigger({ host: 'web.example.com', createingress: true })],
    ['an Ingress for all hosts', ingress({ defaultBackend: {} })],
    ['an Ingress with one rule for all', ingress({ rules: [{ host: 'web.example.com' }, {}] })],
    ['a listener for all hosts', gateway('web.example.com', undefined)],
    [
      'a mesh that takes TLS',
      { ...route('TLSRoute', undefined), spec: { parentRefs: [{ kind: 'Service', name: 'x' }] } },
    ],
  ])('%s are refused', (_, object) => {
    expect(refused('tenant-web-hosts', 'web', object)).toBeDefined();
  });
});

describe('certificates of tenants', () => {
  const certificate = (fields: ValueMap): ValueMap => ({
    kind: 'Certificate',
    metadata: { name: 'c', namespace: 'web' },
    spec: { secretName: 'tls', issuerRef: { name: 'public', kind: 'ClusterIssuer' }, ...fields },
  });
  it.each<[string, ValueMap]>([
    ['its own hosts', { dnsNames: ['web.example.com', '*.web.example.com', 'a.shop.example.com'] }],
    ['a common name of its own', { commonName: 'shop.example.com' }],
    ['its own Services', { dnsNames: ['db.web.svc', '*.db.web.svc.cluster.local'], usages: ['server auth'] }],
    ['no authority', { dnsNames: ['web.example.com'], isCA: false }],
  ])('%s pass', (_, fields) => {
    expect(refused('tenant-web-hosts', 'web', certificate(fields))).toBeUndefined();
  });
  it.each<[string, ValueMap]>([
    ['a host of the platform', { dnsNames: ['web.example.com', 'argocd.example.com'] }],
    ['a host of the platform as the common name', { dnsNames: ['web.example.com'], commonName: 'dex.example.com' }],
    ['a wildcard over all', { dnsNames: ['*.example.com'] }],
    ['the domain', { dnsNames: ['example.com'] }],
    ['a host of another tenant', { dnsNames: ['data.example.com'] }],
    ['Services of another namespace', { dnsNames: ['dex.dex.svc'] }],
    ['a namespace that only ends alike', { dnsNames: ['x.evil-web.svc'] }],
    ['a name without a domain', { dnsNames: ['kubernetes'] }],
    ['an authority', { dnsNames: ['web.example.com'], isCA: true }],
    ['a subject of its own', { dnsNames: ['web.example.com'], literalSubject: 'CN=dex.example.com' }],
    ['an address', { dnsNames: ['web.example.com'], ipAddresses: ['10.0.0.1'] }],
    ['a URI', { dnsNames: ['web.example.com'], uris: ['spiffe://cluster.local/ns/dex/sa/dex'] }],
    ['other names', { dnsNames: ['web.example.com'], otherNames: [{ oid: '1.2', utf8Value: 'x' }] }],
  ])('%s are refused', (_, fields) => {
    expect(refused('tenant-web-hosts', 'web', certificate(fields))).toBeDefined();
  });

  it('are asked for by cert-manager alone: a request hides its names', () => {
    const request: ValueMap = { kind: 'CertificateRequest', metadata: { namespace: 'web' }, spec: { request: 'MII' } };
    const by = (username: string): string | undefined =>
      refused('tenant-certificate-requests', 'web', request, null, username);
    expect(by('system:serviceaccount:cert-manager:cert-manager')).toBeUndefined();
    expect(by('system:serviceaccount:web:deployer')).toBeDefined();
  });
});

describe('Environments of Fission with restricted pod security', () => {
  const closed = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const pod = { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } };
  const of = (...names: readonly string[]): ValueMap => ({
    securityContext: pod,
    containers: names.map((name) => ({ name, securityContext: closed })),
  });
  const environment = (runtime: ValueMap, builder?: ValueMap): ValueMap => ({
    kind: 'Environment',
    metadata: { name: 'node', namespace: 'web' },
    spec: { version: 3, runtime: { image: 'node', ...runtime }, ...(builder === undefined ? {} : { builder }) },
  });
  it.each<[string, ValueMap]>([
    ['both containers', environment({ podspec: of('node', 'fetcher') })],
    ['the own one beside the podspec', environment({ podspec: of('fetcher'), container: { securityContext: closed } })],
    ['no image to build with', environment({ podspec: of('node', 'fetcher') }, { command: 'build' })],
    [
      'a builder',
      environment({ podspec: of('node', 'fetcher') }, { image: 'builder', podspec: of('builder', 'fetcher') }),
    ],
  ])('%s pass', (_, object) => {
    expect(refused('fission-environments', 'web', object)).toBeUndefined();
  });
  it.each<[string, ValueMap]>([
    ['nothing', environment({})],
    ['no fetcher', environment({ podspec: of('node') })],
    ['no container of its own', environment({ podspec: of('fetcher') })],
    ['an open container', environment({ podspec: of('fetcher'), container: { securityContext: {} } })],
    [
      'root',
      environment({ podspec: { ...of('node', 'fetcher'), securityContext: { seccompProfile: pod.seccompProfile } } }),
    ],
    [
      'no seccomp profile',
      environment({ podspec: { ...of('node', 'fetcher'), securityContext: { runAsNonRoot: true } } }),
    ],
    [
      'a builder without a fetcher',
      environment({ podspec: of('node', 'fetcher') }, { image: 'b', podspec: of('builder') }),
    ],
    ['a builder without a podspec', environment({ podspec: of('node', 'fetcher') }, { image: 'b' })],
  ])('%s are refused', (_, object) => {
    expect(refused('fission-environments', 'web', object)).toMatch(/^Restricted pod security/);
  });
});

describe('Applications', () => {
  const application = (project: string, labels?: ValueMap): ValueMap => ({
    kind: 'Application',
    metadata: { name: 'a-kafka', ...(labels === undefined ? {} : { labels }) },
    spec: { project },
  });
  const platform = { 'app.kubernetes.io/managed-by': 'slipway' };
  it.each<[string, ValueMap, ValueMap, boolean]>([
    ['the platform takes over the name of a tenant', application('a-web'), application('a', platform), false],
    ['with the label set before', application('a-web', platform), application('a', platform), false],
    ['the platform changes its own', application('a', platform), application('a', platform), true],
    ['an administrator moves one', application('a-web'), application('a-data', { x: 'y' }), true],
    ['an administrator moves one without labels', application('a-web'), application('a-data'), true],
  ])('%s', (_, before, after, isFine) => {
    expect(refused('slipway-applications', '', after, before) === undefined).toBe(isFine);
  });

  const component = (
    cluster: string,
    destination: ValueMap,
    more: ValueMap = { 'slipway.dev/component': 'kafka' },
  ): ValueMap => ({
    metadata: { name: `${cluster}-kafka`, labels: { 'slipway.dev/cluster': cluster, ...more } },
    spec: { project: cluster, destination },
  });
  const here: ValueMap = { server: 'https://kubernetes.default.svc', namespace: 'kafka' };

  it.each([
    ['its own component', component('a', here), true],
    ['one of a cluster that it manages', component('b', { name: 'b', namespace: 'kafka' }), true],
    ['the root of that cluster', component('b', { ...here, namespace: 'argocd' }, {}), true],
    ['one of a cluster that manages itself from now on', component('b', here), false],
    ['the same by name', component('b', { name: 'in-cluster', namespace: 'argocd' }), false],
    ['an Application of somebody else', { metadata: { name: 'x' }, spec: { project: 'x', destination: here } }, true],
  ])('lets the hub make %s, or refuses it', (_, object, isFine) => {
    expect(refused('slipway-applications', '', object) === undefined).toBe(isFine);
    expect(refused('slipway-applications', '', object, object) === undefined).toBe(isFine);
  });
});
