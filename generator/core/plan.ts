import type { Diagnostic, Outcome } from '../model/diagnostic.ts';
import type {
  CatalogComponent,
  Chart,
  ClusterPlan,
  ComponentPlan,
  NamespacePlan,
  PlannedChart,
  ResolvedCluster,
} from '../model/model.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { asList, asMap, asString, compareText, isMap, valueAt } from '../model/values.ts';
import { contractsFor } from './contracts.ts';
import type { Contributions, Contributor } from './contributions.ts';
import { catalogContext, collectContributions, planNamespaces, planSecrets } from './contributions.ts';
import { computeWaves } from './graph.ts';
import { mirrorOf } from './mirrors.ts';
import { celContext } from './cel.ts';
import { locateMerged } from './merge.ts';
import { renderStrings } from './template.ts';
import { celDiagnostic } from './tools.ts';
import type { Tools } from './tools.ts';

/** The generated component that owns every Namespace of a cluster. */
export const namespacesComponent = 'namespaces';

/** Namespaces every cluster has. */
const builtinNamespaces: readonly string[] = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** From options to components: which are installed, with which context, in which wave. Pure. */
export function planCluster(cluster: ResolvedCluster, tools: Tools): Outcome<ClusterPlan> {
  const selected = selectComponents(cluster, tools);
  const diagnostics: Diagnostic[] = [...selected.diagnostics];
  const contributors = selected.value ?? [];
  const collected = collectContributions(contributors, cluster, tools);
  diagnostics.push(...collected.diagnostics);
  const contributions = collected.value ?? {};
  const namespaces = planNamespaces(contributions, cluster);
  diagnostics.push(...namespaces.diagnostics);
  const edges = dependencies(contributors, contributions, cluster, tools);
  diagnostics.push(...edges.diagnostics);
  const dependsOn = edges.value ?? new Map<string, readonly string[]>();
  const { waves, cycle } = computeWaves(dependsOn);
  if (cycle !== undefined) diagnostics.push(cycleDiagnostic(cycle, cluster));
  const plans = contributors.map(({ component, context }) =>
    planComponent(
      component,
      { ...context, contributions },
      waves.get(component.name) ?? 0,
      dependsOn.get(component.name) ?? [],
      cluster,
    ),
  );
  diagnostics.push(
    ...checkNames(plans, cluster),
    ...(collected.diagnostics.length > 0 ? [] : checkNamespaces(plans, namespaces.value ?? [], cluster)),
  );
  const value: ClusterPlan = {
    cluster,
    components: plans,
    namespaces: namespaces.value ?? [],
    secrets: planSecrets(contributions, cluster),
  };
  return { value, diagnostics: diagnostics.map((d) => ({ ...d, cluster: cluster.name })) };
}

function selectComponents(cluster: ResolvedCluster, tools: Tools): Outcome<readonly Contributor[]> {
  const diagnostics: Diagnostic[] = [];
  const value: Contributor[] = [];
  const catalog = memoized(tools, `catalog-context|${cluster.catalog.pin ?? ''}`, () =>
    catalogContext(cluster.catalog),
  );
  for (const { capability, options } of cluster.capabilities.values()) {
    const contracts = contractsFor(capability, cluster.contracts);
    for (const component of capability.components) {
      const override = asMap(cluster.overrides[component.name]);
      if (override['enabled'] === false) continue;
      try {
        if (component.when !== undefined && !tools.cel.test(component.when, celContext(cluster, options))) continue;
      } catch (error) {
        diagnostics.push(celDiagnostic(error, component.source.at('/spec/when')));
        continue;
      }
      const strings = asMap(
        renderStrings({ namespace: component.namespace, release: component.release }, tools.templates, {
          options,
          cluster: cluster.info,
        }),
      );
      const about = {
        name: component.name,
        capability: capability.name,
        namespace: asString(override['namespace']) ?? asString(strings['namespace']) ?? '',
        release: asString(strings['release']) ?? component.name,
        version: asString(override['version']) ?? component.chart?.version ?? cluster.catalog.version,
      };
      value.push({
        component,
        context: {
          cluster: cluster.info,
          options,
          contracts,
          component: about,
          tenants: cluster.tenants,
          enabled: cluster.enabled,
          catalog,
        },
      });
    }
  }
  return { value: value.sort((a, b) => compareText(a.component.name, b.component.name)), diagnostics };
}

