import { newSpecFile } from '../../config/specFiles.ts';

/** First line of every file that people write. */
export const header = 'apiVersion: slipway.dev/v1alpha1';

/** The text of new files, by path. */
export type NewFiles = ReadonlyMap<string, string>;

export function clusterFile(name: string, environment: string | undefined): NewFiles {
  const base =
    environment === undefined
      ? '  git: { repoURL: https://git.example.com/platform/fleet.git, branch: main }\n'
      : `  environment: ${environment}\n`;
  return new Map([
    [
      newSpecFile('clusters', name),
      `# yaml-language-server: $schema=../schemas/cluster.schema.json
${header}
kind: Cluster
metadata:
  name: ${name}
spec:
${base}  domain: ${name}.example.com
  kubernetes: { version: "1.34" }
  capabilities: {}
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
