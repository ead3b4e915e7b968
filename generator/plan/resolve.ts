import type { Diagnostic, Location, Outcome } from '../model/diagnostic.ts';
import { hasErrors } from '../model/diagnostic.ts';
import type { Catalog, ClusterInfo, ResolvedCapability, ResolvedCluster } from '../model/model.ts';
import type { Layer } from '../model/layer.ts';
import type { ClusterSpecFormat } from '../model/spec.gen.ts';
import type { MutableMap, ValueMap } from '../model/values.ts';
import {
  asList,
  asMap,
  asString,
  listAt,
  mapAt,
  member,
  pointerSteps,
  pointerText,
  textAt,
  valueAt,
} from '../model/values.ts';
import type { Source } from '../model/source.ts';
import { unknownComponents } from './componentSettings.ts';
import { clusterFacts } from './clusterFacts.ts';
import { findContracts } from './contracts.ts';
import { clusterLayers } from '../config/layers.ts';
import { gathered, locateMerged, mergeLayers, nearestOrigin, originsOf } from '../config/merge.ts';
import { conditionsOf, fillDefaults, missingKeys, replaceAt, withoutNulls } from '../config/options.ts';
import { kubernetesFindings } from './kubernetesVersion.ts';
import { checkRules } from './rules.ts';
import { celDiagnostic } from '../template/tools.ts';
import type { Tools } from '../template/tools.ts';

/** Merges a cluster spec with its environments and the catalog, and fills every option in. Pure. */
export function resolveCluster(
  source: Source,
  environments: ReadonlyMap<string, Source>,
  catalog: Catalog,
  tools: Tools,
): Outcome<ResolvedCluster> {
  const layered = clusterLayers(source, environments, catalog, tools.memo);
  if (layered.value === undefined) return { diagnostics: layered.diagnostics };
  const layers = layered.value;
  const merged = mergeLayers(layers);
  const name = asString(valueAt(source.value, '/metadata/name')) ?? '';
  const info = clusterInfo(name, source, merged, catalog);
  const diagnostics: Diagnostic[] = [...layered.diagnostics, ...requireBase(merged, layers, source)];
  const capabilities = new Map<string, ResolvedCapability>();
  for (const [capabilityName, capability] of catalog.capabilities) {
    const own = member(merged['capabilities'], capabilityName);
    const listed = capability.list === undefined ? undefined : member(merged, capability.list);
    if (own === undefined && asList(listed).length === 0) continue;
    const options = {
      ...asMap(own),
      ...(listed === undefined || capability.list === undefined ? {} : { [capability.list]: listed }),
    };
    const outcome = resolveOptions({ name: capabilityName, options, merged, layers, catalog, info }, tools);
    diagnostics.push(...outcome.diagnostics);
    if (outcome.value !== undefined) capabilities.set(capabilityName, { capability, options: outcome.value });
  }
  const locate = (pointer: string): Location | undefined => locateMerged(layers, pointer, 'value');
  if (info.kubernetes.version !== '')
    diagnostics.push(...kubernetesFindings(catalog, info.kubernetes.version, locate('/kubernetes/version')));
  if (hasErrors(diagnostics)) return { diagnostics: diagnostics.map((d) => ({ ...d, cluster: name })) };
  const enabled: MutableMap = {};
  for (const c of catalog.capabilities.keys()) enabled[c] = capabilities.has(c);
  const tenants = listAt(capabilities.get('tenants')?.options, 'tenants');
  const contracts = findContracts({ capabilities, catalog, info, enabled, tenants, locate }, tools);
  diagnostics.push(...contracts.diagnostics);
  const cluster: ResolvedCluster = {
    name,
    source,
    catalog,
    info,
    layers,
    merged,
    capabilities,
    contracts: contracts.value ?? new Map(),
    tenants,
    enabled,
    overrides: mapAt(merged, 'components'),
    externals: gathered(layers, 'externals').map(({ item }) => ({
      kind: textAt(item, 'kind') ?? '',
      namespace: textAt(item, 'namespace'),
      name: textAt(item, 'name') ?? '',
    })),
  };
  diagnostics.push(...unknownComponents(cluster), ...checkRules(cluster, tools));
  return { value: cluster, diagnostics: diagnostics.map((d) => ({ ...d, cluster: name })) };
}

