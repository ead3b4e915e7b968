import type { ValueMap } from '../../model/values.ts';
import { mapAt, textAt } from '../../model/values.ts';
import type { StoreEntry } from '../../kubernetes/externalSecrets.ts';
import { shellCommand, shellWord } from '../../util/shell.ts';

/** A program that writes one entry of a store; it reads the keys and their values as JSON from its standard input. */
interface StoreWriter {
  /** How to log in, for a person. */
  readonly login: string;
  command(entry: string): readonly string[];
}

/**
 * Command lines that put the entries into the store behind a ClusterSecretStore, each value from a file; undefined for a store
 * that is not known here. `provider` is `spec.provider` of the ClusterSecretStore.
 */
export function storeCommands(provider: ValueMap, entries: readonly StoreEntry[]): readonly string[] | undefined {
  const writer = writerOf(provider);
  if (writer === undefined) return undefined;
  return [
    `# In place of FILE: a file with the value, for each key in turn. First: ${writer.login}`.replaceAll('\n', ' '),
    ...entries.flatMap(({ name, keys }) => [`${jsonOf(keys)} \\`, `  | ${shellCommand(...writer.command(name))}`]),
  ];
}

/** Programs as they were documented in 2026: developer.hashicorp.com/vault, docs.aws.amazon.com/cli, cloud.google.com/sdk, learn.microsoft.com/cli. */
function writerOf(provider: ValueMap): StoreWriter | undefined {
  const { vault, aws, gcpsm, azurekv } = {
    vault: mapAt(provider, 'vault'),
    aws: mapAt(provider, 'aws'),
    gcpsm: mapAt(provider, 'gcpsm'),
    azurekv: mapAt(provider, 'azurekv'),
  };
  const server = textAt(vault, 'server');
  if (server !== undefined) {
    const namespace = textAt(vault, 'namespace');
    const at = [`-address=${server}`, ...(namespace === undefined ? [] : [`-namespace=${namespace}`])];
    const mount = `-mount=${textAt(vault, 'path') ?? 'secret'}`;
    return {
      login: shellCommand('vault', 'login', ...at),
      command: (entry) => ['vault', 'kv', 'put', ...at, mount, entry, '-'],
    };
  }
  const region = textAt(aws, 'region');
  if (region !== undefined) {
    const make = (entry: string): readonly string[] =>
      textAt(aws, 'service') === 'ParameterStore'
        ? ['ssm', 'put-parameter', '--region', region, '--name', entry, '--type', 'SecureString', '--value']
        : ['secretsmanager', 'create-secret', '--region', region, '--name', entry, '--secret-string'];
    return { login: 'aws sso login', command: (entry) => ['aws', ...make(entry), 'file:///dev/stdin'] };
  }
  const project = textAt(gcpsm, 'projectID');
  if (project !== undefined)
    return {
      login: 'gcloud auth login',
      command: (entry) => [
        ...['gcloud', 'secrets', 'create', entry, `--project=${project}`],
        ...['--replication-policy=automatic', '--data-file=-'],
      ],
    };
  const vaultName = /^https:\/\/([^.]+)\./.exec(textAt(azurekv, 'vaultUrl') ?? '')?.[1];
  if (vaultName === undefined) return undefined;
  return {
    login: 'az login',
    command: (entry) => [
      ...['az', 'keyvault', 'secret', 'set', '--vault-name', vaultName],
      ...['--name', entry, '--file', '/dev/stdin', '--output', 'none'],
    ],
  };
}

/** A command line that prints the keys with what their files hold as JSON; a line break at the end of a file is not part of it. */
function jsonOf(keys: readonly string[]): string {
  const files = keys.map((_, i) => `--rawfile ${variable(i)} FILE`).join(' ');
  const members = keys.map((key, i) =>
    `${JSON.stringify(key)}: ($${variable(i)} | rtrimstr("\n"))`.replaceAll('\n', '\\n'),
  );
  return `jq -n ${files} ${shellWord(`{${members.join(', ')}}`)}`;
}

const variable = (index: number): string => `v${index + 1}`;
