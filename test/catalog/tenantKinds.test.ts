import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { beforeAll, describe, expect, it } from 'vitest';
import { createContext } from '../../generator/context.ts';
import { kindOf, qualifiedKind } from '../../generator/kubernetes/object.ts';
import type { Value, ValueMap } from '../../generator/model/values.ts';
import { asList, asMap, asString } from '../../generator/model/values.ts';
import { createPipeline } from '../../generator/pipeline/pipeline.ts';
import type { ClusterResult } from '../../generator/pipeline/pipeline.ts';
import { overlayContext, repository } from '../helpers/workspace.ts';

/** What the catalog says of a kind: whether tenants are given it, and what they could do with it. */
interface Decision {
  readonly kind: string;
  readonly resource: string;
  readonly given: boolean;
  readonly reason: string;
}

interface TreeObject {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly object: ValueMap;
}

/** The objects of a tree, parsed from its files. */
function objectsOf(cluster: ClusterResult): readonly TreeObject[] {
  const known = parsed.get(cluster);
  if (known !== undefined) return known;
  const texts = [...(cluster.tree?.files ?? [])].filter(([path]) => path.endsWith('.yaml'));
  const objects = texts
    .flatMap(([, text]) => parseAllDocuments(text).map((d) => asMap(d.toJS() as Value)))
    .map((object) => {
      const { name, namespace } = asMap(object['metadata']);
      return { kind: String(object['kind']), name: String(name), namespace: asString(namespace), object };
    });
  parsed.set(cluster, objects);
  return objects;
}
const parsed = new WeakMap<ClusterResult, readonly TreeObject[]>();

const json = (path: string): ValueMap => JSON.parse(readFileSync(join(repository, path), 'utf8')) as ValueMap;

/** Kinds of the imported definitions, of one scope: group/Kind → plural. */
const kindsOfScope = (scope: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(join(repository, 'schemas/crds')).flatMap((group) =>
      readdirSync(join(repository, 'schemas/crds', group))
        .filter((file) => file !== 'provenance.json')
        .map((file) => json(`schemas/crds/${group}/${file}`))
        .filter((schema) => schema['scope'] === scope)
        .map((schema) => {
          const [, , kind = ''] = String(schema['gvk']).split('/');
          return [qualifiedKind(group, kind), String(schema['plural'])] as const;
        }),
    ),
  );
const customKinds = kindsOfScope('Namespaced');
const clusterWide = kindsOfScope('Cluster');

/** Namespaced kinds that Kubernetes of this version has by itself. */
function builtInKinds(version: string): readonly string[] {
  const kinds = Object.entries(asMap(json(`schemas/kubernetes/v${version}.json`)['kinds']));
  const namespaced = kinds.filter(([, about]) => asMap(about)['scope'] === 'Namespaced');
  return [...new Set(namespaced.map(([gvk]) => kindOf(apiOf(gvk))))];
}

function apiOf(gvk: string): ValueMap {
  const at = gvk.lastIndexOf('/');
  return { apiVersion: gvk.slice(0, at), kind: gvk.slice(at + 1) };
}

function decisionsOf(cluster: ClusterResult): readonly Decision[] {
  const context = cluster.plan?.components.find((c) => c.component.name === 'tenant-spaces')?.context;
  return asList(asMap(context?.['contributions'])['tenantKinds'])
    .map(asMap)
    .flatMap((item) =>
      Object.entries(asMap(item['kinds'])).map(([kind, resource]) => ({
        kind: qualifiedKind(String(item['group']), kind),
        resource: String(resource),
        given: item['given'] === true,
        reason: String(item['reason']),
      })),
    );
}

const groupOf = (kind: string): string => (kind.includes('/') ? (kind.split('/')[0] ?? '') : '');
const nameOf = (kind: string): string => kind.split('/').at(-1) ?? '';

/** As AppProject.IsGroupKindNamePermitted of Argo CD, for lists without globs other than `*`. */
function permits(project: ValueMap, kind: string): boolean {
  const listed = (key: string): boolean =>
    asList(project[key])
      .map(asMap)
      .some(
        (r) => ['*', groupOf(kind)].includes(String(r['group'])) && ['*', nameOf(kind)].includes(String(r['kind'])),
      );
  const isWhite = project['namespaceResourceWhitelist'] === undefined || listed('namespaceResourceWhitelist');
  return isWhite && !listed('namespaceResourceBlacklist');
}