/** `merged` has the shape of a spec: every layer was checked, and merging keeps types. */
function clusterInfo(name: string, source: Source, merged: ValueMap, catalog: Catalog): ClusterInfo {
  const spec = merged as unknown as ClusterSpecFormat.ClusterSpec['spec'];
  const version = spec.kubernetes?.version ?? '';
  const distribution = spec.kubernetes?.distribution ?? 'generic';
  const facts = clusterFacts(merged, catalog.distributions.get(distribution), version);
  const hub = spec.argocd?.hub ?? null;
  const server = 'https://kubernetes.default.svc';
  const destination = spec.argocd?.destination ?? (hub === null ? { server } : { name });
  return {
    name,
    domain: spec.domain ?? '',
    labels: asMap(valueAt(source.value, '/metadata/labels')),
    environment: spec.environment ?? null,
    kubernetes: {
      version,
      distribution,
      metricsServer: facts['kubernetes.metricsServer'],
      kubeletCertificates: facts['kubernetes.kubeletCertificates'],
      controlPlaneMetrics: facts['kubernetes.controlPlaneMetrics'],
    },
    network: {
      loadBalancer: facts['network.loadBalancer'],
      ingress: facts['network.ingress'],
      gatewayAPI: facts['network.gatewayAPI'],
      policies: facts['network.policies'],
    },
    storage: { default: facts['storage.default'] },
    git: {
      repoURL: spec.git?.repoURL ?? '',
      host: hostOf(spec.git?.repoURL ?? ''),
      branch: spec.git?.branch ?? 'main',
      path: spec.git?.path ?? '',
    },
    argocd: { namespace: spec.argocd?.namespace ?? 'argocd', hub, destination: { ...destination } },
  };
}

/** Of a URL, or of the short form of ssh (`git@host:path`). */
const hostOf = (url: string): string => /^(?:[a-z+]+:\/\/)?(?:[^/@]+@)?([^/:]+)/.exec(url)?.[1] ?? '';

function requireBase(merged: ValueMap, layers: readonly Layer[], source: Source): Diagnostic[] {
  const needed = [
    ['/domain', 'domain'],
    ['/kubernetes/version', 'kubernetes.version'],
    ['/git/repoURL', 'git.repoURL'],
  ] as const;
  const missing = needed.filter(([pointer]) => valueAt(merged, pointer) === undefined);
  return missing.map(([pointer, name]) => ({
    code: 'schema/required' as const,
    severity: 'error' as const,
    message: `"${name}" is missing: neither the cluster spec nor its environment sets it.`,
    at: nearestOrigin(layers, pointer)?.source.at('/spec', 'key') ?? source.at('/spec', 'key'),
    hint: `Add ${name} below spec.`,
  }));
}

interface OptionsInput {
  readonly name: string;
  readonly options: ValueMap;
  readonly merged: ValueMap;
  readonly layers: readonly Layer[];
  readonly catalog: Catalog;
  readonly info: ClusterInfo;
}

/** Checks the merged options of one capability and fills its defaults in. */
function resolveOptions(input: OptionsInput, tools: Tools): Outcome<ValueMap> {
  const capability = input.catalog.capabilities.get(input.name);
  if (capability === undefined) return { diagnostics: [] };
  const key = `options|${input.catalog.pin ?? ''}|${input.name}|${JSON.stringify(input.options)}`;
  const known = tools.memo.get(key) as ValueMap | undefined;
  if (known !== undefined) return { value: known, diagnostics: [] };
  const specPointer = (pointer: string): string =>
    capability.list !== undefined && pointer.startsWith(`/${capability.list}`)
      ? pointer
      : `/capabilities/${input.name}${pointer}`;
  const locate = (pointer: string, part: 'key' | 'value'): Location | undefined =>
    locateMerged(input.layers, specPointer(pointer), part);
  const diagnostics: Diagnostic[] = missingKeys(capability.options, withoutNulls(input.options)).map((missing) => {
    const at = locate(missing.pointer, 'key');
    return {
      code: 'schema/required',
      severity: 'error',
      message: `"${missing.key}" is missing in "${pointerText(specPointer(missing.pointer))}".`,
      hint: `Add ${missing.key}${missing.description === '' ? '' : ` (${missing.description.replace(/\.$/, '')})`}.`,
      ...(at === undefined ? {} : { at }),
    };
  });
  let filled = fillDefaults(capability.options, input.options);
  for (const { pointer, when } of conditionsOf(capability.options)) {
    if (valueAt(filled, pointer) === undefined) continue;
    try {
      if (tools.cel.test(when, { options: filled })) continue;
    } catch (error) {
      const at = `/spec/options${pointer.replaceAll('/', '/properties/')}/x-when`;
      return { diagnostics: [...diagnostics, celDiagnostic(error, capability.source.at(at))] };
    }
    const origin = originsOf(input.layers, specPointer(pointer))[0];
    if (valueAt(input.options, pointer) !== undefined && origin !== undefined) {
      diagnostics.push({
        code: 'spec/option-not-applicable',
        severity: 'error',
        at: origin.source.at(origin.pointer, 'key'),
        message: `Option "${pointerText(pointer)}" of ${input.name} only exists when ${when}.`,
        hint: 'Remove the option, or change what it depends on.',
      });
    }
    filled = replaceAt(filled, pointerSteps(pointer), null);
  }
  if (diagnostics.length > 0) return { diagnostics };
  tools.memo.set(key, filled);
  return { value: filled as ValueMap, diagnostics };
}
