import { basename, join } from 'node:path/posix';
import type { ClusterPlan, ComponentPlan, RenderedTree, SecretExpectation } from '../../model/model.ts';
import type { ValueMap } from '../../model/values.ts';
import { asMap, mapAt, textAt, valueAt } from '../../model/values.ts';
import { parseSource } from '../../yaml/source.ts';
import { applicationName } from '../../render/applications.ts';
import { argocdRepository, chartSource } from '../../charts/source.ts';
import { storeEntries, storeProvider } from '../../kubernetes/externalSecrets.ts';
import type { StoreEntry } from '../../kubernetes/externalSecrets.ts';
import { namespacesComponent } from '../../plan/plan.ts';
import { applicationPath, manifestFolder, rootFile, treePath } from '../../tree/paths.ts';

/** What brings one part of a cluster up; `title` and `why` are for people, the rest is what has to be done. */
export type BootstrapStep = { readonly title: string; readonly why: string } & (
  | { readonly kind: 'apply'; readonly files: readonly string[] }
  | { readonly kind: 'store'; readonly entries: readonly StoreEntry[]; readonly provider: ValueMap }
  | { readonly kind: 'secret'; readonly secret: SecretExpectation }
  | { readonly kind: 'chart'; readonly chart: ArgocdChart }
  | { readonly kind: 'wait'; readonly namespace: string }
  | { readonly kind: 'register'; readonly destination: string; readonly hub: string }
);

/** Argo CD's own chart, as the tree's Application names it. */
export interface ArgocdChart {
  /** The Application that manages it later. */
  readonly application: string;
  readonly release: string;
  readonly namespace: string;
  readonly repository: string;
  readonly name: string;
  readonly version: string;
  readonly kubernetes: string;
  readonly values: ValueMap;
}

export interface Bootstrap {
  readonly cluster: string;
  /** The Application that owns everything else once it is there. */
  readonly root: { readonly name: string; readonly namespace: string };
  /** The cluster whose Argo CD reconciles this one; null: its own. */
  readonly hub: string | null;
  readonly steps: readonly BootstrapStep[];
}

/** The steps from an empty cluster to one that Argo CD reconciles. Pure. */
export function bootstrapSteps(plan: ClusterPlan, tree: RenderedTree): Bootstrap {
  const { info, name } = plan.cluster;
  const { hub, namespace } = info.argocd;
  const entries = storeEntries(tree.objects);
  const outside = entries.filter((e) => e.namespace === undefined);
  const inStore: BootstrapStep = {
    kind: 'store',
    title: 'Put the secrets of the platform into the store',
    why: 'They are fetched from there when their components come up; what is missing stops the component that needs it.',
    entries: outside,
    provider: storeProvider(tree.objects),
  };
  const steps: BootstrapStep[] = [
    ...(outside.length === 0 ? [] : [inStore]),
    {
      kind: 'apply',
      title: 'Create the namespaces',
      why: 'The Secrets below live in them. Argo CD takes them over unchanged.',
      files: [treePath(name, manifestFolder(namespacesComponent))],
    },
    ...plan.secrets
      .filter((s) => s.source === 'by hand' || s.isNeededFirst)
      .map((secret) => secretStep(secret, secret.source === 'by hand' ? '' : ' The store takes it over later.')),
    ...entries.flatMap((entry) => storedInCluster(entry, plan)),
  ];
  if (hub !== null) {
    const destination = String(info.argocd.destination['name'] ?? info.argocd.destination['server'] ?? name);
    steps.push({
      kind: 'register',
      title: `Register the cluster with the Argo CD of ${hub}`,
      why: `Its fleet root brings the root of ${name} up, and with it everything else.`,
      destination,
      hub,
    });
    return { cluster: name, root: { name, namespace }, hub, steps };
  }
  const chart = argocdChart(plan, tree);
  if (chart !== undefined)
    steps.push(
      {
        kind: 'chart',
        title: `Install Argo CD (${chart.name} ${chart.version})`,
        why: 'From the chart and the values that it manages itself with later. What needs kinds of other components (routes, monitors) it adds itself then.',
        chart,
      },
      { kind: 'wait', title: 'Wait for Argo CD', why: 'The root needs its kinds and its controller.', namespace },
    );
  steps.push({
    kind: 'apply',
    title: 'Apply the root',
    why: 'The one file that is ever applied by hand. Argo CD does the rest, wave by wave.',
    files: [treePath(name, rootFile)],
  });
  return { cluster: name, root: { name, namespace }, hub, steps };
}

function secretStep(secret: SecretExpectation, more: string): BootstrapStep {
  return {
    kind: 'secret',
    title: `Create the Secret ${secret.namespace}/${secret.name}`,
    why: `${secret.purpose} Its content never goes through git.${more}`,
    secret,
  };
}

