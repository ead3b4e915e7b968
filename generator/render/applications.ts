import { join } from 'node:path/posix';
import type { ClusterInfo, ComponentPlan, PlannedChart } from '../model/model.ts';
import type { MutableMap, Value, ValueMap } from '../model/values.ts';
import { compareText } from '../model/values.ts';
import { argocdRepository, chartSource, gitOrigin } from '../charts/source.ts';
import { namespacesComponent } from '../plan/plan.ts';
import { fleetTree } from '../model/names.ts';
import { applicationPath, deployFolder, hubRootPath, rootFile } from '../tree/paths.ts';

/** Deletes the objects of an Application with it, without waiting for Kubernetes' garbage collection. */
const cascade = 'resources-finalizer.argocd.argoproj.io/background';
/** AppProjects only know the base name of the finalizer. */
const projectFinalizer = 'resources-finalizer.argocd.argoproj.io';
/** One for all roots of spokes, so that none waits for another. */
const spokeWave = '1000';
/** Read by the health script of Applications (catalog/gitops/argocd/component.yaml). */
const blockingAnnotation = 'slipway.dev/blocking';
/** Objects beside the Applications come before all of them. */
const projectWave = '-10';

/** The cluster that Argo CD runs in, as it calls it. */
const localServer = 'https://kubernetes.default.svc';

/** The folder of all trees inside the git repository. */
const treesPath = (info: ClusterInfo): string => join(info.git.path, deployFolder);

/** The folder of a cluster's tree inside the git repository. */
export function treePath(info: ClusterInfo, ...parts: readonly string[]): string {
  return join(treesPath(info), info.name, ...parts);
}

export function applicationName(info: ClusterInfo, component: string): string {
  return `${info.name}-${component}`;
}

const revision = (info: ClusterInfo): string =>
  /^[0-9a-f]{40}$/.test(info.git.branch) || info.git.branch.startsWith('refs/')
    ? info.git.branch
    : `refs/heads/${info.git.branch}`;

/** Sync options that every Application has: large CRDs need server-side apply; a shared object is an error. */
const baseSyncOptions: readonly string[] = [
  'FailOnSharedResource=true',
  'ServerSideApply=true',
  'SkipDryRunOnMissingResource=true',
];

/**
 * Without end, and from the newest commit: after its last attempt Argo CD would leave a commit alone for ever, and what a
 * component waits for (a webhook, a certificate, the next good commit) may come at any time.
 */
const retry: ValueMap = { limit: -1, refresh: true, backoff: { duration: '10s', factor: 2, maxDuration: '2m' } };

interface ApplicationInput {
  readonly info: ClusterInfo;
  readonly name: string;
  readonly capability: string;
  readonly wave: number;
  readonly isBlocking: boolean;
  readonly namespace: string;
  readonly cascade: boolean;
  readonly syncOptions: readonly string[];
  readonly ignoreDifferences: readonly ValueMap[];
  readonly source: ValueMap;
  readonly fromGit: boolean;
}

/** Of options with one name the last counts; `=false` of one that is there anyway takes it out. */
function effectiveOptions(options: readonly string[]): string[] {
  const byName = new Map(options.map((option) => [option.split('=')[0] ?? option, option]));
  const off = new Set(['FailOnSharedResource=false', 'SkipDryRunOnMissingResource=false']);
  return [...byName.values()].filter((option) => !off.has(option)).sort(compareText);
}