const includes = (list: Value | undefined, ...wanted: readonly string[]): boolean =>
  wanted.some((w) => asList(list).includes(w));

/** As the RBAC authorizer: any rule that names the verb, the group and the resource. */
function allows(rules: readonly ValueMap[], verb: string, group: string, resource: string): boolean {
  return rules.some(
    (r) =>
      includes(r['verbs'], '*', verb) &&
      includes(r['apiGroups'], '*', group) &&
      includes(r['resources'], '*', resource),
  );
}

/** The rules that a ServiceAccount has in a namespace, and in the whole cluster. */
function rulesOf(objects: readonly TreeObject[], account: string, namespace: string): readonly ValueMap[] {
  const [home = '', name = ''] = account.split(':');
  const isBound = (binding: TreeObject): boolean =>
    asList(binding.object['subjects'])
      .map(asMap)
      .some((s) => s['kind'] === 'ServiceAccount' && s['namespace'] === home && s['name'] === name);
  return objects
    .filter((o) => (o.kind === 'RoleBinding' && o.namespace === namespace) || o.kind === 'ClusterRoleBinding')
    .filter(isBound)
    .flatMap((binding) => {
      const role = asMap(binding.object['roleRef']);
      const found = objects.find(
        (o) =>
          o.kind === role['kind'] &&
          o.name === role['name'] &&
          (o.kind === 'ClusterRole' || o.namespace === binding.namespace),
      );
      if (found === undefined) throw new Error(`${String(role['kind'])} ${String(role['name'])} is not in the tree`);
      return asList(found.object['rules']).map(asMap);
    });
}

/** The account that Argo CD acts for (DeriveServiceAccountToImpersonate); patterns are whole names or `*`. */
function accountFor(project: ValueMap, server: string, namespace: string): string | undefined {
  const matches = (pattern: Value | undefined, text: string): boolean => pattern === '*' || pattern === text;
  const found = asList(project['destinationServiceAccounts'])
    .map(asMap)
    .find((d) => matches(d['server'], server) && matches(d['namespace'], namespace));
  return asString(found?.['defaultServiceAccount']);
}

const projectsOf = (cluster: ClusterResult): readonly TreeObject[] =>
  objectsOf(cluster).filter((o) => o.kind === 'AppProject');

const tenantProjects = (cluster: ClusterResult): readonly TreeObject[] =>
  projectsOf(cluster).filter((o) => !o.name.endsWith('-virtual') && o.name !== cluster.name && o.name !== 'default');

/** Clusters that have every component that brings kinds; nothing of them is applied. */
const everything: Readonly<Record<string, string>> = {
  knative: `kubernetes: { version: "1.36", distribution: k3s }
  network: { loadBalancer: none, ingress: none, gatewayAPI: none }
  capabilities:
    gitops: {}
    secrets: { store: { type: vault, vault: { server: "https://vault.example.com", role: slipway } } }
    tls: { issuer: selfSigned }
    edge: { metallb: { addresses: [192.0.2.1-192.0.2.9] }, externalDNS: { provider: cloudflare, credentialsSecret: token } }
    monitoring: { logs: { collector: alloy } }
    kafka: { topics: [{ name: orders }] }
    postgres: { clusters: [{ name: main, storage: 1Gi, backup: { destinationPath: "s3://example-postgres" } }] }
    gpu: {}
    faas: { provider: knative, kafkaTrigger: true, kafka: { topics: [orders] }, keda: true }`,
  fission: `kubernetes: { version: "1.34", distribution: rke2 }
  network: { loadBalancer: kube-vip, ingress: none, gatewayAPI: none }
  storage: { default: ceph-block }
  capabilities:
    secrets: { provider: sealed-secrets }
    tls: { issuer: selfSigned }
    edge: {}
    monitoring: { logs: { collector: fluentd } }
    faas: { provider: fission }`,
};
const specOf = (name: string, spec: string): string => `apiVersion: slipway.dev/v1alpha1
kind: Cluster
metadata: { name: ${name} }
spec:
  domain: ${name}.example.com
  git: { repoURL: https://git.example.com/fleet.git }
  tenants: [{ name: web, repositories: ["https://git.example.com/web/*"] }]
  ${spec}
`;

