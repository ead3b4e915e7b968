import type { Diagnostic, Outcome } from '../model/diagnostic.ts';
import type { CatalogComponent, ResolvedCapability, ResolvedCluster } from '../model/model.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { asMap, compareText, textAt } from '../model/values.ts';
import { celContext } from '../template/cel.ts';
import { contractsFor } from './contracts.ts';
import type { Contributor } from './contributions.ts';
import { catalogContext } from './contributions.ts';
import { subjectsOf } from './rules.ts';
import { renderStrings, TemplateError } from '../template/template.ts';
import { celDiagnostic } from '../template/tools.ts';
import type { Tools } from '../template/tools.ts';

/** Which components a cluster installs, those with `each` once per item, and what their templates see. */
export function selectComponents(cluster: ResolvedCluster, tools: Tools): Outcome<readonly Contributor[]> {
  const diagnostics: Diagnostic[] = [];
  const value: Contributor[] = [];
  for (const resolved of cluster.capabilities.values()) {
    const { capability, options } = resolved;
    const expressions = celContext(cluster, options);
    const contracts = contractsFor(capability, cluster.contracts, expressions, tools.cel);
    for (const component of capability.components) {
      if (asMap(cluster.overrides[component.name])['enabled'] === false) continue;
      try {
        for (const { item } of subjectsOf(component.each, options)) {
          const context = item === undefined ? expressions : { ...expressions, item };
          if (component.when !== undefined && !tools.cel.test(component.when, context)) continue;
          value.push(contributor(component, item, { cluster, resolved, contracts }, tools));
        }
      } catch (error) {
        diagnostics.push(problemOf(error, component));
      }
    }
  }
  return { value: value.sort((a, b) => compareText(a.name, b.name)), diagnostics };
}

function problemOf(error: unknown, { source }: CatalogComponent): Diagnostic {
  if (!(error instanceof TemplateError)) return celDiagnostic(error, source.at('/spec/when'));
  const hint = 'namespace and release see options and cluster, and item with each.';
  return { code: error.code, severity: 'error', message: error.message, at: source.at('/spec/namespace'), hint };
}

interface Around {
  readonly cluster: ResolvedCluster;
  readonly resolved: ResolvedCapability;
  readonly contracts: ValueMap;
}

function contributor(
  component: CatalogComponent,
  item: Value | undefined,
  { cluster, resolved, contracts }: Around,
  tools: Tools,
): Contributor {
  const override = asMap(cluster.overrides[component.name]);
  const own: ValueMap = item === undefined ? {} : { item };
  const name = item === undefined ? component.name : `${component.name}-${textAt(item, 'name') ?? ''}`;
  const { options } = resolved;
  const release = component.release === component.name ? name : component.release;
  const templates = { namespace: component.namespace, release };
  const strings = asMap(renderStrings(templates, tools.templates, { options, cluster: cluster.info, ...own }));
  const about = {
    name,
    capability: component.capability,
    namespace: textAt(override, 'namespace') ?? textAt(strings, 'namespace') ?? '',
    release: textAt(strings, 'release') ?? name,
    version: textAt(override, 'version') ?? component.chart?.version ?? cluster.catalog.version,
  };
  const context = {
    cluster: cluster.info,
    options,
    contracts,
    component: about,
    tenants: cluster.tenants,
    enabled: cluster.enabled,
    catalog: memoized(tools, `catalog-context|${cluster.catalog.pin ?? ''}`, () => catalogContext(cluster.catalog)),
    ...own,
  };
  return { name, component, context };
}

function memoized<T>(tools: Tools, key: string, make: () => T): T {
  if (!tools.memo.has(key)) tools.memo.set(key, make());
  return tools.memo.get(key) as T;
}