/** An Application in canonical form: nothing in it that the controller or the API server would rewrite. */
function application(input: ApplicationInput): ValueMap {
  const { info } = input;
  const options = [
    ...baseSyncOptions,
    ...input.syncOptions,
    ...(input.ignoreDifferences.length > 0 ? ['RespectIgnoreDifferences=true'] : []),
  ];
  const annotations: MutableMap = {
    'argocd.argoproj.io/compare-options': 'ServerSideDiff=true',
    'argocd.argoproj.io/sync-wave': String(input.wave),
  };
  if (!input.isBlocking) annotations[blockingAnnotation] = 'false';
  if (input.fromGit) annotations['argocd.argoproj.io/manifest-generate-paths'] = '.';
  const spec: MutableMap = {
    project: info.name,
    source: input.source,
    destination: { ...info.argocd.destination, namespace: input.namespace },
    syncPolicy: {
      automated: { prune: true, selfHeal: true },
      retry,
      syncOptions: effectiveOptions(options),
    },
    revisionHistoryLimit: 3,
  };
  if (input.ignoreDifferences.length > 0)
    spec['ignoreDifferences'] = input.ignoreDifferences.map(({ reason: _reason, ...rule }) => ({ group: '', ...rule }));
  const metadata: MutableMap = {
    name: applicationName(info, input.name),
    namespace: info.argocd.namespace,
    labels: {
      'app.kubernetes.io/managed-by': 'slipway',
      'app.kubernetes.io/part-of': info.name,
      'slipway.dev/capability': input.capability,
      'slipway.dev/cluster': info.name,
      'slipway.dev/component': input.name,
    },
    annotations,
  };
  if (input.cascade) metadata['finalizers'] = [cascade];
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata, spec };
}

/** The Application of one component: a chart with inline values, or a folder of manifests. */
export function componentApplication(plan: ComponentPlan, info: ClusterInfo, values: ValueMap | undefined): ValueMap {
  const { component } = plan;
  return application({
    info,
    name: plan.name,
    capability: component.capability,
    wave: plan.wave,
    isBlocking: component.blocking,
    namespace: plan.namespace,
    cascade: plan.removal === 'delete',
    syncOptions: plan.syncOptions,
    ignoreDifferences: component.ignoreDifferences,
    // Not where a chart was before: Argo CD 3.5.1 then looks in git for its version, and compares nothing until the next resync.
    fromGit: plan.chart === undefined || (!isPlain(plan) && isFromGit(plan.chart)),
    source:
      plan.chart === undefined || isPlain(plan)
        ? folderSource(info, plan.name)
        : helmSource(plan, plan.chart, info, values),
  });
}

/** Whether its objects stand in the tree. */
export const isPlain = (plan: ComponentPlan): boolean => plan.chart === undefined || plan.delivery === 'rendered';

/**
 * The definitions of a rendered chart, in a wave before it. They carry no tracking id, so that Argo CD never deletes them,
 * and moving them between Applications changes nothing.
 */
export function definitionsApplication(plan: ComponentPlan, info: ClusterInfo, name: string, wave: number): ValueMap {
  return application({
    info,
    name,
    wave,
    isBlocking: true,
    capability: plan.component.capability,
    namespace: plan.namespace,
    cascade: false,
    syncOptions: plan.syncOptions,
    ignoreDifferences: plan.component.ignoreDifferences.filter((rule) => rule['kind'] === 'CustomResourceDefinition'),
    fromGit: true,
    source: folderSource(info, name),
  });
}

/** The generated component that owns the namespaces; they outlive it, because namespaces hold what people made. */
export function namespacesApplication(info: ClusterInfo): ValueMap {
  return application({
    info,
    name: namespacesComponent,
    capability: 'slipway',
    wave: 0,
    isBlocking: true,
    namespace: 'default',
    cascade: false,
    syncOptions: [],
    ignoreDifferences: [],
    fromGit: true,
    source: folderSource(info, namespacesComponent),
  });
}

function folderSource(info: ClusterInfo, component: string): ValueMap {
  return {
    repoURL: info.git.repoURL,
    targetRevision: revision(info),
    path: treePath(info, 'manifests', component),
    directory: { recurse: true },
  };
}

function helmSource(
  plan: ComponentPlan,
  chart: PlannedChart,
  info: ClusterInfo,
  values: ValueMap | undefined,
): ValueMap {
  const helm: MutableMap = { releaseName: plan.release, skipTests: true };
  if (chart.skipCrds) helm['skipCrds'] = true;
  if (values !== undefined && Object.keys(values).length > 0) helm['valuesObject'] = values;
  return { ...chartOrigin(chart, info), helm };
}

