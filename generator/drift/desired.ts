import type { Value, ValueMap } from '../model/values.ts';
import { asString, getAt, isMap, listAt, mapAt, textAt, valueAt } from '../model/values.ts';
import { annotationsOf, identityOf, annotationList } from '../kubernetes/object.ts';
import { objectsIn } from '../yaml/objects.ts';
import type { TreeListing } from '../tree/compare.ts';
import type { IgnoreRule } from './ignoreRules.ts';
import { ignoreRule } from './ignoreRules.ts';
import { storedForm, trackingAnnotation } from './normalize.ts';
import { isDefinition } from '../kubernetes/definitions.ts';
import { fleetTree } from '../model/names.ts';
import { fileOfTree, hubRootPath, ownerOf, rootFile, treeFileOf, treePath } from '../tree/paths.ts';
import type { TreeFile } from '../tree/paths.ts';

/** An Application of a tree: what its objects are compared with. */
export interface TreeApplication {
  readonly name: string;
  readonly component: string;
  readonly namespace: string;
  /** Namespace of objects that name none. */
  readonly destination: string;
  readonly rules: readonly IgnoreRule[];
  /** Argo CD renders a chart: its objects do not stand in the tree. */
  readonly isChart: boolean;
  readonly file: string;
}

/** An object as Argo CD would apply it. */
export interface DesiredObject {
  readonly object: ValueMap;
  readonly component: string;
  /** The Application that applies it; undefined: somebody did, by hand. */
  readonly application: TreeApplication | undefined;
  readonly file: string | undefined;
}

export interface DesiredTree {
  readonly applications: readonly TreeApplication[];
  /** On the cluster itself. */
  readonly objects: readonly DesiredObject[];
  /** On the cluster that Argo CD runs in: Applications, AppProjects and what stands beside them. */
  readonly control: readonly DesiredObject[];
  /** The Application that applies the root of the clusters this one manages; undefined: somebody did, by hand. */
  readonly fleetOwner: TreeApplication | undefined;
}

/** What the files of `deploy/<cluster>/` make of a cluster. Files that cannot be read are not Argo CD's to read either. */
export function desiredTree(cluster: string, listing: TreeListing): DesiredTree {
  const found = [...listing].flatMap(([path, text]) =>
    /\.ya?ml$/.test(path)
      ? objectsIn(path, text).flatMap((o) => ('object' in o ? [{ path, object: o.object }] : []))
      : [],
  );
  const file = (path: string): string => treePath(cluster, path);
  const kindOfFile = (path: string): TreeFile['kind'] => fileOfTree(cluster, path).kind;
  const applications = found
    .filter(({ object }) => object['kind'] === 'Application')
    .map(({ path, object }) => applicationOf(object, ownerOf(file(path)), file(path)));
  const root = found.find(({ path, object }) => path === rootFile && object['kind'] === 'Application');
  const rootApplication = applications.find((a) => a.file === file(rootFile));
  const included = asString(valueAt(root?.object, '/spec/source/directory/include')) ?? '';
  const isSelfManaged = included.includes(rootFile);
  const owner = (path: string): TreeApplication | undefined => {
    if (path === rootFile) return isSelfManaged ? rootApplication : undefined;
    if (kindOfFile(path) === 'application') return rootApplication;
    return applications.find((a) => a.component === ownerOf(file(path)) && a.file !== file(rootFile));
  };
  const all = found.map(({ path, object }) => ({
    path,
    desired: { object, component: ownerOf(file(path)), application: owner(path), file: file(path) },
  }));
  const isManifest = (path: string): boolean => kindOfFile(path) === 'manifest';
  return {
    applications,
    objects: all.filter(({ path }) => isManifest(path)).map((o) => o.desired),
    control: all.filter(({ path }) => !isManifest(path)).map((o) => o.desired),
    fleetOwner: included.includes(`${fleetTree}/${hubRootPath(cluster)}`) ? rootApplication : undefined,
  };
}

function applicationOf(object: ValueMap, component: string, file: string): TreeApplication {
  const spec = mapAt(object, 'spec');
  const metadata = mapAt(object, 'metadata');
  return {
    name: textAt(metadata, 'name') ?? '',
    component,
    namespace: textAt(metadata, 'namespace') ?? '',
    destination: textAt(spec, 'destination', 'namespace') ?? '',
    rules: listAt(spec, 'ignoreDifferences').filter(isMap).map(ignoreRule),
    isChart: getAt(spec, 'source', 'chart') !== undefined || getAt(spec, 'source', 'helm') !== undefined,
    file,
  };
}

/** `data` of argocd-cm as the values of the tree set it. */
export function settingsOfTree(listing: TreeListing): ValueMap {
  for (const [path, text] of listing) {
    if (treeFileOf(path).kind !== 'application') continue;
    for (const found of objectsIn(path, text)) {
      const cm = 'object' in found ? valueAt(found.object, '/spec/source/helm/valuesObject/configs/cm') : undefined;
      if (isMap(cm)) return cm;
    }
  }
  return {};
}

/** Argo CD's hooks, and Helm's, are run and not kept; tests of Helm are hooks too. */
export const isHook = (object: ValueMap): boolean =>
  annotationsOf(object)['argocd.argoproj.io/hook'] !== undefined || annotationsOf(object)['helm.sh/hook'] !== undefined;

export function isExtraneousIgnored(object: ValueMap): boolean {
  return annotationList(object, 'argocd.argoproj.io/compare-options').includes('IgnoreExtraneous');
}

/** Argo CD's mark; objects without a namespace have that of the destination in it. */
export function trackingId(application: TreeApplication, object: ValueMap): string {
  const { group, kind, namespace, name } = identityOf(object);
  return `${application.name}:${group}/${kind}:${namespace === '' ? application.destination : namespace}/${name}`;
}

/** What Argo CD sends: with its mark, but for definitions, and Secrets as they are stored. */
export function appliedForm({ object, application }: DesiredObject, marks: boolean): ValueMap {
  const stored = withoutOptionalNulls(storedForm(object));
  if (application === undefined || !marks || isDefinition(stored)) return stored;
  const metadata = mapAt(stored, 'metadata');
  const annotations = { ...mapAt(metadata, 'annotations'), [trackingAnnotation]: trackingId(application, object) };
  return { ...stored, metadata: { ...metadata, annotations } };
}

/** Charts print `annotations: null`, which Argo CD drops. */
function withoutOptionalNulls(object: ValueMap): ValueMap {
  const metadata = Object.entries(mapAt(object, 'metadata')).filter(([, value]) => (value as Value) !== null);
  return { ...object, metadata: Object.fromEntries(metadata) };
}

/** The Application that an object on the cluster says it belongs to, where its mark is its own and not a copied one. */
export function trackedApplication(object: ValueMap): string | undefined {
  const match = /^([^:]+):([^/]*)\/([^:]+):([^/]*)\/(.+)$/.exec(
    asString(annotationsOf(object)[trackingAnnotation]) ?? '',
  );
  if (match === null) return undefined;
  const [, application, group, kind, namespace, name] = match;
  const own = identityOf(object);
  const isOwn =
    group === own.group &&
    kind === own.kind &&
    name === own.name &&
    (own.namespace === '' || namespace === own.namespace);
  return isOwn ? application : undefined;
}
