import { header } from '../shared/scaffold.ts';
import type { FleetPlace } from './place.ts';

/** The environments of a new fleet, by path; `dev` and `prod` are sound as they are, for any number of clusters. */
export const environmentFiles = (place: FleetPlace): readonly (readonly [string, string])[] => [
  ['environments/base.yaml', base(place)],
  ['environments/dev.yaml', dev],
  ['environments/prod.yaml', prod],
];

/** First lines of an environment. */
const top = `# yaml-language-server: $schema=../schemas/environment.schema.json
${header}
kind: Environment
`;

function base({ repository, branch, path, isKnown }: FleetPlace): string {
  const where = [
    `repoURL: ${scalar(repository)}`,
    `branch: ${scalar(branch)}`,
    ...(path === '' ? [] : [`path: ${scalar(path)}`]),
  ];
  return `${top}metadata:
  name: base
spec:
  kubernetes: { version: "1.34" }
  # where Argo CD reads this repository${isKnown ? '' : ': put its address here'}
  git: { ${where.join(', ')} }
`;
}

const dev = `${top}metadata:
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

const prod = `${top}metadata:
  name: prod
spec:
  extends: base
  capabilities:
    gitops: { highAvailability: true }
    # the store is a namespace of each cluster; store: { type: vault | aws | gcp | azure, … } is one outside of it
    secrets: { highAvailability: true }
    # a CA of each cluster's own; issuer: letsencrypt with an email is trusted by browsers
    tls: { issuer: selfSigned }
    edge: { replicas: 3 }
    monitoring: { profile: large, retention: 30d }
    # who may do what comes from a directory: auth: { ldap: { external: { … } }, groups: { admins: [ … ] } }
  defaults:
    kafka: { brokers: 3, storage: 200Gi }
`;

/** Plain where YAML reads that as the same text, also between braces. */
const scalar = (text: string): string =>
  /^[A-Za-z][A-Za-z0-9@:/._~-]*$/.test(text) && !/:$|^(?:true|false|null|yes|no|on|off)$/i.test(text)
    ? text
    : JSON.stringify(text);

/** README of the fleet. */
export const readme = ({ name, ci }: FleetPlace): string => `# ${name}

A fleet of Kubernetes clusters, made by [Slipway](https://github.com/slipway-dev/slipway): one file per cluster in \`clusters/\` says
what it has, \`environments/\` holds what clusters share, \`custom/\` what is this fleet's own. Slipway makes \`deploy/\` of them, which
Argo CD reads; nobody edits it by hand.

To change a cluster, in a ${ci === 'gitlab' ? 'merge' : 'pull'} request:

\`\`\`
npm ci                              # once: the version of Slipway that package.json pins
$EDITOR clusters/<name>.yaml        # completion comes from the schema named in its first line
npx slipway validate                # every problem, with its place and a next step
npx slipway diff                    # what would change in the tree
npx slipway render
git add clusters && git commit      # the spec
npx slipway commit --push           # the tree
\`\`\`

A new cluster:

\`\`\`
npx slipway new cluster <name> --environment dev --domain <domain> --distribution <k3s, rke2, eks …>
npx slipway render -c <name>
npx slipway inspect secrets -c <name>   # what has to be in its secret store first
npx slipway bootstrap <name>            # the steps from an empty cluster on
\`\`\`

\`slipway.yaml\` names the catalog that components come from, \`slipway.lock\` its digest; \`npx slipway upgrade\` brings newer ones.
A component of our own: \`npx slipway new component <name> --chart <repository>\` makes a folder below \`custom/\`.
`;

/** What programs that write code have to know of a fleet. */
export const agents = `# Working in this repository

- A fleet of Kubernetes clusters. Specs are \`clusters/*.yaml\` and \`environments/*.yaml\`; \`deploy/\` is generated from them by
  \`npx slipway render\` and is never edited by hand. Components of the fleet's own are in \`custom/\`.
- \`npm ci\` installs the version of Slipway that package.json pins. Use \`npx --no slipway\`, never a version from elsewhere.
- After every change: \`npx --no slipway validate\` (exit code 0 is sound; every finding has file:line:col, a code and a next step),
  then \`npx --no slipway diff\` (what changes in each cluster; 2 means that something does), then \`npx --no slipway render\`.
- A removal that loses data, or a change that cannot be taken back, is refused until the spec agrees to it. Do not pass
  \`--allow-delete\` or \`--force\`, and do not add \`deletions\` or \`acceptedChanges\`, unless a person asked for that.
- No secret in this repository: \`npx --no slipway inspect secrets -c <cluster>\` says which Secrets a cluster expects from its store.
- Options: \`npx --no slipway catalog show <capability>\`. Who set a value: \`npx --no slipway explain <cluster> <path>\`. A code:
  \`npx --no slipway explain <code>\`. All commands take \`-o json\`.
- Specs and trees are separate commits: commit the specs, then \`npx --no slipway commit\`.
`;
