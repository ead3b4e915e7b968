import type { Diagnostic } from '../model/diagnostic.ts';
import type { Capability, ResolvedCluster, Rule } from '../model/model.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { isList, isMap, member, pointerStep, pointerSteps } from '../model/values.ts';
import { celContext } from '../template/cel.ts';
import { locateMerged } from '../config/merge.ts';
import { celDiagnostic } from '../template/tools.ts';
import type { Tools } from '../template/tools.ts';

/** The cross-field rules of all enabled capabilities, asked of the merged options. */
export function checkRules(cluster: ResolvedCluster, tools: Tools): Diagnostic[] {
  return [...cluster.capabilities.values()].flatMap(({ capability, options }) => {
    const context = celContext(cluster, options);
    return capability.rules.flatMap((rule, i): Diagnostic[] => {
      try {
        return subjectsOf(rule.each, options)
          .filter((s) =>
            isViolated(rule, s.item === undefined ? context : { ...context, item: s.item, parents: s.parents }, tools),
          )
          .map(({ pointer }) => violation(cluster, capability, rule, `${pointer}${rule.path}`));
      } catch (error) {
        return [celDiagnostic(error, capability.source.at(`/spec/rules/${i}/rule`))];
      }
    });
  });
}

export interface Subject {
  readonly pointer: string;
  readonly item: Value | undefined;
  /** The items of the lists around it, outermost first. */
  readonly parents: readonly Value[];
}

/** What `each` (of a rule, of a component) speaks of: the options as a whole, each item of a list, or each entry of a map as `{key, value}`. */
export function subjectsOf(each: string | undefined, options: ValueMap): readonly Subject[] {
  if (each === undefined) return [{ pointer: '', item: undefined, parents: [] }];
  let found: Subject[] = [{ pointer: '', item: options, parents: [] }];
  for (const step of pointerSteps(each))
    found = step === '*' ? found.flatMap(itemsOf).map(asParent) : found.flatMap((s) => memberOf(s, step));
  return found.flatMap(itemsOf);
}

function itemsOf({ pointer, item, parents }: Subject): Subject[] {
  if (isList(item)) return item.map((value, i) => ({ pointer: `${pointer}/${i}`, item: value, parents }));
  if (!isMap(item)) return [];
  return Object.entries(item).map(([key, value]) => ({
    pointer: `${pointer}/${pointerStep(key)}`,
    item: { key, value },
    parents,
  }));
}

const asParent = (s: Subject): Subject => ({ ...s, parents: [...s.parents, s.item ?? null] });

function memberOf({ pointer, item, parents }: Subject, step: string): Subject[] {
  const value = isMap(item) ? member(item, step) : undefined;
  return value === undefined ? [] : [{ pointer: `${pointer}/${pointerStep(step)}`, item: value, parents }];
}

function isViolated(rule: Rule, context: ValueMap, tools: Tools): boolean {
  if (rule.when !== undefined && !tools.cel.test(rule.when, context)) return false;
  return !tools.cel.test(rule.rule, context);
}

/** Where an option stands in a spec: below its capability, or beside them for the list that has a place of its own. */
export function optionPointer(capability: Capability, pointer: string): string {
  const inList = capability.list !== undefined && pointerSteps(pointer)[0] === capability.list;
  return inList ? pointer : `/capabilities/${capability.name}${pointer}`;
}

function violation(cluster: ResolvedCluster, capability: Capability, rule: Rule, pointer: string): Diagnostic {
  const at = locateMerged(cluster.layers, optionPointer(capability, pointer), 'value');
  return {
    code: 'spec/rule',
    severity: rule.severity,
    message: rule.message,
    hint: rule.hint ?? `The rule is: ${rule.rule}`,
    ...(at === undefined ? {} : { at }),
  };
}