/** Where Argo CD finds a chart: in a repository of charts, in another git repository, or in this one. */
function chartOrigin(chart: PlannedChart, info: ClusterInfo): ValueMap {
  const source = chartSource({ ...chart, repository: chart.fetchFrom });
  if (source?.kind === 'git') return gitOrigin(source);
  if (source?.kind === 'folder')
    return { repoURL: info.git.repoURL, targetRevision: revision(info), path: join(info.git.path, source.path) };
  return { repoURL: argocdRepository(chart.fetchFrom), chart: chart.name, targetRevision: chart.version };
}

const isFromGit = (chart: PlannedChart): boolean => /^(?:git\+|\.\/)/.test(chart.fetchFrom);

/**
 * Whom Argo CD acts for when it syncs an Application of the platform, where impersonation is on: without a match the sync is
 * refused. Its own account on its own cluster; on others the one that `argocd cluster add` binds. The first match counts, and
 * destinations that are known by name are matched by any server: the project permits no other cluster.
 */
function platformAccounts(info: ClusterInfo): ValueMap[] {
  const { server = '*', name } = info.argocd.destination;
  const own = { server: localServer, namespace: '*', defaultServiceAccount: controllerAccount(info) };
  if (server === localServer || name === 'in-cluster') return [own];
  const remote = { server, namespace: '*', defaultServiceAccount: 'kube-system:argocd-manager' };
  return [{ ...own, namespace: info.argocd.namespace }, remote];
}

/** The account of the application controller, as the chart calls it: cluster-admin on the cluster that Argo CD runs in. */
const controllerAccount = (info: ClusterInfo): string => `${info.argocd.namespace}:argocd-application-controller`;

/** The AppProject of the cluster's platform: only its own repositories, and only this cluster. */
export function platformProject(info: ClusterInfo, plans: readonly ComponentPlan[]): ValueMap {
  // Those of rendered charts as well: the project changes before the Applications do, and one of a later wave that still
  // reads its chart would be refused until its turn (InvalidSpecError).
  const repositories = new Set([
    info.git.repoURL,
    ...plans.flatMap((p) => (p.chart === undefined ? [] : [String(chartOrigin(p.chart, info)['repoURL'])])),
  ]);
  // Every namespace: Argo CD leaves objects behind that the project no longer permits when their Application goes
  // (getPermittedAppLiveObjects in controller/appcontroller.go), and the commit that takes a component out takes its
  // namespaces out as well.
  const destinations: Value[] = [{ ...info.argocd.destination, namespace: '*' }];
  const here = { server: localServer, namespace: info.argocd.namespace };
  if (info.argocd.destination['server'] !== here.server) destinations.push(here);
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: {
      name: info.name,
      namespace: info.argocd.namespace,
      annotations: { 'argocd.argoproj.io/sync-wave': projectWave },
      finalizers: [projectFinalizer],
      labels: { 'app.kubernetes.io/managed-by': 'slipway', 'slipway.dev/cluster': info.name },
    },
    spec: {
      description: `Platform of cluster ${info.name}`,
      sourceRepos: [...repositories].sort(compareText),
      destinations,
      destinationServiceAccounts: platformAccounts(info),
      // charts bring CRDs, webhooks and cluster roles; which, only Helm knows
      clusterResourceWhitelist: [{ group: '*', kind: '*' }],
    },
  };
}

/**
 * The wave of the last Applications of a cluster, and of what is an object of its own root: the root, which would wait for its
 * own health in any earlier wave, and the root of the clusters that it manages. Argo CD waits for nothing in the last wave of
 * a sync, so nobody waits for the health of these.
 */
export const lastWave = (plans: readonly ComponentPlan[]): number => Math.max(0, ...plans.map((p) => p.wave));

/**
 * The root: owns the AppProjects and Applications of the cluster. Without a hub it owns its own root.yaml too, and the root of
 * the clusters that it manages, which may come later; with one, the fleet does. It has no cascade finalizer: deleting it never
 * takes the platform with it.
 */
