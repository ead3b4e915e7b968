import { fleetTree } from '../model/names.ts';

/** Where trees stand in a repository. */
export const deployFolder = 'deploy';

/** The AppProject and the root Application of a tree. */
export const rootFile = 'root.yaml';

/** What slipway wrote; not YAML by its name, so that Argo CD does not read it as a manifest. */
export const lockFile = 'tree.lock';

/** Applications, and what stands beside them: projects of tenants. */
export const applicationsFolder = 'apps';

const manifestsFolder = 'manifests';

/** What findings and reports call the owner of what belongs to no component. */
export const treeOwner = 'root';

/** What a file of a tree is, by its path below the folder of the tree. */
export type TreeFile =
  | { readonly kind: 'root' | 'lock' | 'other' }
  /** `component` is a name of an object where an AppProject is in the file. */
  | { readonly kind: 'application'; readonly component: string }
  | { readonly kind: 'manifest'; readonly component: string };

/** A file below deploy/, taken apart. */
export interface DeployedFile {
  /** The cluster, or `fleet`. */
  readonly tree: string;
  /** Below the folder of the tree. */
  readonly path: string;
  readonly file: TreeFile;
}

export const treeFolder = (tree: string): string => `${deployFolder}/${tree}`;

/** From the repository root. */
export const treePath = (tree: string, path: string): string => `${treeFolder(tree)}/${path}`;

export const applicationPath = (component: string): string => `${applicationsFolder}/${component}.yaml`;

export const manifestFolder = (component: string): string => `${manifestsFolder}/${component}`;

/** Below deploy/fleet/: the root of the clusters that a hub manages. */
/** The clusters whose roots the root of a hub applies, in its printed text. */
export const spokesIn = (text: string): readonly string[] =>
  [...(/^ +include: (.*)$/m.exec(text)?.[1] ?? '').matchAll(/([^{},"/ ]+)\/root\.yaml/g)].map((m) => m[1] ?? '');

export const hubRootPath = (hub: string): string => `${hub}/${rootFile}`;

/** What a file of the tree of a cluster is; a component may have any name. */
export function treeFileOf(path: string): TreeFile {
  if (path === rootFile) return { kind: 'root' };
  if (path === lockFile) return { kind: 'lock' };
  const [folder, name = '', ...rest] = path.split('/');
  if (folder === applicationsFolder && rest.length === 0 && name.endsWith('.yaml'))
    return { kind: 'application', component: name.slice(0, -'.yaml'.length) };
  return folder === manifestsFolder && rest.length > 0 ? { kind: 'manifest', component: name } : { kind: 'other' };
}

/** The same for a path from the repository root; undefined outside of trees. */
export function deployedFileOf(path: string): DeployedFile | undefined {
  const [folder, tree, ...rest] = path.split('/');
  if (folder !== deployFolder || tree === undefined || rest.length === 0) return undefined;
  const below = rest.join('/');
  return { tree, path: below, file: fileOfTree(tree, below) };
}

/** What a file is, by its tree and its path below the folder of that. */
export const fileOfTree = (tree: string, path: string): TreeFile =>
  tree === fleetTree ? fleetFileOf(path) : treeFileOf(path);

export const treeOf = (path: string): string => deployedFileOf(path)?.tree ?? '';

/** In the tree of hubs, folders have names of clusters. */
function fleetFileOf(path: string): TreeFile {
  if (path === lockFile) return { kind: 'lock' };
  const [, name, ...rest] = path.split('/');
  return { kind: name === rootFile && rest.length === 0 ? 'root' : 'other' };
}

/** The component a file belongs to; undefined for what belongs to the whole tree. */
export const componentOf = (file: TreeFile): string | undefined => ('component' in file ? file.component : undefined);

/** Whose a file below deploy/ is, for people. */
export function ownerOf(path: string): string {
  const deployed = deployedFileOf(path);
  return (deployed === undefined ? undefined : componentOf(deployed.file)) ?? treeOwner;
}

/** Whether a file below deploy/ holds an Application, or what stands beside one. */
export const isApplicationFile = (path: string): boolean => deployedFileOf(path)?.file.kind === 'application';

export const isLock = (path: string): boolean => deployedFileOf(path)?.file.kind === 'lock';
