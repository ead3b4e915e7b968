import { kindOf, groupOf } from '../../kubernetes/object.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { ClusterPlan, ComponentPlan, TreeObject } from '../../model/model.ts';
import type { Offered } from '../../model/references.ts';
import { kindsOf } from '../../catalog/kinds.ts';
import { builtInGroups, builtIns } from './builtin.ts';
import type { BuiltIn } from './builtin.ts';
import { collectNames, indexRules, listed } from './collect.ts';
import type { NamedObject, Names, Rules, Wanted } from './collect.ts';
import { missingFinding } from './findings.ts';
import { createOffers } from './offers.ts';
import { builtInMakes, builtInReferences } from './table.ts';
import { treeFileOf } from '../../tree/paths.ts';

const definition = 'apiextensions.k8s.io/CustomResourceDefinition';

/** The rules of the program and those of a catalog, made once. */
export function rulesOf({ cluster }: ClusterPlan, memo: Map<string, unknown>): Rules {
  const key = `references|${cluster.catalog.digest}`;
  const known = memo.get(key) as Rules | undefined;
  if (known !== undefined) return known;
  const { references, makes } = cluster.catalog.kinds;
  const rules = indexRules(
    [...builtInReferences, ...references],
    [...builtInMakes, ...makes],
    kindsOf(cluster.catalog),
  );
  memo.set(key, rules);
  return rules;
}

/** What the objects of a tree name and are. */
export function namesOfTree(objects: readonly TreeObject[], rules: Rules): Names {
  const named = objects.map(({ component, object, template, path }): NamedObject => {
    const isBeside = treeFileOf(path).kind !== 'manifest';
    return { component, object, template, ...(isBeside ? { isBeside } : {}) };
  });
  return collectNames(named, rules);
}

/**
 * Every name of a cluster that points nowhere. `absent` are the components whose chart is not known: what one of those could
 * bring is not missed.
 */
export function checkReferences(
  parts: readonly Names[],
  plan: ClusterPlan,
  absent: readonly ComponentPlan[],
): readonly Diagnostic[] {
  const offers = createOffers([...parts.flatMap((p) => p.offered), ...offeredBy(plan)]);
  const bringers = bringersOf(plan);
  const reported = new Set<string>();
  const found: Diagnostic[] = [];
  for (const raw of parts.flatMap((p) => p.wanted)) {
    if (raw.kind === definition && isBuiltIn(raw.name)) continue;
    const wanted = placed(raw, bringers);
    const answer = offers.ask(wanted.kind, wanted.namespace, wanted.name, wanted.key);
    if (answer === 'there' || couldCome(wanted, answer, absent, bringers)) continue;
    const part = answer === 'no key' ? wanted.key : undefined;
    const key = [wanted.by.component, wanted.kind, wanted.namespace, wanted.name, part].join('|');
    if (reported.has(key)) continue;
    reported.add(key);
    found.push(missingFinding(wanted, plan, offers));
  }
  return found;
}

const isBuiltIn = (kind: string): boolean => builtInGroups.has(groupOf(kind));

/** Which component brings a kind. */
function bringersOf({ components }: ClusterPlan): ReadonlyMap<string, ComponentPlan> {
  return new Map(components.flatMap((plan) => plan.component.crds.map((kind) => [kind, plan])));
}

/** What a cluster-wide object names without a namespace is where its operator runs. */
function placed(wanted: Wanted, bringers: ReadonlyMap<string, ComponentPlan>): Wanted {
  if (wanted.namespace !== undefined || !isNamespaced.has(wanted.kind)) return wanted;
  const operator = bringers.get(kindOf(wanted.by.object));
  return operator === undefined ? wanted : { ...wanted, namespace: operator.namespace };
}

const isNamespaced: ReadonlySet<string> = new Set(['Secret', 'ConfigMap', 'Service', 'ServiceAccount']);

/**
 * Whether a chart that nobody looked into could bring it: in its own namespace, in kube-system, or for the whole cluster. A
 * custom resource only comes from what knows its kind, and definitions from components that do not list theirs.
 */
function couldCome(
  { kind, namespace, name }: Wanted,
  answer: 'missing' | 'no key',
  absent: readonly ComponentPlan[],
  bringers: ReadonlyMap<string, ComponentPlan>,
): boolean {
  if (answer === 'no key' || kind === 'Namespace' || kind === 'argoproj.io/AppProject') return false;
  if (kind === definition) return absent.some((c) => c.component.crds.length === 0);
  const bringer = isBuiltIn(kind) ? undefined : bringers.get(kind);
  return absent.some((plan) => {
    const isThere = namespace === undefined || namespace === plan.namespace || namespace === 'kube-system';
    const knowsKind = bringer === undefined || bringer === plan || plan.dependsOn.includes(bringer.name);
    return isThere && knowsKind && name !== '';
  });
}

/** What is there beside the objects: the plan's own, Kubernetes', what the spec declares, and what operators make. */
function offeredBy(plan: ClusterPlan): Offered[] {
  const { cluster, components, namespaces, secrets } = plan;
  const distribution = cluster.catalog.distributions.get(cluster.info.kubernetes.distribution);
  const own: readonly BuiltIn[] = [
    ...builtIns,
    ...(distribution?.objects ?? []),
    ...defaultClass(cluster.info.storage.default),
  ];
  return [
    ...own.map(({ namespace = '', ...rest }) => ({ ...rest, namespace })),
    ...namespaces.map(({ name }) => ({ kind: 'Namespace', namespace: '', name })),
    ...(cluster.info.argocd.hub === null
      ? [{ kind: 'Namespace', namespace: '', name: cluster.info.argocd.namespace }]
      : []),
    ...secrets.map(({ name, namespace, keys }) => ({ kind: 'Secret', namespace, name, keys })),
    ...components.flatMap(({ component }) =>
      component.crds.map((kind) => ({ kind: definition, namespace: '', name: kind })),
    ),
    ...components.flatMap((c) =>
      c.component.makes
        .filter((rule) => rule.for === undefined)
        .map(({ kind, name, namespace, keys }) => ({
          kind,
          name: withPlan(name, c),
          namespace: withPlan(namespace ?? c.namespace, c),
          keys: listed(keys?.map(({ key }) => withPlan(key, c))),
        })),
    ),
    ...cluster.externals.map(({ kind, namespace, name }) => ({ kind, name, namespace: namespace ?? '' })),
  ];
}

/** The default StorageClass that the spec names is there. */
const defaultClass = (name: string): readonly BuiltIn[] => [{ kind: 'storage.k8s.io/StorageClass', name }];

const withPlan = (text: string, { release, namespace, name }: ComponentPlan): string =>
  text.replaceAll('{release}', release).replaceAll('{namespace}', namespace).replaceAll('{name}', name);

/** Components whose objects are in no tree. */
export function chartsOf({ components }: ClusterPlan): readonly ComponentPlan[] {
  return components.filter((c) => c.chart !== undefined && c.delivery === 'chart');
}