export function rootApplication(info: ClusterInfo, plans: readonly ComponentPlan[]): ValueMap {
  const { name } = info;
  if (info.argocd.hub !== null)
    return folderRoot(info, {
      name,
      project: name,
      path: treePath(info),
      include: applicationPath('*'),
      wave: spokeWave,
    });
  // The top of all trees, since the fleet's folder is beside the cluster's. What does not exist matches nothing.
  const files = [`${name}/${rootFile}`, `${name}/${applicationPath('*')}`, `${fleetTree}/${hubRootPath(name)}`];
  return folderRoot(info, {
    name,
    project: name,
    path: treesPath(info),
    include: `{${files.join(',')}}`,
    refreshPaths: [name, `${fleetTree}/${name}`],
    wave: String(lastWave(plans)),
  });
}

interface RootInput {
  readonly name: string;
  readonly project: string;
  readonly path: string;
  readonly include: string;
  /** Below `path`, where a change counts; default: everywhere. */
  readonly refreshPaths?: readonly string[];
  readonly wave: string;
}

function folderRoot(info: ClusterInfo, input: RootInput): ValueMap {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: input.name,
      namespace: info.argocd.namespace,
      labels: { 'app.kubernetes.io/managed-by': 'slipway', 'slipway.dev/cluster': info.name },
      annotations: {
        'argocd.argoproj.io/compare-options': 'ServerSideDiff=true',
        'argocd.argoproj.io/manifest-generate-paths': (input.refreshPaths ?? ['.']).join(';'),
        'argocd.argoproj.io/sync-wave': input.wave,
      },
    },
    spec: {
      project: input.project,
      source: {
        repoURL: info.git.repoURL,
        targetRevision: revision(info),
        path: input.path,
        directory: { recurse: true, include: input.include },
      },
      destination: { server: localServer, namespace: info.argocd.namespace },
      syncPolicy: {
        automated: { prune: true, selfHeal: true },
        retry,
        // all of them in every sync: with ApplyOutOfSyncOnly, the next attempt passes over a child that is there but fails,
        // and later waves no longer wait for it
        syncOptions: ['RespectIgnoreDifferences=true', 'ServerSideApply=true'],
      },
      // without this, hard refreshes of children make the root OutOfSync for a moment under server-side diff
      ignoreDifferences: [
        {
          group: 'argoproj.io',
          kind: 'Application',
          jsonPointers: ['/metadata/annotations/argocd.argoproj.io~1refresh', '/operation'],
        },
      ],
      revisionHistoryLimit: 3,
    },
  };
}

/** The root of roots on a hub: owns the root.yaml of every spoke. The hub's own root owns it, so that the list stays current. */
export function fleetRoot(hub: ClusterInfo, spokes: readonly string[], wave: number): readonly ValueMap[] {
  const name = `fleet-${hub.name}`;
  const project: ValueMap = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: {
      name,
      namespace: hub.argocd.namespace,
      annotations: { 'argocd.argoproj.io/sync-wave': projectWave },
      finalizers: [projectFinalizer],
      labels: { 'app.kubernetes.io/managed-by': 'slipway' },
    },
    spec: {
      description: `Roots of the clusters that ${hub.name} manages`,
      sourceRepos: [hub.git.repoURL],
      destinations: [{ server: localServer, namespace: hub.argocd.namespace }],
      destinationServiceAccounts: [
        { server: localServer, namespace: hub.argocd.namespace, defaultServiceAccount: controllerAccount(hub) },
      ],
      namespaceResourceWhitelist: [
        { group: 'argoproj.io', kind: 'AppProject' },
        { group: 'argoproj.io', kind: 'Application' },
      ],
    },
  };
  const files = spokes.map((s) => `${s}/${rootFile}`);
  const include = files.length === 1 ? (files[0] ?? '') : `{${files.join(',')}}`;
  const root = { name, project: name, path: treesPath(hub), include, refreshPaths: files, wave: String(wave) };
  return [project, folderRoot(hub, root)];
}
