import type { Diagnostic, Outcome } from '../model/diagnostic.ts';
import type {
  CatalogComponent,
  Chart,
  ClusterPlan,
  ComponentPlan,
  Delivery,
  NamespacePlan,
  PlannedChart,
  ResolvedCluster,
} from '../model/model.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { asMap, compareText, getAt, isMap, listAt, mapAt, textAt, valueAt } from '../model/values.ts';
import { undeliverablePatches } from './patches.ts';
import { settingsOfAbsent } from './componentSettings.ts';
import { isRequired } from './contracts.ts';
import type { Contributions, Contributor } from './contributions.ts';
import { collectContributions, planNamespaces, planSecrets } from './contributions.ts';
import { lockedDigest } from '../charts/lock.ts';
import { computeWaves } from '../util/waves.ts';
import type { Waves } from '../util/waves.ts';
import { mirrorOf } from './mirrors.ts';
import { celContext } from '../template/cel.ts';
import { locateMerged } from '../config/merge.ts';
import { silenceFindings } from './silence.ts';
import { selectComponents } from './selectComponents.ts';
import { celDiagnostic } from '../template/tools.ts';
import type { Tools } from '../template/tools.ts';

/** The generated component that owns every Namespace of a cluster. */
export const namespacesComponent = 'namespaces';

/** Namespaces every cluster has. */
const builtinNamespaces: readonly string[] = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** From options to components: which are installed, with which context, in which wave. Pure. */
export function planCluster(cluster: ResolvedCluster, tools: Tools): Outcome<ClusterPlan> {
  const selected = selectComponents(cluster, tools);
  const diagnostics: Diagnostic[] = [...selected.diagnostics];
  const contributors = selected.value ?? [];
  const settings = settingsOfAbsent(cluster, contributors);
  diagnostics.push(...settings.diagnostics);
  const collected = collectContributions(contributors, cluster, tools);
  diagnostics.push(...collected.diagnostics);
  const contributions = collected.value ?? {};
  const namespaces = planNamespaces(contributions, contributors);
  diagnostics.push(...namespaces.diagnostics);
  const edges = dependencies(contributors, contributions, cluster, tools);
  diagnostics.push(...edges.diagnostics);
  const dependsOn = edges.value ?? new Map<string, readonly string[]>();
  const platform = new Set(contributors.filter((c) => c.component.platform).map((c) => c.name));
  const { waves, cycle } = computeWaves(dependsOn, platform);
  if (cycle !== undefined) diagnostics.push(cycleDiagnostic(cycle, cluster));
  const plans = contributors.map((contributor) =>
    planComponent(contributor, contributions, { waves, dependsOn }, cluster),
  );
  diagnostics.push(
    ...checkNames(plans, cluster),
    ...consentFindings(cluster, contributors),
    ...undeliverablePatches(cluster, plans),
    ...silenceFindings(cluster),
    ...(collected.diagnostics.length > 0 ? [] : checkNamespaces(plans, namespaces.value ?? [], cluster)),
  );
  const value: ClusterPlan = {
    cluster,
    components: plans,
    namespaces: namespaces.value ?? [],
    secrets: planSecrets(contributions, cluster),
    sharedSettings: settings.value ?? { used: [], unused: [] },
  };
  return { value, diagnostics: diagnostics.map((d) => ({ ...d, cluster: cluster.name })) };
}

function planComponent(
  { name, component, context }: Contributor,
  contributions: Contributions,
  { waves, dependsOn }: Pick<Waves, 'waves'> & { readonly dependsOn: ReadonlyMap<string, readonly string[]> },
  cluster: ResolvedCluster,
): ComponentPlan {
  const override = asMap(cluster.overrides[component.name]);
  const about = mapAt(context, 'component');
  const definitions = waves.get(definitionsOf(name));
  return {
    name,
    component,
    wave: waves.get(name) ?? 0,
    dependsOn: dependsOn.get(name) ?? [],
    delivery: deliveryOf(component, cluster),
    definitions: definitions === undefined ? undefined : { name: definitionsOf(name), wave: definitions },
    context: { ...context, contributions },
    chart: component.chart === undefined ? undefined : planChart(component.chart, override, cluster),
    release: textAt(about, 'release') ?? name,
    namespace: textAt(about, 'namespace') ?? '',
    overrideValues: isMap(override['values']) ? override['values'] : undefined,
    syncOptions: [...component.syncOptions, ...(listAt(override, 'syncOptions') as readonly string[])],
    removal: override['removal'] === undefined ? component.removal : (override['removal'] as 'delete' | 'keep'),
    losesData: override['removal'] === 'delete',
  };
}

