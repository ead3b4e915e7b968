import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { ToolError } from '../../model/diagnostic.ts';
import { asList, asMap, textAt } from '../../model/values.ts';
import { kubernetesValue } from '../../yaml/kubernetesYaml.ts';

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
  const config = merged(files, Config);
  const names = config.contexts.map((c) => c.name);
  const name = wanted ?? config.currentContext;
  if (files.length === 0) throw noContext(wanted, 'there is no kubeconfig', names);
  if (name === undefined || name === '') throw noContext(undefined, 'the kubeconfig names no current context', names);
  if (!names.includes(name)) throw noContext(name, `the kubeconfig (${files.join(', ')}) does not have it`, names);
  config.setCurrentContext(name);
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

/** Accounts with `tokenFile`, which the package does not know: it reads the token of a pod in the same way. */
function withTokenFiles(users: KubeConfig['users'], text: string, folder: string): KubeConfig['users'] {
  const raw = asList(asMap(kubernetesValue(text))['users']).map(asMap);
  return users.map((user) => {
    const found = raw.find((entry) => entry['name'] === user.name);
    const tokenFile = textAt(found, 'user', 'tokenFile');
    if (tokenFile === undefined) return user;
    return { ...user, authProvider: { name: 'tokenFile', config: { tokenFile: resolve(folder, tokenFile) } } };
  });
}

/** As kubectl merges: of two entries of one name the first counts, and of two current contexts too. */
function merged(files: readonly string[], Config: new () => KubeConfig): KubeConfig {
  const all = files.map((file) => {
    try {
      const text = readFileSync(file, 'utf8');
      const config = new Config();
      config.loadFromString(text);
      config.makePathsAbsolute(dirname(file));
      config.users = withTokenFiles(config.users, text, dirname(file));
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
  config.currentContext = all.map((c) => c.currentContext).find((c) => c !== undefined && c !== '') ?? '';
  return config;
}

function noContext(name: string | undefined, why: string, known: readonly string[]): ToolError {
  const subject = name === undefined ? 'No context is given' : `There is no context "${name}"`;
  const list = known.length === 0 ? '' : ` Contexts: ${known.slice(0, 20).join(', ')}.`;
  return new ToolError(
    'drift/context',
    `${subject}: ${why}.`,
    `Name one with --context, or another kubeconfig in KUBECONFIG.${list}`,
  );
}
