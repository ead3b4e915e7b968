import type { Diagnostic } from '../../model/diagnostic.ts';
import type { RenderedTree, TreeObject } from '../../model/model.ts';
import type { ValueMap } from '../../model/values.ts';
import { asList, asMap, asString, getAt, listAt, mapAt, textAt } from '../../model/values.ts';
import { sameRepository } from './repositories.ts';
import { kindOf, splitKind } from '../../kubernetes/object.ts';
import { nameMatcher } from '../../util/glob.ts';
import { finding } from '../findings.ts';
import { sourcesOf } from './applications.ts';

/** Whether projects permit what their Applications do; Argo CD says so only when it syncs. */
export function projectRules(tree: RenderedTree): Diagnostic[] {
  const projects = new Map(
    tree.objects.filter((o) => o.kind === 'AppProject').map((o) => [o.name, mapAt(o.object, 'spec')]),
  );
  const applications = tree.objects.filter((o) => o.kind === 'Application');
  const folders = foldersOf(tree);
  const isImpersonating = tree.objects.some(switchesImpersonationOn);
  return [
    ...tree.objects.filter((o) => o.kind === 'AppProject').flatMap(openProject),
    ...applications.flatMap((application) => {
      const spec = mapAt(application.object, 'spec');
      const project = projects.get(textAt(spec, 'project') ?? '');
      if (project === undefined) return defaultProject(application, spec);
      return [
        ...permitted(application, spec, project, folders),
        ...(isImpersonating ? withoutAccount(application, spec, project) : []),
      ];
    }),
  ];
}

const impersonation = 'application.sync.impersonation.enabled';

/** Whether an object sets up Argo CD to sync in the name of accounts: the values of its chart, or its ConfigMap. */
function switchesImpersonationOn({ kind, name, object }: TreeObject): boolean {
  if (kind === 'ConfigMap') return name === 'argocd-cm' && getAt(object, 'data', impersonation) === 'true';
  const values = ['spec', 'source', 'helm', 'valuesObject', 'configs', 'cm', impersonation];
  return kind === 'Application' && String(getAt(object, ...values)) === 'true';
}

/** As DeriveServiceAccountToImpersonate; a cluster that is known by its name has an address that is not known here. */
function withoutAccount(application: TreeObject, spec: ValueMap, project: ValueMap): Diagnostic[] {
  const { server, namespace } = mapAt(spec, 'destination');
  const isFor = (d: ValueMap): boolean =>
    (server === undefined || matches(textAt(d, 'server') ?? '', String(server))) &&
    matches(textAt(d, 'namespace') ?? '', asString(namespace) ?? '');
  if (listAt(project, 'destinationServiceAccounts').map(asMap).some(isFor)) return [];
  const called = textAt(spec, 'project') ?? '';
  return [
    says(
      application,
      `has no account to be synced in the name of: project ${called} names none for its destination`,
      'Add one to destinationServiceAccounts of the project.',
    ),
  ];
}

/** Names that point nowhere are reference/missing; the project that every Argo CD has permits everything. */
function defaultProject(application: TreeObject, spec: ValueMap): Diagnostic[] {
  if (![undefined, '', 'default'].includes(textAt(spec, 'project'))) return [];
  return [says(application, 'is in the project "default", which permits everything', 'Give it a project of its own.')];
}

function openProject(project: TreeObject): Diagnostic[] {
  const isOpen = listAt(project.object, 'spec', 'destinations')
    .map(asMap)
    .some((d) => d['server'] === '*' || d['name'] === '*');
  return isOpen ? [says(project, 'permits every cluster', 'Name the clusters in destinations.')] : [];
}

const says = (object: TreeObject, message: string, hint: string): Diagnostic =>
  finding('argocd/project', object, `${object.kind} ${object.name} ${message}.`, hint);

function permitted(application: TreeObject, spec: ValueMap, project: ValueMap, folders: Folders): Diagnostic[] {
  const found: Diagnostic[] = [];
  const { name } = application;
  const called = textAt(spec, 'project') ?? '';
  const repositories = listAt(project, 'sourceRepos').map(String);
  for (const { repoURL } of sourcesOf(spec)) {
    const url = asString(repoURL) ?? '';
    if (!repositories.some((r) => sameRepository(r, url) || matches(r, url)))
      found.push(
        says(
          application,
          `takes ${url}, which project ${called} does not permit`,
          'Add it to sourceRepos of the project.',
        ),
      );
  }
  const destinations = listAt(project, 'destinations').map(asMap);
  const target = mapAt(spec, 'destination');
  const isThere = (d: ValueMap): boolean =>
    ['server', 'name'].some(
      (k) => asString(target[k]) !== undefined && matches(asString(d[k]) ?? '-', asString(target[k]) ?? ''),
    );
  const open = destinations.filter(isThere).map((d) => textAt(d, 'namespace') ?? '');
  const allows = (namespace: string): boolean => open.length > 0 && open.some((glob) => matches(glob, namespace));
  const own = sourcesOf(spec).flatMap((s) => folders.get(folderIn(textAt(s, 'path') ?? '')) ?? []);
  const namespaces = new Set([textAt(target, 'namespace') ?? '', ...own.flatMap((o) => o.namespace ?? [])]);
  for (const namespace of namespaces)
    if (namespace !== '' && !allows(namespace))
      found.push(
        says(
          application,
          `applies to namespace ${namespace}, which project ${called} does not permit`,
          'Add it to destinations of the project.',
        ),
      );
  const kinds = new Map(own.map((o) => [kindOf(o.object), o]));
  for (const [kind, object] of kinds)
    if (!permitsKind(kind, object.namespace === undefined, project))
      found.push(
        finding(
          'argocd/project',
          object,
          `Project ${called} does not permit ${kind}, which Application ${name} applies.`,
          `Add it to the ${object.namespace === undefined ? 'clusterResourceWhitelist' : 'namespaceResourceWhitelist'} of the project.`,
        ),
      );
  return found;
}

/** The objects of a tree by the folder of manifests they are in. */
type Folders = ReadonlyMap<string, readonly TreeObject[]>;

function foldersOf({ objects }: RenderedTree): Folders {
  const folders = new Map<string, TreeObject[]>();
  for (const object of objects) {
    const folder = object.path.slice(0, object.path.lastIndexOf('/'));
    const known = folders.get(folder);
    if (known === undefined) folders.set(folder, [object]);
    else known.push(object);
  }
  return folders;
}

/** `manifests/x` of the path of an Application; other folders are none of this tree's. */
const folderIn = (path: string): string => /(?:^|\/)(manifests\/[^/]+)$/.exec(path)?.[1] ?? '-';

/** As AppProject.IsGroupKindNamePermitted: cluster-wide kinds are forbidden unless listed, others permitted unless a list says. */
function permitsKind(kind: string, isClusterWide: boolean, project: ValueMap): boolean {
  const { group, kind: name } = splitKind(kind);
  const lists = (key: string): boolean =>
    asList(project[key])
      .map(asMap)
      .some((rule) => matches(textAt(rule, 'group') ?? '', group) && matches(textAt(rule, 'kind') ?? '', name));
  const scope = isClusterWide ? 'cluster' : 'namespace';
  const isListed =
    lists(`${scope}ResourceWhitelist`) || (!isClusterWide && project['namespaceResourceWhitelist'] === undefined);
  return isListed && !lists(`${scope}ResourceBlacklist`);
}

/** A glob of Argo CD; most are whole names or everything. */
function matches(glob: string, text: string): boolean {
  if (glob === '*' || glob === text) return true;
  return /[*?]/.test(glob) && nameMatcher([glob])(text);
}
