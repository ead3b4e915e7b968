import type { Diagnostic, Outcome } from '../model/diagnostic.ts';
import type {
  Catalog,
  CatalogComponent,
  ClusterPlan,
  NamespacePlan,
  ResolvedCluster,
  SecretExpectation,
} from '../model/model.ts';
import type { MutableMap, Value, ValueMap } from '../model/values.ts';
import { asMap, compareText, isList, isMap, listAt, mapAt, textAt } from '../model/values.ts';
import { isDnsLabel } from '../model/names.ts';
import { emitYaml } from '../yaml/emit.ts';
import { locateLine } from '../yaml/locate.ts';
import { renderTemplate } from '../template/tools.ts';
import type { Tools } from '../template/tools.ts';

/** One enabled component, or one instance of it, and the context its templates see. */
export interface Contributor {
  /** The component's name; with `each` followed by that of the item. */
  readonly name: string;
  readonly component: CatalogComponent;
  readonly context: ValueMap;
}

/** Topic → the items of all enabled components, in the order of component names. */
export type Contributions = Readonly<Record<string, readonly ValueMap[]>>;

export function collectContributions(
  contributors: readonly Contributor[],
  cluster: ResolvedCluster,
  tools: Tools,
): Outcome<Contributions> {
  const topics: Record<string, ValueMap[]> = Object.fromEntries(topicsRead(cluster.catalog, tools).map((t) => [t, []]));
  const diagnostics: Diagnostic[] = [];
  for (const { name, component, context } of [...contributors].sort((a, b) => compareText(a.name, b.name))) {
    if (component.contributes === undefined) continue;
    const rendered = renderTemplate(component.contributes, { component, context }, cluster, tools);
    if ('problems' in rendered) {
      diagnostics.push(...rendered.problems);
      continue;
    }
    for (const document of rendered.documents) {
      for (const [topic, items] of Object.entries(asMap(document))) {
        if (items === null) continue;
        if (!isList(items) || !items.every(isMap)) {
          diagnostics.push({
            code: 'template/yaml',
            severity: 'error',
            message: `Topic "${topic}" has to be a list of maps.`,
            at: locateLine(component.contributes.file, component.contributes.text, 1, 1),
            hint: 'See contributes.yaml.hbs in docs/catalog.md.',
          });
          continue;
        }
        (topics[topic] ??= []).push(
          ...items.map((item) => ({ ...asMap(item), component: name, capability: component.capability })),
        );
      }
    }
  }
  return { value: { ...topics, secrets: shareSecrets(topics['secrets'] ?? []) }, diagnostics };
}

/** A component that asks for one Secret more than once, in the same way, gets it once, with all purposes. */
function shareSecrets(items: readonly ValueMap[]): readonly ValueMap[] {
  const shared = new Map<string, ValueMap>();
  for (const { purpose, ...rest } of items) {
    const key = emitYaml(rest);
    const other = shared.get(key)?.['purpose'];
    shared.set(key, { ...rest, purpose: [other, purpose].filter((p) => p !== undefined).join(' ') });
  }
  return [...shared.values()];
}

/** Every topic some template of the catalog reads: those exist, empty, even when nobody contributes. */
function topicsRead(catalog: Catalog, tools: Tools): readonly string[] {
  const key = `topics|${catalog.pin ?? ''}`;
  const known = tools.memo.get(key) as readonly string[] | undefined;
  if (known !== undefined) return known;
  const found = new Set(['namespaces', 'secrets']);
  for (const component of catalog.components.values()) {
    const { values, manifests, argocd, library } = component;
    for (const template of [values, ...manifests, ...argocd, ...library.partials.values()]) {
      for (const match of template?.text.matchAll(/contributions\.([A-Za-z][A-Za-z0-9]*)/g) ?? [])
        found.add(match[1] ?? '');
    }
  }
  const topics = [...found].sort(compareText);
  tools.memo.set(key, topics);
  return topics;
}

