import { header, type NewFiles } from '../shared/scaffold.ts';

const gitignore = `# what a run remembers, and what one that is at work holds
.slipway/
deploy/.slipway-*
`;

const base = `# yaml-language-server: $schema=../schemas/environment.schema.json
${header}
kind: Environment
metadata:
  name: base
spec:
  kubernetes: { version: "1.34" }
  # where Argo CD reads this repository
  git: { repoURL: https://git.example.com/platform/fleet.git, branch: main }
`;

const dev = `# yaml-language-server: $schema=../schemas/environment.schema.json
${header}
kind: Environment
metadata:
  name: dev
spec:
  extends: base
  # what every cluster of this environment has; a cluster adds to it, changes it, or removes one with null
  capabilities:
    gitops: {}
    secrets: { generate: true }
    tls: { issuer: selfSigned, replicas: 1 }
    edge: { replicas: 1 }
    auth: { replicas: 1, ldap: { lldap: {} }, groups: { admins: [platform-admins] } }
    monitoring: {}
  # options for those clusters that have the capability
  defaults:
    kafka: { brokers: 1 }
`;

const first = `# yaml-language-server: $schema=../schemas/cluster.schema.json
${header}
kind: Cluster
metadata:
  name: first
spec:
  environment: dev
  domain: first.example.com
  capabilities:
    postgres: { clusters: [{ name: main, storage: 5Gi }] }
  tenants:
    - { name: web, groups: [web-developers] }
`;

const readme = `# Fleet

One file per cluster in \`clusters/\` says what a cluster has. \`environments/\` holds what clusters share. Slipway makes
\`deploy/\` out of both, which Argo CD reads; nobody edits it by hand.

To change a cluster, in a pull request:

\`\`\`
$EDITOR clusters/first.yaml      # completion comes from the schema named in its first line
slipway validate                 # every problem, with its place and a next step
slipway diff                     # what would change in the tree
slipway render
git add clusters && git commit   # the spec
slipway commit --push            # the tree
\`\`\`

The job that checks pull requests runs \`slipway render --check\`: it fails when \`deploy/\` is not what the specs say.

A new cluster:

\`\`\`
slipway new cluster <name> --environment dev
slipway render -c <name>
slipway inspect secrets -c <name>   # what has to be in its secret store first
slipway bootstrap <name>            # the steps from an empty cluster on
\`\`\`

\`catalog/\` and \`schemas/\` are yours: read them, change them, version them. Components of your own go to \`custom/\`:
\`slipway new component <capability>/<name>\`.
`;

/** A fleet repository to start with: one development cluster that works as it is. */
export function fleetFiles(): NewFiles {
  return new Map([
    ['environments/base.yaml', base],
    ['environments/dev.yaml', dev],
    ['clusters/first.yaml', first],
    ['README.md', readme],
    ['.gitignore', gitignore],
  ]);
}
