import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve, sep } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { ToolError } from '../../model/diagnostic.ts';
import type { ValueMap } from '../../model/values.ts';
import { asMap, getAt, isMap, listAt, mapAt, textAt } from '../../model/values.ts';
import { readKubernetesYaml } from '../../yaml/kubernetesYaml.ts';

export interface ChosenContext {
  readonly name: string;
  readonly server: string;
  readonly config: KubeConfig;
}

/** The account that a pod has, by this name. */
export const inCluster = 'in-cluster';
const account = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** The context of that name in the kubeconfig; without a name its current one, or the account of this pod. */
export async function chooseContext(
  wanted: string | undefined,
  env: (name: string) => string | undefined,
): Promise<ChosenContext> {
  // this file alone: the package's own front door loads every model of Kubernetes
  const { KubeConfig: Config } = await import('@kubernetes/client-node/dist/config.js');
  const files = kubeconfigFiles(env);
  if (wanted === inCluster || (wanted === undefined && files.length === 0 && existsSync(account))) {
    if (!existsSync(account)) throw noContext(inCluster, 'this is no pod with a service account', []);
    const config = new Config();
    config.loadFromCluster();
    return chosen(inCluster, config);
  }
  const { config, refused } = merged(files, Config);
  const names = config.contexts.map((c) => c.name);
  const name = wanted ?? config.currentContext;
  if (files.length === 0) throw noContext(wanted, 'there is no kubeconfig', names);
  if (name === undefined || name === '') throw noContext(undefined, 'the kubeconfig names no current context', names);
  if (!names.includes(name)) throw noContext(name, `the kubeconfig (${files.join(', ')}) does not have it`, names);
  config.setCurrentContext(name);
  const user = config.getContextObject(name)?.user;
  if (user !== undefined && !config.users.some((u) => u.name === user))
    throw unusable(name, `its account "${user}" is not in the kubeconfig`);
  const why = user === undefined ? undefined : refused.get(user);
  if (why !== undefined) throw unusable(name, `its account "${user}" ${why}`);
  return chosen(name, config);
}

function chosen(name: string, config: KubeConfig): ChosenContext {
  const server = config.getCurrentCluster()?.server;
  if (server === undefined || !URL.canParse(server))
    throw noContext(name, 'its cluster is not in the kubeconfig, or has no address', []);
  return { name, server, config };
}

function kubeconfigFiles(env: (name: string) => string | undefined): string[] {
  const named = (env('KUBECONFIG') ?? '').split(delimiter).filter((f) => f !== '');
  const usual = join(env('HOME') ?? homedir(), '.kube/config');
  return (named.length > 0 ? named : [usual]).filter((f) => existsSync(f));
}

/** An entry of `clusters`, `users` or `contexts`, as it is written. */
interface Entry {
  readonly name: string;
  readonly value: ValueMap;
}

/** The entries of a list. Throws Error for two of one name, as kubectl does; what is unfinished matters only to who uses it. */
function entriesOf(config: ValueMap, list: string, key: string): readonly Entry[] {
  const entries = listAt(config, list).map((entry) => ({
    name: String(getAt(entry, 'name') ?? ''),
    value: mapAt(entry, key),
  }));
  const names = entries.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`two ${list} have the name "${twice}"`);
  return entries;
}

/** As kubectl reads a file: an empty one is a kubeconfig without entries. Throws Error. */
function readKubeconfig(text: string): ValueMap {
  const read = readKubernetesYaml(text);
  if ('problem' in read) throw new Error(`${read.problem.reason} (line ${read.problem.line})`);
  if (read.value !== null && !isMap(read.value)) throw new Error('it is no kubeconfig');
  return asMap(read.value);
}

