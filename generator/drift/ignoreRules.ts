import { groupOf } from '../kubernetes/object.ts';
import { kubernetesValue } from '../yaml/kubernetesYaml.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { asList, asMap, getAt, isList, mapAt, pointerSteps, textAt } from '../model/values.ts';
import type { JqPath } from './jqPath.ts';
import { parseJqPath, removeAt } from './jqPath.ts';
import type { OwnerTree } from './fieldOwners.ts';
import { ownerTree, ownersAt } from './fieldOwners.ts';
import { compilePattern } from '../util/regex.ts';

/** One rule of `ignoreDifferences`: of an Application, or of Argo CD's settings. */
export interface IgnoreRule {
  readonly group: string;
  readonly kind: string;
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly pointers: readonly (readonly string[])[];
  readonly paths: readonly JqPath[];
  readonly managers: ReadonlySet<string>;
  /** Expressions that are not understood. */
  readonly unknown: readonly string[];
}

const texts = (value: unknown): string[] => asList(value).filter((v) => typeof v === 'string');

export function ignoreRule(rule: ValueMap): IgnoreRule {
  const expressions = texts(rule['jqPathExpressions']).map((text) => ({ text, path: parseJqPath(text) }));
  return {
    group: textAt(rule, 'group') ?? '',
    kind: textAt(rule, 'kind') ?? '*',
    name: textAt(rule, 'name'),
    namespace: textAt(rule, 'namespace'),
    pointers: texts(rule['jsonPointers']).map(pointerSteps),
    paths: expressions.flatMap(({ path }) => (path === undefined ? [] : [path])),
    managers: new Set(texts(rule['managedFieldsManagers'])),
    unknown: expressions.flatMap(({ text, path }) => (path === undefined ? [text] : [])),
  };
}

const settingsKey = /^resource\.customizations\.ignoreDifferences\.(?:all|([^_]*)_(.+)|([^_]+))$/;

/** The rules that argocd-cm has for all Applications; `_` in a key stands for `/`, without one it is a kind of the core. */
export function settingsRules(data: ValueMap): IgnoreRule[] {
  return Object.entries(data).flatMap(([key, text]) => {
    const match = settingsKey.exec(key);
    if (match === null || typeof text !== 'string') return [];
    const rule = asMap(kubernetesValue(text));
    const isAll = key.endsWith('.all');
    const group = isAll ? '*' : (match[1] ?? '');
    return [ignoreRule({ ...rule, group, kind: isAll ? '*' : (match[2] ?? match[3] ?? '*') })];
  });
}

/** Whether Argo CD leaves the rules of aggregated ClusterRoles to the cluster. */
export function ignoresAggregatedRoles(data: ValueMap): boolean {
  return getAt(kubernetesValue(textAt(data, 'resource.compareoptions') ?? ''), 'ignoreAggregatedRoles') === true;
}

function globbed(pattern: string, text: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return compilePattern(`^${source}$`).test(text);
}

export function matchesRule(rule: IgnoreRule, object: ValueMap): boolean {
  const apiVersion = textAt(object, 'apiVersion') ?? '';
  const group = groupOf(apiVersion);
  const metadata = mapAt(object, 'metadata');
  return (
    globbed(rule.group, group) &&
    globbed(rule.kind, textAt(object, 'kind') ?? '') &&
    (rule.name === undefined || rule.name === '' || rule.name === metadata['name']) &&
    (rule.namespace === undefined || rule.namespace === '' || rule.namespace === metadata['namespace'])
  );
}

/** The object without what the rules ignore. */
export function withoutIgnored(object: ValueMap, rules: readonly IgnoreRule[]): ValueMap {
  let value: Value = object;
  for (const rule of rules) {
    for (const steps of rule.pointers) value = removePointer(value, steps);
    for (const path of rule.paths) value = path.remove(value);
  }
  return asMap(value);
}

function removePointer(root: Value, steps: readonly string[]): Value {
  const path: (string | number)[] = [];
  let node: Value | undefined = root;
  for (const step of steps) {
    const isIndex: boolean = isList(node) && /^\d+$/.test(step);
    path.push(isIndex ? Number(step) : step);
    node = isIndex ? asList(node)[Number(step)] : asMap(node)[step];
  }
  return node === undefined ? root : removeAt(root, path);
}

/** Whether one of the managers that the rules trust owns a field of the live object. */
export function trustedFields(live: ValueMap, rules: readonly IgnoreRule[]): (steps: readonly string[]) => boolean {
  const managers = new Set(rules.flatMap((r) => [...r.managers]));
  if (managers.size === 0) return () => false;
  const tree: OwnerTree = ownerTree([live], (owner) => managers.has(owner.name));
  return (steps) => ownersAt(tree, steps).length > 0;
}