let examples: readonly ClusterResult[] = [];
let whole: readonly ClusterResult[] = [];
beforeAll(async () => {
  const context = createContext(repository, { quiet: true, verbose: false });
  examples = (await createPipeline(context).run({ clusters: [] })).clusters;
  const specs = Object.entries(everything).map(([name, spec]) => [`clusters/${name}.yaml`, specOf(name, spec)]);
  const result = await createPipeline(overlayContext(Object.fromEntries(specs))).run({ clusters: [] });
  expect(result.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  whole = result.clusters;
}, 120_000);

describe('what the catalog says of kinds', () => {
  it('is said once of every namespaced kind there is, with a reason', () => {
    const decisions = whole.flatMap(decisionsOf);
    for (const cluster of whole) {
      const kinds = decisionsOf(cluster).map((d) => d.kind);
      expect(kinds.filter((kind, i) => kinds.indexOf(kind) !== i)).toEqual([]);
    }
    const known = new Set(decisions.map((d) => d.kind));
    const builtIn = ['1.33', '1.34', '1.35', '1.36'].flatMap(builtInKinds);
    expect([...customKinds.keys(), ...builtIn].filter((kind) => !known.has(kind))).toEqual([]);
    expect(decisions.filter((d) => d.reason.length < 10)).toEqual([]);
    const brought = whole.flatMap((c) => c.plan?.components.flatMap((p) => p.component.crds) ?? []);
    expect(brought.filter((kind) => !known.has(kind) && !clusterWide.has(kind))).toEqual([]);
  });

  it('names resources as the definitions do', () => {
    const wrong = whole
      .flatMap(decisionsOf)
      .filter((d) => customKinds.has(d.kind) && customKinds.get(d.kind) !== d.resource);
    expect(wrong).toEqual([]);
  });

  it.each([
    ['knative', 'helm.cattle.io/HelmChart'],
    ['knative', 'operator.knative.dev/KnativeServing'],
    ['knative', 'operator.knative.dev/KnativeEventing'],
    ['knative', 'access.strimzi.io/KafkaAccess'],
    ['knative', 'nfd.k8s-sigs.io/NodeFeature'],
    ['knative', 'monitoring.coreos.com/ScrapeConfig'],
    ['knative', 'monitoring.coreos.com/PrometheusRule'],
    ['knative', 'external-secrets.io/ExternalSecret'],
    ['knative', 'cert-manager.io/Certificate'],
    ['knative', 'argoproj.io/Application'],
    ['knative', 'networking.k8s.io/NetworkPolicy'],
    ['knative', 'ResourceQuota'],
    ['fission', 'helm.cattle.io/HelmChartConfig'],
  ])('%s: tenants are not given %s', (name, kind) => {
    const decision = whole
      .filter((c) => c.name === name)
      .flatMap(decisionsOf)
      .find((d) => d.kind === kind);
    expect(decision?.given).toBe(false);
  });
});

describe('what a tenant may deploy', () => {
  it('is, in every example cluster, what the catalog gives: in the project, and in the role of the account', () => {
    expect(examples.map((c) => c.name)).toEqual(['dev', 'gpu', 'prod-eu', 'prod-us', 'staging']);
    for (const cluster of [...examples, ...whole]) {
      const objects = objectsOf(cluster);
      const decisions = new Map(decisionsOf(cluster).map((d) => [d.kind, d]));
      const brought = cluster.plan?.components.flatMap((c) => c.component.crds).filter((kind) => customKinds.has(kind));
      const version = cluster.facts?.info.kubernetes.version ?? '';
      const installed = [...new Set([...builtInKinds(version), ...(brought ?? []), ...decisions.keys()])];
      expect(installed.length).toBeGreaterThan(60);
      expect(tenantProjects(cluster).length).toBeGreaterThan(0);
      for (const project of tenantProjects(cluster)) {
        const spec = asMap(project.object['spec']);
        for (const destination of asList(spec['destinations']).map(asMap)) {
          const namespace = String(destination['namespace']);
          const account =
            accountFor(spec, 'any', namespace) ?? accountFor(spec, String(destination['server']), namespace);
          const rules = rulesOf(objects, account ?? '', namespace);
          const found = installed.map((kind) => {
            const decision = decisions.get(kind);
            const may = decision !== undefined && allows(rules, 'create', groupOf(kind), decision.resource);
            return { kind, permitted: permits(spec, kind), may };
          });
          const wanted = installed.map((kind) => {
            const given = decisions.get(kind)?.given ?? false;
            return { kind, permitted: given, may: given };
          });
          expect(found, `${project.name} in ${namespace}`).toEqual(wanted);
        }
      }
    }
  });

  it('never is to act as others, to hand out more than it has, or anything outside of its namespaces', () => {
    for (const cluster of [...examples, ...whole]) {
      const objects = objectsOf(cluster);
      for (const project of tenantProjects(cluster)) {
        const spec = asMap(project.object['spec']);
        expect(permits({ ...spec, namespaceResourceWhitelist: [] }, 'Pod')).toBe(false);
        expect(asList(spec['clusterResourceWhitelist'])).toEqual([]);
        const own = asList(spec['destinations']).map((d) => asMap(d)['namespace']);
        for (const { defaultServiceAccount: account } of asList(spec['destinationServiceAccounts']).map(asMap)) {
          expect(own).toContain(String(account).split(':')[0]);
          const isBoundTo = (o: TreeObject): boolean =>
            JSON.stringify(o.object['subjects'] ?? null).includes(`"${String(account).split(':')[1] ?? ''}"`);
          const bindings = objects.filter((o) => /^(Cluster)?RoleBinding$/.test(o.kind) && isBoundTo(o));
          expect(bindings.filter((o) => o.kind === 'ClusterRoleBinding')).toEqual([]);
          const rules = own.flatMap((namespace) => rulesOf(objects, String(account), String(namespace)));
          const verbs = new Set(rules.flatMap((r) => asList(r['verbs'])));
          for (const verb of ['*', 'escalate', 'bind', 'impersonate']) expect([...verbs]).not.toContain(verb);
          expect(rules.filter((r) => includes(r['resources'], '*') || includes(r['apiGroups'], '*'))).toEqual([]);
        }
      }
    }
  });
});

describe('whom Argo CD acts for', () => {
  it('is said for every Application of the platform, on its own cluster and on others', () => {
    const local = 'https://kubernetes.default.svc';
    for (const cluster of [...examples, ...whole]) {
      const projects = new Map(projectsOf(cluster).map((p) => [p.name, asMap(p.object['spec'])]));
      const found = objectsOf(cluster)
        .filter((o) => o.kind === 'Application')
        .map((o) => {
          const spec = asMap(o.object['spec']);
          const destination = asMap(spec['destination']);
          const server = asString(destination['server']) ?? 'https://10.0.0.1:6443';
          const account = accountFor(
            projects.get(String(spec['project'])) ?? {},
            server,
            String(destination['namespace']),
          );
          return { application: o.name, account, wanted: server === local ? controller : manager };
        });
      expect(found.length).toBeGreaterThan(20);
      expect(found.filter((f) => f.account !== f.wanted)).toEqual([]);
    }
  });

  it('is said for the roots of other clusters', () => {
    const root = readFileSync(join(repository, 'deploy/fleet/prod-eu/root.yaml'), 'utf8');
    expect(root).toContain(`- defaultServiceAccount: ${controller}\n      namespace: argocd\n`);
  });

  it('is switched on where Argo CD is installed', () => {
    for (const cluster of examples.filter((c) => existsSync(join(repository, `deploy/${c.name}/apps/argocd.yaml`)))) {
      const text = cluster.tree?.files.get('apps/argocd.yaml') ?? '';
      expect(text).toContain('application.sync.impersonation.enabled: true');
    }
  });
});

const controller = 'argocd:argocd-application-controller';
const manager = 'kube-system:argocd-manager';