function memoized<T>(tools: Tools, key: string, make: () => T): T {
  if (!tools.memo.has(key)) tools.memo.set(key, make());
  return tools.memo.get(key) as T;
}

function planComponent(
  component: CatalogComponent,
  context: ValueMap,
  wave: number,
  dependsOn: readonly string[],
  cluster: ResolvedCluster,
): ComponentPlan {
  const override = asMap(cluster.overrides[component.name]);
  const about = asMap(context['component']);
  return {
    name: component.name,
    component,
    wave,
    dependsOn,
    context,
    chart: component.chart === undefined ? undefined : planChart(component.chart, override, cluster),
    release: asString(about['release']) ?? component.name,
    namespace: asString(about['namespace']) ?? '',
    overrideValues: isMap(override['values']) ? override['values'] : undefined,
    syncOptions: [...component.syncOptions, ...(asList(override['syncOptions']) as readonly string[])],
  };
}

/** A repository that the spec sets for one component is taken as it is; all others go through the mirrors. */
function planChart(chart: Chart, override: ValueMap, cluster: ResolvedCluster): PlannedChart {
  const own = asString(override['repository']);
  const mirrors = asMap(valueAt(cluster.merged, '/charts/mirrors'));
  return {
    ...chart,
    version: asString(override['version']) ?? chart.version,
    repository: own ?? chart.repository,
    fetchFrom: own ?? mirrorOf(chart.repository, mirrors),
  };
}

/** Edges: needs, contracts, the namespaces before all, the secrets before those who expect one. */
function dependencies(
  contributors: readonly Contributor[],
  contributions: Contributions,
  cluster: ResolvedCluster,
  tools: Tools,
): Outcome<ReadonlyMap<string, readonly string[]>> {
  const installed = new Set(contributors.map((c) => c.component.name));
  const diagnostics: Diagnostic[] = [];
  const edges = new Map<string, readonly string[]>([[namespacesComponent, []]]);
  const secrets = cluster.contracts.get('secrets.objects')?.by;
  const expecting = new Set(
    (contributions['secrets'] ?? []).filter((s) => s['bootstrap'] !== true).map((s) => s['component']),
  );
  for (const { component, context } of contributors) {
    const on = new Set<string>([namespacesComponent]);
    component.needs.forEach((need, i) => {
      if (installed.has(need.component)) on.add(need.component);
      else if (!need.optional) diagnostics.push(missingNeed(component, need.component, i));
    });
    const capability = cluster.capabilities.get(component.capability)?.capability;
    for (const requirement of capability?.requires ?? []) {
      const provider = cluster.contracts.get(requirement.contract)?.by;
      if (provider === undefined || provider === component.name || !installed.has(provider)) continue;
      if (requirement.for !== undefined && !requirement.for.includes(component.name)) continue;
      if (
        requirement.when !== undefined &&
        !tools.cel.test(requirement.when, {
          options: context['options'] ?? {},
          cluster: cluster.info,
          enabled: cluster.enabled,
          tenants: cluster.tenants,
        })
      )
        continue;
      on.add(provider);
    }
    if (secrets !== undefined && secrets !== component.name && installed.has(secrets) && expecting.has(component.name))
      on.add(secrets);
    edges.set(component.name, [...on].sort(compareText));
  }
  return { value: edges, diagnostics };
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
    const problem =
      application.length > 63
        ? `Application "${application}" has ${application.length} characters; 63 are allowed`
        : plan.release.length > 53
          ? `Helm release "${plan.release}" has ${plan.release.length} characters; 53 are allowed`
          : undefined;
    return problem === undefined
      ? []
      : [
          {
            code: 'tree/name' as const,
            severity: 'error' as const,
            component: plan.name,
            message: `${problem}.`,
            at: cluster.source.at('/metadata/name'),
            hint: 'Use a shorter cluster name.',
          },
        ];
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
      const override = locateMerged(cluster.layers, `/components/${plan.name}/namespace`, 'value');
      const own = asMap(cluster.overrides[plan.name])['namespace'] as Value | undefined;
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