/** The component that the definitions of a rendered chart become. */
const definitionsOf = (name: string): string => `${name}-crds`;

/** What the spec says of the component, then of the cluster, then the catalog. Manifests without a chart have no choice. */
function deliveryOf(component: CatalogComponent, cluster: ResolvedCluster): Delivery {
  if (component.chart === undefined) return 'chart';
  const own = asMap(cluster.overrides[component.name])['delivery'] ?? valueAt(cluster.merged, '/delivery');
  return (own as Delivery | undefined) ?? component.delivery;
}

/** A repository that the spec sets for one component is taken as it is; all others go through the mirrors. */
function planChart(chart: Chart, override: ValueMap, cluster: ResolvedCluster): PlannedChart {
  const own = textAt(override, 'repository');
  const mirrors = asMap(valueAt(cluster.merged, '/charts/mirrors'));
  const planned = {
    ...chart,
    version: textAt(override, 'version') ?? chart.version,
    repository: own ?? chart.repository,
  };
  return {
    ...planned,
    fetchFrom: own ?? mirrorOf(chart.repository, mirrors),
    digest: lockedDigest(cluster.catalog.lock, planned),
  };
}

/** Edges: needs, contracts, the namespaces before all, the secrets before those who expect one. */
function dependencies(
  contributors: readonly Contributor[],
  contributions: Contributions,
  cluster: ResolvedCluster,
  tools: Tools,
): Outcome<ReadonlyMap<string, readonly string[]>> {
  const installed = new Map<string, readonly string[]>();
  for (const c of contributors) installed.set(c.component.name, [...(installed.get(c.component.name) ?? []), c.name]);
  const diagnostics: Diagnostic[] = [];
  const edges = new Map<string, readonly string[]>([[namespacesComponent, []]]);
  const secrets = cluster.contracts.get('secrets.objects')?.by;
  const expecting = new Set(
    (contributions['secrets'] ?? [])
      .filter((s) => s['bootstrap'] !== true && s['wait'] !== false)
      .map((s) => s['component']),
  );
  for (const { name, component, context } of contributors) {
    const on = new Set<string>([namespacesComponent]);
    const comeAfter = (other: string): void => installed.get(other)?.forEach((instance) => on.add(instance));
    const expressions = celContext(cluster, mapAt(context, 'options'));
    component.needs.forEach((need, i) => {
      try {
        if (need.when !== undefined && !tools.cel.test(need.when, { ...expressions, item: context['item'] ?? null }))
          return;
      } catch (error) {
        diagnostics.push(celDiagnostic(error, component.source.at(`/spec/needs/${i}/when`)));
        return;
      }
      if (installed.has(need.component)) comeAfter(need.component);
      else if (!need.optional) diagnostics.push(missingNeed(component, need.component, i));
    });
    const capability = cluster.capabilities.get(component.capability)?.capability;
    for (const requirement of capability?.requires ?? []) {
      const provider = cluster.contracts.get(requirement.contract)?.by;
      if (provider === undefined || provider === component.name || !installed.has(provider)) continue;
      if (requirement.for !== undefined && !requirement.for.includes(component.name)) continue;
      if (isRequired(requirement, expressions, tools.cel)) comeAfter(provider);
    }
    if (secrets !== undefined && secrets !== component.name && expecting.has(name)) comeAfter(secrets);
    if (hasDefinitions(component, cluster)) {
      edges.set(definitionsOf(name), [namespacesComponent]);
      on.add(definitionsOf(name));
    }
    edges.set(name, [...on].sort(compareText));
  }
  return { value: edges, diagnostics };
}

/** Whether the definitions of a component get an Application of their own. */
function hasDefinitions(component: CatalogComponent, cluster: ResolvedCluster): boolean {
  return (
    deliveryOf(component, cluster) === 'rendered' && component.crds.length > 0 && component.chart?.skipCrds === false
  );
}