/** The namespaces of a cluster; two owners of one namespace are an error that names both. */
export function planNamespaces(
  contributions: Contributions,
  contributors: readonly Contributor[],
): Outcome<readonly NamespacePlan[]> {
  const owners = new Map<string, NamespacePlan>();
  const diagnostics: Diagnostic[] = [];
  for (const item of contributions['namespaces'] ?? []) {
    const name = textAt(item, 'name') ?? '';
    const owner = textAt(item, 'component') ?? '';
    const other = owners.get(name);
    const component = contributors.find((c) => c.name === owner)?.component;
    if (other !== undefined) {
      diagnostics.push({
        code: 'tree/namespace-owner',
        severity: 'error',
        component: owner,
        message: `Components "${other.owner}" and "${owner}" both own namespace "${name}".`,
        hint: 'Let one of them own it and the other only use it, or give them different namespaces.',
        ...(component === undefined ? {} : { at: component.source.at('/metadata/name') }),
      });
      continue;
    }
    if (!isDnsLabel(name)) {
      diagnostics.push({
        code: 'tree/name',
        severity: 'error',
        component: owner,
        message: `"${name}" is not a namespace name.`,
        hint: 'Use a DNS label: lower-case letters, digits and -.',
        ...(component === undefined ? {} : { at: component.source.at('/metadata/name') }),
      });
      continue;
    }
    owners.set(name, {
      name,
      owner,
      labels: mapAt(item, 'labels'),
      annotations: mapAt(item, 'annotations'),
    });
  }
  return { value: [...owners.values()].sort((a, b) => compareText(a.name, b.name)), diagnostics };
}

/** Every Secret that has to come from outside, and where from. */
export function planSecrets(contributions: Contributions, cluster: ResolvedCluster): readonly SecretExpectation[] {
  const managed = cluster.contracts.has('secrets.objects');
  const generating = cluster.capabilities.get('secrets')?.options['generate'] === true;
  return (contributions['secrets'] ?? []).map((item) => {
    const keys = listAt(item, 'keys').map(asMap);
    const stored = keys.filter((k) => k['value'] === undefined);
    const drawn =
      generating && stored.length > 0 && stored.every((k) => k['generate'] !== undefined && k['generate'] !== null);
    return {
      component: textAt(item, 'component') ?? '',
      name: textAt(item, 'name') ?? '',
      namespace: textAt(item, 'namespace') ?? '',
      type: textAt(item, 'type') ?? 'Opaque',
      keys: keys.map((k) => String(k['key'] as Value)),
      fixed: Object.fromEntries(
        keys.flatMap((k) =>
          k['value'] === undefined ? [] : [[String(k['key'] as Value), String(k['value'] as Value)]],
        ),
      ),
      labels: mapAt(item, 'labels'),
      purpose: textAt(item, 'purpose') ?? '',
      isNeededFirst: item['beforeStore'] === true,
      source:
        !managed || item['bootstrap'] === true
          ? ('by hand' as const)
          : drawn
            ? ('generated' as const)
            : ('store' as const),
    };
  });
}

/** `catalog` as templates see it: version, version of Argo CD and the health scripts of every component, enabled or not. */
export function catalogContext(catalog: Catalog): MutableMap {
  const health = [...catalog.components.values()]
    .sort((a, b) => compareText(a.name, b.name))
    .flatMap((c) => c.health.map((h) => ({ group: h['group'] ?? '', kind: h['kind'] ?? '', lua: h['lua'] ?? '' })));
  const seen = new Set<string>();
  return {
    version: catalog.version,
    argocd: { version: catalog.argocd.version },
    health: health.filter(
      (h) => !seen.has(`${String(h.group)}/${String(h.kind)}`) && seen.add(`${String(h.group)}/${String(h.kind)}`),
    ),
  };
}

/** The items of a topic that the components of a planned cluster contribute, with `component` and `capability`. */
export const contributionsOf = (plan: ClusterPlan, topic: string): readonly ValueMap[] =>
  listAt(plan.components[0]?.context, 'contributions', topic).map(asMap);
