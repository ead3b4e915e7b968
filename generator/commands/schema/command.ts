import type { CommandGroup, CommandSpec, Invocation } from '../command.ts';
import { defineCommand } from '../command.ts';
import { consent, list, optionalArgument, text } from '../options.ts';
import { offline } from '../shared/options.ts';

const composedOptions = {
  write: consent('write schemas/cluster.schema.json and schemas/environment.schema.json'),
};

const importArgs = {
  file: optionalArgument('file, folder, chart package (.tgz) or schema location to import', { suggests: 'file' }),
};

/** What is imported is said in the call. */
const importOptions = {
  kubernetes: text('version', 'the file is a Kubernetes OpenAPI document of this minor version', {
    hasVariable: false,
  }),
  context: text('name', 'import the definitions of a cluster, by its kubeconfig context', { hasVariable: false }),
  kinds: list('list', 'only these kinds, as group/version/Kind, separated by commas', { hasVariable: false }),
  provenance: text(
    'index.json',
    'index of where the files come from: files[] with path, repository, commit, version, licence, sha256',
    { suggests: 'file', hasVariable: false },
  ),
  ...offline,
};

export type ComposedSchemaInvocation = Invocation<typeof composedOptions>;
export type SchemaImportInvocation = Invocation<typeof importOptions, typeof importArgs>;

const composed = (name: 'cluster' | 'environment'): CommandSpec =>
  defineCommand({
    name,
    summary: `Print the schema of ${name} specs, with the options of every capability`,
    options: composedOptions,
    examples: [`slipway schema ${name} > schemas/${name}.schema.json`],
    load: async () => (await import('./schema.ts')).composedSchema(name),
  });

const fixed = (name: 'fleet' | 'catalog' | 'capability' | 'component'): CommandSpec =>
  defineCommand({
    name,
    summary: `Print the schema of ${name === 'fleet' ? 'slipway' : name}.yaml`,
    examples: [`slipway schema ${name}`],
    readsCatalog: false,
    load: async () => (await import('./schema.ts')).fixedSchema(name),
  });

export const schemaCommand: CommandGroup = {
  name: 'schema',
  summary: 'Print a schema, or import API schemas of CRDs, a chart, a cluster, a catalogue or Kubernetes',
  commands: [
    composed('cluster'),
    composed('environment'),
    fixed('fleet'),
    fixed('catalog'),
    fixed('capability'),
    fixed('component'),
    defineCommand({
      name: 'import',
      summary: 'Import API schemas of CRDs, a chart, a cluster, a catalogue or Kubernetes',
      arguments: importArgs,
      options: importOptions,
      excludes: [
        ['file', 'context'],
        ['context', 'kubernetes'],
        ['context', 'provenance'],
      ],
      readsCatalog: false,
      examples: ['slipway schema import crd.yaml', 'slipway schema import --context admin@prod-eu'],
      load: async () => (await import('./import.ts')).importSchema,
    }),
  ],
};