function missingNeed(component: CatalogComponent, need: string, index: number): Diagnostic {
  return {
    code: 'graph/missing-need',
    severity: 'error',
    component: component.name,
    at: component.source.at(`/spec/needs/${index}/component`),
    message: `"${component.name}" needs component "${need}", which is not installed in this cluster.`,
    hint: `Enable the capability that installs ${need}, or leave ${component.name} out.`,
  };
}

function cycleDiagnostic(cycle: readonly string[], cluster: ResolvedCluster): Diagnostic {
  const first = cluster.catalog.components.get(cycle[0] ?? '');
  return {
    code: 'graph/cycle',
    severity: 'error',
    message: `Components wait for each other: ${cycle.join(' → ')}.`,
    hint: 'Remove one need, or make it optional.',
    ...(first === undefined ? {} : { at: first.source.at('/metadata/name') }),
    related: cycle.slice(1).flatMap((name) => {
      const source = cluster.catalog.components.get(name)?.source;
      return source === undefined ? [] : [{ message: `${name} is defined here`, at: source.at('/metadata/name') }];
    }),
  };
}

function checkNames(plans: readonly ComponentPlan[], cluster: ResolvedCluster): Diagnostic[] {
  return plans.flatMap((plan) => {
    const application = `${cluster.name}-${plan.name}`;
    const about = { code: 'tree/name', severity: 'error', component: plan.name } as const;
    if (application.length > 63)
      return {
        ...about,
        message: `Application "${application}" has ${application.length} characters; 63 are allowed.`,
        at: cluster.source.at('/metadata/name'),
        hint: 'Use a shorter cluster name.',
      };
    return plan.release.length > 53 && plan.chart !== undefined ? { ...about, ...longRelease(plan) } : [];
  });
}

/** The name of a release is what the component says, or its own. */
function longRelease({
  release,
  name,
  component: { source, name: own },
}: ComponentPlan): Omit<Diagnostic, 'code' | 'severity'> {
  const isSaid = source.has('/spec/release');
  const hint = isSaid
    ? 'Shorten spec.release of the component, or the names that it is made of.'
    : name === own
      ? 'Set spec.release of the component to a shorter name.'
      : `Use a shorter name for what "${name}" is made for, or set spec.release of the component.`;
  return {
    message: `Helm release "${release}" has ${release.length} characters; 53 are allowed.`,
    at: source.at(isSaid ? '/spec/release' : '/metadata/name'),
    hint,
  };
}

/** Consent is a step on the way out, not a way to live. */
function consentFindings(cluster: ResolvedCluster, contributors: readonly Contributor[]): Diagnostic[] {
  return Object.entries(cluster.overrides).flatMap(([name, override]) => {
    const isInstalled = contributors.some((c) => c.component.name === name);
    if (!isInstalled || getAt(override, 'removal') !== 'delete') return [];
    const at = locateMerged(cluster.layers, `/components/${name}/removal`, 'value');
    return {
      code: 'spec/consent' as const,
      severity: 'warning' as const,
      component: name,
      ...(at === undefined ? {} : { at }),
      message: `Once "${name}" leaves the cluster, all of its objects are deleted, with their data.`,
      hint: 'After the next sync take the component out, or remove this line again.',
    };
  });
}

function checkNamespaces(
  plans: readonly ComponentPlan[],
  namespaces: readonly NamespacePlan[],
  cluster: ResolvedCluster,
): Diagnostic[] {
  const known = new Set([...builtinNamespaces, ...namespaces.map((n) => n.name)]);
  return plans
    .filter((plan) => !known.has(plan.namespace))
    .map((plan) => {
      const { name } = plan.component;
      const override = locateMerged(cluster.layers, `/components/${name}/namespace`, 'value');
      const own = getAt(cluster.overrides, name, 'namespace') as Value | undefined;
      return {
        code: 'tree/namespace-missing' as const,
        severity: 'error' as const,
        component: plan.name,
        at: own !== undefined && override !== undefined ? override : plan.component.source.at('/spec/namespace'),
        message: `"${plan.name}" installs into namespace "${plan.namespace}", which no component owns.`,
        hint: 'Contribute the namespace (contributes.yaml.hbs), or install into one that exists.',
      };
    });
}