/** Data counts before a file; `tokenFile`, which the package does not know, is read as it reads the token of a pod. */
function usersOf(users: KubeConfig['users'], entries: readonly Entry[], folder: string): KubeConfig['users'] {
  return users.map((user) => {
    const value = entries.find(({ name }) => name === user.name)?.value ?? {};
    const { certFile, keyFile, ...others } = user;
    const files = {
      ...(user.certData || !certFile ? {} : { certFile }),
      ...(user.keyData || !keyFile ? {} : { keyFile }),
    };
    const tokenFile = textAt(value, 'tokenFile');
    const command = textAt(value, 'exec', 'command');
    // a path is one from the folder of the kubeconfig, a name is looked up
    const exec =
      command?.includes(sep) === true ? { exec: { ...mapAt(value, 'exec'), command: resolve(folder, command) } } : {};
    if (tokenFile === undefined || user.token) return { ...others, ...files, ...exec };
    const authProvider = { name: 'tokenFile', config: { tokenFile: resolve(folder, tokenFile) } };
    return { ...others, ...files, ...exec, authProvider };
  });
}

/** What of an account cannot be had here; its context is not to be used with other rights than kubectl's. */
function unsupported({ value }: Entry): string | undefined {
  const impersonation = ['as-uid', 'as-groups', 'as-user-extra'].find((key) => value[key] !== undefined);
  if (impersonation !== undefined) return `impersonates with ${impersonation}, which is not supported`;
  if (getAt(value, 'exec', 'interactiveMode') === 'Always')
    return 'has a program that needs a terminal (interactiveMode: Always)';
  return undefined;
}

interface MergedConfig {
  readonly config: KubeConfig;
  /** Why an account, by its name, cannot be used. */
  readonly refused: ReadonlyMap<string, string | undefined>;
}

/** As kubectl merges (client-go, clientcmd): of two entries of one name the first counts, and of two current contexts too. */
function merged(files: readonly string[], Config: new () => KubeConfig): MergedConfig {
  const refused = new Map<string, string | undefined>();
  const all = files.map((file) => {
    try {
      const read = readKubeconfig(readFileSync(file, 'utf8'));
      const users = entriesOf(read, 'users', 'user');
      entriesOf(read, 'clusters', 'cluster');
      entriesOf(read, 'contexts', 'context');
      const config = new Config();
      config.loadFromString(JSON.stringify(read), { onInvalidEntry: 'filter' });
      config.makePathsAbsolute(dirname(file));
      config.clusters = config.clusters.map(({ caFile, ...c }) => (c.caData || !caFile ? c : { ...c, caFile }));
      config.users = usersOf(config.users, users, dirname(file));
      for (const user of users) if (!refused.has(user.name)) refused.set(user.name, unsupported(user));
      return config;
    } catch (error) {
      const said = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
      throw new ToolError(
        'drift/context',
        `The kubeconfig ${file} cannot be read: ${said}.`,
        'Mend it, or name another in KUBECONFIG.',
        { cause: error },
      );
    }
  });
  const first = <T extends { readonly name: string }>(lists: readonly (readonly T[])[]): T[] => [
    ...new Map(
      lists
        .flat()
        .toReversed()
        .map((item) => [item.name, item]),
    ).values(),
  ];
  const config = new Config();
  config.clusters = first(all.map((c) => c.clusters));
  config.users = first(all.map((c) => c.users));
  config.contexts = first(all.map((c) => c.contexts)).sort((a, b) => (a.name < b.name ? -1 : 1));
  config.currentContext = all.map((c) => c.currentContext).find((c) => (c ?? '') !== '') ?? '';
  return { config, refused };
}

const unusable = (name: string, why: string): ToolError =>
  new ToolError(
    'drift/context',
    `The context "${name}" cannot be used: ${why}.`,
    'Name another with --context, or mend the kubeconfig.',
  );

function noContext(name: string | undefined, why: string, known: readonly string[]): ToolError {
  const subject = name === undefined ? 'No context is given' : `There is no context "${name}"`;
  const list = known.length === 0 ? '' : ` Contexts: ${known.slice(0, 20).join(', ')}.`;
  return new ToolError(
    'drift/context',
    `${subject}: ${why}.`,
    `Name one with --context, or another kubeconfig in KUBECONFIG.${list}`,
  );
}
