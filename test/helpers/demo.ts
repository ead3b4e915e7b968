/** A workspace with a catalog of one small capability, for tests of the machinery. */
export const demoCatalog: Readonly<Record<string, string>> = {
  'catalog/catalog.yaml':
    'apiVersion: slipway.dev/v1alpha1\nkind: Catalog\nmetadata: { name: demo }\nspec:\n  version: 1.0.0\n  kubernetes: { minimum: "1.33" }\n  argocd: { version: v3.4.4 }\n',
  'catalog/demo/capability.yaml': `apiVersion: slipway.dev/v1alpha1
kind: Capability
metadata: { name: demo }
spec:
  summary: A capability for tests.
  options:
    type: object
    properties:
      replicas: { type: integer, minimum: 1, default: 2, description: Number of pods. }
      text: { type: string, default: hello, description: Any text. }
      mode: { type: string, enum: [plain, fancy], default: plain, description: How. }
      glitter: { type: integer, default: 3, x-when: options.mode == "fancy", description: Only when fancy. }
      items:
        type: array
        default: []
        description: A list.
        items:
          type: object
          required: [name]
          properties:
            name: { type: string, description: Name. }
            size: { type: integer, default: 1, description: Size. }
  rules:
    - rule: options.replicas < 100
      path: /replicas
      message: That is too many.
      hint: Use fewer than 100.
    - each: /items
      rule: item.size < 9
      path: /size
      message: That is too large.
`,
  'catalog/demo/demo-config/component.yaml':
    'apiVersion: slipway.dev/v1alpha1\nkind: Component\nmetadata: { name: demo-config }\nspec:\n  summary: A ConfigMap.\n  namespace: demo\n',
  'catalog/demo/demo-config/contributes.yaml.hbs': 'namespaces:\n  - name: demo\n    keep: true\n',
  'catalog/demo/demo-config/manifests/config.yaml.hbs':
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: demo\n  namespace: {{component.namespace}}\ndata:\n  text: {{options.text}}\n  replicas: {{str options.replicas}}\n{{#each options.items as |item|}}\n  {{json item.name}}: {{str item.size}}\n{{/each}}\n',
  'catalog/demo/demo-chart/component.yaml':
    'apiVersion: slipway.dev/v1alpha1\nkind: Component\nmetadata: { name: demo-chart }\nspec:\n  summary: A chart.\n  namespace: demo\n  chart: { repository: "https://charts.example.com", name: demo, version: 1.2.3 }\n  needs:\n    - { component: demo-config, reason: It mounts the ConfigMap. }\n',
  'catalog/demo/demo-chart/values.yaml.hbs': 'replicaCount: {{options.replicas}}\ndomain: {{cluster.domain}}\n',
};

/** A cluster spec with the least that is needed, and these lines below `spec`. */
export function clusterSpec(name: string, spec: string): string {
  return `apiVersion: slipway.dev/v1alpha1\nkind: Cluster\nmetadata: { name: ${name} }\nspec:\n  domain: ${name}.example.com\n  kubernetes: { version: "1.34" }\n  git: { repoURL: "https://git.example.com/fleet.git" }\n${spec}`;
}