/** The Secret of an entry, where the store is a namespace of the cluster. */
function storedInCluster(entry: StoreEntry, plan: ClusterPlan): BootstrapStep[] {
  if (entry.namespace === undefined) return [];
  const readBy = plan.secrets.filter((s) => entry.readBy.includes(`${s.namespace}/${s.name}`));
  const purpose = readBy.map((s) => s.purpose).join(' ');
  const secret: SecretExpectation = {
    component: plan.cluster.contracts.get('secrets.store')?.by ?? '',
    name: entry.name,
    namespace: entry.namespace,
    type: 'Opaque',
    keys: entry.keys,
    fixed: {},
    labels: {},
    purpose: `${purpose} The store is this namespace: ${entry.readBy.join(', ')} ${entry.readBy.length > 1 ? 'are' : 'is'} made from it.`,
    source: 'by hand',
    isNeededFirst: false,
  };
  return [secretStep(secret, '')];
}

function argocdChart(plan: ClusterPlan, tree: RenderedTree): ArgocdChart | undefined {
  const by = plan.cluster.contracts.get('gitops.argocd')?.by;
  const component: ComponentPlan | undefined = plan.components.find((c) => c.name === by);
  if (component?.chart === undefined) return undefined;
  const file = applicationPath(component.name);
  const application = parseSource(file, tree.files.get(file) ?? '').value?.value;
  return {
    application: applicationName(plan.cluster.info, component.name),
    release: component.release,
    namespace: component.namespace,
    repository: component.chart.fetchFrom,
    name: component.chart.name,
    version: component.chart.version,
    kubernetes: plan.cluster.info.kubernetes.version,
    values: asMap(valueAt(application, '/spec/source/helm/valuesObject')),
  };
}

/** The arguments of `helm` that render Argo CD's chart; the values come on stdin. */
export function helmArguments(chart: ArgocdChart): readonly string[] {
  return [
    'template',
    chart.release,
    ...helmSource(chart),
    '--namespace',
    chart.namespace,
    '--kube-version',
    chart.kubernetes,
    '--include-crds',
    '--skip-tests',
    '--values',
    '-',
  ];
}

/** What `helm` calls the chart. A folder has one version; charts in git are read from a clone beside the fleet. */
function helmSource(chart: ArgocdChart): readonly string[] {
  const source = chartSource(chart);
  if (source?.kind === 'folder') return [`./${source.path}`];
  if (source?.kind === 'git') return [join(`../${basename(source.url, '.git')}`, source.path)];
  const version = ['--version', chart.version];
  if (source?.kind !== 'oci') return [chart.name, '--repo', chart.repository, ...version];
  const plain = source.plain ? ['--plain-http'] : [];
  return [`oci://${argocdRepository(chart.repository)}/${chart.name}`, ...version, ...plain];
}

/** The kinds of a root. */
export const rootKinds: readonly string[] = ['applications.argoproj.io', 'appprojects.argoproj.io'];

/** Argo CD's own field manager: what it no longer wants later, it can take away later. */
export const applyArguments: readonly string[] = [
  'apply',
  '--server-side',
  '--force-conflicts',
  '--field-manager=argocd-controller',
];

/**
 * Commands of `kubectl` that wait until the API server serves the kinds. Waiting for Established alone ends with an error when
 * a definition has no conditions yet, as it does a moment after it was made; those come together with the accepted names.
 */
export function establishedCommands(crds: readonly string[]): readonly (readonly string[])[] {
  const limit = '--timeout=2m';
  const accepted = crds.map((crd) => {
    const [plural = ''] = crd.split('.');
    return ['wait', `--for=jsonpath={.status.acceptedNames.plural}=${plural}`, `crd/${crd}`, limit];
  });
  return [...accepted, ['wait', '--for=condition=Established', ...crds.map((crd) => `crd/${crd}`), limit]];
}

/**
 * An object of Argo CD's chart with the mark of the Application that manages it later (util/argo/resource_tracking.go of
 * Argo CD). Without the mark it would count as Synced and belong to nobody: the Application would never take it away.
 */
export function trackedBy({ application, namespace }: ArgocdChart, object: ValueMap): ValueMap {
  const metadata = mapAt(object, 'metadata');
  const annotations = mapAt(metadata, 'annotations');
  if (annotations['helm.sh/hook'] !== undefined) return object; // no part of an Application
  const [group = ''] = (textAt(object, 'apiVersion') ?? '').split('/').slice(0, -1);
  const where = `${textAt(metadata, 'namespace') ?? namespace}/${textAt(metadata, 'name') ?? ''}`;
  const id = `${application}:${group}/${textAt(object, 'kind') ?? ''}:${where}`;
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...annotations, 'argocd.argoproj.io/tracking-id': id } },
  };
}
