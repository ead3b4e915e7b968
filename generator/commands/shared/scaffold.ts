import { factNames } from '../../catalog/distributions.ts';
import { newSpecFile } from '../../config/specFiles.ts';
import type { Distribution, FactName } from '../../model/model.ts';
import { noFact } from '../../plan/clusterFacts.ts';

/** First line of every file that people write. */
export const header = 'apiVersion: slipway.dev/v1alpha1';

/** The text of new files, by path. */
export type NewFiles = ReadonlyMap<string, string>;

/** What a new cluster says about itself. */
export interface NewCluster {
  readonly name: string;
  readonly environment?: string | undefined;
  /** Without it a name below example.com, to be put right. */
  readonly domain?: string | undefined;
  readonly distribution?: string | undefined;
  /** True where its environment says which Kubernetes it runs. */
  readonly hasVersion?: boolean;
  /** Lines about what its distribution brings, see factLines. */
  readonly facts?: readonly string[];
}

/** What stands in a new cluster for what its distribution does not bring, until somebody says what is so. */
const assumed: Readonly<Partial<Record<FactName, string>>> = {
  'network.loadBalancer': 'network: { loadBalancer: kube-vip }',
  'storage.default': 'storage: { default: longhorn }',
};

/** What a new cluster says about its nodes, so that it is sound as it is: lines of its spec with their comments. */
export function factLines(distribution: Distribution | undefined): readonly string[] {
  if (distribution === undefined) return [];
  const { title, facts, remedies } = distribution;
  const lines = factNames.flatMap((name) =>
    facts[name].some(({ value }) => value === noFact) ? (assumed[name] ?? []) : [],
  );
  const these = lines.length === 1 ? 'this' : 'these';
  // a load balancer of the nodes themselves has only one set of ports
  const ingress = remedies['network.loadBalancer'] === undefined ? undefined : remedies['network.ingress'];
  return [
    ...(lines.length === 0
      ? []
      : [`# ${title} does not bring ${these} by itself: say what this cluster has`, ...lines]),
    ...(ingress === undefined ? [] : [`# the gateway takes its ports: ${ingress}`, 'network: { ingress: none }']),
  ];
}

export function clusterFile({ name, environment, domain, distribution, hasVersion, facts = [] }: NewCluster): NewFiles {
  const base =
    environment === undefined
      ? '  git: { repoURL: https://git.example.com/platform/fleet.git, branch: main }\n'
      : `  environment: ${environment}\n`;
  const kubernetes = [
    ...(hasVersion === true ? [] : ['version: "1.34"']),
    ...(distribution === undefined ? [] : [`distribution: ${distribution}`]),
  ];
  return new Map([
    [
      newSpecFile('clusters', name),
      `# yaml-language-server: $schema=../schemas/cluster.schema.json
${header}
kind: Cluster
metadata:
  name: ${name}
spec:
${base}  domain: ${domain ?? `${name}.example.com`}
${kubernetes.length === 0 ? '' : `  kubernetes: { ${kubernetes.join(', ')} }\n`}${facts.map((line) => `  ${line}\n`).join('')}  capabilities: {}
`,
    ],
  ]);
}

export function environmentFile(name: string, parent: string | undefined): NewFiles {
  return new Map([
    [
      newSpecFile('environments', name),
      `# yaml-language-server: $schema=../schemas/environment.schema.json
${header}
kind: Environment
metadata:
  name: ${name}
spec:
${parent === undefined ? '' : `  extends: ${parent}\n`}  capabilities: {}
`,
    ],
  ]);
}

export function componentFiles(folder: string, capability: string, name: string): NewFiles {
  const base = `${folder}/${capability}/${name}`;
  return new Map([
    [
      `${base}/component.yaml`,
      `# yaml-language-server: $schema=../../../schemas/component.schema.json
${header}
kind: Component
metadata:
  name: ${name}
spec:
  summary: What ${name} is, in one sentence.
  namespace: ${name}
`,
    ],
    [
      `${base}/contributes.yaml.hbs`,
      `namespaces:\n  - name: ${name}\n    labels: { pod-security.kubernetes.io/enforce: restricted }\n`,
    ],
    [
      `${base}/manifests/configmap.yaml.hbs`,
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: {{component.namespace}}\ndata:\n  cluster: {{cluster.name}}\n`,
    ],
  ]);
}

export function capabilityFiles(folder: string, name: string): NewFiles {
  return new Map([
    [
      `${folder}/${name}/capability.yaml`,
      `# yaml-language-server: $schema=../../schemas/capability.schema.json
${header}
kind: Capability
metadata:
  name: ${name}
spec:
  summary: What ${name} gives, in one sentence.
  options:
    type: object
    properties: {}
`,
    ],
    ...componentFiles(folder, name, `${name}-base`),
  ]);
}
