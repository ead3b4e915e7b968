import type { CommandSpec } from './command.ts';
import { objectOptions } from './objectOptionSpecs.ts';

/** Every verb. `load` keeps `--help` fast: nothing below is imported until it is called. */
export const commands: readonly CommandSpec[] = [
  {
    name: 'init',
    summary: 'Make a new fleet repository: catalog, environments, schemas and a first cluster',
    arguments: [{ name: 'folder', description: 'folder to create' }],
    examples: ['slipway init my-fleet'],
    load: async () => (await import('./init/init.ts')).init,
  },
  {
    name: 'render',
    summary: 'Render clusters into deploy/',
    options: [
      { flags: '--check', description: 'write nothing; exit with 2 when deploy/ is not current' },
      { flags: '--force', description: 'overwrite generated files that were edited by hand' },
      { flags: '--allow-delete', description: 'agree to removing Applications, namespaces and what holds data' },
    ],
    examples: ['slipway render', 'slipway render -c "prod-*" --stats', 'slipway render --check'],
    load: async () => (await import('./render/render.ts')).render,
  },
  {
    name: 'validate',
    summary: 'Say every problem of specs, catalog and tree, or of files of Kubernetes objects; write nothing',
    arguments: [
      { name: '[files...]', description: 'files or folders of objects, - for the input (default: the fleet)' },
    ],
    options: objectOptions,
    examples: [
      'slipway validate',
      'slipway validate -c staging-us -o github',
      'slipway validate --kubernetes 1.36',
      'slipway validate --skip Secret,v1/ConfigMap manifests/',
      'slipway validate --schema-location default --schema-location schemas.example/ - < objects.yaml',
    ],
    load: async () => (await import('./validate/validate.ts')).validate,
  },
  {
    name: 'diff',
    summary: 'Show what changes per cluster, component, object and field, what loses data first',
    options: [
      { flags: '--base <revision>', description: 'compare with what this git revision renders to, not with deploy/' },
      { flags: '--rendered', description: 'also show what charts make of their values; needs Helm and the charts' },
      { flags: '--patch', description: 'show files and lines in place of objects and fields' },
      { flags: '--stat', description: 'only name the files' },
    ],
    examples: [
      'slipway diff',
      'slipway diff --base origin/main',
      'slipway diff --base v1.2.0 -c prod-eu --component kafka-cluster',
      'slipway diff --rendered -c prod-eu',
    ],
    load: async () => (await import('./diff/diff.ts')).diff,
  },
  {
    name: 'report',
    summary: 'Write one HTML file about the fleet: clusters, versions, findings, waves, and what differs from a base',
    arguments: [{ name: 'file', description: 'file to write, - for the output' }],
    options: [{ flags: '--base <revision>', description: 'also show what differs from this git revision' }],
    examples: ['slipway report fleet.html', 'slipway report fleet.html --base origin/main'],
    load: async () => (await import('./report/report.ts')).report,
  },
  {
    name: 'drift',
    summary: 'Show where trees, files, versions and clusters have left what the specs say',
    options: [
      { flags: '--live', description: 'compare clusters too; changes nothing on them' },
      {
        flags: '--context <name>',
        description: 'kubeconfig context: <cluster>=<context>, or one name for one cluster (repeatable)',
        isRepeatable: true,
      },
      {
        flags: '--all',
        description: 'compare every selected cluster, by the context of its name unless --context says',
      },
      { flags: '--qps <n>', description: 'requests per second to a cluster, at most (default: 100)' },
    ],
    examples: [
      'slipway drift',
      'slipway drift -c prod-eu --live --context admin@prod-eu',
      'slipway drift --live --context prod-eu=admin@prod-eu --context prod-us=admin@prod-us',
      'slipway drift --live --all --qps 50 -o json',
    ],
    load: async () => (await import('./drift/drift.ts')).drift,
  },
  {
    name: 'commit',
    summary: 'Commit the tree (only what it owns)',
    options: [
      {
        flags: '--push',
        description:
          'push, to where git would push the branch; a rejected push is rebased and rendered again, never forced',
      },
      { flags: '--branch <name>', description: 'commit on this branch' },
      { flags: '--message <text>', description: 'subject of the commit' },
      { flags: '--allow-delete', description: 'agree to removals, as in render' },
    ],
    examples: ['slipway commit', 'slipway commit --push --branch update-kafka'],
    load: async () => (await import('./commit/commit.ts')).commit,
  },
  {
    name: 'promote',
    summary: 'Bring what one cluster or environment has proven to another: pins, versions and options',
    arguments: [
      { name: 'from', description: 'cluster or environment that has proven it' },
      { name: 'to', description: 'cluster or environment that takes it over' },
    ],
    options: [
      { flags: '--options <list>', description: 'options to take over beside the pins, separated by commas' },
      { flags: '--check', description: 'write nothing; say what waits, and exit with 2 when something does' },
      { flags: '--branch <name>', description: 'commit the edit, and the tree it renders to, on this branch' },
      { flags: '--environments', description: 'take both names for those of environments' },
      { flags: '--override', description: 'also set what an environment sets, for this cluster alone' },
      { flags: '--stat', description: 'only name the files of the tree that change' },
    ],
    examples: [
      'slipway promote staging prod-eu --check',
      'slipway promote staging prod-eu --options capabilities.kafka.brokers --stat',
      'slipway promote staging prod --environments --branch promote-prod',
    ],
    load: async () => (await import('./promote/promote.ts')).promote,
  },
  {
    name: 'bootstrap',
    summary: 'Show the steps from an empty cluster to one that Argo CD reconciles, or do them',
    arguments: [{ name: 'cluster', description: 'cluster name' }],
    options: [
      { flags: '--apply', description: 'do the steps, after showing them; needs kubectl and helm' },
      { flags: '--context <name>', description: 'kubeconfig context of the cluster' },
      {
        flags: '--secrets <folder>',
        description: 'with --apply: make missing Secrets from files, <folder>/<namespace>/<name>/<key>',
      },
      { flags: '--values', description: "print the values of Argo CD's own chart and nothing else" },
    ],
    examples: ['slipway bootstrap prod-eu', 'slipway bootstrap prod-eu --apply --context admin@prod-eu'],
    load: async () => (await import('./bootstrap/bootstrap.ts')).bootstrap,
  },
  {
    name: 'preview',
    summary: 'Show what Argo CD would apply, without a cluster',
    arguments: [
      { name: 'cluster', description: 'cluster name' },
      { name: '[component]', description: 'only this component' },
    ],
    options: [
      { flags: '--images', description: 'list the images in place of the objects' },
      { flags: '--objects', description: 'a table of kind, name, namespace, wave and hook' },
      { flags: '--resources', description: 'sum up requests and limits, per component and in all' },
    ],
    examples: [
      'slipway preview prod-eu cert-manager',
      'slipway preview prod-eu --images',
      'slipway preview dev kube-prometheus-stack --objects',
    ],
    load: async () => (await import('./preview/preview.ts')).preview,
  },
  {
    name: 'explain',
    summary: 'Say where a value of a cluster comes from',
    arguments: [
      { name: 'cluster', description: 'cluster name' },
      { name: 'path', description: 'path below spec, with dots or as a JSON pointer' },
    ],
    examples: ['slipway explain prod-eu capabilities.kafka.brokers'],
    load: async () => (await import('./explain/explain.ts')).explain,
  },
  {
    name: 'inspect',
    summary: 'List clusters, components, the plan, or the secrets clusters expect',
    arguments: [{ name: 'what', description: 'what to list', choices: ['clusters', 'components', 'plan', 'secrets'] }],
    examples: ['slipway inspect secrets -c prod-eu', 'slipway inspect plan -c prod-eu -o json'],
    load: async () => (await import('./inspect/inspect.ts')).inspect,
  },
  {
    name: 'graph',
    summary: 'Draw the waves of a cluster',
    arguments: [{ name: 'cluster', description: 'cluster name' }],
    options: [{ flags: '--as <form>', description: 'mermaid, dot or text (default: mermaid)' }],
    examples: ['slipway graph prod-eu', 'slipway graph prod-eu --as dot | dot -Tsvg > graph.svg'],
    load: async () => (await import('./graph/graph.ts')).graph,
  },
  {
    name: 'catalog',
    summary: 'List or show what the catalog offers; fetch, lock, upgrade and prove its charts',
    arguments: [
      {
        name: 'action',
        description: 'what to do',
        choices: ['list', 'show', 'pull', 'lock', 'outdated', 'upgrade', 'test'],
      },
      {
        name: '[name]',
        description: 'capability or component, for show; component, for upgrade; capability, for test',
      },
    ],
    options: [
      { flags: '--to <version>', description: 'upgrade to this version, not to the newest of the same major' },
      { flags: '--write', description: 'test: write docs/catalog-proof.md when nothing failed' },
      { flags: '--force', description: 'lock the packages that the repositories have now, also where they changed' },
    ],
    examples: [
      'slipway catalog list',
      'slipway catalog show kafka',
      'slipway catalog pull -c prod-eu',
      'slipway catalog lock',
      'slipway catalog outdated',
      'slipway catalog upgrade cert-manager --to v1.22.0',
      'slipway catalog test kafka',
    ],
    load: async () => (await import('./catalog/show.ts')).catalog,
  },
  {
    name: 'bundle',
    summary: 'Pack what an air-gapped site needs into a folder: charts as repositories, schemas, sums',
    arguments: [{ name: 'folder', description: 'folder to make; it must not exist yet, or be empty' }],
    examples: ['slipway bundle ../bundle', 'slipway bundle ../bundle-eu -c prod-eu'],
    load: async () => (await import('./bundle/bundle.ts')).bundle,
  },
  {
    name: 'schema',
    summary: 'Print a schema, or import API schemas of CRDs, a chart, a cluster, a catalogue or Kubernetes',
    arguments: [
      {
        name: 'what',
        description: 'what to print, or import',
        choices: ['cluster', 'environment', 'catalog', 'capability', 'component', 'import'],
      },
      { name: '[file]', description: 'file, folder, chart package (.tgz) or schema location to import' },
    ],
    options: [
      { flags: '--write', description: 'write schemas/cluster.schema.json and schemas/environment.schema.json' },
      {
        flags: '--kubernetes <version>',
        description: 'the file is a Kubernetes OpenAPI document of this minor version',
      },
      { flags: '--context <name>', description: 'import the definitions of a cluster, by its kubeconfig context' },
      { flags: '--kinds <list>', description: 'only these kinds, as group/version/Kind, separated by commas' },
      {
        flags: '--provenance <index.json>',
        description:
          'index of where the files come from: files[] with path, repository, commit, version, licence, sha256',
      },
    ],
    examples: [
      'slipway schema cluster > schemas/cluster.schema.json',
      'slipway schema import crd.yaml',
      'slipway schema import --context admin@prod-eu',
    ],
    load: async () => (await import('./schema/schema.ts')).schema,
  },
  {
    name: 'new',
    summary: 'Scaffold a cluster, environment, component or capability',
    arguments: [
      { name: 'what', description: 'what to make', choices: ['cluster', 'environment', 'component', 'capability'] },
      { name: 'name', description: 'its name; a component is <capability>/<component>' },
    ],
    options: [
      { flags: '--environment <name>', description: 'environment of the new cluster' },
      { flags: '--extends <name>', description: 'environment the new one extends' },
    ],
    examples: ['slipway new cluster staging-us --environment staging', 'slipway new component kafka/mirror'],
    load: async () => (await import('./new/new.ts')).create,
  },
  {
    name: 'doctor',
    summary: 'Check this machine and repository',
    examples: ['slipway doctor'],
    load: async () => (await import('./doctor/doctor.ts')).doctor,
  },
  {
    name: 'completion',
    summary: 'Print a shell completion script',
    arguments: [{ name: 'shell', description: 'shell', choices: ['bash', 'zsh', 'fish'] }],
    examples: ['slipway completion bash > /etc/bash_completion.d/slipway'],
    load: async () => (await import('./completion/completion.ts')).completion,
  },
];
